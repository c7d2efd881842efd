//! `ModerationService`: proto to domain and back.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lease::{ItemContext, LeaseToken, LeasedItem, QueuedItem},
        rejection::ReasonCodeText,
        state::{Version, Word},
        violation::Violations,
        written::Audience,
    },
    grpc::convert::{time::timestamp_to_proto, words},
    proto::v1,
    queue::ruling::{Decision, Ruling, Undo, UndoneDecision},
};

/// A verdict of a unary call.
///
/// # Errors
/// Every violation at once.
pub fn ruling_of_call(request: &v1::DecideCommentRequest) -> Result<Ruling, Violations> {
    let fields = RulingFields {
        comment: ("comment_id", &request.comment_id),
        version: ("version", request.version),
        verdict: ("verdict", request.verdict),
        reason_code: ("reason_code", &request.reason_code),
        note: ("note", &request.note),
        lease: ("lease_token", &request.lease_token, false),
        override_lease: request.override_lease,
    };
    let mut found = Violations::new();
    ruling(&fields, &mut found).ok_or(found)
}

/// Each field with its path, since the same fields come in two messages.
pub(super) struct RulingFields<'a> {
    pub(super) comment: (&'static str, &'a str),
    pub(super) version: (&'static str, u32),
    pub(super) verdict: (&'static str, i32),
    pub(super) reason_code: (&'static str, &'a str),
    pub(super) note: (&'static str, &'a str),
    /// The last: whether it is required.
    pub(super) lease: (&'static str, &'a str, bool),
    pub(super) override_lease: bool,
}

/// `None` if something is wrong, here or with what was looked at before; it is found by now.
pub(super) fn ruling(fields: &RulingFields<'_>, found: &mut Violations) -> Option<Ruling> {
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
    let reason_code = reason_code(found, fields.reason_code, word);
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
            Some(Ruling {
                comment,
                version,
                word,
                reason_code,
                note,
                lease,
                override_lease,
            })
        }
        _ => None,
    }
}

/// The site's own code for a rejection: such a word alone may have one.
pub(super) fn reason_code(
    found: &mut Violations,
    (path, text): (&'static str, &str),
    word: Option<Word>,
) -> Option<ReasonCodeText> {
    let code = found.take(path, text.parse::<ReasonCodeText>())?;
    let fits = word.is_none_or(|word| code.is_for(word));
    let code = fits.then_some(code);
    found.take(
        path,
        code.ok_or("is for REJECT and SPAM alone: leave it empty"),
    )
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
        comment: Some(words::comment(
            site.as_str(),
            item.comment,
            context,
            Audience::Newsroom,
        )),
        lease_token: String::new(),
        lease_expires_at: None,
    }
}
