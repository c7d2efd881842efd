//! Sealed contact data as text, and what becomes of it where the private key is.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    comment::ids::{CommentId, SiteId},
    privacy::{
        keyring::Keyring,
        opened::OpenedContact,
        opening::{OpenError, open_with},
    },
    proto::v1::SealedContact,
};

/// Sealed contact data as text.
#[derive(Deserialize, Serialize)]
pub(super) struct Sealed {
    pub(super) site: String,
    pub(super) comment_id: String,
    sealed: String,
    wrapped_data_key: String,
}

/// Why it does not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("its {field} {reason}")]
    Field { field: &'static str, reason: String },
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Sealed {
    /// As the service handed it out.
    pub(super) fn new(site: &str, contact: &SealedContact) -> Self {
        Self {
            site: site.to_owned(),
            comment_id: contact.comment_id.clone(),
            sealed: BASE64.encode(&contact.sealed),
            wrapped_data_key: BASE64.encode(&contact.wrapped_data_key),
        }
    }

    /// As `privacy open` reads it.
    pub(super) fn to_json(&self) -> Value {
        serde_json::json!({
            "site": self.site,
            "comment_id": self.comment_id,
            "sealed": self.sealed,
            "wrapped_data_key": self.wrapped_data_key,
        })
    }

    /// What it says, where the private key is.
    pub(super) fn open(&self, officer: &Keyring) -> Result<OpenedContact, Unusable> {
        let field = |field, reason: &dyn ToString| Unusable::Field {
            field,
            reason: reason.to_string(),
        };
        let site: SiteId = self.site.parse().map_err(|e| field("site", &e))?;
        let id: CommentId = self
            .comment_id
            .parse()
            .map_err(|e| field("comment_id", &e))?;
        let bytes = |name, text: &str| {
            BASE64
                .decode(text.as_bytes())
                .map_err(|_| field(name, &"must be base64"))
        };
        let wrapped = bytes("wrapped_data_key", &self.wrapped_data_key)?;
        let body = bytes("sealed", &self.sealed)?;
        Ok(open_with(officer, &site, &id, &wrapped, &body)?)
    }

    /// The same as JSON.
    pub(super) fn opened(&self, officer: &Keyring) -> Result<Value, Unusable> {
        let contact = self.open(officer)?;
        Ok(self.told(&contact))
    }

    /// As it is told: site, comment and what was sealed.
    pub(super) fn told(&self, contact: &OpenedContact) -> Value {
        serde_json::json!({
            "site": self.site,
            "comment_id": self.comment_id,
            "email": contact.email.as_ref().map(|email| email.as_str()),
            "ip_address": contact.ip.map(|ip: IpAddr| ip.to_string()),
            "user_agent": contact.user_agent.as_ref().map(|agent| agent.as_str()),
        })
    }
}

/// How much opened, and what stays sealed, by what it takes.
#[derive(Default)]
pub(super) struct Count {
    pub(super) opened: u64,
    /// By the officer key that opens them.
    sealed_to: BTreeMap<String, u64>,
    /// For any other reason.
    unusable: u64,
}

impl Count {
    /// One that did not open.
    pub(super) fn failed(&mut self, why: &Unusable) {
        match why {
            Unusable::Open(OpenError::OtherOfficer { needed }) => {
                *self.sealed_to.entry(needed.to_string()).or_default() += 1;
            }
            Unusable::Field { .. }
            | Unusable::Open(
                OpenError::Length { .. }
                | OpenError::Version { .. }
                | OpenError::OtherDataKey
                | OpenError::Changed,
            ) => self.unusable += 1,
        }
    }

    /// How many did not open.
    pub(super) fn not_opened(&self) -> u64 {
        self.sealed_to.values().sum::<u64>() + self.unusable
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "opened {}, not opened {}",
            self.opened,
            self.not_opened()
        )?;
        for (officer, count) in &self.sealed_to {
            write!(
                f,
                "\n  {count} sealed to the officer key {officer}: open with that private key"
            )?;
        }
        if self.unusable > 0 {
            let count = self.unusable;
            write!(f, "\n  {count} cut, changed or of another site or comment")?;
        }
        Ok(())
    }
}
