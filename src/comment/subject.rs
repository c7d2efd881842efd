//! What a standing is said of: an author, or what a comment is recognised by besides. Known by keyed hashes alone, so a
//! moderator can ban without seeing an address.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;

use crate::comment::{
    ids::{CommentId, IpHash, KeyedHash},
    standing::Standing,
    state::Timestamp,
};

/// Kinds of subjects. The numbers are those of the proto enum and of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SubjectKind {
    /// Who wrote it.
    Author = 1,
    /// Where it came from.
    IpAddress = 2,
    /// A domain that it leads to, by links or by the author's website.
    LinkDomain = 3,
    /// The website beside the author's name.
    Website = 4,
}

impl SubjectKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 4] = [
        Self::Author,
        Self::IpAddress,
        Self::LinkDomain,
        Self::Website,
    ];

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Its number in Redis and on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its word, in reasons, in the audit and in texts: `ip_address`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::IpAddress => "ip_address",
            Self::LinkDomain => "link_domain",
            Self::Website => "website",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Whom or what a standing is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An author.
    Author(KeyedHash),
    /// An IP address, or the /64 of an IPv6 address.
    IpAddress(IpHash),
    /// A domain that comments lead to.
    LinkDomain(KeyedHash),
    /// A website beside authors' names.
    Website(KeyedHash),
}

/// One subject by the hashes of up to two peppers. Besides an author, a subject can be kept by either of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectNames {
    /// By this replica's pepper, or the only one that is known.
    pub first: Subject,
    /// By the pepper before or the next, while one is configured or a comment has it.
    pub other: Option<Subject>,
}

impl SubjectNames {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Subject> {
        [self.first].into_iter().chain(self.other)
    }
}

impl From<Subject> for SubjectNames {
    fn from(first: Subject) -> Self {
        Self { first, other: None }
    }
}

/// A text that names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the standing_id of a standing, as a list of standings tells it")]
pub struct BadSubject;

impl Subject {
    /// Of which kind.
    #[must_use]
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Author(_) => SubjectKind::Author,
            Self::IpAddress(_) => SubjectKind::IpAddress,
            Self::LinkDomain(_) => SubjectKind::LinkDomain,
            Self::Website(_) => SubjectKind::Website,
        }
    }

    /// The bytes of its hash, which name it in Redis: 16, of an IP address 8.
    #[must_use]
    pub fn hash(&self) -> &[u8] {
        match self {
            Self::Author(hash) | Self::LinkDomain(hash) | Self::Website(hash) => hash.as_bytes(),
            Self::IpAddress(hash) => hash.as_bytes(),
        }
    }

    /// Its kind's number, then its hash: how the index of standings has it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[self.kind().number()][..], self.hash()].concat()
    }

    /// From those bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, hash) = bytes.split_first()?;
        let keyed = || Some(KeyedHash::from_bytes(hash.try_into().ok()?));
        Some(match SubjectKind::from_number(*kind)? {
            SubjectKind::Author => Self::Author(keyed()?),
            SubjectKind::IpAddress => Self::IpAddress(IpHash::from_bytes(hash.try_into().ok()?)),
            SubjectKind::LinkDomain => Self::LinkDomain(keyed()?),
            SubjectKind::Website => Self::Website(keyed()?),
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.to_bytes()))
    }
}

impl FromStr for Subject {
    type Err = BadSubject;

    fn from_str(text: &str) -> Result<Self, BadSubject> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| BadSubject)?;
        Self::from_bytes(&bytes).ok_or(BadSubject)
    }
}

/// How a subject stands, as a moderator set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStanding {
    /// The standing; what is past its end counts as normal.
    pub standing: Standing,
    /// Until when; `None` for good.
    pub until: Option<Timestamp>,
    /// Why, for moderators: at most 200 characters; may be empty.
    pub reason: String,
    /// The label of the key that set it.
    pub moderator: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// The comment that named the subject; `None` where it was named otherwise.
    pub named_by: Option<CommentId>,
    /// The domain or the website; empty for authors and IP addresses.
    pub shown: String,
}

impl SetStanding {
    /// What counts at a time.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Standing {
        in_force(self.standing, self.until, now)
    }
}

/// A standing until its end; from then on normal.
#[must_use]
pub fn in_force(standing: Standing, until: Option<Timestamp>, now: Timestamp) -> Standing {
    match until {
        Some(until) if until <= now => Standing::Normal,
        Some(_) | None => standing,
    }
}

/// How the subjects of one submission stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standings {
    /// The author.
    pub author: Standing,
    /// The strictest of the others that are held or banned.
    pub other: Option<(Standing, SubjectKind)>,
}

impl Standings {
    /// Takes in how another subject stands. Only what holds or bans counts: who is trusted is an author.
    pub fn add(&mut self, kind: SubjectKind, standing: Standing) {
        let stricter = self.other.is_none_or(|(known, _)| standing > known);
        if standing > Standing::Normal && stricter {
            self.other = Some((standing, kind));
        }
    }

    /// The strictest, and whose it is.
    #[must_use]
    pub fn strictest(&self) -> (Standing, SubjectKind) {
        match self.other {
            Some((standing, kind)) if standing > self.author => (standing, kind),
            Some(_) | None => (self.author, SubjectKind::Author),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_counts_and_only_authors_are_trusted() {
        use Standing::{Banned, Held, Normal, Trusted};
        use SubjectKind::{Author, IpAddress, LinkDomain, Website};
        for (author, others, expected) in [
            (Normal, vec![], (Normal, Author)),
            (Trusted, vec![], (Trusted, Author)),
            (Trusted, vec![(IpAddress, Normal)], (Trusted, Author)),
            (Normal, vec![(Website, Trusted)], (Normal, Author)),
            (Trusted, vec![(IpAddress, Held)], (Held, IpAddress)),
            (Held, vec![(LinkDomain, Held)], (Held, Author)),
            (Held, vec![(LinkDomain, Banned)], (Banned, LinkDomain)),
            (
                Banned,
                vec![(IpAddress, Banned), (Website, Held)],
                (Banned, Author),
            ),
            (
                Normal,
                vec![(IpAddress, Held), (LinkDomain, Banned), (Website, Held)],
                (Banned, LinkDomain),
            ),
        ] {
            let mut standings = Standings {
                author,
                other: None,
            };
            for (kind, standing) in &others {
                standings.add(*kind, *standing);
            }
            assert_eq!(standings.strictest(), expected, "{author:?} {others:?}");
        }
    }

    #[test]
    fn a_standing_ends_when_its_time_has_come() {
        let until = Some(Timestamp(10));
        for (until, now, expected) in [
            (None, i64::MAX, Standing::Banned),
            (until, 9, Standing::Banned),
            (until, 10, Standing::Normal),
            (until, 11, Standing::Normal),
        ] {
            assert_eq!(in_force(Standing::Banned, until, Timestamp(now)), expected);
        }
    }

    #[test]
    fn a_subject_reads_back_and_rubbish_is_none() {
        let hash = KeyedHash::from_bytes([7; 16]);
        for subject in [
            Subject::Author(hash),
            Subject::IpAddress(IpHash::from_bytes([9; 8])),
            Subject::LinkDomain(hash),
            Subject::Website(hash),
        ] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
            assert_eq!(
                SubjectKind::from_word(subject.kind().word()),
                Some(subject.kind())
            );
        }
        for text in ["", "01", "0107", "xx", "0909090909090909"] {
            assert_eq!(text.parse::<Subject>(), Err(BadSubject), "{text}");
        }
    }
}
