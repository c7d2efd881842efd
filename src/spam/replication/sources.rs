//! What lessons come from: the decisions in a site's feed, and what an import left for it.
//!
//! A stretch of a source becomes a [`Batch`]: its lessons, in order, and the cursor behind them.

use super::Shared;
use crate::{
    comment::{
        event::{Cause, Cursor, Event},
        ids::{CommentId, SiteId},
        state::CommentState,
        stored::StoredComment,
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
    let decided: Vec<(CommentId, Vec<Teaching>)> = events.iter().filter_map(taught_by).collect();
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

fn taught_by(event: &Event) -> Option<(CommentId, Vec<Teaching>)> {
    let (before, now) = match &event.cause {
        Cause::Submitted { .. } => return None,
        Cause::Decided {
            verdict, earlier, ..
        } => (*earlier, Some(*verdict)),
        Cause::Undone {
            verdict, earlier, ..
        } => (Some(*verdict), *earlier),
    };
    let taught: Vec<Teaching> = lessons_of(before, now).collect();
    (!taught.is_empty()).then_some((event.comment, taught))
}

/// A comment's text and signals don't change once it is stored, so as it stands it is at the revision that the event
/// names. What was observed around it is read from its record: history read now would contain the verdict.
async fn lessons(
    shared: &Shared,
    site: &SiteId,
    decided: Vec<(CommentId, Vec<Teaching>)>,
    share: bool,
) -> Result<Vec<Vec<u8>>, SourceError> {
    let mut lessons = Vec::with_capacity(decided.len() + 1);
    for some in decided.chunks(COMMENTS) {
        let ids: Vec<CommentId> = some.iter().map(|(id, _)| *id).collect();
        let comments = shared.store.comments(site, &ids).await?;
        let tag = SiteTag::of(site);
        let mut work = Vec::with_capacity(some.len());
        for ((_, taught), comment) in some.iter().zip(comments) {
            match comment.filter(|comment| comment.state != CommentState::Erased) {
                Some(comment) => work.push((comment, taught.clone())),
                None => shared.counters.comments_gone.one(),
            }
        }
        let making = tokio::task::spawn_blocking(move || make(tag, share, &work));
        lessons.append(&mut making.await?);
    }
    Ok(lessons)
}

fn make(site: SiteTag, shared: bool, work: &[(StoredComment, Vec<Teaching>)]) -> Vec<Vec<u8>> {
    let mut lessons = Vec::with_capacity(work.len());
    for (comment, taught) in work {
        let content = Content::of_text(&comment.content.body, &comment.content.display_name);
        // Signals of another release say nothing, and the text still does.
        let signals = Signals::from_bytes(&comment.content.signals).unwrap_or_default();
        let vector = Vector::of(&content, signals);
        lessons.extend(taught.iter().map(|(label, weight)| {
            Lesson {
                site,
                subject: Subject::of(site, &comment.id),
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
