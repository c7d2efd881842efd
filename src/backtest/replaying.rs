//! Comments decided anew, by the policy of now and by another one. No I/O.

use std::sync::Arc;

use super::findings::{Findings, Said};
use crate::{
    comment::{
        observed::AuthorHistory,
        reason::{Reason, ReasonCode},
        standing::Standing,
        state::Timestamp,
        stored::StoredComment,
        subject::{Standings, SubjectKind},
    },
    policy::{
        Policy,
        outcome::{Decided, Facts},
    },
    spam::{
        content::Content,
        signals::{Signal, Signals},
    },
    store::error::StoreError,
};

/// Chance takes no part: this draws nothing.
const NEVER_DRAWN: f64 = 1.0;

/// What comments are decided by.
#[derive(Debug)]
pub(super) struct Replayer {
    pub(super) current: Policy,
    pub(super) proposed: Policy,
    /// Older comments say nothing.
    pub(super) since: Option<Timestamp>,
}

impl Replayer {
    /// Replays comments, the newest first, up to the first that is too old; whether all were young enough.
    ///
    /// Some long texts take as long as hundreds of calls: not where these are answered.
    pub(super) async fn replay(
        self: &Arc<Self>,
        comments: Vec<StoredComment>,
        mut findings: Findings,
    ) -> Result<(Findings, bool), StoreError> {
        let replayer = Arc::clone(self);
        let replaying = tokio::task::spawn_blocking(move || {
            let in_time = comments
                .iter()
                .take_while(|comment| {
                    replayer
                        .since
                        .is_none_or(|since| comment.submitted_at >= since)
                })
                .map(|comment| replayer.decide(comment, &mut findings))
                .count();
            (findings, in_time == comments.len())
        });
        replaying.await.map_err(|_| StoreError::Corrupt {
            what: "a stored comment",
        })
    }

    fn decide(&self, comment: &StoredComment, findings: &mut Findings) {
        let content = Content::of_text(
            comment.content.body.verbatim(),
            comment.content.display_name.verbatim(),
        );
        let facts = facts(comment, &content);
        let current = self.current.decide(&facts);
        let proposed = self.proposed.decide(&facts);
        findings.add(comment, &current, proposed);
    }
}

/// What the comment's outcome rested on, as far as it is kept.
fn facts<'a>(comment: &StoredComment, content: &'a Content) -> Facts<'a> {
    let kept = &comment.content;
    let approved = match Signals::from_bytes(&kept.signals) {
        Some(signals) => signals.value(Signal::AuthorApproved) > 0.0,
        // Of another release: what its policy said is all that is known.
        None => !kept
            .reasons
            .iter()
            .any(|reason| reason.code == ReasonCode::FirstComment),
    };
    Facts {
        probability: kept.score.probability,
        history: AuthorHistory::new([0, u32::from(approved), 0, 0, 0, 0], None),
        standings: standings(&kept.reasons),
        has_author_identity: kept.author.is_some(),
        links: content.links().len(),
        folded_text: content.folded(),
        // Decisions of another day, which the policy does not make.
        wave_decision: None,
        draw: NEVER_DRAWN,
        // What was set for a while says nothing about a policy.
        thread_mode: None,
    }
}

/// How the author stood when the comment came, as its reasons tell: a ban is no policy, and holds under any.
fn standings(reasons: &[Reason]) -> Standings {
    const TOLD_BY: [(ReasonCode, Standing); 3] = [
        (ReasonCode::AuthorTrusted, Standing::Trusted),
        (ReasonCode::AuthorHeld, Standing::Held),
        (ReasonCode::AuthorBanned, Standing::Banned),
    ];
    let mut found = Standings::default();
    for reason in reasons {
        let told = TOLD_BY.into_iter().find(|(code, _)| *code == reason.code);
        match (told, SubjectKind::from_word(&reason.detail)) {
            (Some((_, standing)), Some(kind)) => found.add(kind, standing),
            (Some((_, standing)), None) => found.author = standing,
            (None, _) => {}
        }
    }
    found
}

impl Findings {
    fn add(&mut self, comment: &StoredComment, current: &Decided, proposed: Decided) {
        let said = Said::of(comment.history.decision().map(|(verdict, _)| verdict));
        self.comments += 1;
        self.newest = self.newest.or(Some(comment.submitted_at));
        self.oldest = Some(comment.submitted_at);
        self.current.count(current, said);
        self.proposed.count(&proposed, said);
        self.pair(current.outcome, proposed.outcome);
        self.note(comment, said, current.outcome, proposed);
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Poll};

    use super::*;
    use crate::comment::{
        history::History,
        ids::CommentId,
        score::{Probability, Score},
        state::{CommentState, Outcome, Version},
        stored::CommentContent,
    };

    fn comment(at: i64, body: &str) -> StoredComment {
        StoredComment {
            id: CommentId::fresh(),
            state: CommentState::Pending,
            version: Version::FIRST,
            outcome: Outcome::Pending,
            submitted_at: Timestamp(at),
            digest: [0; 8],
            wave: None,
            content: CommentContent {
                thread: "bridge".parse().unwrap(),
                parent: None,
                display_name: "Ada".into(),
                website: String::new(),
                account_id: String::new(),
                body: body.into(),
                author: None,
                ip: None,
                other_ip: None,
                email: None,
                sealed_contact: Vec::new(),
                reasons: Vec::new(),
                score: Score {
                    probability: Probability::from_percent(10),
                    contributions: Vec::new(),
                    model: 0,
                    lessons: 0,
                },
                signals: Signals::default().to_bytes(),
            },
            lane: None,
            was_changed: false,
            was_purged: false,
            history: History::default(),
        }
    }

    #[tokio::test]
    async fn long_texts_are_replayed_where_they_hold_up_nobody() {
        let replayer = Arc::new(Replayer {
            current: Policy::default(),
            proposed: Policy::default(),
            since: Some(Timestamp(10)),
        });
        let long = "The council should look at the numbers again. ".repeat(1_300);
        let comments = (0..12).rev().map(|at| comment(at, &long)).collect();
        let mut replaying = pin!(replayer.replay(comments, Findings::new(0)));
        let waits =
            std::future::poll_fn(|cx| Poll::Ready(replaying.as_mut().poll(cx).is_pending())).await;
        assert!(waits, "others go on meanwhile");
        let (findings, all_in_time) = replaying.await.unwrap();
        assert_eq!((findings.comments, all_in_time), (2, false));
    }
}
