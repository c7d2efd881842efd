//! Why a call is not let in.

use std::{sync::Arc, time::Duration};

use crate::{
    access::{key::KeyTextError, role::Role, token::error::TokenError},
    store::error::StoreError,
};

/// Why a call is not let in. All but the last three mean: nobody knows who calls.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccessError {
    /// No `authorization`.
    #[error("an access key is needed: send `authorization: Bearer rd_…`")]
    Missing,
    /// Another scheme than Bearer.
    #[error("the authorization must read `Bearer rd_…`")]
    NotBearer,
    /// Not an access key's text.
    #[error(transparent)]
    Malformed(#[from] KeyTextError),
    /// No such key, or another secret: one and the same to the caller.
    #[error("this access key is not known here; ask an admin for a new one")]
    Unknown,
    /// Its time is over.
    #[error("this access key has expired; ask an admin for a new one")]
    Expired,
    /// Taken back.
    #[error("this access key was revoked; ask an admin for a new one")]
    Revoked,
    /// A token that is not let in.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The certificate's time is over, or its issuer is trusted no more.
    #[error("this client certificate is no longer good; connect again with a new one")]
    CertificateOver,
    /// The certificate's names stand for nobody here, or for more than one.
    #[error(
        "this client certificate stands for nobody here; send `authorization: Bearer rd_…`, or ask an admin to name it"
    )]
    CertificateUnknown,
    /// The peer has shown no good key too often.
    #[error(
        "too many calls from this address without a good access key; wait {:.1} s, and look at what the first were told",
        // Rounded up: who waits as told must not be early.
        (retry_after.as_secs_f64() * 10.0).ceil() / 10.0
    )]
    TooManyFailures {
        /// How long until one more may fail.
        retry_after: Duration,
    },
    /// The role has not the right.
    #[error("this needs {}; this key has the role {}", any_of(needs), has.word())]
    WrongRole {
        /// The key's role.
        has: Role,
        /// The roles that may.
        needs: &'static [Role],
    },
    /// The key is bound to other sites.
    #[error(
        "this access key is not good for that site, or not for all sites; ask an admin for one that is"
    )]
    WrongSite,
    /// Redis failed, so nobody is let in; shared by all who waited for the same read.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}

impl AccessError {
    /// Whether nobody knows who calls by what the call shows: what a guess comes to.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Missing
            | Self::NotBearer
            | Self::Malformed(_)
            | Self::Unknown
            | Self::Expired
            | Self::Revoked
            | Self::CertificateOver
            | Self::CertificateUnknown => true,
            Self::Token(refused) => refused.is_failure(),
            Self::TooManyFailures { .. }
            | Self::WrongRole { .. }
            | Self::WrongSite
            | Self::Store(_) => false,
        }
    }
}

/// `a key with the role admin`, `a key with one of the roles moderator, admin`.
fn any_of(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    match words[..] {
        [one] => format!("a key with the role {one}"),
        _ => format!("a key with one of the roles {}", words.join(", ")),
    }
}
