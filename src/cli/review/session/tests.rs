use super::{examples::*, *};
use crate::{
    cli::review::input::Key,
    proto::v1::{
        CommentState, Lane, LastDecision, Problem, SiteQueue,
        work_queue_response::{Heartbeat, Message as Down, Noted, Paused, answer},
    },
};

mod decisions;
mod large;

fn with_items(ids: &[&str]) -> Session {
    let mut session = Session::new(place());
    session.opened();
    for id in ids {
        session.hear(said(Down::Item(item(id, &format!("lease-{id}"), "text"))));
    }
    session
}

/// Everything that the session wants done.
fn effects(session: &mut Session) -> Vec<Effect> {
    std::iter::from_fn(|| session.next_effect()).collect()
}

/// What it asks besides the stream.
fn asks(session: &mut Session) -> Vec<Effect> {
    let asks = |effect: &Effect| matches!(effect, Effect::Ask(_));
    effects(session).into_iter().filter(asks).collect()
}

/// What it says on the stream.
fn messages(session: &mut Session) -> Vec<Up> {
    let says = |effect| match effect {
        Effect::Say(message) => Some(message),
        Effect::Ask(_) | Effect::Reopen | Effect::Quit => None,
    };
    effects(session).into_iter().filter_map(says).collect()
}

fn notice(session: &Session) -> &str {
    session.notice.as_ref().map_or("", |(_, text)| text)
}

#[test]
fn a_key_decides_on_what_is_shown_and_goes_on() {
    let mut session = with_items(&["a", "b"]);
    press(&mut session, "a");
    let sent = messages(&mut session);
    let [Up::Decide(decide)] = sent.as_slice() else {
        panic!("not a decision: {sent:?}");
    };
    let said = (
        decide.comment_id.as_str(),
        decide.lease_token.as_str(),
        decide.version,
        decide.site.as_str(),
    );
    assert_eq!(said, ("a", "lease-a", 1, "daily"));
    assert_eq!(session.shown(), Some("b"));
    assert_eq!(
        session.decisions(),
        0,
        "counted only when it was carried out"
    );
    session.hear(self::said(approved("a", decide.request_id)));
    assert_eq!(session.decided.get("APPROVED"), Some(&1));
}

#[test]
fn each_verdict_has_a_key_and_capitals_are_the_same() {
    let table = [
        ("a", Verdict::Approve),
        ("A", Verdict::Approve),
        ("r", Verdict::Reject),
        ("s", Verdict::Spam),
        ("e", Verdict::Escalate),
    ];
    for (key, verdict) in table {
        let mut session = with_items(&["a"]);
        press(&mut session, key);
        let sent = messages(&mut session);
        assert!(
            matches!(sent.as_slice(), [Up::Decide(decide)] if decide.verdict() == verdict),
            "{key}: {sent:?}"
        );
    }
}

#[test]
fn an_unknown_key_does_nothing_and_says_so() {
    let mut session = with_items(&["a", "b"]);
    for key in [Key::Char('y'), Key::Char('7'), Key::Other, Key::Left] {
        session.notice = None;
        session.press(key);
        assert!(notice(&session).ends_with("does nothing here"), "{key:?}");
        assert_eq!(messages(&mut session), []);
        assert_eq!(session.shown(), Some("a"));
    }
}

#[test]
fn pasted_text_decides_nothing() {
    let mut session = with_items(&["a", "b"]);
    session.paste("aaaa");
    assert_eq!(messages(&mut session), []);
    assert_eq!(notice(&session), "pasted text does nothing here");
    press(&mut session, "n");
    session.paste("asked\nher\u{1b}[2J");
    press(&mut session, "⏎");
    let sent = messages(&mut session);
    assert!(
        matches!(sent.as_slice(), [Up::Note(note)] if note.note == "asked her[2J"),
        "{sent:?}"
    );
}

#[test]
fn nothing_that_comes_in_moves_the_item_under_the_cursor() {
    let body: Vec<String> = (1..=60).map(|number| format!("line {number}")).collect();
    let mut session = Session::new(place());
    session.opened();
    session.hear(said(Down::Item(item("a", "lease-a", &body.join("\n")))));
    session.hear(said(Down::Item(item("b", "lease-b", "text"))));
    press(&mut session, "↓↓↓");
    assert_eq!(session.scroll, 3);
    let other = |state| withdrawn("a", state);
    let messages = [
        Down::Item(item("c", "lease-c", "text")),
        Down::Heartbeat(Heartbeat {
            sites: vec![SiteQueue::default()],
        }),
        other(WithdrawalReason::DecidedByAnother),
        other(WithdrawalReason::Changed),
        withdrawn("b", WithdrawalReason::Retracted),
        approved("x", 7),
        answer_to(8, answer::Result::Paused(Paused {})),
    ];
    for message in messages {
        session.hear(said(message));
        let last = LastDecision::default();
        session.replied(Reply::WhoDecided("a".to_owned(), Some(last)));
        session.replied(Reply::Context(
            "a".to_owned(),
            Surroundings::Known(Box::default()),
        ));
        session.replied(Reply::Desks(vec![desk("daily")]));
        assert_eq!((session.shown(), session.scroll), (Some("a"), 3));
    }
    session.lost(Link::Down("lost".to_owned()));
    assert_eq!((session.shown(), session.scroll), (Some("a"), 3));
    session.opened();
    session.hear(said(Down::Item(item("a", "new-a", &body.join("\n")))));
    assert_eq!((session.shown(), session.scroll), (Some("a"), 3));
}

#[test]
fn a_lost_item_is_not_decided_and_comes_back_where_it_was() {
    let mut session = with_items(&["a", "b"]);
    session.lost(Link::Down("lost".to_owned()));
    press(&mut session, "s");
    assert_eq!(messages(&mut session), []);
    assert!(session.notice.is_some());
    assert_eq!(session.held(), 0, "the leases are gone");

    session.opened();
    session.hear(said(Down::Item(item("b", "new-b", "text"))));
    press(&mut session, "s");
    assert_eq!(messages(&mut session), []);
    assert_eq!(session.held(), 1, "only what came again");
    session.hear(said(Down::Item(item("a", "new-a", "text"))));
    assert_eq!(session.held(), 2);
    press(&mut session, "s");
    let sent = messages(&mut session);
    assert!(
        matches!(sent.as_slice(), [Up::Decide(decide)] if decide.lease_token == "new-a"),
        "{sent:?}"
    );
    assert_eq!(session.shown(), Some("b"));
}

#[test]
fn skipping_a_lost_item_goes_on_without_a_message() {
    let mut session = with_items(&["a", "b"]);
    session.hear(said(withdrawn("a", WithdrawalReason::LeaseOver)));
    press(&mut session, "k");
    assert_eq!(messages(&mut session), []);
    assert_eq!(session.shown(), Some("b"));
    press(&mut session, "k");
    assert!(matches!(messages(&mut session).as_slice(), [Up::Skip(_)]));
    assert_eq!(session.shown(), None);
    press(&mut session, "a");
    assert_eq!(messages(&mut session), []);
}

#[test]
fn who_held_an_item_for_too_long_says_that_they_go_on() {
    let mut session = with_items(&["a"]);
    session.hear(said(withdrawn("a", WithdrawalReason::HeldTooLong)));
    press(&mut session, "k");
    assert!(matches!(messages(&mut session).as_slice(), [Up::Resume(_)]));
}

#[test]
fn an_item_that_another_decided_says_who_and_what() {
    let mut session = with_items(&["a", "b"]);
    session.hear(said(withdrawn("a", WithdrawalReason::DecidedByAnother)));
    let asked = effects(&mut session);
    assert!(
        matches!(asked.as_slice(), [Effect::Ask(Ask::WhoDecided(asked))] if asked.comment_id == "a"),
        "{asked:?}"
    );
    let last = LastDecision {
        verdict: Verdict::Reject.into(),
        moderator: "Ben".to_owned(),
        ..LastDecision::default()
    };
    session.replied(Reply::WhoDecided("b".to_owned(), Some(last.clone())));
    session.replied(Reply::WhoDecided("a".to_owned(), Some(last)));
    let hold = session.current.as_ref().map(|current| current.hold.clone());
    let by = Some(("Ben".to_owned(), Verdict::Reject));
    assert!(
        matches!(&hold, Some(Hold::Withdrawn(gone)) if gone.by == by),
        "{hold:?}"
    );
    press(&mut session, "a");
    assert_eq!(messages(&mut session), []);
    assert_eq!(session.shown(), Some("a"));
}

#[test]
fn decisions_and_notes_without_an_answer_are_said_again_on_the_next_stream() {
    let mut session = with_items(&["a", "b"]);
    press(&mut session, "nseen⏎ak");
    let first = messages(&mut session);
    assert!(
        matches!(first.as_slice(), [Up::Note(_), Up::Decide(_), Up::Skip(_)]),
        "{first:?}"
    );
    session.lost(Link::Down("lost".to_owned()));
    session.opened();
    assert_eq!(messages(&mut session), &first[..2]);
    session.hear(said(approved("a", 2)));
    assert_eq!(session.unanswered(), 1);
}

#[test]
fn a_refused_decision_says_how_the_comment_stands() {
    let mut session = with_items(&["a"]);
    press(&mut session, "a");
    let problem = Problem {
        code: 10,
        reason: "STALE_VERSION".to_owned(),
        message: "it was decided meanwhile".to_owned(),
        state: CommentState::Spam.into(),
        version: 2,
    };
    session.hear(said(answer_to(1, answer::Result::Problem(problem))));
    assert_eq!(
        notice(&session),
        "the last one was not changed: it was decided meanwhile; it is spam now"
    );
    assert!(session.decided.is_empty() && session.deeds.is_empty());
}

#[test]
fn what_surrounds_a_comment_is_shown_for_that_comment_only() {
    let known = || Surroundings::Known(Box::default());
    let mut session = with_items(&["a", "b"]);
    press(&mut session, "w");
    let asked = effects(&mut session);
    assert!(matches!(asked.as_slice(), [Effect::Ask(Ask::Context(_))]));
    assert_eq!(effects(&mut session), [], "asked once");
    session.replied(Reply::Context("b".to_owned(), known()));
    assert!(
        matches!(session.surroundings, Some(Surroundings::Asked)),
        "of another"
    );
    session.replied(Reply::Context("a".to_owned(), known()));
    assert!(matches!(session.surroundings, Some(Surroundings::Known(_))));
    press(&mut session, "w");
    assert!(!session.is_context_focused, "the comment again");
    press(&mut session, "ws");
    assert_eq!(session.shown(), Some("b"));
    assert!(
        !session.is_context_focused && session.surroundings.is_none(),
        "the next one is shown, not what surrounds it"
    );
}
