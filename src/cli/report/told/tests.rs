use super::*;
use crate::proto::v1::{DayStats, ReasonCount};

fn report(days: u64) -> TransparencyReport {
    let verdicts = |approve, reject, spam, escalate| {
        Some(VerdictCounts {
            approve,
            reject,
            spam,
            escalate,
        })
    };
    let reason = |code: &str, text: &str, decisions| ReasonCount {
        reason_code: code.to_owned(),
        text: text.to_owned(),
        decisions,
    };
    let days = (0..days).map(|n| DayStats {
        day: format!("2026-01-{:02}", n + 1),
        submissions: n * 7 % 40,
        decisions: n * 3 % 20,
        undone: 0,
    });
    TransparencyReport {
        site: "gazette".to_owned(),
        from_day: "2026-01-01".to_owned(),
        to_day: "2026-01-31".to_owned(),
        submissions: Some(OutcomeCounts {
            pending: 420,
            approved: 1_800,
            rejected: 3,
            spam: 777,
        }),
        decisions: verdicts(310, 80, 20, 10),
        bulk: verdicts(0, 0, 500, 0),
        undone: verdicts(2, 1, 0, 0),
        reasons: vec![
            reason(
                "insult",
                "It insults somebody, which our rules of debate forbid",
                60,
            ),
            reason("off-topic", "", 15),
        ],
        other_reasons: 5,
        reports: 12,
        appeals: 2,
        median_time_to_decision: Some(prost_types::Duration {
            seconds: 1_500,
            nanos: 0,
        }),
        days: days.collect(),
    }
}

#[test]
fn a_month_is_told_on_a_page() {
    let page = text(&report(31), Paint::off());
    assert!(
        page.lines().all(|line| line.chars().count() <= 80),
        "{page}"
    );
    insta::assert_snapshot!(page);
}

#[test]
fn a_year_fits_too_and_a_quiet_one_says_so() {
    let page = text(&report(366), Paint::off());
    assert!(
        page.lines().all(|line| line.chars().count() <= 80),
        "{page}"
    );
    assert!(page.contains("by 6 days"), "{page}");
    let quiet = TransparencyReport {
        site: "gazette".to_owned(),
        from_day: "2026-01-01".to_owned(),
        to_day: "2026-12-31".to_owned(),
        ..TransparencyReport::default()
    };
    insta::assert_snapshot!(text(&quiet, Paint::off()));
}

#[test]
fn scripts_get_the_same() {
    let told = serde_json::to_string_pretty(&json(&report(1))).expect("JSON");
    insta::assert_snapshot!(told);
}
