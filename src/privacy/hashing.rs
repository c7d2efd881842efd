//! Keyed hashes: equality without the value. HMAC-SHA-256 with the pepper, cut to 128 bits.
//!
//! The message is unambiguous: one byte for the purpose, then the site's name and each field, every one behind its
//! length (32 bits, big-endian). So nothing that is hashed for one purpose or site equals what is hashed for another.

use std::{fmt, net::IpAddr};

use hmac::{Hmac, Mac};
use sha2::Sha256;

pub use crate::privacy::pepper::{OtherPepper, Pepper, PepperError};

use crate::{
    comment::{
        contact::{ClientIp, Contact, EmailAddress},
        draft::Draft,
        fields::Website,
        ids::{AccountId, CommentId, KeyedHash, SiteId, ThreadId},
        imported::SourceId,
        subject::{Subject, SubjectNames},
        submission::Author,
    },
    privacy::mailbox,
};

/// What a hash is for. The numbers are part of every stored hash: add, never renumber. 0 is the pepper's fingerprint.
#[derive(Clone, Copy)]
enum Purpose {
    Account = 1,
    Email = 2,
    Ip = 3,
    Content = 4,
    Duplicate = 5,
    LinkHost = 6,
    Text = 7,
    Imported = 8,
    Website = 9,
    Reporter = 10,
    Report = 11,
}

/// Makes keyed hashes. Cheap to clone; a hash takes about a microsecond.
#[derive(Clone)]
pub struct Hasher {
    keyed: Hmac<Sha256>,
}

impl Hasher {
    /// With the installation's pepper.
    #[must_use]
    pub fn new(pepper: &Pepper) -> Self {
        Self {
            keyed: pepper.keyed(),
        }
    }

    /// Who wrote it: the blog's logged-in reader if there is one, else the e-mail address, else nobody.
    #[must_use]
    pub fn author(&self, site: &SiteId, author: &Author, contact: &Contact) -> Option<KeyedHash> {
        match (&author.account, &contact.email) {
            (Some(account), _) => Some(self.account(site, account)),
            (None, Some(email)) => Some(self.email(site, email)),
            (None, None) => None,
        }
    }

    /// A logged-in reader of the site's blog.
    #[must_use]
    pub fn account(&self, site: &SiteId, account: &AccountId) -> KeyedHash {
        self.message(Purpose::Account, site)
            .field(account.as_str())
            .finish()
    }

    /// A mailbox, however its address is spelt.
    #[must_use]
    pub fn email(&self, site: &SiteId, email: &EmailAddress) -> KeyedHash {
        self.message(Purpose::Email, site)
            .field(mailbox::canonical(email).as_str())
            .finish()
    }

    /// Where it came from: an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber has.
    #[must_use]
    pub fn ip(&self, site: &SiteId, ip: ClientIp) -> KeyedHash {
        let message = self.message(Purpose::Ip, site);
        match ip.expose() {
            IpAddr::V4(v4) => message.field(v4.octets()),
            IpAddr::V6(v6) => message.field(&v6.octets()[..8]),
        }
        .finish()
    }

    /// What the form said: its fields, the parent and the thread, as they came. Not how it arrived (IP address, user
    /// agent, referrer, hidden field, time), so that a retry from elsewhere is still the same submission.
    #[must_use]
    pub fn content(&self, draft: &Draft) -> KeyedHash {
        let fields = &draft.fields;
        self.message(Purpose::Content, &draft.site)
            .field(&fields.parent_id)
            .field(&fields.thread_id)
            .field(&fields.account_id)
            .field(&fields.display_name)
            .field(&fields.email)
            .field(&fields.website)
            .field(&fields.body)
            .finish()
    }

    /// The same author says the same in the same place.
    #[must_use]
    pub fn duplicate(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        thread: &ThreadId,
        parent: Option<&CommentId>,
        said: &str,
    ) -> KeyedHash {
        self.message(Purpose::Duplicate, site)
            .field(author.as_bytes())
            .field(thread.as_str())
            .field(parent.map_or(&[][..], |id| id.as_bytes()))
            .field(said)
            .finish()
    }

    /// A host that links name, in ASCII and lower case.
    #[must_use]
    pub fn link_host(&self, site: &SiteId, host: &str) -> KeyedHash {
        self.message(Purpose::LinkHost, site).field(host).finish()
    }

    /// A website beside an author's name, however it is spelt.
    #[must_use]
    pub fn website(&self, site: &SiteId, website: &Website) -> KeyedHash {
        self.website_at(site, &website.place())
    }

    /// A website by its [`Website::place`].
    #[must_use]
    pub fn website_at(&self, site: &SiteId, place: &str) -> KeyedHash {
        self.message(Purpose::Website, site).field(place).finish()
    }

    /// A digest of a text, such as its simhash: without the pepper, words could be guessed from it.
    #[must_use]
    pub fn text(&self, site: &SiteId, digest: u64) -> KeyedHash {
        self.message(Purpose::Text, site)
            .field(digest.to_be_bytes())
            .finish()
    }

    /// A comment that was moderated elsewhere, by its name there: 64 bits, so that a set of millions stays small. Of ten
    /// million, one in four hundred thousand sites has two that are the same.
    #[must_use]
    pub fn imported(&self, site: &SiteId, source: &SourceId) -> u64 {
        let hash = self
            .message(Purpose::Imported, site)
            .field(source.as_str())
            .finish();
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        u64::from_le_bytes(first)
    }

    /// A reader who reports, by what they are known as: not the hash that names them as an author.
    #[must_use]
    pub fn reporter(&self, site: &SiteId, known_as: &KeyedHash) -> KeyedHash {
        let message = self.message(Purpose::Reporter, site);
        message.field(known_as.as_bytes()).finish()
    }

    /// A reader's report of a comment: nobody can tell which others are of the same reader.
    #[must_use]
    pub fn report(&self, site: &SiteId, known_as: &KeyedHash, comment: &CommentId) -> KeyedHash {
        self.message(Purpose::Report, site)
            .field(known_as.as_bytes())
            .field(comment.as_bytes())
            .finish()
    }

    fn message(&self, purpose: Purpose, site: &SiteId) -> Message {
        let mut mac = self.keyed.clone();
        mac.update(&[purpose as u8]);
        Message(mac).field(site.as_str())
    }
}

/// The present pepper's hasher, and that of the other that is configured during a rotation. Cheap to clone.
#[derive(Clone)]
pub struct Hashers {
    /// Makes all new hashes.
    pub current: Hasher,
    /// Of the one before, or of the next: knows again who came to replicas that have it.
    pub other: Option<Hasher>,
    /// That it is of the one before.
    pub other_is_previous: bool,
}

impl Hashers {
    /// One subject as each of them names it.
    pub fn names(&self, of: impl Fn(&Hasher) -> Subject) -> SubjectNames {
        SubjectNames {
            first: of(&self.current),
            other: self.other.as_ref().map(of),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

struct Message(Hmac<Sha256>);

impl Message {
    fn field(mut self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        // No field reaches 4 GiB: messages are limited to far less. Saturated, it would still be a fixed framing.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.update(&length.to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn finish(self) -> KeyedHash {
        let full = self.0.finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&full[..16]);
        KeyedHash::from_bytes(cut)
    }
}

#[cfg(test)]
mod tests;
