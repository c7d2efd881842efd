use crate::proto::v1::{OutcomePair, Reason, ReasonCode, ReplayCell};

use super::*;

fn replay(cells: &[(Outcome, Verdict, u64)], queued: u64) -> Option<Replay> {
    let cells = cells.iter().map(|(outcome, verdict, comments)| ReplayCell {
        outcome: (*outcome).into(),
        verdict: (*verdict).into(),
        comments: *comments,
    });
    Some(Replay {
        cells: cells.collect(),
        queued,
    })
}

fn found() -> Backtest {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let example = |outcome: Outcome, verdict: Verdict, excerpt: &str| Disagreement {
        comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        thread_id: "tram".to_owned(),
        display_name: "Ada \u{1b}[31m".to_owned(),
        excerpt: excerpt.to_owned(),
        spam_probability: 0.087,
        outcome: outcome.into(),
        reasons: vec![Reason {
            code: ReasonCode::ScoreLow.into(),
            detail: "0.09".to_owned(),
        }],
        verdict: verdict.into(),
        current: Outcome::Pending.into(),
    };
    Backtest {
        comments: 1_000,
        oldest: at(1_769_000_000),
        newest: at(1_769_851_800),
        current: replay(
            &[
                (Outcome::Approved, Verdict::Unspecified, 400),
                (Outcome::Pending, Verdict::Approve, 350),
                (Outcome::Pending, Verdict::Spam, 150),
                (Outcome::Spam, Verdict::Unspecified, 100),
            ],
            500,
        ),
        proposed: replay(
            &[
                (Outcome::Approved, Verdict::Approve, 200),
                (Outcome::Approved, Verdict::Spam, 1),
                (Outcome::Approved, Verdict::Unspecified, 400),
                (Outcome::Pending, Verdict::Approve, 149),
                (Outcome::Pending, Verdict::Spam, 99),
                (Outcome::Spam, Verdict::Approve, 1),
                (Outcome::Spam, Verdict::Spam, 50),
                (Outcome::Spam, Verdict::Unspecified, 100),
            ],
            248,
        ),
        outcomes: vec![
            OutcomePair {
                current: Outcome::Pending.into(),
                proposed: Outcome::Approved.into(),
                comments: 201,
            },
            OutcomePair {
                current: Outcome::Pending.into(),
                proposed: Outcome::Spam.into(),
                comments: 51,
            },
        ],
        examples: vec![
            example(
                Outcome::Spam,
                Verdict::Approve,
                "Read it at http://gazette.example",
            ),
            example(Outcome::Approved, Verdict::Spam, &"long words ".repeat(20)),
        ],
    }
}

#[test]
fn a_trial_is_told_in_numbers_and_examples() {
    let tried = text(
        "daily",
        "  ~ approve_at: 0.2 -> 0.3",
        &found(),
        Paint::off(),
    );
    let as_it_is = Backtest {
        proposed: found().current,
        outcomes: Vec::new(),
        examples: Vec::new(),
        ..found()
    };
    let as_it_is = text("daily", "", &as_it_is, Paint::off());
    let nothing = text("daily", "", &Backtest::default(), Paint::off());
    insta::assert_snapshot!(format!("{tried}\n---\n{as_it_is}\n---\n{nothing}"));
}

#[test]
fn scripts_get_the_same() {
    insta::assert_snapshot!(format!("{:#}", json("daily", &found())));
}
