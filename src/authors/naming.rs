//! How a moderator names a subject, and what a stored comment is known by.

use crate::{
    authors::AuthorRefusal,
    comment::{
        contact::EmailAddress,
        fields::Website,
        ids::{AccountId, CommentId, SiteId},
        stored::CommentContent,
        subject::{Subject, SubjectKind, SubjectNames},
    },
    privacy::hashing::Hashers,
    spam::{content::Content, signals::domains},
};

/// More links of a stored comment are not looked at.
pub(super) const MOST_LINKS: usize = 32;

/// More domains than a comment's submission is checked for.
pub const MOST_DOMAINS: usize = 8;

/// Names a subject. Whoever prints it sees no address.
#[derive(Debug, Clone)]
pub enum Named {
    /// What a comment came with.
    ByComment(CommentId, Of),
    /// A logged-in reader.
    Account(AccountId),
    /// A reader without account.
    Email(EmailAddress),
    /// By its own name.
    Known(Subject),
}

/// What of a comment is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Its author.
    Author,
    /// Where it came from.
    IpAddress,
    /// This domain; the only one that it leads to if empty.
    LinkDomain(String),
    /// The website beside the name.
    Website,
}

impl Named {
    /// Of which kind it is.
    #[must_use]
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Account(_) | Self::Email(_) | Self::ByComment(_, Of::Author) => {
                SubjectKind::Author
            }
            Self::ByComment(_, Of::IpAddress) => SubjectKind::IpAddress,
            Self::ByComment(_, Of::LinkDomain(_)) => SubjectKind::LinkDomain,
            Self::ByComment(_, Of::Website) => SubjectKind::Website,
            Self::Known(subject) => subject.kind(),
        }
    }
}

/// What a comment is known by besides its author.
pub(super) fn other_subjects(
    hashers: &Hashers,
    site: &SiteId,
    content: &CommentContent,
    most_domains: usize,
) -> Vec<SubjectNames> {
    let website: Option<Website> = content.website.parse().ok();
    let website = website
        .map(|website| hashers.names(|hasher| Subject::Website(hasher.website(site, &website))));
    let domains = domains_of(content, most_domains);
    let domains = domains
        .iter()
        .map(|domain| hashers.names(|hasher| Subject::LinkDomain(hasher.link_host(site, domain))));
    let others = ip_address(content).into_iter().chain(website);
    others.chain(domains).collect()
}

/// The IP address as the comment has it.
pub(super) fn ip_address(content: &CommentContent) -> Option<SubjectNames> {
    Some(SubjectNames {
        first: Subject::IpAddress(content.ip?),
        other: content.other_ip.map(Subject::IpAddress),
    })
}

/// The domains that a stored comment leads to, by whatever name a standing can be said of them.
pub(super) fn domains_of(content: &CommentContent, most: usize) -> Vec<String> {
    let text = Content::of_text(content.body.verbatim(), "");
    let website: Option<Website> = content.website.parse().ok();
    let website = website.as_ref().map(|website| (website.host(), ""));
    let links = text.links().iter().take(MOST_LINKS);
    let links = links.map(|link| (link.host.as_str(), link.path.as_str()));
    domains::names(website.into_iter().chain(links), None, most)
}

/// The one of a comment's domains that is meant. People write `https://www.pills.example/` and mean `pills.example`.
pub(super) fn which(asked: &str, mut known: Vec<String>) -> Result<String, AuthorRefusal> {
    let asked = asked.trim().to_lowercase();
    let plain = asked
        .strip_prefix("https://")
        .or_else(|| asked.strip_prefix("http://"))
        .unwrap_or(&asked)
        .trim_end_matches('/');
    let host = domains::registered(plain.split('/').next().unwrap_or(plain));
    let meant = known
        .iter()
        .position(|name| name == plain)
        .or_else(|| known.iter().position(|name| name == host));
    match meant {
        Some(at) => Ok(known.swap_remove(at)),
        None if plain.is_empty() && known.len() == 1 => Ok(known.swap_remove(0)),
        None if known.is_empty() => Err(AuthorRefusal::NoSubject(SubjectKind::LinkDomain)),
        None => Err(AuthorRefusal::OtherDomains(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_found_however_it_is_written() {
        let known = || {
            ["pills.example", "bit.ly", "bit.ly/x7"]
                .map(str::to_owned)
                .to_vec()
        };
        for (asked, meant) in [
            ("pills.example", Some("pills.example")),
            (" HTTPS://www.Pills.example/ ", Some("pills.example")),
            ("shop.pills.example/cheap", Some("pills.example")),
            ("bit.ly/x7", Some("bit.ly/x7")),
            ("bit.ly", Some("bit.ly")),
            ("other.example", None),
            ("", None),
        ] {
            assert_eq!(which(asked, known()).ok().as_deref(), meant, "{asked}");
        }
        let only = || vec!["pills.example".to_owned()];
        assert_eq!(which("", only()).ok(), only().pop());
        assert!(matches!(
            which("", vec![]),
            Err(AuthorRefusal::NoSubject(_))
        ));
    }
}
