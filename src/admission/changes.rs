//! What becomes of a comment after it was taken in, by its readers' and its author's will: reports, retraction, appeal.

use std::time::Duration;

use crate::{
    access::caller::Caller,
    admission::desk::Desk,
    comment::{
        ids::{CommentId, KeyedHash, SiteId},
        limits::LimitName,
        report::{AppealText, Appealed, Report, Reporter},
        state::{CommentState, Timestamp, Version},
        thread::ClosedBy,
        violation::Violations,
    },
    policy::sites::SiteError,
    queue::reported,
    store::{
        error::StoreError,
        reports::{NewReport, Reported},
        retract::{AppealNoted, NewAppeal, Retracted},
    },
};

/// Why a comment was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefusal {
    /// This replica is asked too much at once.
    #[error("this replica is asked too much at once")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The request is not right.
    #[error(transparent)]
    Violations(#[from] Violations),
    /// No such comment.
    #[error("no such comment on this site")]
    NotFound,
    /// The comment was erased.
    #[error("the comment was erased")]
    Erased,
    /// Its author withdrew it.
    #[error("its author has withdrawn the comment")]
    Retracted,
    /// The comment has changed since the caller heard of it.
    #[error("the comment has changed")]
    Stale {
        /// How it stands now.
        state: CommentState,
        /// At which version.
        version: Version,
    },
    /// The thread takes no comments.
    #[error("this thread takes no more comments")]
    ThreadClosed {
        /// Who or what closed it.
        by: ClosedBy,
    },
    /// A limit of the site is used up; nothing was charged.
    #[error("a limit is used up")]
    Limit {
        /// Which.
        limit: LimitName,
        /// How long to wait.
        retry_after: Duration,
    },
    /// This reader has reported too much lately; nothing was charged.
    #[error("this reader has reported too much lately")]
    TooManyReports {
        /// How long to wait.
        retry_after: Duration,
    },
    /// There is nothing to appeal against, or not any more.
    #[error("{0}")]
    NotAppealable(NotAppealable),
    /// The site cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store failed. The comment may be changed: the same request again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why there is nothing to appeal against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAppealable {
    /// It is not rejected.
    #[error("only what is rejected or marked as spam can be appealed against")]
    State,
    /// There is an appeal against this decision, with another text.
    #[error("there is an appeal against this decision already")]
    Appealed,
    /// An appeal was answered.
    #[error("an appeal was answered, which is final")]
    Answered,
    /// The site's policy takes no appeals.
    #[error("this site takes no appeals")]
    SwitchedOff,
    /// A moderator looks at it anyway.
    #[error("the comment waits for a moderator already")]
    Waiting,
}

impl NotAppealable {
    /// Its word in replies.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Appealed => "appealed",
            Self::Answered => "answered",
            Self::SwitchedOff => "switched_off",
            Self::Waiting => "waiting",
        }
    }
}

/// A report that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// The comment waits for a moderator.
    pub queued: bool,
    /// This reader had reported it before.
    pub replayed: bool,
}

/// A comment that was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawal {
    /// The version that it made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// It had been withdrawn before.
    pub replayed: bool,
}

impl Desk {
    /// Notes a reader's report. Safe to repeat.
    ///
    /// # Errors
    /// As [`ChangeRefusal`] says.
    pub async fn report(
        &self,
        caller: &Caller,
        site: &SiteId,
        report: &Report,
    ) -> Result<Noted, ChangeRefusal> {
        self.throttle(caller)?;
        let site = self.sites.get(site).await?;
        let comment = self.store.comment(&site.id, report.comment).await?;
        let comment = comment.ok_or(ChangeRefusal::NotFound)?;
        let known_as = self.known_as(&site.id, &report.reporter).await?;
        let hasher = self.recognition.hasher();
        let reader = hasher.reporter(&site.id, &known_as);
        let hash = hasher.report(&site.id, &known_as, &report.comment);
        let new = NewReport {
            site: &site.id,
            comment: report.comment,
            reader: &reader,
            report: &hash,
            reason: report.reason.as_str(),
            text: report.text.as_str(),
            actor: &caller.actor(),
            due_in: &reported::due_in(&site.policy, comment.content.score.probability),
        };
        match self.confirmation.of(self.store.report(&new)).await? {
            Reported::Done { queued, replayed } => Ok(Noted { queued, replayed }),
            Reported::NotFound => Err(ChangeRefusal::NotFound),
            Reported::Refused { retry_after } => Err(ChangeRefusal::TooManyReports { retry_after }),
        }
    }

    async fn known_as(&self, site: &SiteId, reporter: &Reporter) -> Result<KeyedHash, StoreError> {
        match reporter {
            Reporter::Account(account) => self.recognition.account(site, account).await,
            Reporter::Email(email) => self.recognition.email(site, email).await,
            Reporter::Ip(ip) => Ok(self.recognition.hasher().ip(site, *ip)),
        }
    }

    /// Withdraws a comment. Safe to repeat.
    ///
    /// # Errors
    /// As [`ChangeRefusal`] says.
    pub async fn retract(
        &self,
        caller: &Caller,
        site: &SiteId,
        comment: CommentId,
    ) -> Result<Withdrawal, ChangeRefusal> {
        let site = self.sites.get(site).await?;
        let actor = caller.actor();
        let retracting = self.store.retract(&site.id, comment, &actor);
        match self.confirmation.of(retracting).await? {
            Retracted::Done {
                version,
                at,
                replayed,
            } => Ok(Withdrawal {
                version,
                at,
                replayed,
            }),
            Retracted::NotFound => Err(ChangeRefusal::NotFound),
            Retracted::Erased => Err(ChangeRefusal::Erased),
        }
    }

    /// Notes an author's appeal. Safe to repeat.
    ///
    /// # Errors
    /// As [`ChangeRefusal`] says.
    pub async fn appeal(
        &self,
        caller: &Caller,
        site: &SiteId,
        comment: CommentId,
        version: Version,
        text: &AppealText,
    ) -> Result<Appealed, ChangeRefusal> {
        let site = self.sites.get(site).await?;
        let new = NewAppeal {
            site: &site.id,
            comment,
            version,
            text: text.as_str(),
            actor: &caller.actor(),
            due_in: site.policy.service_level(),
            taken: site.policy.appeals(),
        };
        match self.confirmation.of(self.store.appeal(&new)).await? {
            AppealNoted::Done(appealed) => Ok(appealed),
            AppealNoted::NotFound => Err(ChangeRefusal::NotFound),
            AppealNoted::Erased => Err(ChangeRefusal::Erased),
            AppealNoted::Retracted => Err(ChangeRefusal::Retracted),
            AppealNoted::Stale { state, version } => Err(ChangeRefusal::Stale { state, version }),
            AppealNoted::NotRejected => not_appealable(NotAppealable::State),
            AppealNoted::AlreadyAppealed => not_appealable(NotAppealable::Appealed),
            AppealNoted::Answered => not_appealable(NotAppealable::Answered),
            AppealNoted::SwitchedOff => not_appealable(NotAppealable::SwitchedOff),
            AppealNoted::Waiting => not_appealable(NotAppealable::Waiting),
        }
    }

    pub(super) fn throttle(&self, caller: &Caller) -> Result<(), ChangeRefusal> {
        self.throttle
            .check(caller.key_id)
            .map_err(|retry_after| ChangeRefusal::Throttled { retry_after })
    }
}

fn not_appealable<T>(why: NotAppealable) -> Result<T, ChangeRefusal> {
    Err(ChangeRefusal::NotAppealable(why))
}
