use super::*;
use crate::proto::v1::{
    Author, AuthorHistory, Comment, CommentState, Contribution, Decision, Problem, Reason,
    ReasonCode, Score, SiteQueue, Thread,
    work_queue_response::{Answer, Heartbeat, Withdrawn, answer},
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

fn with_items(ids: &[&str]) -> Session {
    let mut session = Session::new("daily");
    session.opened();
    for id in ids {
        session.hear(said(Down::Item(item(id, &format!("lease-{id}"), "text"))));
    }
    session
}

fn shown(session: &Session) -> Option<String> {
    let current = session.current.as_ref()?;
    let comment = current.item.comment.as_ref()?;
    Some(comment.comment_id.clone())
}

fn decision(request_id: u64) -> Down {
    let decision = Decision {
        state: CommentState::Approved.into(),
        version: 2,
        verdict: Verdict::Approve.into(),
        ..Decision::default()
    };
    Down::Answer(Answer {
        request_id,
        result: Some(answer::Result::Decision(decision)),
    })
}

#[test]
fn a_key_decides_on_what_is_shown_and_goes_on() {
    let mut session = with_items(&["a", "b"]);
    let sent = session.press(Key::Verdict(Verdict::Approve));
    let Some(Up::Decide(decide)) = sent else {
        panic!("not a decision: {sent:?}");
    };
    assert_eq!(
        (
            decide.comment_id.as_str(),
            decide.lease_token.as_str(),
            decide.version
        ),
        ("a", "lease-a", 1)
    );
    assert_eq!(shown(&session).as_deref(), Some("b"));
    assert!(
        session.decided.is_empty(),
        "counted only when it was carried out"
    );
    session.hear(said(decision(decide.request_id)));
    assert_eq!(session.decided.get("APPROVED"), Some(&1));
}

#[test]
fn nothing_that_comes_in_moves_the_item_under_the_cursor() {
    let mut session = with_items(&["a", "b"]);
    let messages = [
        Down::Item(item("c", "lease-c", "text")),
        Down::Heartbeat(Heartbeat {
            sites: vec![SiteQueue::default()],
        }),
        Down::Withdrawn(Withdrawn {
            comment_id: "a".to_owned(),
            lease_token: "lease-a".to_owned(),
            ..Withdrawn::default()
        }),
        Down::Withdrawn(Withdrawn {
            comment_id: "b".to_owned(),
            lease_token: "lease-b".to_owned(),
            ..Withdrawn::default()
        }),
        decision(7),
    ];
    for message in messages {
        session.hear(said(message));
        assert_eq!(shown(&session).as_deref(), Some("a"));
    }
    session.lost(Link::Down("lost".to_owned()));
    assert_eq!(shown(&session).as_deref(), Some("a"));
    session.opened();
    assert_eq!(shown(&session).as_deref(), Some("a"));
}

#[test]
fn a_lost_item_is_not_decided_and_comes_back_where_it_was() {
    let mut session = with_items(&["a", "b"]);
    session.lost(Link::Down("lost".to_owned()));
    assert_eq!(session.press(Key::Verdict(Verdict::Spam)), None);
    assert!(session.notice.is_some());
    assert_eq!(session.held(), 0, "the leases are gone");

    session.opened();
    session.hear(said(Down::Item(item("b", "new-b", "text"))));
    assert_eq!(session.press(Key::Verdict(Verdict::Spam)), None);
    assert_eq!(session.held(), 1, "only what came again");
    session.hear(said(Down::Item(item("a", "new-a", "text"))));
    assert_eq!(session.held(), 2);
    let sent = session.press(Key::Verdict(Verdict::Spam));
    assert!(
        matches!(&sent, Some(Up::Decide(decide)) if decide.lease_token == "new-a"),
        "{sent:?}"
    );
    assert_eq!(shown(&session).as_deref(), Some("b"));
}

#[test]
fn skipping_a_lost_item_goes_on_without_a_message() {
    let mut session = with_items(&["a", "b"]);
    session.hear(said(Down::Withdrawn(Withdrawn {
        comment_id: "a".to_owned(),
        lease_token: "lease-a".to_owned(),
        ..Withdrawn::default()
    })));
    assert_eq!(session.press(Key::Skip), None);
    assert_eq!(shown(&session).as_deref(), Some("b"));
    assert!(matches!(session.press(Key::Skip), Some(Up::Skip(_))));
    assert_eq!(shown(&session), None);
    assert_eq!(session.press(Key::Verdict(Verdict::Approve)), None);
}

#[test]
fn decisions_without_an_answer_are_said_again_on_the_next_stream() {
    let mut session = with_items(&["a", "b"]);
    let first = session.press(Key::Verdict(Verdict::Approve)).expect("sent");
    session.press(Key::Skip).expect("sent");
    session.lost(Link::Down("lost".to_owned()));
    assert_eq!(session.opened(), [first]);
    session.hear(said(decision(1)));
    assert_eq!(session.unanswered(), 0);
}

#[test]
fn a_refused_decision_says_how_the_comment_stands() {
    let mut session = with_items(&["a"]);
    session.press(Key::Verdict(Verdict::Approve));
    let problem = Problem {
        code: 10,
        reason: "STALE_VERSION".to_owned(),
        message: "it was decided meanwhile".to_owned(),
        state: CommentState::Spam.into(),
        version: 2,
    };
    session.hear(said(Down::Answer(Answer {
        request_id: 1,
        result: Some(answer::Result::Problem(problem)),
    })));
    let (_, notice) = session.notice.expect("a notice");
    assert_eq!(
        notice,
        "the last one was not changed: it was decided meanwhile; it is spam now"
    );
    assert!(session.decided.is_empty());
}

#[test]
fn what_surrounds_a_comment_is_shown_for_that_comment_only() {
    let known = || Surroundings::Known(Box::default());
    let mut session = with_items(&["a", "b"]);
    assert!(session.press(Key::Context).is_none());
    assert!(matches!(session.surroundings, Some(Surroundings::Asked)));
    session.surrounded("b", known());
    assert!(
        matches!(session.surroundings, Some(Surroundings::Asked)),
        "of another"
    );
    session.surrounded("a", known());
    assert!(matches!(session.surroundings, Some(Surroundings::Known(_))));
    session.press(Key::Context);
    assert!(session.surroundings.is_none(), "the comment again");
    session.surrounded("a", known());
    assert!(
        session.surroundings.is_none(),
        "nobody waits for it any more"
    );
    session.press(Key::Context);
    session.press(Key::Verdict(Verdict::Spam));
    assert_eq!(shown(&session).as_deref(), Some("b"));
    assert!(
        session.surroundings.is_none(),
        "the next one is shown, not what surrounds it"
    );
}
