//! Reasons, undoing, pauses, other lanes, the rate.

use std::time::Duration;

use super::*;
use crate::proto::v1::work_queue_response::Withdrawn;

#[test]
fn a_rejection_asks_for_one_of_the_sites_reasons() {
    let table = [
        ("r⏎", Some(("off-topic", ""))),
        ("r↓⏎", Some(("insult", ""))),
        ("r3", Some(("hate", ""))),
        ("rnsee 12⌫⏎3", Some(("hate", "see 1"))),
        ("rnx⎋2", Some(("insult", ""))),
        ("r⎋", None),
        ("r9", None),
        ("ra", None),
    ];
    for (keys, wanted) in table {
        let mut session = with_items(&["a"]);
        session.replied(Reply::Desks(vec![desk("other"), desk("daily")]));
        press(&mut session, keys);
        let sent = messages(&mut session);
        let found = match sent.as_slice() {
            [Up::Decide(decide)] => Some((decide.reason_code.as_str(), decide.note.as_str())),
            _ => None,
        };
        assert_eq!(found, wanted, "{keys}");
        assert_eq!(session.shown().is_none(), wanted.is_some(), "{keys}");
    }
}

#[test]
fn what_was_decided_is_undone_by_its_version() {
    let mut session = with_items(&["a", "b", "c"]);
    press(&mut session, "u");
    assert_eq!(session.mode, Mode::Item, "nothing was decided yet");
    press(&mut session, "as");
    session.hear(said(approved("a", 1)));
    session.hear(said(decided("b", 2, Verdict::Spam, CommentState::Spam)));
    messages(&mut session);
    press(&mut session, "uu");
    let asked = asks(&mut session);
    let [Effect::Ask(Ask::Undo(deed, request))] = asked.as_slice() else {
        panic!("not an undoing: {asked:?}");
    };
    assert_eq!(
        (request.comment_id.as_str(), request.version),
        ("b", 2),
        "the last one"
    );
    press(&mut session, "u");
    assert_eq!(effects(&mut session), [], "once");
    assert_eq!(session.decisions(), 2);
    let undone = Undone {
        now: "pending again".to_owned(),
        comments: 1,
    };
    session.replied(Reply::Undone(*deed, Ok(undone)));
    assert_eq!(session.decided.get("SPAM"), None, "it counts no more");
    assert_eq!(session.decisions(), 1);
    assert!(notice(&session).starts_with("undone, pending again: Ada"));
    press(&mut session, "⎋uu");
    let asked = asks(&mut session);
    let [Effect::Ask(Ask::Undo(deed, request))] = asked.as_slice() else {
        panic!("not an undoing: {asked:?}");
    };
    assert_eq!(request.comment_id, "a", "the last that stands");
    session.replied(Reply::Undone(
        *deed,
        Err("the window has passed".to_owned()),
    ));
    assert_eq!(notice(&session), "not undone: the window has passed");
    assert_eq!(session.shown(), Some("c"));
}

#[test]
fn an_answer_does_not_move_the_row_that_is_chosen_for_undoing() {
    let mut session = with_items(&["a", "b", "c"]);
    press(&mut session, "a");
    session.hear(said(approved("a", 1)));
    press(&mut session, "s");
    press(&mut session, "u");
    session.hear(said(decided("b", 2, Verdict::Spam, CommentState::Spam)));
    messages(&mut session);
    press(&mut session, "u");
    let asked = asks(&mut session);
    assert!(
        matches!(asked.as_slice(), [Effect::Ask(Ask::Undo(_, request))] if request.comment_id == "a"),
        "{asked:?}"
    );
}

#[test]
fn a_decision_that_others_change_meanwhile_is_told_of() {
    let mut session = with_items(&["a", "b"]);
    press(&mut session, "a");
    session.hear(said(approved("a", 1)));
    messages(&mut session);
    press(&mut session, "u");
    let sent = messages(&mut session);
    let [Up::Watch(watch)] = sent.as_slice() else {
        panic!("nothing is watched: {sent:?}");
    };
    let seen: Vec<_> = watch.comments.iter().collect();
    assert!(matches!(seen.as_slice(), [one] if (one.comment_id.as_str(), one.version) == ("a", 2)));
    let changed = |version| {
        Down::Withdrawn(Withdrawn {
            comment_id: "a".to_owned(),
            version,
            ..Withdrawn::default()
        })
    };
    session.hear(said(changed(2)));
    assert_eq!(session.deeds[0].fate, Fate::Stands, "our own version");
    session.hear(said(changed(3)));
    assert_eq!(
        session.deeds[0].fate,
        Fate::Refused("changed since".to_owned())
    );
    assert_eq!(session.shown(), Some("b"));
}

#[test]
fn a_pause_gives_everything_back_and_is_said_again_on_the_next_stream() {
    let mut session = with_items(&["a", "b"]);
    press(&mut session, "p");
    assert!(matches!(messages(&mut session).as_slice(), [Up::Pause(_)]));
    assert_eq!((session.held(), session.shown()), (0, Some("a")));
    press(&mut session, "a");
    assert_eq!(messages(&mut session), []);
    session.lost(Link::Down("lost".to_owned()));
    session.opened();
    assert!(matches!(messages(&mut session).as_slice(), [Up::Pause(_)]));
    press(&mut session, "p");
    assert!(matches!(messages(&mut session).as_slice(), [Up::Resume(_)]));
    session.hear(said(Down::Item(item("a", "new-a", "text"))));
    assert_eq!((session.held(), session.shown()), (1, Some("a")));
}

#[test]
fn other_lanes_open_another_stream() {
    let mut session = with_items(&["a", "b"]);
    session.replied(Reply::Desks(vec![desk("daily"), desk("weekly")]));
    // The rows: daily, weekly, review, reported, appeals.
    press(&mut session, "l↓ ↓ ↓↓ ⏎");
    assert_eq!(effects(&mut session), [Effect::Reopen]);
    assert_eq!(session.place.sites, ["daily", "weekly"]);
    assert_eq!(session.place.lanes, [Lane::Reported, Lane::Appeals]);
    assert_eq!((session.held(), session.shown()), (0, None));

    session.opened();
    press(&mut session, "l ↓ ⏎");
    assert_eq!(effects(&mut session), [], "no site is left");
    assert_eq!(notice(&session), "mark at least one lane and one site");
    press(&mut session, "⎋");
    session.hear(said(Down::Item(item("c", "lease-c", "text"))));
    press(&mut session, "lt");
    assert_eq!(effects(&mut session), [Effect::Reopen]);
    assert_eq!(session.place.start().sites, ["daily"]);
    assert!(session.place.within.is_some());
}

#[test]
fn a_rate_is_told_after_a_minute() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut session = with_items(&["a", "b"]);
    session.tick(at(0));
    for (id, request_id) in [("a", 1), ("b", 2)] {
        press(&mut session, "a");
        session.hear(said(approved(id, request_id)));
    }
    session.tick(at(59));
    assert_eq!(session.decisions_per_hour(), None);
    session.tick(at(120));
    assert_eq!(session.decisions_per_hour(), Some(60));
    session.tick(at(3_601));
    assert_eq!(session.decisions_per_hour(), Some(0));
}

#[test]
fn in_a_window_that_shows_nothing_only_quitting_works() {
    let mut session = with_items(&["a"]);
    session.resize(39, 24);
    press(&mut session, "arsk");
    assert_eq!(messages(&mut session), []);
    press(&mut session, "q");
    assert_eq!(effects(&mut session), [Effect::Quit]);
}

#[test]
fn what_was_changed_meanwhile_is_not_decided_before_it_was_read() {
    let mut session = with_items(&["a", "b"]);
    session.hear(said(withdrawn("a", WithdrawalReason::Changed)));
    let mut anew = item("a", "new-a", "other words");
    if let Some(comment) = &mut anew.comment {
        comment.version = 2;
    }
    session.hear(said(Down::Item(anew)));
    let shown = |session: &Session| {
        let comment = session.current.as_ref().unwrap().item.comment.as_ref();
        comment.unwrap().body.clone()
    };
    for key in ["a", "s", "e"] {
        press(&mut session, key);
        assert_eq!(messages(&mut session), [], "{key}");
        assert_ne!(shown(&session), "other words");
    }
    press(&mut session, "k");
    assert_eq!(shown(&session), "other words");
    press(&mut session, "a");
    let sent = messages(&mut session);
    assert!(
        matches!(sent.as_slice(), [Up::Decide(decide)] if decide.lease_token == "new-a" && decide.version == 2),
        "{sent:?}"
    );
    assert_eq!(session.shown(), Some("b"));
}
