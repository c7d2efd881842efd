//! Requests about threads, and threads on the wire.

use super::policy;
use crate::{
    comment::{
        ids::{SiteId, ThreadId},
        thread::{ClosedBy, Closing, ModeOverride, Thread},
        violation::Violations,
    },
    grpc::convert::{
        time::{timestamp, timestamp_to_proto},
        words,
    },
    proto::v1 as pb,
};

/// A thread that is to be closed or opened.
#[derive(Debug, Clone, PartialEq)]
pub struct CloseThread {
    /// On which site.
    pub site: SiteId,
    /// Which.
    pub thread: ThreadId,
    /// Closed from now on, or open.
    pub closed: bool,
}

/// A thread that is to be moderated in its own way for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct SetThreadPolicy {
    /// On which site.
    pub site: SiteId,
    /// Which.
    pub thread: ThreadId,
    /// How, and until when; `None` as the site again.
    pub mode: Option<ModeOverride>,
}

/// What `CloseThread` is to do.
///
/// # Errors
/// Every violation at once.
pub fn close_thread(request: &pb::CloseThreadRequest) -> Result<CloseThread, Violations> {
    let (site, thread) = named(Violations::new(), &request.site, &request.thread_id)?;
    Ok(CloseThread {
        site,
        thread,
        closed: !request.reopen,
    })
}

/// What `SetThreadPolicy` is to do.
///
/// # Errors
/// Every violation at once; that the time is ahead is known only with the store's clock.
pub fn set_thread_policy(
    request: &pb::SetThreadPolicyRequest,
) -> Result<SetThreadPolicy, Violations> {
    let mut found = Violations::new();
    let mode = policy::mode(&mut found, "mode", request.mode);
    let until = request
        .until
        .as_ref()
        .map(|until| found.take("until", timestamp(until)));
    if mode.is_some() && until.is_none() {
        found.add("until", "is required with a mode: at most 30 days ahead");
    }
    let mode = mode.zip(until.flatten());
    let (site, thread) = named(found, &request.site, &request.thread_id)?;
    Ok(SetThreadPolicy {
        site,
        thread,
        mode: mode.map(|(mode, until)| ModeOverride { mode, until }),
    })
}

/// The thread that `GetThread` asks for.
///
/// # Errors
/// Every violation at once.
pub fn get_thread(request: &pb::GetThreadRequest) -> Result<(SiteId, ThreadId), Violations> {
    named(Violations::new(), &request.site, &request.thread_id)
}

fn named(
    mut found: Violations,
    site: &str,
    thread: &str,
) -> Result<(SiteId, ThreadId), Violations> {
    let site = found.take("site", site.parse());
    let thread = found.take("thread_id", thread.parse());
    match (site, thread) {
        (Some(site), Some(thread)) if found.is_empty() => Ok((site, thread)),
        (Some(_) | None, Some(_) | None) => Err(found),
    }
}

/// A thread on the wire.
#[must_use]
pub fn thread_to_proto(
    id: &ThreadId,
    thread: Thread,
    closed_by: Option<ClosedBy>,
) -> pb::ThreadSettings {
    let own = thread
        .mode_override
        .filter(|own| own.in_force(thread.now).is_some());
    let closed_by = match closed_by {
        Some(ClosedBy::Moderator) => pb::ThreadClosedBy::Moderator,
        Some(ClosedBy::Age) => pb::ThreadClosedBy::Age,
        None => pb::ThreadClosedBy::Unspecified,
    };
    pb::ThreadSettings {
        thread: Some(pb::Thread {
            thread_id: id.as_str().to_owned(),
            url: thread.details.url,
            title: thread.details.title,
            language: thread.details.language,
        }),
        closed_by: closed_by.into(),
        kept_open: thread.closing == Closing::Open,
        first_comment_at: thread.first_comment_at.map(timestamp_to_proto),
        mode: own.map_or(0, |own| policy::mode_to_proto(own.mode).into()),
        mode_until: own.map(|own| timestamp_to_proto(own.until)),
        counts: Some(words::thread_counts(thread.counts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(found: &Violations) -> Vec<&str> {
        found.as_slice().iter().map(|v| v.field).collect()
    }

    #[test]
    fn all_that_is_wrong_with_an_override_is_named_at_once() {
        let wrong = pb::SetThreadPolicyRequest {
            site: "The Gazette".into(),
            thread_id: String::new(),
            mode: 9,
            until: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
        };
        let found = set_thread_policy(&wrong).unwrap_err();
        assert_eq!(fields(&found), ["mode", "until", "site", "thread_id"]);
        let endless = pb::SetThreadPolicyRequest {
            site: "gazette".into(),
            thread_id: "tram".into(),
            mode: pb::ModerationMode::Pre.into(),
            until: None,
        };
        let found = set_thread_policy(&endless).unwrap_err();
        assert_eq!(fields(&found), ["until"]);
        let taken_back = pb::SetThreadPolicyRequest { mode: 0, ..endless };
        assert_eq!(set_thread_policy(&taken_back).unwrap().mode, None);
    }
}
