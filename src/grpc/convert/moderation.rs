//! `ModerationService`: proto to domain and back.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lease::{ItemContext, LeaseToken, LeasedItem, QueuedItem},
        state::{Version, Word},
        violation::Violations,
    },
    grpc::convert::{paging, time::timestamp_to_proto, words},
    proto::v1,
    queue::{
        dialogue::Move,
        ruling::{Decision, Ruling, Undo, UndoneDecision},
    },
};

/// How a session starts.
pub struct Start {
    /// Whose queue; parsed by who checks access.
    pub site: String,
    /// How many items to hold at once.
    pub prefetch: usize,
}

/// The first message of a stream.
///
/// # Errors
/// Every violation at once.
pub fn start(first: Option<v1::WorkQueueRequest>) -> Result<Start, Violations> {
    use v1::work_queue_request::Message;
    match first.and_then(|request| request.message) {
        Some(Message::Start(start)) => match paging::size(start.prefetch, 5, 100) {
            Ok(prefetch) => Ok(Start {
                site: start.site,
                prefetch,
            }),
            Err(error) => Err(Violations::one("start.prefetch", error)),
        },
        Some(Message::Decide(_) | Message::Skip(_) | Message::Ping(_)) | None => Err(
            Violations::one("start", "must be the first message of the stream"),
        ),
    }
}

/// Any later message.
#[must_use]
pub fn said(request: v1::WorkQueueRequest) -> Move {
    use v1::work_queue_request::Message;
    match request.message {
        Some(Message::Decide(decide)) => {
            let request = decide.request_id;
            ruling_of_stream(decide).map_or_else(
                |found| Move::Invalid(request, found),
                |r| Move::Decide(request, r),
            )
        }
        Some(Message::Skip(skip)) => {
            let mut found = Violations::new();
            let comment = found.take("skip.comment_id", skip.comment_id.parse::<CommentId>());
            let token = found.take("skip.lease_token", skip.lease_token.parse::<LeaseToken>());
            match (comment, token) {
                (Some(comment), Some(token)) => Move::Skip(skip.request_id, comment, token),
                _ => Move::Invalid(skip.request_id, found),
            }
        }
        Some(Message::Ping(_)) => Move::Ping,
        Some(Message::Start(_)) => {
            Move::Invalid(0, Violations::one("start", "must come once, and first"))
        }
        None => Move::Invalid(
            0,
            Violations::one("message", "must be one that this version knows"),
        ),
    }
}

fn ruling_of_stream(decide: v1::work_queue_request::Decide) -> Result<Ruling, Violations> {
    ruling(&RulingFields {
        comment: ("decide.comment_id", &decide.comment_id),
        version: ("decide.version", decide.version),
        verdict: ("decide.verdict", decide.verdict),
        reason_code: ("decide.reason_code", &decide.reason_code),
        note: ("decide.note", &decide.note),
        lease: ("decide.lease_token", &decide.lease_token, true),
        override_lease: false,
    })
}

/// A verdict of a unary call.
///
/// # Errors
/// Every violation at once.
pub fn ruling_of_call(request: &v1::DecideCommentRequest) -> Result<Ruling, Violations> {
    ruling(&RulingFields {
        comment: ("comment_id", &request.comment_id),
        version: ("version", request.version),
        verdict: ("verdict", request.verdict),
        reason_code: ("reason_code", &request.reason_code),
        note: ("note", &request.note),
        lease: ("lease_token", &request.lease_token, false),
        override_lease: request.override_lease,
    })
}

/// Each field with its path, since the same fields come in two messages.
struct RulingFields<'a> {
    comment: (&'static str, &'a str),
    version: (&'static str, u32),
    verdict: (&'static str, i32),
    reason_code: (&'static str, &'a str),
    note: (&'static str, &'a str),
    /// The last: whether it is required.
    lease: (&'static str, &'a str, bool),
    override_lease: bool,
}

fn ruling(fields: &RulingFields<'_>) -> Result<Ruling, Violations> {
    let mut found = Violations::new();
    let comment = found.take(fields.comment.0, fields.comment.1.parse::<CommentId>());
    let version =
        Version::new(fields.version.1).ok_or("must be the version that was seen, at least 1");
    let version = found.take(fields.version.0, version);
    let word = u8::try_from(fields.verdict.1)
        .ok()
        .and_then(Word::from_number);
    let word = found.take(
        fields.verdict.0,
        word.ok_or("must be APPROVE, REJECT, SPAM or ESCALATE"),
    );
    let reason_code = found.take(fields.reason_code.0, fields.reason_code.1.parse());
    let note = found.take(fields.note.0, fields.note.1.parse());
    let lease = match fields.lease {
        (_, "", false) => None,
        (path, token, _) => found.take(path, token.parse::<LeaseToken>()),
    };
    match (comment, version, word, reason_code, note) {
        (Some(comment), Some(version), Some(word), Some(reason_code), Some(note))
            if found.is_empty() =>
        {
            let override_lease = fields.override_lease;
            Ok(Ruling {
                comment,
                version,
                word,
                reason_code,
                note,
                lease,
                override_lease,
            })
        }
        _ => Err(found),
    }
}

/// A verdict that was carried out.
#[must_use]
pub fn decision(decision: Decision) -> v1::Decision {
    v1::Decision {
        comment_id: decision.comment.to_string(),
        state: words::state(decision.state),
        version: decision.version.get(),
        verdict: words::word(decision.word),
        decided_at: Some(timestamp_to_proto(decision.at)),
        replayed: decision.replayed,
    }
}

/// A decision to be undone.
///
/// # Errors
/// Every violation at once.
pub fn undo(request: &v1::UndoDecisionRequest) -> Result<Undo, Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse::<CommentId>());
    let version = Version::new(request.version)
        .ok_or("must be the version that the decision made, at least 1");
    let version = found.take("version", version);
    let note = found.take("note", request.note.parse());
    match (comment, version, note) {
        (Some(comment), Some(version), Some(note)) => Ok(Undo {
            comment,
            version,
            note,
        }),
        _ => Err(found),
    }
}

/// A decision that was undone.
#[must_use]
pub fn undone(undone: UndoneDecision) -> v1::UndoDecisionResponse {
    v1::UndoDecisionResponse {
        comment_id: undone.comment.to_string(),
        state: words::state(undone.state),
        version: undone.version.get(),
        verdict: words::word(undone.word),
        undone_at: Some(timestamp_to_proto(undone.at)),
        replayed: undone.replayed,
    }
}

/// An item under a lease.
#[must_use]
pub fn leased(site: &SiteId, leased: LeasedItem, context: ItemContext) -> v1::ReviewItem {
    let (token, expires_at) = (leased.token, leased.expires_at);
    v1::ReviewItem {
        lease_token: token.to_string(),
        lease_expires_at: Some(timestamp_to_proto(expires_at)),
        ..queued(site, leased.item, context)
    }
}

/// An item of the queue.
#[must_use]
pub fn queued(site: &SiteId, item: QueuedItem, context: ItemContext) -> v1::ReviewItem {
    v1::ReviewItem {
        due_at: Some(timestamp_to_proto(item.due_at)),
        lane: words::lane(item.comment.lane),
        author_history: Some(words::history(context.history)),
        comment: Some(words::comment(site.as_str(), item.comment, context)),
        lease_token: String::new(),
        lease_expires_at: None,
    }
}
