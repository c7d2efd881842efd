use super::*;
use crate::proto::v1::{Lane, ModeratorStats};

fn verdicts(approve: u64, reject: u64, spam: u64, escalate: u64) -> Option<VerdictCounts> {
    Some(VerdictCounts {
        approve,
        reject,
        spam,
        escalate,
    })
}

fn seconds(seconds: i64, nanos: i32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos })
}

pub(super) fn found() -> GetQueueStatsResponse {
    // 2026-01-31 09:00 UTC is the last hour.
    let hours = (0..24).map(|n| HourStats {
        starts_at: Some(prost_types::Timestamp {
            seconds: 1_769_850_000 - (23 - n) * 3_600,
            nanos: 0,
        }),
        queued: u64::try_from((n - 12).abs() * 5).expect("small"),
        decisions: u64::try_from(n * 2).expect("small"),
        undone: 0,
    });
    let moderator = |label: &str, decisions, undone| ModeratorStats {
        key_id: "0102030405060708".to_owned(),
        label: label.to_owned(),
        decisions,
        undone,
    };
    GetQueueStatsResponse {
        stats: Some(QueueStats {
            waiting: 12,
            leased: 3,
            oldest_waiting: seconds(250, 0),
            pending: 15,
            approved: 812,
            rejected: 31,
            spam: 190,
        }),
        lanes: vec![
            LaneStats {
                lane: Lane::Review.into(),
                waiting: 10,
                oldest_waiting: seconds(250, 0),
            },
            LaneStats {
                lane: Lane::Reported.into(),
                waiting: 0,
                oldest_waiting: None,
            },
            LaneStats {
                lane: Lane::Escalated.into(),
                waiting: 2,
                oldest_waiting: seconds(9_000, 0),
            },
        ],
        hours: hours.collect(),
        this_hour: Some(WorkStats {
            queued: 55,
            decisions: verdicts(40, 2, 4, 0),
            agreement: Some(1.0),
            share_undone: Some(0.0),
            time_to_decision_p50: seconds(0, 800_000_000),
            time_to_decision_p90: seconds(70, 0),
            time_to_decision_p99: seconds(71, 0),
            ..WorkStats::default()
        }),
        last_day: Some(WorkStats {
            queued: 720,
            decisions: verdicts(400, 30, 72, 5),
            bulk: verdicts(0, 0, 50, 0),
            undone: verdicts(1, 0, 4, 0),
            share_undone: Some(0.008_976),
            agreement: Some(0.931_2),
            time_to_decision_p50: seconds(240, 0),
            time_to_decision_p90: seconds(4_000, 0),
            time_to_decision_p99: seconds(260_000, 0),
        }),
        moderators: vec![
            moderator("mira", 300, 4),
            moderator("", 207, 1),
            moderator(
                "\u{1b}[31m a name that is longer than a line has room for",
                0,
                0,
            ),
        ],
    }
}

#[test]
fn a_queue_is_told_on_a_page() {
    let page = text("gazette", &found(), Paint::off());
    assert!(
        page.lines().all(|line| line.chars().count() <= 80),
        "{page}"
    );
    insta::assert_snapshot!(page);
}

#[test]
fn an_idle_queue_is_told_without_figures_that_are_none() {
    let found = GetQueueStatsResponse::default();
    insta::assert_snapshot!(text("gazette", &found, Paint::off()));
}

#[test]
fn scripts_get_the_same() {
    let mut found = found();
    found.hours.truncate(1);
    let told = serde_json::to_string_pretty(&json("gazette", &found)).expect("JSON");
    insta::assert_snapshot!(told);
}
