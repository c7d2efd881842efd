//! All that is held on a data subject, item by item. Contact data stays sealed.

use std::collections::BTreeMap;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    DataSubject, DataSubjects, PrivacyRefusal, Purpose,
    identity::{Identity, Place},
};
use crate::{
    access::caller::Caller,
    comment::{
        audit::{AuditAction, AuditEntry},
        contact::SealedCopy,
        earlier::EarlierVersion,
        ids::{KeyedHash, SiteId},
        lease::ItemContext,
        state::Timestamp,
        stored::StoredComment,
        subject::Subject,
    },
    privacy::sealed,
    store::{
        audit::AuditLog, authors::AuthorNote, error::StoreError, recognition::Intent,
        standing::Stands,
    },
};

/// What a caller hears.
#[derive(Debug)]
pub enum Item {
    /// As whom the subject is known.
    Author(Box<ExportedAuthor>),
    /// What the subject wrote.
    Comment(Box<ExportedComment>),
    /// That was all.
    Summary {
        /// Authors that were told.
        authors: u64,
        /// Comments that were.
        comments: u64,
        /// What came before then may not have been found: the pepper was replaced.
        not_found_before: Option<Timestamp>,
    },
    /// It can't go on; ask again.
    Failed(StoreError),
    /// The service shuts down; ask again.
    Stopped,
}

/// An author that the subject is known as.
#[derive(Debug)]
pub struct ExportedAuthor {
    /// The blog's logged-in reader; else the e-mail address itself.
    pub is_account: bool,
    /// How the author stands.
    pub stands: Stands,
    /// What moderators noted.
    pub notes: Vec<AuthorNote>,
    /// Since when the author is known.
    pub since: Option<Timestamp>,
    /// Why the author is held.
    pub legal_hold: Option<String>,
}

/// A comment of the subject.
#[derive(Debug)]
pub struct ExportedComment {
    /// What it says.
    pub comment: StoredComment,
    /// Its article.
    pub context: ItemContext,
    /// Its contact data, if there is any that can still be opened.
    pub contact: Option<SealedCopy>,
    /// What it said before, the newest first.
    pub earlier: Vec<EarlierVersion>,
    /// What people did to it.
    pub decisions: Vec<AuditEntry>,
}

/// An export that began: run it.
pub struct Export {
    subjects: DataSubjects,
    site: SiteId,
    identity: Identity,
}

impl DataSubjects {
    /// Begins to export a subject: the audit log has it before the caller has anything.
    ///
    /// # Errors
    /// As [`PrivacyRefusal`] says.
    pub async fn begin_export(
        &self,
        site: &SiteId,
        caller: &Caller,
        subject: &DataSubject,
        purpose: &Purpose,
    ) -> Result<Export, PrivacyRefusal> {
        let identity = self.identify(site, subject, Intent::Look).await?;
        let action = AuditAction::SubjectExported;
        self.note((site, caller), &identity, action, purpose, "", false)
            .await?;
        Ok(Export {
            subjects: self.clone(),
            site: site.clone(),
            identity,
        })
    }
}

impl Export {
    /// Tells item by item, as fast as they are read; ends when nobody listens any more, or when the service stops.
    pub async fn run(self, items: mpsc::Sender<Item>, stop: CancellationToken) {
        let last = tokio::select! {
            told = self.tell(&items) => match told {
                Ok(Some(summary)) => summary,
                Ok(None) => return,
                Err(error) => Item::Failed(error),
            },
            () = stop.cancelled() => Item::Stopped,
        };
        // Who left does not hear it.
        let _ = items.send(last).await;
    }

    /// `None` if nobody listens any more.
    async fn tell(&self, items: &mpsc::Sender<Item>) -> Result<Option<Item>, StoreError> {
        let (mut authors, mut comments) = (0, 0);
        for author in &self.identity.authors {
            let Some(author) = self.author(author).await? else {
                continue;
            };
            authors += 1;
            if items.send(Item::Author(Box::new(author))).await.is_err() {
                return Ok(None);
            }
        }
        let mut place = Place::default();
        loop {
            let page = self
                .subjects
                .next_comments(&self.site, &self.identity, place);
            let Some((found, next)) = page.await? else {
                return Ok(Some(Item::Summary {
                    authors,
                    comments,
                    not_found_before: self.identity.not_found_before,
                }));
            };
            place = next;
            for comment in self.surround(found).await? {
                comments += 1;
                if items.send(Item::Comment(Box::new(comment))).await.is_err() {
                    return Ok(None);
                }
            }
        }
    }

    /// `None` where nothing is known of the author.
    async fn author(&self, author: &KeyedHash) -> Result<Option<ExportedAuthor>, StoreError> {
        let (store, site) = (&self.subjects.store, &self.site);
        let (since, legal_hold) = store.author_since(site, author).await?;
        let stands = store
            .standings(site, &[Subject::Author(*author)])
            .await?
            .pop();
        let stands = stands.ok_or(StoreError::Corrupt { what: "a standing" })?;
        if since.is_none() && legal_hold.is_none() && stands.set.is_none() {
            return Ok(None);
        }
        Ok(Some(ExportedAuthor {
            is_account: !self.identity.is_email(author),
            stands,
            notes: store.author_notes(site, author).await?,
            since,
            legal_hold,
        }))
    }

    /// What belongs to the comments of a page. Four reads.
    async fn surround(
        &self,
        found: Vec<StoredComment>,
    ) -> Result<Vec<ExportedComment>, StoreError> {
        let (store, site) = (&self.subjects.store, &self.site);
        let ids: Vec<_> = found.iter().map(|comment| comment.id).collect();
        let contexts = store
            .contexts(site, &found.iter().collect::<Vec<_>>())
            .await?;
        let earlier = store.earlier_versions(site, &ids).await?;
        let sequences = |comment: &StoredComment| -> Vec<u64> {
            comment
                .history
                .entries()
                .iter()
                .map(|deed| deed.audit)
                .collect()
        };
        let all: Vec<u64> = found.iter().flat_map(sequences).collect();
        let log = AuditLog::Site(site.clone());
        let told = store.audit_at(&log, &all).await?;
        let told: BTreeMap<u64, AuditEntry> = told
            .into_iter()
            .map(|entry| (entry.sequence, entry))
            .collect();
        let keys = found
            .iter()
            .map(|comment| sealed::data_key_id(&comment.content.sealed_contact));
        let keys: Vec<Option<[u8; 8]>> = keys.collect();
        let wanted: Vec<[u8; 8]> = keys.iter().copied().flatten().collect();
        let mut wrapped = store.wrapped_data_keys(site, &wanted).await?.into_iter();
        let surrounded = found.into_iter().zip(contexts).zip(earlier).zip(keys);
        Ok(surrounded
            .map(|(((comment, context), earlier), key)| ExportedComment {
                contact: key
                    .and_then(|_| wrapped.next().flatten())
                    .map(|wrapped| SealedCopy {
                        comment: comment.id,
                        sealed: comment.content.sealed_contact.clone(),
                        wrapped_data_key: wrapped,
                    }),
                decisions: sequences(&comment)
                    .iter()
                    .filter_map(|sequence| told.get(sequence).cloned())
                    .collect(),
                comment,
                context,
                earlier,
            })
            .collect())
    }
}
