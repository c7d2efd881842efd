//! Contact data: what must never be seen again once it is sealed. No type here has a `Display`, and `Debug` tells nothing.

use std::{fmt, net::IpAddr, str::FromStr};

use email_address::EmailAddress as Grammar;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::comment::{ids::CommentId, invisible::is_invisible};

const REDACTED: &str = "[redacted]";

/// Why a text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than RFC 5321 allows.
    #[error("must be at most 254 bytes")]
    TooLong,
    /// Not `local@domain`.
    #[error("must be an e-mail address such as reader@example.org")]
    Malformed,
    /// A character that nobody sees, or white space: two addresses that look the same would be two authors.
    #[error("must have no white space and no invisible characters in it (found U+{code:04X})")]
    Unseen {
        /// The code point.
        code: u32,
    },
    /// A sign that no mailbox is named by: many look like others, or like nothing.
    #[error(
        "must have letters, digits and the usual signs alone before the @ (found U+{code:04X})"
    )]
    Sign {
        /// The code point.
        code: u32,
    },
    /// The part behind the @ is no domain name.
    #[error("must have a valid domain behind the @")]
    Domain,
}

/// An e-mail address: what the reader typed, and its parts. The domain is in ASCII (UTS 46), lower case.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EmailAddress {
    typed: String,
    local: String,
    domain: String,
}

impl EmailAddress {
    /// As the reader typed it, without the white space around. For sealing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.typed
    }

    /// The part before the @, as typed.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.local
    }

    /// The part behind the @, in ASCII and lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let typed = text.trim();
        if typed.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if let Some(c) = unseen(local, domain) {
            return Err(EmailError::Unseen { code: u32::from(c) });
        }
        if let Some(c) = local.chars().find(|c| !is_written(*c)) {
            return Err(EmailError::Sign { code: u32::from(c) });
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Domain)?;
        if !domain.contains('.') {
            return Err(EmailError::Domain);
        }
        if !Grammar::is_valid(&format!("{local}@{domain}")) {
            return Err(EmailError::Malformed);
        }
        Ok(Self {
            typed: typed.to_owned(),
            local: local.to_owned(),
            domain,
        })
    }
}

/// The first character that an address may not have. RFC 6532 allows joiners everywhere: before the @ they would make
/// mailboxes that look like a banned one; in a domain, Persian and Indic names need them, and UTS 46 says where.
fn unseen(local: &str, domain: &str) -> Option<char> {
    let is_unseen = |c: &char| c.is_whitespace() || is_invisible(*c);
    let is_joiner = |c: &char| matches!(c, '\u{200C}' | '\u{200D}');
    let in_domain = |c: &char| is_unseen(c) && !is_joiner(c);
    let found = local.chars().find(is_unseen);
    found.or_else(|| domain.chars().find(in_domain))
}

/// Whether a mailbox may be named by a character: any of ASCII that the grammar takes, and letters, digits and their marks of
/// all scripts. RFC 6532 allows every code point, unassigned ones too.
fn is_written(c: char) -> bool {
    use GeneralCategoryGroup as G;
    let group = || c.general_category_group();
    c.is_ascii() || matches!(group(), G::Letter | G::Mark | G::Number)
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A reader's IP address. An IPv4-mapped IPv6 address is the IPv4 address that it maps.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(IpAddr);

impl ClientIp {
    /// The address itself. For sealing and hashing only.
    #[must_use]
    pub fn expose(self) -> IpAddr {
        self.0
    }
}

impl FromStr for ClientIp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let parsed: Result<IpAddr, _> = text.trim().parse();
        parsed
            .map(|ip| Self(ip.to_canonical()))
            .map_err(|_| "must be an IPv4 or IPv6 address without port or zone")
    }
}

impl fmt::Debug for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// What the reader's browser called itself, at most 1,024 bytes.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct UserAgent(String);

impl UserAgent {
    /// The text itself. For sealing and scoring only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserAgent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.len() > 1_024 || text.chars().any(char::is_control) {
            return Err("must be at most 1,024 bytes without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// All contact data of a submission.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The author's address, if given.
    pub email: Option<EmailAddress>,
    /// Where the form came from.
    pub ip: Option<ClientIp>,
    /// With which browser.
    pub user_agent: Option<UserAgent>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Contact data under a data key: unreadable to every replica. See `privacy::sealing` for the format.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedContact {
    /// Names the data key: 8 random bytes.
    pub data_key_id: [u8; 8],
    /// The sealed bytes, as stored with the comment.
    pub sealed: Vec<u8>,
    /// The data key, wrapped to the privacy officer; stored once in the site's slot.
    pub wrapped_data_key: std::sync::Arc<[u8]>,
}

impl fmt::Debug for SealedContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedContact({} bytes)", self.sealed.len())
    }
}

/// The same as it is handed out to the privacy officer.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCopy {
    /// The comment that it came with, to which it is bound.
    pub comment: CommentId,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// What opens it, wrapped to the privacy officer.
    pub wrapped_data_key: Vec<u8>,
}

impl fmt::Debug for SealedCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedCopy({} bytes)", self.sealed.len())
    }
}

#[cfg(test)]
mod tests;
