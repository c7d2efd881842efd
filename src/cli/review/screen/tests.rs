use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::{
    cli::review::session::{
        Key, Surroundings,
        tests::{SUBMITTED, item, said},
    },
    proto::v1::{
        AuthorHistory, CommentState, Contribution, LastDecision, QueueStats, ReviewContext, Score,
        SeenSignal, SiteQueue, ThreadCounts, Verdict, Wave, WaveMember,
        work_queue_response::{Heartbeat, Message as Down},
    },
};

const BODY: &str = "I have ridden this line since I was a child, and I do not see why the harbour should wait any \
    longer. \u{1b}[31mRed?\u{1b}[0m\n\nA second paragraph with a bidi override \u{202e}here and a long address: \
    https://casino.example/bonus/free/spins/every/day/for/everyone/who/reads/this/far/and/further";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(SUBMITTED).expect("positive") + 720)
}

fn session(body: &str) -> Session {
    let mut session = Session::new("daily");
    session.opened();
    session.hear(said(Down::Item(item("a", "lease-a", body))));
    session.hear(said(Down::Item(item("b", "lease-b", "Thank you."))));
    let stats = QueueStats {
        waiting: 34,
        leased: 2,
        oldest_waiting: Some(prost_types::Duration {
            seconds: 9_000,
            nanos: 0,
        }),
        ..QueueStats::default()
    };
    let queue = SiteQueue {
        stats: Some(stats),
        ..SiteQueue::default()
    };
    session.hear(said(Down::Heartbeat(Heartbeat { sites: vec![queue] })));
    session
}

fn screen(session: &Session, width: usize, height: usize) -> String {
    let lines = render(session, width, height, now());
    assert_eq!(lines.len(), height);
    assert!(lines.iter().all(|line| line.width() <= width));
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.text().trim_end().to_owned())
        .collect();
    lines.join("\n")
}

#[test]
fn an_item_fits_a_small_and_a_large_terminal() {
    insta::assert_snapshot!("item_80x24", screen(&session(BODY), 80, 24));
    insta::assert_snapshot!("item_120x40", screen(&session(BODY), 120, 40));
}

#[test]
fn a_long_comment_scrolls_to_its_end_and_no_further() {
    let body: Vec<String> = (1..=60).map(|number| format!("line {number}")).collect();
    let mut session = session(&body.join("\n"));
    insta::assert_snapshot!("long_80x24", screen(&session, 80, 24));
    session.press(Key::Scroll(isize::MAX));
    session.scroll = session.scroll.min(furthest_scroll(&session, 80, 24));
    let end = screen(&session, 80, 24);
    assert!(end.contains("line 60") && end.contains("of 60"), "{end}");
    session.press(Key::Scroll(-1));
    assert!(!screen(&session, 80, 24).contains("line 60"));
}

#[test]
fn each_state_of_the_connection_is_told() {
    let mut screens = Vec::new();
    screens.push(screen(&Session::new("daily"), 80, 14));
    let mut empty = Session::new("daily");
    empty.opened();
    screens.push(screen(&empty, 80, 14));
    let mut lost = session("Short.");
    lost.press(Key::Verdict(Verdict::Approve));
    lost.lost(Link::Down(
        "lost the service (connection reset); connecting again".to_owned(),
    ));
    screens.push(screen(&lost, 80, 20));
    lost.opened();
    screens.push(screen(&lost, 80, 20));
    lost.lost(Link::Resting);
    screens.push(screen(&lost, 80, 20));
    insta::assert_snapshot!("connection_80", screens.join("\n========\n"));
}

#[test]
fn whatever_fits_shows_some_of_the_comment() {
    for (width, height) in [(40, 14), (80, 15), (200, 18)] {
        assert!(fits(width, height));
        let screen = screen(&session("Short."), width, height);
        assert!(screen.contains("Short."), "{screen}");
    }
    assert!(!fits(39, 24) && !fits(80, 13));
}

#[test]
fn no_size_panics() {
    let session = session(BODY);
    for width in (0..130).step_by(7) {
        for height in 0..45 {
            screen(&session, width, height);
        }
    }
}

fn surroundings() -> ReviewContext {
    let at = |seconds_ago: i64| {
        Some(prost_types::Timestamp {
            seconds: SUBMITTED + 720 - seconds_ago,
            nanos: 0,
        })
    };
    let part = |feature: &str, weight| Contribution {
        feature: feature.to_owned(),
        weight,
    };
    let member = |n: i64, state: CommentState| WaveMember {
        comment_id: n.to_string(),
        state: state.into(),
        display_name: format!("Reader {n}"),
        excerpt: "My cousin makes 70 dollars an hour \u{1b}[31mat home on her laptop, go and see"
            .to_owned(),
        submitted_at: at(n * 100),
        ..WaveMember::default()
    };
    ReviewContext {
        author_history: Some(AuthorHistory {
            first_seen_at: at(86_400 * 40),
            ..AuthorHistory::default()
        }),
        thread_counts: Some(ThreadCounts {
            pending: 2,
            approved: 31,
            rejected: 0,
            spam: 4,
        }),
        score_now: Some(Score {
            spam_probability: 0.934,
            contributions: vec![
                part("near_duplicates", 3.1),
                part("\"cousin\"", 1.25),
                part("author_approved", -1.4),
            ],
            model: "1f0c2a77".to_owned(),
        }),
        signals: vec![SeenSignal {
            name: "near_duplicates".to_owned(),
            value: 2.08,
        }],
        wave: Some(Wave {
            wave_id: "4711".to_owned(),
            size: 7,
            members: vec![
                member(1, CommentState::Spam),
                member(20, CommentState::Pending),
            ],
        }),
        last_decision: Some(LastDecision {
            verdict: Verdict::Approve.into(),
            version: 1,
            decided_at: at(3_600),
            moderator: "mira".to_owned(),
        }),
        ..ReviewContext::default()
    }
}

#[test]
fn what_surrounds_a_comment_takes_its_place() {
    let mut session = session(BODY);
    session.press(Key::Context);
    let mut screens = vec![screen(&session, 80, 24)];
    session.surrounded("a", Surroundings::Unknown("no such comment".to_owned()));
    screens.push(screen(&session, 80, 24));
    session.surrounded("a", Surroundings::Known(Box::new(surroundings())));
    screens.push(screen(&session, 80, 30));
    insta::assert_snapshot!("context_80", screens.join("\n========\n"));
    for width in (0..130).step_by(7) {
        for height in 0..45 {
            screen(&session, width, height);
        }
    }
}
