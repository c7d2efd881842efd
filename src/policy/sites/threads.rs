//! What a site wants of single threads.

use super::{SiteError, Sites};
use crate::{
    comment::{
        ids::{SiteId, ThreadId},
        thread::{ClosedBy, ModeOverride, Thread},
        violation::Violations,
    },
    store::threads::ThreadSet,
};

impl Sites {
    /// Closes a thread, or opens it again whatever its age. Fine if it is so already, and for a thread without a comment.
    /// Tells the version of the thread's settings.
    ///
    /// # Errors
    /// [`SiteError::NotFound`] for the site, [`SiteError::Store`].
    pub async fn close_thread(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        closed: bool,
    ) -> Result<u32, SiteError> {
        version(self.store.set_thread_closed(site, thread, closed).await?)
    }

    /// Says how a thread is moderated until a time, or (`None`) that it is moderated as the site again. Comments that are
    /// judged at the moment are judged again. Tells the version of the thread's settings.
    ///
    /// # Errors
    /// [`SiteError::Violations`] where the time is not ahead or more than 30 days ahead, [`SiteError::NotFound`] for the
    /// site, [`SiteError::Store`].
    pub async fn set_thread_mode(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        mode: Option<ModeOverride>,
    ) -> Result<u32, SiteError> {
        version(self.store.set_thread_mode(site, thread, mode).await?)
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
}

fn version(set: ThreadSet) -> Result<u32, SiteError> {
    match set {
        ThreadSet::Done(version) => Ok(version),
        ThreadSet::Missing => Err(SiteError::NotFound),
        ThreadSet::OutOfTime => {
            let why = "must be a time that is ahead, by 30 days at most";
            Err(Violations::one("until", why).into())
        }
    }
}
