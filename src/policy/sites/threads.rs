//! What a site wants of single threads.

use super::{SiteError, Sites, UPDATE_TRIES};
use crate::{
    comment::{
        audit::Actor,
        ids::{SiteId, ThreadId},
        thread::{ClosedBy, Closing, ModeOverride, Thread},
        violation::Violations,
    },
    store::{
        audit::Changed,
        threads::{ThreadField, ThreadSet},
    },
};

impl Sites {
    /// Closes a thread, or opens it again whatever its age. Fine if it is so already, and for a thread without a comment.
    /// Tells the version of the thread's settings.
    ///
    /// # Errors
    /// [`SiteError::NotFound`] for the site, [`SiteError::ThreadBusy`], [`SiteError::Store`].
    pub async fn close_thread(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        closed: bool,
        actor: &Actor,
    ) -> Result<u32, SiteError> {
        let wanted = if closed {
            Closing::Closed
        } else {
            Closing::Open
        };
        let field = ThreadField::Closing(wanted);
        self.change_thread(site, thread, field, actor).await
    }

    /// Says how a thread is moderated until a time, or (`None`) that it is moderated as the site again. Comments that are
    /// judged at the moment are judged again. Tells the version of the thread's settings.
    ///
    /// # Errors
    /// [`SiteError::Violations`] where the time is not ahead or more than 30 days ahead, [`SiteError::NotFound`] for the
    /// site, [`SiteError::ThreadBusy`], [`SiteError::Store`].
    pub async fn set_thread_mode(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        mode: Option<ModeOverride>,
        actor: &Actor,
    ) -> Result<u32, SiteError> {
        let field = ThreadField::Mode(mode);
        self.change_thread(site, thread, field, actor).await
    }

    /// A thread as it stands, and who or what closed it.
    ///
    /// # Errors
    /// [`SiteError::NotFound`] for the site, [`SiteError::Store`].
    pub async fn thread(
        &self,
        site: &SiteId,
        thread: &ThreadId,
    ) -> Result<(Thread, Option<ClosedBy>), SiteError> {
        let close_after = self.get(site).await?.policy.close_threads_after();
        let found = self.store.thread(site, thread).await?;
        let first = found.first_comment_at;
        let closed_by = found.closing.closed_by(first, found.now, close_after);
        Ok((found, closed_by))
    }

    /// Changes what is different, and tells the audit log: nothing where nothing is, so a repetition is harmless.
    async fn change_thread(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        field: ThreadField,
        actor: &Actor,
    ) -> Result<u32, SiteError> {
        self.get(site).await?;
        for _ in 0..UPDATE_TRIES {
            let now = self.store.thread(site, thread).await?;
            let (before, same) = match field {
                ThreadField::Closing(wanted) => (closing(now.closing), now.closing == wanted),
                ThreadField::Mode(wanted) => (mode(now.mode_override), now.mode_override == wanted),
            };
            if same {
                return Ok(now.version);
            }
            let after = match field {
                ThreadField::Closing(wanted) => closing(wanted),
                ThreadField::Mode(wanted) => mode(checked(wanted, &now)?),
            };
            let changed = Changed {
                actor,
                subject: &format!("thread {}", thread.as_str()),
                before: &before,
                after: &after,
            };
            let set = self
                .store
                .change_thread(site, thread, now.version, field, changed);
            match set.await? {
                ThreadSet::Done(version) => return Ok(version),
                ThreadSet::Missing => return Err(SiteError::NotFound),
                ThreadSet::Stale => {}
            }
        }
        Err(SiteError::ThreadBusy)
    }
}

/// A mode whose time is ahead by the store's clock.
fn checked(wanted: Option<ModeOverride>, now: &Thread) -> Result<Option<ModeOverride>, Violations> {
    match wanted {
        Some(mode) if mode.in_force(now.now).is_none() => {
            let why = "must be a time that is ahead, by 30 days at most";
            Err(Violations::one("until", why))
        }
        Some(_) | None => Ok(wanted),
    }
}

fn closing(closing: Closing) -> String {
    let text = match closing {
        Closing::ByAge => "closes by age",
        Closing::Open => "open whatever its age",
        Closing::Closed => "closed",
    };
    text.to_owned()
}

fn mode(mode: Option<ModeOverride>) -> String {
    mode.map_or_else(
        || "moderated as the site".to_owned(),
        |set| {
            format!(
                "moderated {} until {}",
                set.mode.word(),
                set.until.to_text()
            )
        },
    )
}
