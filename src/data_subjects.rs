//! The rights of a data subject, and what the privacy officer may see: reveal, export, erase, hold (GDPR, articles 15, 17
//! and 18). All that is handed out is sealed; see `docs/PRIVACY.md`.

mod erase;
mod export;
mod identity;
mod named;
pub mod removal;

use std::time::Duration;

pub use erase::{Erased, Erasure, Step};
pub use export::{Export, ExportedAuthor, ExportedComment, Item};
pub use named::{DataSubject, Purpose};

use identity::Identity;

use crate::{
    access::caller::Caller,
    comment::{
        audit::AuditAction,
        contact::SealedCopy,
        ids::{CommentId, SiteId},
        state::Timestamp,
    },
    policy::sites::SiteError,
    privacy::sealed,
    recognition::Recognition,
    store::{
        confirmation::Confirmation,
        connection::Store,
        data_subjects::{HoldSet, NewReveal, Revealed, SubjectNote, SubjectNoted},
        error::StoreError,
        recognition::Intent,
    },
};

/// What the privacy officer may do. Cheap to clone.
#[derive(Clone)]
pub struct DataSubjects {
    /// Where it is kept.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// What knows an address again.
    pub recognition: Recognition,
    /// How many comments' contact data may be revealed a day and site.
    pub reveals_per_day: u32,
}

/// Why the privacy officer was refused. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NoComment,
    /// There is no contact data, or it is kept no more.
    #[error("the comment has no contact data, or it is kept no more")]
    ContactGone,
    /// The day's reveals are used up.
    #[error("the site's {most} reveals a day are used up")]
    TooMany {
        /// How many a day.
        most: u32,
        /// How long the day still is.
        retry_after: Duration,
    },
    /// The comment that names the subject has neither account nor e-mail address.
    #[error("the comment's author has neither account nor e-mail address to be known by")]
    NoAuthor,
    /// A legal hold refuses it. What an erasure had erased before the hold came stays erased.
    #[error("a legal hold refuses the erasure: {why}; end the hold first")]
    Held {
        /// As the hold says.
        why: String,
    },
    /// The site is gone, or cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store failed. The same call again goes on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Contact data that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// Sealed, with what opens it.
    pub contact: SealedCopy,
    /// How many more may be revealed today.
    pub left: u32,
}

impl DataSubjects {
    /// Hands out a comment's contact data, sealed. The audit log has it before the caller does.
    ///
    /// # Errors
    /// As [`PrivacyRefusal`] says.
    pub async fn reveal(
        &self,
        site: &SiteId,
        caller: &Caller,
        comment: CommentId,
        purpose: &Purpose,
    ) -> Result<Reveal, PrivacyRefusal> {
        let found = self.store.comment(site, comment).await?;
        let sealed = found
            .ok_or(PrivacyRefusal::NoComment)?
            .content
            .sealed_contact;
        let data_key = sealed::data_key_id(&sealed).ok_or(PrivacyRefusal::ContactGone)?;
        let reveal = NewReveal {
            site,
            comment,
            data_key,
            actor: &caller.actor(),
            purpose: purpose.as_str(),
            most: self.reveals_per_day,
            now: self.store.now().await?,
        };
        match self.confirmation.of(self.store.reveal(&reveal)).await? {
            Revealed::Done {
                wrapped_data_key,
                left,
            } => Ok(Reveal {
                contact: SealedCopy {
                    comment,
                    sealed,
                    wrapped_data_key,
                },
                left,
            }),
            Revealed::NotFound => Err(PrivacyRefusal::NoComment),
            Revealed::Gone => Err(PrivacyRefusal::ContactGone),
            Revealed::Limit { retry_after } => Err(PrivacyRefusal::TooMany {
                most: self.reveals_per_day,
                retry_after,
            }),
        }
    }

    /// Holds what is kept of a data subject, or ends that. Accounts that the subject's e-mail
    /// address was used with are held as they are known now. With it, before when an address or account finds nobody who
    /// has not come since, if the pepper was replaced.
    ///
    /// # Errors
    /// As [`PrivacyRefusal`] says.
    pub async fn set_legal_hold(
        &self,
        site: &SiteId,
        caller: &Caller,
        subject: &DataSubject,
        purpose: &Purpose,
        held: bool,
    ) -> Result<(HoldSet, Option<Timestamp>), PrivacyRefusal> {
        let intent = if held { Intent::Write } else { Intent::Look };
        let identity = self.identify(site, subject, intent).await?;
        let Some(first) = identity.authors.first() else {
            return Err(PrivacyRefusal::NoAuthor);
        };
        let (before, after) = if held { ("", "held") } else { ("held", "") };
        let note = SubjectNote {
            site,
            authors: &identity.authors,
            action: AuditAction::LegalHoldSet,
            actor: &caller.actor(),
            purpose: purpose.as_str(),
            before,
            after,
        };
        let set = self.store.set_legal_hold(&note, held);
        let set = self.confirmation.of(set).await?;
        if held {
            self.keep(site, subject, first).await?;
        }
        let set = set.ok_or(SiteError::NotFound)?;
        Ok((set, identity.not_found_before))
    }

    /// Notes what is done with a data subject.
    async fn note(
        &self,
        (site, caller): (&SiteId, &Caller),
        identity: &Identity,
        action: AuditAction,
        purpose: &Purpose,
        after: &str,
        unless_held: bool,
    ) -> Result<(), PrivacyRefusal> {
        let note = SubjectNote {
            site,
            authors: &identity.authors,
            action,
            actor: &caller.actor(),
            purpose: purpose.as_str(),
            before: "",
            after,
        };
        let noted = self.store.note_subject(&note, unless_held);
        match self.confirmation.of(noted).await? {
            SubjectNoted::Done => Ok(()),
            SubjectNoted::Held { why } => Err(PrivacyRefusal::Held { why }),
            SubjectNoted::NoSite => Err(SiteError::NotFound.into()),
        }
    }
}
