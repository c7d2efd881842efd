//! What several services say: states, reasons, scores, comments and events, from the domain to proto.

use std::{borrow::Cow, time::Duration};

use crate::{
    comment::{
        event::{Cause, Event},
        explained, folding,
        lane::Lane,
        lease::ItemContext,
        observed::AuthorHistory,
        reason::Reason,
        score::Score,
        state::{CommentState, Outcome, Verdict, Word},
        stored::StoredComment,
        thread::StateCounts,
        written::Audience,
    },
    grpc::convert::time::timestamp_to_proto as time,
    proto::v1,
};

/// A length of time; saturates far beyond any that occurs.
#[must_use]
pub fn duration(length: Duration) -> prost_types::Duration {
    prost_types::Duration::try_from(length).unwrap_or_default()
}

/// A length of time from the wire; `None` for a negative one, and for one that `google.protobuf.Duration` forbids.
#[must_use]
pub fn duration_from(given: &prost_types::Duration) -> Option<Duration> {
    let nanos = u32::try_from(given.nanos).ok()?;
    let seconds = u64::try_from(given.seconds).ok()?;
    (nanos < 1_000_000_000).then(|| Duration::new(seconds, nanos))
}

/// A state. The numbers are the same on both sides.
#[must_use]
pub fn state(state: CommentState) -> i32 {
    i32::from(state.number())
}

/// An outcome. The numbers are the same on both sides.
#[must_use]
pub fn outcome(outcome: Outcome) -> i32 {
    i32::from(outcome as u8)
}

/// A verdict. The numbers are the same on both sides.
#[must_use]
pub fn verdict(verdict: Verdict) -> i32 {
    i32::from(verdict as u8)
}

/// A moderator's word. The numbers are the same on both sides.
#[must_use]
pub fn word(word: Word) -> i32 {
    i32::from(word.number())
}

/// A lane. The numbers are the same on both sides.
#[must_use]
pub fn lane(lane: Option<Lane>) -> i32 {
    lane.map_or(0, |lane| i32::from(lane.number()))
}

/// Reasons.
#[must_use]
pub fn reasons(reasons: Vec<Reason>) -> Vec<v1::Reason> {
    let convert = |reason: Reason| v1::Reason {
        code: i32::from(reason.code as u8),
        detail: reason.detail,
    };
    reasons.into_iter().map(convert).collect()
}

/// A score with its explanation.
#[must_use]
pub fn score(score: Score) -> v1::Score {
    let contributions = score.contributions.into_iter();
    v1::Score {
        spam_probability: score.probability.get(),
        contributions: contributions
            .map(|found| v1::Contribution {
                weight: found.decimal(),
                feature: found.feature,
            })
            .collect(),
        model: format!("{:08x}+{}", score.model, score.lessons),
    }
}

/// The same, the comment's words as its author wrote them: scores know them folded.
#[must_use]
pub fn score_of(body: &str, mut found: Score) -> v1::Score {
    for contribution in &mut found.contributions {
        let word = contribution.feature.strip_prefix('"');
        let word = word.and_then(|word| word.strip_suffix('"'));
        if let Some(written) = word.and_then(|word| folding::as_written(body, word)) {
            contribution.feature = format!("\"{written}\"");
        }
    }
    score(found)
}

/// A comment as an audience may see it, with what is known of its article. Contact data stays where it is.
#[must_use]
pub fn comment(
    site: &str,
    comment: StoredComment,
    context: ItemContext,
    audience: Audience,
) -> v1::Comment {
    let mut content = comment.content;
    let body = content.body.shown_to(audience);
    if let Cow::Owned(masked) = &body {
        explained::leave_out_what_is_hidden(masked, &mut content.reasons, &mut content.score);
    }
    let wave = comment.wave.filter(|_| context.wave_size > 1);
    v1::Comment {
        wave_id: wave.map(|wave| wave.to_string()).unwrap_or_default(),
        wave_size: wave.map_or(0, |_| context.wave_size),
        site: site.to_owned(),
        comment_id: comment.id.to_string(),
        thread: Some(v1::Thread {
            thread_id: content.thread.as_str().to_owned(),
            url: context.thread.url,
            title: context.thread.title,
            language: context.thread.language,
        }),
        parent_id: content.parent.map(|id| id.to_string()).unwrap_or_default(),
        author: Some(v1::Author {
            display_name: content.display_name.shown_to(audience).into_owned(),
            website: content.website,
            account_id: content.account_id,
        }),
        score: Some(score_of(&body, content.score)),
        body: body.into_owned(),
        state: state(comment.state),
        version: comment.version.get(),
        outcome: outcome(comment.outcome),
        reasons: reasons(content.reasons),
        submitted_at: Some(time(comment.submitted_at)),
    }
}

/// An author's comments so far.
#[must_use]
pub fn history(history: AuthorHistory) -> v1::AuthorHistory {
    v1::AuthorHistory {
        approved: history.count(CommentState::Approved),
        pending: history.count(CommentState::Pending),
        rejected: history.count(CommentState::Rejected),
        spam: history.count(CommentState::Spam),
        first_seen_at: history.first_seen_at.map(time),
    }
}

/// A thread's comments by state, on the wire.
#[must_use]
pub fn thread_counts(counts: StateCounts) -> v1::ThreadCounts {
    let of = |state: CommentState| counts[usize::from(state.number()) - 1];
    v1::ThreadCounts {
        pending: of(CommentState::Pending),
        approved: of(CommentState::Approved),
        rejected: of(CommentState::Rejected),
        spam: of(CommentState::Spam),
    }
}

/// An event. Notes are for moderators, and left out.
#[must_use]
pub fn event(event: Event) -> v1::Event {
    let cause = match event.cause {
        Cause::Submitted {
            outcome: decided,
            reasons: why,
        } => v1::event::Cause::Submitted(v1::event::Submitted {
            outcome: outcome(decided),
            reasons: reasons(why),
        }),
        Cause::Decided {
            verdict: said,
            earlier: _,
            moderator,
            reason_code,
            reason_text,
            note: _,
            operation,
        } => v1::event::Cause::Decided(v1::event::Decided {
            verdict: verdict(said),
            moderator,
            reason_code,
            reason_text,
            operation_id: operation.map(|id| id.to_string()).unwrap_or_default(),
        }),
        Cause::Undone {
            verdict: said,
            earlier: _,
            moderator,
            note: _,
            operation,
        } => v1::event::Cause::Undone(v1::event::Undone {
            verdict: verdict(said),
            moderator,
            operation_id: operation.map(|id| id.to_string()).unwrap_or_default(),
        }),
        Cause::Retracted => v1::event::Cause::Retracted(v1::event::Retracted {}),
        Cause::Erased { expired } => v1::event::Cause::Erased(v1::event::Erased { expired }),
        Cause::Revised {
            outcome: decided,
            reasons: why,
        } => v1::event::Cause::Revised(v1::event::Revised {
            outcome: outcome(decided),
            reasons: reasons(why),
        }),
        Cause::Redacted { moderator, note: _ } => {
            v1::event::Cause::Redacted(v1::event::Redacted { moderator })
        }
    };
    v1::Event {
        cursor: event.cursor.to_string(),
        comment_id: event.comment.to_string(),
        thread_id: event.thread.as_str().to_owned(),
        state: state(event.state),
        version: event.version.get(),
        occurred_at: Some(time(event.at)),
        cause: Some(cause),
    }
}
