//! Of authors, and of what else a standing is said of.

use super::of_site;
use crate::comment::{
    ids::{KeyedHash, SiteId},
    subject::Subject,
};

/// Hash: an author's standing and counts.
#[must_use]
pub fn author(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":a:", author.as_bytes())
}

/// Where a subject's standing is: in an author's hash, else a string of its own.
#[must_use]
pub fn standing(site: &SiteId, subject: &Subject) -> Vec<u8> {
    of_site(site, standing_kind(subject), subject.hash())
}

/// The prefix of the standings of such a subject.
#[must_use]
pub fn standing_prefix(site: &SiteId, subject: &Subject) -> Vec<u8> {
    of_site(site, standing_kind(subject), b"")
}

fn standing_kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::Author(_) => ":a:",
        Subject::IpAddress(_) => ":si:",
        Subject::LinkDomain(_) => ":sd:",
        Subject::Website(_) => ":sw:",
    }
}

/// String: all hashes by which the standing of one subject is kept, where there are several.
#[must_use]
pub fn standing_names(site: &SiteId, subject: &Subject) -> Vec<u8> {
    of_site(site, ":sn:", &subject.to_bytes())
}

/// The prefix of those.
#[must_use]
pub fn standing_names_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":sn:", b"")
}

/// Sorted set: the subjects that a standing was said of, by when it was set, in milliseconds.
#[must_use]
pub fn standings(site: &SiteId) -> Vec<u8> {
    of_site(site, ":sx", b"")
}

/// Sorted set: those of them whose standing ends, by when it does, in milliseconds; and authors whose standing was lifted, by
/// when they may be forgotten if nothing else is kept of them.
#[must_use]
pub fn standing_ends(site: &SiteId) -> Vec<u8> {
    of_site(site, ":se", b"")
}

/// Sorted set: an author's newest comments, by sequence of arrival. There is none for an author of one.
#[must_use]
pub fn author_comments(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ac:", author.as_bytes())
}

/// List: what moderators noted on an author, newest first.
#[must_use]
pub fn author_notes(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":an:", author.as_bytes())
}

/// Set: the ids of the comments that brought an author a strike.
#[must_use]
pub fn author_strikes(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ak:", author.as_bytes())
}

/// String: the author that a hash of a later pepper means.
#[must_use]
pub fn author_alias(site: &SiteId, alias: &KeyedHash) -> Vec<u8> {
    of_site(site, ":al:", alias.as_bytes())
}

/// The prefixes that `recognise.lua` takes, in its order.
#[must_use]
pub fn recognition(site: &SiteId) -> [Vec<u8>; 4] {
    [":a:", ":ae:", ":al:", ":als:"].map(|kind| of_site(site, kind, b""))
}

/// The prefixes of what an author alone has: comments, notes, strikes.
#[must_use]
pub fn of_an_author(site: &SiteId) -> [Vec<u8>; 3] {
    [":ac:", ":an:", ":ak:"].map(|kind| of_site(site, kind, b""))
}

/// Set: the accounts that were used with an e-mail address, each by its author's hash.
#[must_use]
pub fn email_accounts(site: &SiteId, email: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ae:", email.as_bytes())
}

/// String: the author's rate.
#[must_use]
pub fn author_rate(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ra:", author.as_bytes())
}

/// String: the IP address's rate.
#[must_use]
pub fn ip_rate(site: &SiteId, ip: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ri:", ip.as_bytes())
}

/// String: a reader's rate of reports.
#[must_use]
pub fn reporter_rate(site: &SiteId, reader: &KeyedHash) -> Vec<u8> {
    of_site(site, ":rr:", reader.as_bytes())
}
