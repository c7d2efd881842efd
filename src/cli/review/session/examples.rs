//! Examples for the tests of sessions and screens.

use super::{Desk, Place, Session};
use crate::cli::review::input::Key;
use crate::proto::v1::{
    Author, AuthorHistory, Comment, CommentState, Contribution, Decision, Lane, Reason, ReasonCode,
    ReviewItem, Score, Thread, Verdict, WithdrawalReason, WorkQueueResponse,
    work_queue_response::{Answer, Message as Down, Withdrawn, answer},
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

/// A verdict that was carried out.
pub fn decided(id: &str, request_id: u64, verdict: Verdict, state: CommentState) -> Down {
    let decision = Decision {
        comment_id: id.to_owned(),
        state: state.into(),
        version: 2,
        verdict: verdict.into(),
        ..Decision::default()
    };
    answer_to(request_id, answer::Result::Decision(decision))
}

/// An approval that was carried out.
pub fn approved(id: &str, request_id: u64) -> Down {
    decided(id, request_id, Verdict::Approve, CommentState::Approved)
}

/// An answer.
pub fn answer_to(request_id: u64, result: answer::Result) -> Down {
    Down::Answer(Answer {
        request_id,
        result: Some(result),
    })
}

/// An item that is not ours any more.
pub fn withdrawn(id: &str, reason: WithdrawalReason) -> Down {
    Down::Withdrawn(Withdrawn {
        comment_id: id.to_owned(),
        lease_token: format!("lease-{id}"),
        reason: reason.into(),
        ..Withdrawn::default()
    })
}

/// Presses keys; some have signs of their own.
pub fn press(session: &mut Session, keys: &str) {
    for key in keys.chars() {
        session.press(match key {
            '⏎' => Key::Enter,
            '⎋' => Key::Escape,
            '↓' => Key::Down,
            '→' => Key::Right,
            '⌫' => Key::Backspace,
            letter => Key::Char(letter),
        });
    }
}

/// An item that is one of seven that say nearly the same.
pub fn wave_item(id: &str) -> ReviewItem {
    let mut item = item(
        id,
        &format!("lease-{id}"),
        "My cousin makes 70 dollars an hour",
    );
    if let Some(comment) = &mut item.comment {
        comment.wave_id = "4711".to_owned();
        comment.wave_size = 7;
    }
    item
}
