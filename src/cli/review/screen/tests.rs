use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;
use crate::{
    cli::review::{
        input::Key,
        keys,
        session::{
            BulkNews, Link, Reply, Surroundings,
            examples::{SUBMITTED, decided, desk, item, place, press, said, wave_item},
        },
    },
    proto::v1::{
        AuthorHistory, CommentState, Contribution, Lane, LaneStats, LastDecision, ReviewContext,
        Score, SeenSignal, SiteQueue, ThreadCounts, Verdict, Wave, WithdrawalReason,
        work_queue_response::{Heartbeat, Message as Down, Withdrawn},
    },
};

mod panes;
mod surroundings;

use surroundings::surroundings;

const BODY: &str = "I have ridden this line since I was a child, and I do not see why the harbour should wait any \
    longer. \u{1b}[31mRed?\u{1b}[0m\n\nA second paragraph with a bidi override \u{202e}here and a long address: \
    https://casino.example/bonus/free/spins/every/day/for/everyone/who/reads/this/far/and/further";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(SUBMITTED).expect("positive") + 720)
}

fn lanes() -> Vec<LaneStats> {
    let lane = |lane: Lane, waiting, seconds| LaneStats {
        lane: lane.into(),
        waiting,
        oldest_waiting: Some(prost_types::Duration { seconds, nanos: 0 }),
    };
    vec![
        lane(Lane::Review, 34, 9_000),
        lane(Lane::Reported, 3, 320),
        lane(Lane::Escalated, 0, 0),
    ]
}

fn session(body: &str) -> Session {
    let mut session = Session::new(place());
    session.tick(now());
    session.opened();
    session.replied(Reply::Desks(vec![desk("daily"), desk("weekly")]));
    session.hear(said(Down::Item(item("a", "lease-a", body))));
    session.hear(said(Down::Item(item("b", "lease-b", "Thank you."))));
    let queue = SiteQueue {
        site: "daily".to_owned(),
        lanes: lanes(),
        ..SiteQueue::default()
    };
    session.hear(said(Down::Heartbeat(Heartbeat { sites: vec![queue] })));
    session
}

fn screen(session: &Session, width: usize, height: usize) -> String {
    let mut session = session.clone();
    session.resize(width, height);
    while session.next_effect().is_some() {}
    let lines = render(&session);
    assert_eq!(lines.len(), height);
    assert!(lines.iter().all(|line| line.width() <= width));
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.text().trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// As in a window of that width, where it was asked for and answered.
fn with_surroundings(mut session: Session, (width, height): (usize, usize)) -> Session {
    session.resize(width, height);
    while session.next_effect().is_some() {}
    let known = Surroundings::Known(Box::new(surroundings()));
    session.replied(Reply::Context("a".to_owned(), known));
    session
}

#[test]
fn an_item_fits_a_small_and_a_large_terminal() {
    insta::assert_snapshot!("item_80x24", screen(&session(BODY), 80, 24));
    let wide = with_surroundings(session(BODY), (120, 40));
    insta::assert_snapshot!("item_120x40", screen(&wide, 120, 40));
    insta::assert_snapshot!("item_40x14", screen(&session(BODY), 40, 14));
}

#[test]
fn a_long_comment_scrolls_to_its_end_and_no_further() {
    let body: Vec<String> = (1..=60).map(|number| format!("line {number}")).collect();
    let mut session = session(&body.join("\n"));
    insta::assert_snapshot!("long_80x24", screen(&session, 80, 24));
    session.press(Key::End);
    let end = screen(&session, 80, 24);
    assert!(end.contains("line 60") && end.contains("of 60"), "{end}");
    session.press(Key::Up);
    assert!(!screen(&session, 80, 24).contains("line 60"));
}

#[test]
fn each_state_of_the_connection_is_told() {
    let mut screens = Vec::new();
    screens.push(screen(&Session::new(place()), 80, 14));
    let mut empty = Session::new(place());
    empty.opened();
    screens.push(screen(&empty, 80, 14));
    press(&mut empty, "p");
    screens.push(screen(&empty, 80, 14));
    let mut lost = session("Short.");
    press(&mut lost, "a");
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
fn an_item_that_no_policy_brought_says_so_above_it() {
    for (lane, says) in [
        (Lane::Review, None),
        (Lane::Reported, Some("readers reported it; w tells why")),
        (
            Lane::Escalated,
            Some("left to a senior moderator; w tells why"),
        ),
        (Lane::Appeals, Some("its author appeals; w tells why")),
    ] {
        let mut session = Session::new(place());
        session.opened();
        let mut came = item("a", "lease-a", "Short.");
        came.lane = lane.into();
        session.hear(said(Down::Item(came)));
        let screen = screen(&session, 80, 24);
        let told = screen.lines().nth(1).unwrap_or_default();
        assert_eq!(told.contains("w tells why"), says.is_some(), "{screen}");
        assert!(says.is_none_or(|says| told.contains(says)), "{screen}");
    }
}

#[test]
fn an_item_that_is_not_ours_any_more_says_why_above_it() {
    let reasons = [
        (WithdrawalReason::DecidedByAnother, CommentState::Rejected),
        (WithdrawalReason::Changed, CommentState::Pending),
        (WithdrawalReason::Retracted, CommentState::Retracted),
        (WithdrawalReason::HeldTooLong, CommentState::Unspecified),
        (WithdrawalReason::LeaseOver, CommentState::Unspecified),
    ];
    let mut marks = Vec::new();
    for (reason, state) in reasons {
        let mut session = session(BODY);
        let before = screen(&session, 80, 24);
        session.hear(said(Down::Withdrawn(Withdrawn {
            comment_id: "a".to_owned(),
            lease_token: "lease-a".to_owned(),
            reason: reason.into(),
            state: state.into(),
            ..Withdrawn::default()
        })));
        let mut after = screen(&session, 80, 24);
        let mark = |screen: &str| screen.lines().nth(1).unwrap_or_default().to_owned();
        marks.push(mark(&after));
        let last = LastDecision {
            verdict: Verdict::Reject.into(),
            moderator: "Ben\u{202e}".to_owned(),
            ..LastDecision::default()
        };
        session.replied(Reply::WhoDecided("a".to_owned(), Some(last)));
        if reason == WithdrawalReason::DecidedByAnother {
            after = screen(&session, 80, 24);
            marks.push(mark(&after));
        }
        let below = |screen: &str| {
            screen
                .lines()
                .skip(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(below(&before), below(&after), "nothing moved");
    }
    insta::assert_snapshot!("withdrawn_80", marks.join("\n"));
}

#[test]
fn the_page_of_help_has_every_key() {
    let mut session = session(BODY);
    press(&mut session, "?");
    insta::assert_snapshot!("help_80x40", screen(&session, 80, 40));
    let small = screen(&session, 80, 24);
    assert!(small.contains("lines 1-"), "{small}");
    press(&mut session, "⎋");
    assert!(screen(&session, 80, 24).contains("I have ridden"));
}

#[test]
fn every_key_is_on_the_screen_of_80_columns() {
    let mut of_a_wave = Session::new(place());
    of_a_wave.opened();
    of_a_wave.hear(said(Down::Item(wave_item("a"))));
    for session in [session(BODY), of_a_wave] {
        for keys in ["", "w", "r", "l", "b", "b⏎", "c", "x", "n", "v", "?"] {
            let mut session = session.clone();
            press(&mut session, keys);
            let screen = screen(&session, 80, 24);
            let bound = keys::bindings(&session);
            for binding in bound.iter().filter(|binding| !binding.what.is_empty()) {
                let told = [
                    format!("{} {}", binding.label, binding.what),
                    format!("[{}] {}", binding.label, binding.what),
                ];
                let is_told = told.iter().any(|told| screen.contains(told));
                assert!(is_told, "{told:?} after {keys}: {screen}");
            }
        }
    }
}

#[test]
fn whatever_fits_shows_some_of_the_comment() {
    for (width, height) in [(40, 14), (80, 15), (200, 18)] {
        let mut session = session("Short.");
        session.resize(width, height);
        assert!(session.fits());
        let screen = screen(&session, width, height);
        assert!(screen.contains("Short."), "{screen}");
    }
    for (width, height) in [(39, 24), (80, 13)] {
        let mut session = session("Short.");
        session.resize(width, height);
        assert!(!session.fits());
    }
}

#[test]
fn no_size_panics_in_any_mode() {
    for keys in [
        "", "w", "r", "rnx", "nabc", "l", "b", "b⏎", "bn", "x", "x→ ", "?",
    ] {
        let mut session = with_surroundings(session(BODY), (120, 40));
        press(&mut session, keys);
        for width in (0..150).step_by(7) {
            for height in 0..45 {
                screen(&session, width, height);
            }
        }
    }
}

#[test]
fn what_surrounds_a_comment_takes_its_place() {
    let mut session = session(BODY);
    press(&mut session, "w");
    let mut screens = vec![screen(&session, 80, 24)];
    while session.next_effect().is_some() {}
    let unknown = Surroundings::Unknown("no such comment".to_owned());
    session.replied(Reply::Context("a".to_owned(), unknown));
    screens.push(screen(&session, 80, 24));
    let session = with_surroundings(session, (80, 30));
    screens.push(screen(&session, 80, 30));
    insta::assert_snapshot!("context_80", screens.join("\n========\n"));
}
