//! What the privacy officer asks for, in short.

use replydesk::{
    privacy::{keys::OfficerPrivateKey, opened::OpenedContact, opening::open},
    proto::v1::{self, data_subject::NamedBy, export_subject_response::Item},
};
use tonic::Status;

use super::clients::Client;

/// Why somebody asks.
pub const REASON: &str = "the reader asked us to";

/// Whoever has this address.
pub fn with_email(email: &str) -> NamedBy {
    NamedBy::Email(email.to_owned())
}

/// Whoever has this account.
pub fn with_account(account: &str) -> NamedBy {
    NamedBy::AccountId(account.to_owned())
}

/// Whoever wrote this comment.
pub fn author_of(comment: &str) -> NamedBy {
    NamedBy::CommentId(comment.to_owned())
}

fn subject(named_by: NamedBy) -> Option<v1::DataSubject> {
    Some(v1::DataSubject {
        named_by: Some(named_by),
    })
}

/// What a comment's contact data says, as the officer sees it.
pub fn opened(officer: &OfficerPrivateKey, contact: &v1::SealedContact) -> OpenedContact {
    let id = contact.comment_id.parse().unwrap();
    let site = "gazette".parse().unwrap();
    open(
        officer,
        &site,
        &id,
        &contact.wrapped_data_key,
        &contact.sealed,
    )
    .unwrap()
}

impl Client {
    /// A comment's contact data.
    pub async fn reveal(&self, comment: &str) -> Result<v1::RevealContactResponse, Status> {
        let request = v1::RevealContactRequest {
            site: "gazette".to_owned(),
            comment_id: comment.to_owned(),
            reason: REASON.to_owned(),
        };
        let revealed = self.privacy.clone().reveal_contact(request).await?;
        Ok(revealed.into_inner())
    }

    /// All items of an export.
    pub async fn export(&self, named: NamedBy) -> Result<Vec<Item>, Status> {
        let request = v1::ExportSubjectRequest {
            site: "gazette".to_owned(),
            subject: subject(named),
            reason: REASON.to_owned(),
        };
        let mut told = self
            .privacy
            .clone()
            .export_subject(request)
            .await?
            .into_inner();
        let mut items = Vec::new();
        while let Some(item) = told.message().await? {
            items.push(item.item.unwrap());
        }
        Ok(items)
    }

    /// The last message of an erasure, or of a look at what it would do.
    pub async fn erase(
        &self,
        named: NamedBy,
        validate_only: bool,
    ) -> Result<v1::EraseSubjectResponse, Status> {
        let request = v1::EraseSubjectRequest {
            site: "gazette".to_owned(),
            subject: subject(named),
            reason: REASON.to_owned(),
            validate_only,
        };
        let mut told = self
            .privacy
            .clone()
            .erase_subject(request)
            .await?
            .into_inner();
        let mut last = None;
        while let Some(step) = told.message().await? {
            last = Some(step);
        }
        Ok(last.expect("a summary"))
    }

    /// Whether a hold changed anything.
    pub async fn hold(&self, named: NamedBy, held: bool) -> Result<bool, Status> {
        let request = v1::SetLegalHoldRequest {
            site: "gazette".to_owned(),
            subject: subject(named),
            held,
            reason: "a court asked for it".to_owned(),
        };
        let set = self.privacy.clone().set_legal_hold(request).await?;
        Ok(set.into_inner().changed)
    }
}

impl Client {
    /// An access key for Olga, the site's privacy officer.
    pub async fn officer_key(&self, site: &str) -> String {
        let request = v1::CreateKeyRequest {
            role: v1::Role::PrivacyOfficer.into(),
            sites: vec![site.to_owned()],
            label: "olga".to_owned(),
            expires_at: None,
        };
        let made = self.sites.clone().create_key(request).await.unwrap();
        made.into_inner().access_key
    }

    /// All of a site's data keys as they rest, those that are met twice once, page by page.
    pub async fn data_keys(&self, page_size: i32) -> Vec<v1::WrappedDataKey> {
        let mut found: Vec<v1::WrappedDataKey> = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListDataKeysRequest {
                site: "gazette".to_owned(),
                page_size,
                page_token,
            };
            let page = self.privacy.clone().list_data_keys(request).await.unwrap();
            let page = page.into_inner();
            for key in page.data_keys {
                if found
                    .iter()
                    .all(|known| known.data_key_id != key.data_key_id)
                {
                    found.push(key);
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return found;
            }
        }
    }

    /// Data keys in the place of those that are wrapped to this officer key.
    pub async fn replace_data_keys(
        &self,
        wrapped_to: &str,
        wrapped: Vec<Vec<u8>>,
    ) -> Result<v1::ReplaceDataKeysResponse, Status> {
        let request = v1::ReplaceDataKeysRequest {
            site: "gazette".to_owned(),
            wrapped_to: wrapped_to.to_owned(),
            wrapped,
        };
        let replaced = self.privacy.clone().replace_data_keys(request).await?;
        Ok(replaced.into_inner())
    }
}
