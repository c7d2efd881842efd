//! What lessons come from: the decisions in a site's feed, and what an import left for it.
//!
//! A stretch of a source becomes a [`Batch`]: its lessons, in order, and the cursor behind them.

use super::Shared;
use crate::{
    comment::{
        earlier::{TextAt, text_at},
        event::{Cause, Cursor, Event},
        ids::{CommentId, SiteId},
        state::{CommentState, Version},
        stored::{CommentContent, StoredComment},
    },
    policy::sites::SiteError,
    spam::{
        content::Content,
        lesson::{Lesson, SiteTag, Subject},
        signals::Signals,
        teaching::{Teaching, Weight, lessons_of},
        vector::Vector,
    },
    store::{error::StoreError, events::FeedPage, model_log::LessonSource},
};

/// Events in one stretch.
const EVENTS: usize = 200;
/// Comments in one read: each can be 64 KB.
const COMMENTS: usize = 50;
/// Imported lessons in one stretch.
const IMPORTED: usize = 200;

/// A stretch of a source.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// What it teaches.
    pub(super) lessons: Vec<Vec<u8>>,
    /// The cursor behind it; `None` at the source's end.
    pub(super) to: Option<Cursor>,
    /// There may be more.
    pub(super) more: bool,
}

/// Why a source can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("lessons could not be made: {0}")]
    Work(#[from] tokio::task::JoinError),
}

impl SourceError {
    /// Whether it concerns Redis as a whole, and not this source.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Site(SiteError::Store(error)) => error.is_transient(),
            Self::Site(_) | Self::Work(_) => false,
        }
    }
}

/// The next stretch of a source after a cursor.
pub(super) async fn read(
    shared: &Shared,
    source: &LessonSource,
    after: Option<Cursor>,
) -> Result<Batch, SourceError> {
    match source {
        LessonSource::Decisions(site) => decisions(shared, site, after).await,
        LessonSource::Import(site) => imported(shared, site, after).await,
    }
}

/// What has to be done for a source once the model log has its lessons.
pub(super) async fn settle(
    shared: &Shared,
    source: &LessonSource,
    to: Cursor,
) -> Result<(), StoreError> {
    match source {
        LessonSource::Decisions(_) => Ok(()),
        LessonSource::Import(site) => {
            shared.store.forget_imported_lessons(site, to).await?;
            Ok(())
        }
    }
}

async fn decisions(
    shared: &Shared,
    site: &SiteId,
    after: Option<Cursor>,
) -> Result<Batch, SourceError> {
    let events = match shared.store.read_events(site, after, EVENTS).await? {
        FeedPage::Events(events) => events,
        FeedPage::OutOfRange { head } => {
            let (from, head_text) = (after.map(|c| c.to_string()), head.to_string());
            tracing::error!(%site, ?from, head = head_text, "model.feed_cut");
            shared.counters.sources_cut.one();
            return Ok(Batch {
                to: Some(head),
                more: true,
                ..Batch::default()
            });
        }
    };
    let decided: Vec<Taught> = events.iter().filter_map(taught_by).collect();
    let lessons = if decided.is_empty() {
        Vec::new()
    } else {
        // Read first: a policy that can't be read must not decide what is shared.
        let share = shared.sites.get(site).await?.policy.share_learning();
        lessons(shared, site, decided, share).await?
    };
    Ok(Batch {
        lessons,
        to: events.last().map(|event| event.cursor),
        more: events.len() == EVENTS,
    })
}

/// What an event teaches of a comment's version.
struct Taught {
    comment: CommentId,
    version: Version,
    lessons: Vec<Teaching>,
}

/// A verdict that was not taught is none: neither when it is given nor when it is taken back.
fn taught_by(event: &Event) -> Option<Taught> {
    let untaught = event.untaught;
    let (before, now) = match &event.cause {
        Cause::Submitted { .. }
        | Cause::Retracted
        | Cause::Erased { .. }
        | Cause::Revised { .. }
        | Cause::Redacted { .. } => return None,
        Cause::Decided {
            verdict, earlier, ..
        } => (
            earlier.filter(|_| !untaught.earlier),
            Some(*verdict).filter(|_| !untaught.verdict),
        ),
        Cause::Undone {
            verdict, earlier, ..
        } => (
            Some(*verdict).filter(|_| !untaught.verdict),
            earlier.filter(|_| !untaught.earlier),
        ),
    };
    let lessons: Vec<Teaching> = lessons_of(before, now).collect();
    (!lessons.is_empty()).then_some(Taught {
        comment: event.comment,
        version: event.version,
        lessons,
    })
}

/// What is learnt is the text as it was at the version that the event names, as its author had written it. What was observed
/// around it is read from its record: history read now would contain the verdict.
async fn lessons(
    shared: &Shared,
    site: &SiteId,
    decided: Vec<Taught>,
    share: bool,
) -> Result<Vec<Vec<u8>>, SourceError> {
    let mut lessons = Vec::with_capacity(decided.len() + 1);
    for some in decided.chunks(COMMENTS) {
        let tag = SiteTag::of(site);
        let mut work = Vec::with_capacity(some.len());
        for (taught, text) in some.iter().zip(texts(shared, site, some).await?) {
            match text {
                Some(text) => work.push((taught.comment, text, taught.lessons.clone())),
                None => shared.counters.comments_gone.one(),
            }
        }
        let making = tokio::task::spawn_blocking(move || make(tag, share, &work));
        lessons.append(&mut making.await?);
    }
    Ok(lessons)
}

/// What was said at the version that each was taught of; `None` where that is gone.
async fn texts(
    shared: &Shared,
    site: &SiteId,
    taught: &[Taught],
) -> Result<Vec<Option<CommentContent>>, StoreError> {
    let ids: Vec<CommentId> = taught.iter().map(|taught| taught.comment).collect();
    let mut comments = shared.store.comments(site, &ids).await?;
    for comment in &mut comments {
        comment.take_if(|comment| comment.state == CommentState::Erased);
    }
    // Read after the comments: what changes meanwhile leaves what was read in this list.
    let changed = comments.iter().flatten().filter(|c| c.was_changed);
    let changed: Vec<CommentId> = changed.map(|comment| comment.id).collect();
    let mut earlier = shared
        .store
        .earlier_versions(site, &changed)
        .await?
        .into_iter();
    let text = |(comment, taught): (Option<StoredComment>, &Taught)| {
        let comment = comment?;
        let earlier = if comment.was_changed {
            earlier.next().unwrap_or_default()
        } else {
            Vec::new()
        };
        match text_at(&earlier, taught.version) {
            TextAt::Now => Some(comment.content),
            TextAt::Earlier(version) => Some(version.content.clone()),
            TextAt::Gone => None,
        }
    };
    Ok(comments.into_iter().zip(taught).map(text).collect())
}

type Work = (CommentId, CommentContent, Vec<Teaching>);

fn make(site: SiteTag, shared: bool, work: &[Work]) -> Vec<Vec<u8>> {
    let mut lessons = Vec::with_capacity(work.len());
    for (comment, text, taught) in work {
        let content = Content::of_text(text.body.verbatim(), text.display_name.verbatim());
        // Signals of another release say nothing, and the text still does.
        let signals = Signals::from_bytes(&text.signals).unwrap_or_default();
        let vector = Vector::of(&content, signals);
        lessons.extend(taught.iter().map(|(label, weight)| {
            Lesson {
                site,
                subject: Subject::of(site, comment),
                label: *label,
                taken_back: *weight == Weight::TakeBack,
                shared,
                vector: vector.clone(),
            }
            .to_bytes()
        }));
    }
    lessons
}

async fn imported(
    shared: &Shared,
    site: &SiteId,
    after: Option<Cursor>,
) -> Result<Batch, SourceError> {
    let page = shared
        .store
        .read_imported_lessons(site, after, IMPORTED)
        .await?;
    if page.gap {
        let from = after.map(|c| c.to_string());
        tracing::error!(%site, ?from, "model.import_cut");
        shared.counters.sources_cut.one();
    }
    let (to, more) = (
        page.lessons.last().map(|(at, _)| *at),
        page.lessons.len() == IMPORTED,
    );
    let mut lessons = Vec::with_capacity(page.lessons.len());
    for (at, lesson) in page.lessons {
        if Lesson::from_bytes(&lesson).is_ok() {
            lessons.push(lesson);
        } else {
            let position = at.to_string();
            tracing::error!(%site, %position, "model.import_corrupt");
            shared.counters.imports_corrupt.one();
        }
    }
    Ok(Batch { lessons, to, more })
}
