//! Why a token is not let in. Each says what to do, and repeats nothing of the token nor of what was expected.

use crate::access::scope::SiteScope;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why a token is not let in. Most mean that nobody knows who calls: [`TokenError::is_failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// Not three parts of base64url, or no JSON objects in them, or a member twice.
    #[error("the token is damaged, or a part of it is missing: sign in again")]
    Malformed,
    /// `alg` is none that the configuration allows.
    #[error("tokens with this signature algorithm are not accepted here")]
    Algorithm,
    /// `typ` or `cty` says that it is something else.
    #[error(
        "this is not a token for access: its `typ` must be JWT or at+jwt, and it must not be nested"
    )]
    Type,
    /// `crit` asks for an extension.
    #[error("tokens that demand extensions (`crit`) are not accepted here")]
    Critical,
    /// No such key with the identity provider, after looking again.
    #[error("the key that signed this token is not known here: sign in again")]
    UnknownKey,
    /// No `kid`, where several keys would do.
    #[error("the token does not say which key signed it (`kid`), and there are several")]
    NoKeyNamed,
    /// The signature is not that key's over that text.
    #[error("the token's signature is wrong: sign in again")]
    Signature,
    /// A claim that must be there is not, or is not of its type.
    #[error("the token's claim `{0}` is missing or malformed")]
    Claim(&'static str),
    /// From somebody else.
    #[error("the token is from another issuer than the one trusted here")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another audience than this service")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired: sign in again")]
    Expired,
    /// `iat` is too long ago, whatever `exp` says.
    #[error("the token is older than tokens may be here: sign in again")]
    TooOld,
    /// `nbf` or `iat` is to come.
    #[error("the token is not valid yet: check the clocks, or try again later")]
    NotYet,
    /// What names the person is an e-mail address.
    #[error(
        "the token names its holder by an e-mail address, which must not get into the audit log: \
         have the operator set tokens.label_claim"
    )]
    NamedByAddress,
    /// The claim that names the person is missing, blank or too long.
    #[error(
        "the token's claim that names its holder is missing, blank, or longer than 100 characters"
    )]
    Label,
    /// A claim that rows of the grants look at is neither a text nor a list of texts.
    #[error("the token's claim that names roles or groups is malformed")]
    Roles,
    /// A claim that names sites holds something else.
    #[error("the token's claim that names sites is missing or malformed")]
    Sites,
    /// No row of the grants fits.
    #[error(
        "this token is genuine, and gives no role here: ask the newsroom's identity provider for one"
    )]
    NoGrant,
    /// Rows of the grants that don't go together fit.
    #[error(
        "this token gives roles that nobody may hold together: ask the newsroom's identity provider for one of them"
    )]
    Ambiguous,
    /// The rows that fit name more sites than a caller can have.
    #[error(
        "this token is for more than {} sites: ask for one for all sites",
        SiteScope::MAX_SITES
    )]
    TooManySites,
    /// The identity provider's keys are not there, or too old.
    #[error("the identity provider's keys cannot be read now; try again, or use an access key")]
    KeysAway,
}

impl TokenError {
    /// Whether nobody knows who calls by what the token shows.
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            Self::TooLong
            | Self::Malformed
            | Self::Algorithm
            | Self::Type
            | Self::Critical
            | Self::UnknownKey
            | Self::NoKeyNamed
            | Self::Signature
            | Self::Claim(_)
            | Self::Issuer
            | Self::Audience
            | Self::Expired
            | Self::TooOld
            | Self::NotYet
            | Self::NamedByAddress
            | Self::Label
            | Self::Roles
            | Self::Sites => true,
            Self::NoGrant | Self::Ambiguous | Self::TooManySites | Self::KeysAway => false,
        }
    }
}
