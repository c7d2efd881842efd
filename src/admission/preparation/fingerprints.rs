//! What a submission is recognised by.

use crate::{
    comment::{
        folding::said,
        ids::{IpHash, KeyedHash},
        observed::Fingerprints,
        subject::{Subject, SubjectNames},
        submission::Submission,
    },
    privacy::hashing::{Hasher, Hashers},
    spam::{content::Content, quotes, signals::domains},
};

/// The e-mail address of an author who is known by an account.
pub(super) fn email(hasher: &Hasher, submission: &Submission) -> Option<KeyedHash> {
    let account = submission.author.account.as_ref();
    let email = account.and(submission.contact.email.as_ref());
    email.map(|email| hasher.email(&submission.site, email))
}

pub(super) fn fingerprints(
    hashers: &Hashers,
    submission: &Submission,
    content: &Content,
) -> Fingerprints {
    let (site, hasher) = (&submission.site, &hashers.current);
    let author = hasher.author(site, &submission.author, &submission.contact);
    let ip = submission.contact.ip.map(|ip| hasher.ip(site, ip));
    let hash = |domain: &String| hasher.link_host(site, domain);
    let link_hosts = domains_that_it_leads_to(submission, content);
    Fingerprints {
        author,
        email: email(hasher, submission),
        ip,
        said: said(hasher, submission, author),
        sketch: sketch_parts(submission, content, None),
        link_hosts: link_hosts.iter().map(hash).collect(),
        subjects: subjects(hashers, submission, content, ip),
    }
}

/// What a standing can be said of besides the author; the IP address is hashed already.
fn subjects(
    hashers: &Hashers,
    submission: &Submission,
    content: &Content,
    ip: Option<KeyedHash>,
) -> Vec<SubjectNames> {
    let site = &submission.site;
    let by_ip = |ip: &KeyedHash| Subject::IpAddress(IpHash::of(ip));
    let ip = ip.map(|ip| SubjectNames {
        first: by_ip(&ip),
        other: other_ip(hashers, submission).map(Subject::IpAddress),
    });
    let by_website =
        |website| move |hasher: &Hasher| Subject::Website(hasher.website(site, website));
    let website = submission.author.website.as_ref();
    let website = website.map(|website| hashers.names(by_website(website)));
    let by_domain =
        |domain| move |hasher: &Hasher| Subject::LinkDomain(hasher.link_host(site, domain));
    let domains = domains::names(
        places(submission, content),
        home(submission),
        Fingerprints::MAX_LINK_DOMAINS,
    );
    let domains = domains
        .iter()
        .map(|domain| hashers.names(by_domain(domain)));
    ip.into_iter().chain(website).chain(domains).collect()
}

/// Where it came from, by the other pepper.
pub(super) fn other_ip(hashers: &Hashers, submission: &Submission) -> Option<IpHash> {
    let (other, ip) = (hashers.other.as_ref()?, submission.contact.ip?);
    Some(IpHash::of(&other.ip(&submission.site, ip)))
}

/// What this author says there.
pub(super) fn said(
    hasher: &Hasher,
    submission: &Submission,
    author: Option<KeyedHash>,
) -> Option<KeyedHash> {
    Some(hasher.duplicate(
        &submission.site,
        &author?,
        &submission.thread.id,
        submission.parent.as_ref(),
        &said::plainly(submission.body.as_str()),
    ))
}

pub(super) fn sketch_parts(
    submission: &Submission,
    content: &Content,
    parent: Option<&str>,
) -> Vec<u64> {
    let sketch = quotes::sketch(submission.body.as_str(), content, parent);
    sketch
        .map(|sketch| sketch.parts().to_vec())
        .unwrap_or_default()
}

/// The author's website and the links, without the site's own pages: what is spread, if anything is.
fn domains_that_it_leads_to(submission: &Submission, content: &Content) -> Vec<String> {
    let home = home(submission);
    let mut found = Vec::new();
    for (host, path) in places(submission, content) {
        let domain = domains::counted(host, path);
        let is_new = home != Some(domains::registered(host)) && !found.contains(&domain);
        if is_new && found.len() < Fingerprints::MAX_LINK_HOSTS {
            found.push(domain);
        }
    }
    found
}

/// The site's own registered domain, if the blog says where its articles are.
fn home(submission: &Submission) -> Option<&str> {
    let url = submission.thread.url.as_ref();
    url.map(|url| domains::registered(url.host()))
}

/// Host and path of the author's website and of the links.
fn places<'a>(
    submission: &'a Submission,
    content: &'a Content,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    /// More are not looked at, whoever repeats the same one ten thousand times.
    const MOST_LINKS: usize = 32;
    let website = submission.author.website.as_ref();
    let website = website.map(|url| (url.host(), ""));
    let links = content.links().iter().take(MOST_LINKS);
    website
        .into_iter()
        .chain(links.map(|link| (link.host.as_str(), link.path.as_str())))
}
