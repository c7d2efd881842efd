use super::*;
use crate::{
    cli::review::keys::Key,
    proto::v1::{
        Author, AuthorHistory, Comment, CommentState, Contribution, Decision, Lane, LastDecision,
        Problem, Reason, ReasonCode, Score, SiteQueue, Thread, UndoDecisionResponse,
        WorkQueueResponse,
        work_queue_response::{Answer, Heartbeat, Message as Down, Paused, Withdrawn, answer},
    },
};

/// When the examples were submitted.
pub const SUBMITTED: i64 = 1_769_851_800;

/// An item as the service sends it.
pub fn item(id: &str, token: &str, body: &str) -> ReviewItem {
    let part = |feature: &str, weight| Contribution {
        feature: feature.to_owned(),
        weight,
    };
    let reason = |code: ReasonCode, detail: &str| Reason {
        code: code.into(),
        detail: detail.to_owned(),
    };
    let comment = Comment {
        site: "daily".to_owned(),
        comment_id: id.to_owned(),
        thread: Some(Thread {
            thread_id: "tram-line".to_owned(),
            url: "https://daily.example/tram-line".to_owned(),
            title: "Council approves tram extension to the harbour".to_owned(),
            language: "en".to_owned(),
        }),
        author: Some(Author {
            display_name: "Ada\u{202e}".to_owned(),
            website: "https://ada.example".to_owned(),
            account_id: String::new(),
        }),
        body: body.to_owned(),
        state: CommentState::Pending.into(),
        version: 1,
        reasons: vec![
            reason(ReasonCode::FirstComment, ""),
            reason(ReasonCode::TooManyLinks, "4"),
        ],
        score: Some(Score {
            spam_probability: 0.612,
            contributions: vec![
                part("\"casino\"", 2.25),
                part("4 links", 1.5),
                part("form filled in 58 s", -0.75),
                part("\"tram\"", -0.5),
                part("\"harbour\"", -0.25),
            ],
            model: "1f0c2a77".to_owned(),
        }),
        submitted_at: Some(prost_types::Timestamp {
            seconds: SUBMITTED,
            nanos: 0,
        }),
        ..Comment::default()
    };
    ReviewItem {
        comment: Some(comment),
        lease_token: token.to_owned(),
        author_history: Some(AuthorHistory {
            approved: 3,
            pending: 1,
            rejected: 0,
            spam: 2,
            first_seen_at: None,
        }),
        ..ReviewItem::default()
    }
}

/// What the service says.
pub fn said(message: Down) -> WorkQueueResponse {
    WorkQueueResponse {
        message: Some(message),
    }
}

/// One site's review and reported lanes.
pub fn place() -> Place {
    Place {
        sites: vec!["daily".to_owned()],
        lanes: Vec::new(),
        within: None,
        prefetch: 5,
    }
}

/// A site with reasons, as the service tells of it.
pub fn desk(site: &str) -> Desk {
    let reason = |code: &str, text: &str| (code.to_owned(), text.to_owned());
    Desk {
        site: site.to_owned(),
        display_name: format!("The {site}"),
        reasons: vec![
            reason("off-topic", "It is about something else than the article."),
            reason("insult", "It insults a person."),
            reason("hate", "It incites to hatred against a group of people."),
        ],
        lanes: vec![Lane::Review, Lane::Reported, Lane::Appeals],
    }
}

fn with_items(ids: &[&str]) -> Session {
    let mut session = Session::new(place());
    session.opened();
    for id in ids {
        session.hear(said(Down::Item(item(id, &format!("lease-{id}"), "text"))));
    }
    session
}

fn press(session: &mut Session, keys: &str) {
    for key in keys.chars() {
        session.press(match key {
            '⏎' => Key::Enter,
            '⎋' => Key::Escape,
            '↓' => Key::Down,
            '⌫' => Key::Backspace,
            letter => Key::Char(letter),
        });
    }
}

/// Everything that the session wants done.
fn effects(session: &mut Session) -> Vec<Effect> {
    std::iter::from_fn(|| session.next_effect()).collect()
}

/// What it says on the stream.
fn messages(session: &mut Session) -> Vec<Up> {
    let says = |effect| match effect {
        Effect::Say(message) => Some(message),
        Effect::Ask(_) | Effect::Reopen | Effect::Quit => None,
    };
    effects(session).into_iter().filter_map(says).collect()
}

fn decided(id: &str, request_id: u64, verdict: Verdict, state: CommentState) -> Down {
    let decision = Decision {
        comment_id: id.to_owned(),
        state: state.into(),
        version: 2,
        verdict: verdict.into(),
        ..Decision::default()
    };
    answer_to(request_id, answer::Result::Decision(decision))
}

fn approved(id: &str, request_id: u64) -> Down {
    decided(id, request_id, Verdict::Approve, CommentState::Approved)
}

fn answer_to(request_id: u64, result: answer::Result) -> Down {
    Down::Answer(Answer {
        request_id,
        result: Some(result),
    })
}

fn withdrawn(id: &str, reason: WithdrawalReason) -> Down {
    Down::Withdrawn(Withdrawn {
        comment_id: id.to_owned(),
        lease_token: format!("lease-{id}"),
        reason: reason.into(),
        ..Withdrawn::default()
    })
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
    assert_eq!(session.decisions(), 0, "counted only when it was carried out");
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
        matches!(asked.as_slice(), [Effect::Ask(Ask::WhoDecided { comment_id, .. })] if comment_id == "a"),
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
    assert!(matches!(asked.as_slice(), [Effect::Ask(Ask::Context { .. })]));
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
    let asked = effects(&mut session);
    let [Effect::Ask(Ask::Undo { comment_id, version, deed, .. })] = asked.as_slice() else {
        panic!("not an undoing: {asked:?}");
    };
    assert_eq!((comment_id.as_str(), *version), ("b", 2), "the last one");
    press(&mut session, "u");
    assert_eq!(effects(&mut session), [], "once");
    let undone = UndoDecisionResponse {
        state: CommentState::Pending.into(),
        ..UndoDecisionResponse::default()
    };
    session.replied(Reply::Undone(*deed, Ok(undone)));
    assert!(notice(&session).starts_with("undone, pending again: Ada"));
    press(&mut session, "⎋uu");
    let asked = effects(&mut session);
    let [Effect::Ask(Ask::Undo { comment_id, deed, .. })] = asked.as_slice() else {
        panic!("not an undoing: {asked:?}");
    };
    assert_eq!(comment_id, "a", "the last that stands");
    session.replied(Reply::Undone(*deed, Err("the window has passed".to_owned())));
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
    let asked = effects(&mut session);
    assert!(
        matches!(asked.as_slice(), [Effect::Ask(Ask::Undo { comment_id, .. })] if comment_id == "a"),
        "{asked:?}"
    );
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
