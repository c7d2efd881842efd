//! How authors and other subjects stand: proto to domain and back.

use crate::{
    authors::{
        AuthorDetails,
        change::{Change, Changed, LONGEST_OF_IP_MS},
        naming::{Named, Of},
    },
    comment::{
        fields::Line,
        ids::{CommentId, SiteId},
        standing::Standing,
        state::{Timestamp, Verdict},
        stored::StoredComment,
        subject::SubjectKind,
        violation::Violations,
        written::Written,
    },
    grpc::convert::{
        paging,
        time::{timestamp, timestamp_to_proto as time},
        words,
    },
    proto::v1::{self, subject::NamedBy},
    queue::ruling::Note,
    store::{authors::AuthorNote, standing::Stands},
};

/// How much of another comment is shown, in characters.
const EXCERPT: usize = 200;

/// Names the listing of a subject's pending comments, for its tokens.
fn pending_of(site: &SiteId, kind: SubjectKind) -> String {
    format!("pending\n{site}\n{}", kind.word())
}

/// What a moderator says of a subject.
///
/// # Errors
/// Every violation at once.
pub fn change(
    site: &SiteId,
    request: &v1::SetAuthorStandingRequest,
    now: Timestamp,
) -> Result<Change, Violations> {
    let mut found = Violations::new();
    let named = subject(&mut found, request.subject.as_ref());
    let kind = named.as_ref().map(Named::kind);
    let standing = number(request.standing).and_then(Standing::from_number);
    let standing = standing.ok_or("must be TRUSTED, NORMAL, HELD or BANNED");
    let standing = found.take("standing", standing);
    if standing == Some(Standing::Trusted) && kind.is_some_and(|kind| kind != SubjectKind::Author) {
        found.add("standing", "must not be TRUSTED: only an author can be");
    }
    let until = end(&mut found, request.until.as_ref(), standing, kind, now);
    let reason = found.take("reason", request.reason.parse::<Line<200>>());
    let pending = pending(&mut found, request.pending, standing);
    let by_comment = matches!(named, Some(Named::ByComment(..)));
    if request.add_strike && !(by_comment && kind == Some(SubjectKind::Author)) {
        let why = "must be false unless a comment names its author: it is what brings the strike";
        found.add("add_strike", why);
    }
    let pending_from = kind.and_then(|kind| {
        let place = paging::place(&request.pending_token, &pending_of(site, kind));
        let place = place.map_err(|_| "must be a next_pending_token of the same subject, or empty");
        found.take("pending_token", place)
    });
    match (named, standing, until, reason, pending, pending_from) {
        (Some(named), Some(standing), Some(until), Some(reason), Some(pending), Some(from))
            if found.is_empty() =>
        {
            Ok(Change {
                named,
                standing,
                until,
                reason,
                pending,
                pending_from: from,
                add_strike: request.add_strike,
            })
        }
        _ => Err(found),
    }
}

fn number(number: i32) -> Option<u8> {
    u8::try_from(number).ok()
}

fn end(
    found: &mut Violations,
    until: Option<&prost_types::Timestamp>,
    standing: Option<Standing>,
    kind: Option<SubjectKind>,
    now: Timestamp,
) -> Option<Option<Timestamp>> {
    let of_ip = kind == Some(SubjectKind::IpAddress) && standing != Some(Standing::Normal);
    let Some(until) = until else {
        if of_ip {
            let why =
                "is required for an IP address, at most 30 days from now: others have it later";
            found.add("until", why);
        }
        return Some(None);
    };
    let until = found.take("until", timestamp(until))?;
    if standing == Some(Standing::Normal) {
        found.add("until", "must be absent for NORMAL, which has no end");
    } else if until <= now {
        found.add("until", "must be a time to come");
    } else if of_ip && until.0 - now.0 > LONGEST_OF_IP_MS {
        found.add(
            "until",
            "must be at most 30 days from now for an IP address",
        );
    }
    Some(Some(until))
}

fn pending(
    found: &mut Violations,
    action: i32,
    standing: Option<Standing>,
) -> Option<Option<Verdict>> {
    use v1::PendingAction as Action;
    let is_ban = standing == Some(Standing::Banned);
    let action = Action::try_from(action).map_err(|_| "must be LEAVE, REJECT or SPAM");
    match found.take("pending", action)? {
        Action::Unspecified => Some(is_ban.then_some(Verdict::Reject)),
        Action::Leave => Some(None),
        Action::Reject | Action::Spam if !is_ban && standing.is_some() => {
            found.add("pending", "must be LEAVE unless the standing is BANNED");
            None
        }
        Action::Reject => Some(Some(Verdict::Reject)),
        Action::Spam => Some(Some(Verdict::Spam)),
    }
}

/// Whom a request for a standing names.
///
/// # Errors
/// Every violation at once.
pub fn named(subject_of: Option<&v1::Subject>) -> Result<Named, Violations> {
    let mut found = Violations::new();
    match subject(&mut found, subject_of) {
        Some(named) if found.is_empty() => Ok(named),
        _ => Err(found),
    }
}

fn subject(found: &mut Violations, subject: Option<&v1::Subject>) -> Option<Named> {
    match subject.and_then(|subject| subject.named_by.as_ref()) {
        Some(NamedBy::Comment(of)) => of_comment(found, of),
        Some(NamedBy::AccountId(account)) => found
            .take("subject.account_id", account.parse())
            .map(Named::Account),
        Some(NamedBy::Email(email)) => found.take("subject.email", email.parse()).map(Named::Email),
        Some(NamedBy::StandingId(id)) => found
            .take("subject.standing_id", id.parse())
            .map(Named::Known),
        None => {
            let why = "must name a comment, an account_id, an email or a standing_id";
            found.add("subject", why);
            None
        }
    }
}

fn of_comment(found: &mut Violations, of: &v1::subject::OfComment) -> Option<Named> {
    let id = found.take(
        "subject.comment.comment_id",
        of.comment_id.parse::<CommentId>(),
    );
    let kind = match number(of.kind) {
        Some(0) => Ok(SubjectKind::Author),
        kind => kind
            .and_then(SubjectKind::from_number)
            .ok_or("must be AUTHOR, IP_ADDRESS, LINK_DOMAIN or WEBSITE"),
    };
    let kind = found.take("subject.comment.kind", kind)?;
    let of_domain = kind == SubjectKind::LinkDomain;
    if !of.domain.is_empty() && !of_domain {
        found.add(
            "subject.comment.domain",
            "must be empty unless the kind is LINK_DOMAIN",
        );
    }
    if of.domain.len() > 2_048 {
        found.add("subject.comment.domain", "must be at most 2,048 bytes");
    }
    let of = match kind {
        SubjectKind::Author => Of::Author,
        SubjectKind::IpAddress => Of::IpAddress,
        SubjectKind::LinkDomain => Of::LinkDomain(of.domain.clone()),
        SubjectKind::Website => Of::Website,
    };
    Some(Named::ByComment(id?, of))
}

/// The comment and the note on its author.
///
/// # Errors
/// Every violation at once.
pub fn note_of(request: &v1::AddAuthorNoteRequest) -> Result<(CommentId, Note), Violations> {
    let mut found = Violations::new();
    let id = found.take("comment_id", request.comment_id.parse());
    let note = found.take("note", request.note.parse::<Note>());
    if request.note.trim().is_empty() {
        found.add("note", "must not be empty");
    }
    match (id, note) {
        (Some(id), Some(note)) if found.is_empty() => Ok((id, note)),
        _ => Err(found),
    }
}

/// What came of a change.
#[must_use]
pub fn changed(site: &SiteId, changed: Changed) -> v1::SetAuthorStandingResponse {
    let listing = pending_of(site, changed.stands.subject.kind());
    let token = changed.next.map(|next| paging::token(next, &listing));
    v1::SetAuthorStandingResponse {
        changed: changed.changed,
        dealt_with: changed.dealt_with,
        pending_left: changed.pending_left,
        next_pending_token: token.unwrap_or_default(),
        standing: Some(standing(changed.stands, Written::default())),
    }
}

/// How a subject stands, with the name beside the comment that named it, if it is known.
#[must_use]
pub fn standing(stands: Stands, display_name: Written) -> v1::SubjectStanding {
    let in_force = stands.standing();
    let told = v1::SubjectStanding {
        standing_id: stands.subject.to_string(),
        kind: stands.subject.kind().number().into(),
        standing: in_force.number().into(),
        version: stands.version,
        strikes: stands.strikes,
        ..v1::SubjectStanding::default()
    };
    let Some(set) = stands.set else {
        return told;
    };
    let comment = set.named_by.map(|id| id.to_string());
    v1::SubjectStanding {
        until: set.until.map(time),
        reason: set.reason,
        moderator: set.moderator,
        set_at: Some(time(set.set_at)),
        comment_id: comment.unwrap_or_default(),
        name: if set.shown.is_empty() {
            display_name.into_verbatim()
        } else {
            set.shown
        },
        ..told
    }
}

/// A note on an author.
#[must_use]
pub fn note(note: AuthorNote) -> v1::AuthorNote {
    v1::AuthorNote {
        note: note.text,
        moderator: note.moderator,
        noted_at: Some(time(note.at)),
    }
}

/// What is known of a comment's author.
#[must_use]
pub fn details(found: AuthorDetails) -> v1::AuthorDetails {
    let stands = |stands| standing(stands, Written::default());
    v1::AuthorDetails {
        standing: found.author.map(stands),
        notes: found.notes.into_iter().map(note).collect(),
        comments: found.comments.into_iter().map(comment).collect(),
        others: found.others.into_iter().map(stands).collect(),
    }
}

fn comment(comment: StoredComment) -> v1::AuthorComment {
    v1::AuthorComment {
        comment_id: comment.id.to_string(),
        thread_id: comment.content.thread.as_str().to_owned(),
        state: words::state(comment.state),
        version: comment.version.get(),
        excerpt: comment
            .content
            .body
            .verbatim()
            .chars()
            .take(EXCERPT)
            .collect(),
        submitted_at: Some(time(comment.submitted_at)),
    }
}
