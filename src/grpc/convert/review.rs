//! `GetReviewContext`: what surrounds a comment, from the domain to proto.

pub(super) mod aftermath;

use crate::{
    comment::{
        audit::AuditEntry,
        history::{Deed, Entry},
        ids::SiteId,
        score::Score,
        state::Verdict,
        stored::StoredComment,
        written::Audience,
    },
    grpc::convert::{time::timestamp_to_proto as time, words},
    proto::v1,
    spam::{
        content::Content,
        lesson::SiteTag,
        scorer::Scorer,
        signals::{Signal, Signals},
    },
    store::review::Surroundings,
};

/// The most reasons that are told; a comment keeps eight.
const MOST_CONTRIBUTIONS: usize = 50;

/// How much of another comment is shown, in characters.
const EXCERPT: usize = 200;

/// How much of what stands around is shown.
const NEARBY_EXCERPT: usize = 500;

/// What the model says of a stored comment now.
pub struct Now {
    score: Score,
    signals: Signals,
}

impl Now {
    /// Scores a comment again: its text, and the signals that were stored with it.
    #[must_use]
    pub fn of(scorer: &Scorer, site: &SiteId, comment: &StoredComment) -> Self {
        let content = &comment.content;
        let signals = Signals::from_bytes(&content.signals).unwrap_or_default();
        let text = Content::of_text(content.body.verbatim(), content.display_name.verbatim());
        let found = scorer.explain(SiteTag::of(site), &text, &signals, MOST_CONTRIBUTIONS);
        let score = Score {
            contributions: found.contributions,
            ..found.score
        };
        Self {
            score: score.rounded(),
            signals,
        }
    }
}

/// A comment and what surrounds it.
#[must_use]
pub fn context(site: &SiteId, found: Surroundings, now: Now) -> v1::ReviewContext {
    let comment = &found.comment;
    let size = found.context.wave_size;
    let wave = comment.wave.filter(|_| size > 1).map(|wave| v1::Wave {
        wave_id: wave.to_string(),
        size,
        members: found.wave_members.into_iter().map(member).collect(),
    });
    v1::ReviewContext {
        author_history: Some(words::history(found.context.history)),
        thread_counts: Some(words::thread_counts(found.thread_counts)),
        signals: seen(&now.signals),
        score_now: Some(words::score_of(comment.content.body.verbatim(), now.score)),
        wave,
        last_decision: comment
            .history
            .decision()
            .map(|(verdict, entry)| decision(verdict, entry, found.moderator)),
        // Known elsewhere: it is read for itself.
        author: None,
        parent: found.parent.map(nearby),
        before: found.before.into_iter().map(nearby).collect(),
        after: found.after.into_iter().map(nearby).collect(),
        deeds: found.deeds.into_iter().map(deed).collect(),
        reports: aftermath::reports(found.aftermath.reports),
        earlier_versions: found
            .aftermath
            .earlier
            .into_iter()
            .map(aftermath::earlier)
            .collect(),
        appeal: found.aftermath.appeal.map(aftermath::appeal),
        comment: Some(words::comment(
            site.as_str(),
            found.comment,
            found.context,
            Audience::Newsroom,
        )),
    }
}

fn seen(signals: &Signals) -> Vec<v1::SeenSignal> {
    let one = |signal: Signal| v1::SeenSignal {
        name: signal.word().to_owned(),
        value: signals.value(signal),
    };
    let all = Signal::ALL.into_iter().map(one);
    all.filter(|signal| signal.value > 0.0).collect()
}

pub(super) fn member(comment: StoredComment) -> v1::WaveMember {
    let content = comment.content;
    v1::WaveMember {
        comment_id: comment.id.to_string(),
        thread_id: content.thread.as_str().to_owned(),
        state: words::state(comment.state),
        version: comment.version.get(),
        display_name: content.display_name.into_verbatim(),
        excerpt: content.body.verbatim().chars().take(EXCERPT).collect(),
        submitted_at: Some(time(comment.submitted_at)),
    }
}

fn decision(verdict: Verdict, entry: &Entry, moderator: String) -> v1::LastDecision {
    v1::LastDecision {
        verdict: words::verdict(verdict),
        version: entry.version.get().saturating_sub(1),
        decided_at: Some(time(entry.at)),
        moderator,
    }
}

fn nearby(comment: StoredComment) -> v1::NearbyComment {
    let content = comment.content;
    v1::NearbyComment {
        comment_id: comment.id.to_string(),
        parent_id: content.parent.map(|id| id.to_string()).unwrap_or_default(),
        state: words::state(comment.state),
        version: comment.version.get(),
        display_name: content.display_name.into_verbatim(),
        excerpt: content
            .body
            .verbatim()
            .chars()
            .take(NEARBY_EXCERPT)
            .collect(),
        submitted_at: Some(time(comment.submitted_at)),
    }
}

fn deed((entry, told): (Entry, Option<AuditEntry>)) -> v1::Deed {
    let (actor, reason_code, note) = told.map_or_else(Default::default, |told| {
        (told.actor.label.to_string(), told.reason_code, told.note)
    });
    let verdict = entry.deed.verdict();
    v1::Deed {
        action: action(entry.deed).into(),
        verdict: verdict.map(words::verdict).unwrap_or_default(),
        version: entry.version.get(),
        at: Some(time(entry.at)),
        actor,
        reason_code,
        note,
        in_force: entry.in_force,
        state_before: words::state(entry.state_before),
        audit_sequence: entry.audit,
    }
}

fn action(deed: Deed) -> v1::AuditAction {
    match deed {
        Deed::Approved | Deed::Rejected | Deed::CalledSpam => v1::AuditAction::Decided,
        Deed::Escalated => v1::AuditAction::Escalated,
        Deed::Undone => v1::AuditAction::Undone,
        Deed::Revised => v1::AuditAction::Revised,
        Deed::Noted => v1::AuditAction::Noted,
        Deed::Redacted => v1::AuditAction::Redacted,
        Deed::Appealed => v1::AuditAction::Appealed,
        Deed::Retracted => v1::AuditAction::Retracted,
    }
}
