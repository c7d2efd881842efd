//! Trials of policies: proto to domain, and what came out back.

use crate::{
    backtest::{Disagreement, Findings, OUTCOMES, Replay, Said, Trial},
    comment::{state::Outcome, violation::Violations},
    grpc::convert::{
        paging,
        site::policy,
        time::{timestamp, timestamp_to_proto},
        words,
    },
    policy::field::PolicyField,
    proto::v1,
};

/// The most comments that one trial replays, and how many it does if nothing is asked for.
const MOST: usize = 100_000;
const DEFAULT: usize = 10_000;
/// The most examples of a kind.
const MOST_EXAMPLES: i32 = 50;

/// What is to be tried.
///
/// # Errors
/// Every violation at once; that the policy's parts fit together is known only with the rest of it.
pub fn trial(request: &v1::BacktestPolicyRequest) -> Result<Trial, Violations> {
    let mut found = Violations::new();
    let fields = fields(&mut found, request);
    let change = if fields.is_empty() {
        None
    } else {
        let (draft, wrong) = policy::draft(request.policy.as_ref());
        for violation in within_request(&wrong).as_slice() {
            found.add(violation.field, &violation.description);
        }
        Some((draft, fields))
    };
    let last = found.take("last", paging::size(request.last, DEFAULT, MOST));
    let since = request
        .since
        .as_ref()
        .and_then(|since| found.take("since", timestamp(since)));
    let examples = usize::try_from(request.examples)
        .ok()
        .filter(|_| request.examples <= MOST_EXAMPLES)
        .ok_or_else(|| format!("must be 0 to {MOST_EXAMPLES}"));
    let examples = found.take("examples", examples);
    match (last, examples) {
        (Some(last), Some(examples)) if found.is_empty() => Ok(Trial {
            change,
            last,
            since,
            examples,
        }),
        (_, _) => Err(found),
    }
}

/// Violations of a policy by their paths in this request, where it stands by itself.
#[must_use]
pub fn within_request(found: &Violations) -> Violations {
    let mut renamed = Violations::new();
    for violation in found.as_slice() {
        let field = violation.field.strip_prefix("site.");
        renamed.add(field.unwrap_or(violation.field), &violation.description);
    }
    renamed
}

fn fields(found: &mut Violations, request: &v1::BacktestPolicyRequest) -> Vec<PolicyField> {
    let paths = request.update_mask.as_ref().map(|mask| &mask.paths[..]);
    let mut fields = Vec::new();
    let mut wrong = 0;
    for (path, position) in paths.unwrap_or_default().iter().zip(1..) {
        match PolicyField::named(path) {
            Some(field) if fields.contains(&field) => {}
            Some(field) => fields.push(field),
            None => {
                wrong += 1;
                if wrong == 1 {
                    let known = PolicyField::ALL.map(PolicyField::name).join(", ");
                    found.add("update_mask", format!("path {position} is none of {known}"));
                }
            }
        }
    }
    if fields.is_empty() && wrong == 0 && request.policy.is_some() {
        fields = PolicyField::ALL.to_vec();
    }
    fields
}

/// How far a trial is.
#[must_use]
pub fn progress(replayed: u64, at_most: u64) -> v1::BacktestPolicyResponse {
    use v1::backtest_policy_response::{Message, Progress};
    v1::BacktestPolicyResponse {
        message: Some(Message::Progress(Progress { replayed, at_most })),
    }
}

/// What came out.
#[must_use]
pub fn result(findings: Findings) -> v1::BacktestPolicyResponse {
    let mut outcomes = Vec::new();
    for current in OUTCOMES {
        for proposed in OUTCOMES {
            outcomes.push(v1::OutcomePair {
                current: outcome(current),
                proposed: outcome(proposed),
                comments: findings.changed(current, proposed),
            });
        }
    }
    outcomes.retain(|pair| pair.comments > 0);
    let result = v1::Backtest {
        comments: findings.comments,
        oldest: findings.oldest.map(timestamp_to_proto),
        newest: findings.newest.map(timestamp_to_proto),
        current: Some(replay(&findings.current)),
        proposed: Some(replay(&findings.proposed)),
        outcomes,
        examples: findings.examples.into_iter().map(example).collect(),
    };
    v1::BacktestPolicyResponse {
        message: Some(v1::backtest_policy_response::Message::Result(result)),
    }
}

fn replay(replay: &Replay) -> v1::Replay {
    let mut cells = Vec::new();
    for made in OUTCOMES {
        for said in Said::ALL {
            cells.push(v1::ReplayCell {
                outcome: outcome(made),
                verdict: match said {
                    Said::Nothing => v1::Verdict::Unspecified.into(),
                    Said::Verdict(verdict) => words::verdict(verdict),
                },
                comments: replay.comments(made, said),
            });
        }
    }
    cells.retain(|cell| cell.comments > 0);
    v1::Replay {
        cells,
        queued: replay.queued,
    }
}

fn example(found: Disagreement) -> v1::Disagreement {
    let content = found.comment.content;
    v1::Disagreement {
        comment_id: found.comment.id.to_string(),
        thread_id: content.thread.as_str().to_owned(),
        display_name: content.display_name.into_verbatim(),
        excerpt: content.body.into_verbatim(),
        spam_probability: content.score.probability.get(),
        outcome: outcome(found.outcome),
        reasons: words::reasons(found.reasons),
        verdict: words::verdict(found.verdict),
        current: outcome(found.current),
    }
}

fn outcome(outcome: Outcome) -> i32 {
    words::outcome(outcome)
}
