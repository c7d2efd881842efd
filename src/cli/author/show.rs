//! Standings, notes and an author's comments, for people and for scripts.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{
    cli::{clock, output, untrusted, words},
    proto::v1::{AuthorComment, AuthorNote, ReviewContext, SubjectStanding},
};

/// What became of a change.
#[must_use]
pub(super) fn changed(standing: &SubjectStanding, changed: bool, dealt_with: u32) -> String {
    let mut text = one_line(standing);
    if !changed {
        text.push_str("\n  as before");
    }
    if dealt_with > 0 {
        let _ = write!(text, "\n  pending comments dealt with: {dealt_with}");
    }
    text
}

/// `author HELD until 2026-12-01 09:30:00 (rude), set by Ada, strikes: 2`.
fn one_line(standing: &SubjectStanding) -> String {
    let mut text = format!(
        "{}{} {}",
        words::subject_kind(standing.kind),
        if standing.name.is_empty() {
            String::new()
        } else {
            format!(" {}", untrusted::line(&standing.name))
        },
        words::standing(standing.standing)
    );
    if let Some(until) = &standing.until {
        let _ = write!(text, " until {} UTC", clock::readable(Some(until)));
    }
    if !standing.reason.is_empty() {
        let _ = write!(text, " ({})", untrusted::line(&standing.reason));
    }
    if standing.set_at.is_some() {
        let _ = write!(text, ", set by {}", who(&standing.moderator));
    }
    if standing.strikes > 0 {
        let _ = write!(text, ", strikes: {}", standing.strikes);
    }
    text
}

fn who(moderator: &str) -> String {
    if moderator.is_empty() {
        "the admin key".to_owned()
    } else {
        untrusted::line(moderator)
    }
}

/// What is known of a comment's author.
#[must_use]
pub(super) fn text(context: &ReviewContext) -> String {
    let details = context.author.clone().unwrap_or_default();
    let mut lines = match &details.standing {
        Some(standing) => vec![one_line(standing)],
        None => vec!["the author has no account or e-mail address to be known by".to_owned()],
    };
    lines.extend(details.others.iter().map(one_line));
    if let Some(history) = &context.author_history {
        lines.push(format!(
            "{} approved, {} pending, {} rejected, {} spam",
            history.approved, history.pending, history.rejected, history.spam
        ));
    }
    lines.extend(details.notes.iter().map(note));
    lines.extend(details.comments.iter().map(comment));
    lines.join("\n")
}

fn note(note: &AuthorNote) -> String {
    format!(
        "{}  noted by {}: {}",
        clock::readable(note.noted_at.as_ref()),
        who(&note.moderator),
        untrusted::line(&note.note)
    )
}

fn comment(comment: &AuthorComment) -> String {
    format!(
        "{}  {:<9} {}  {}: {}",
        clock::readable(comment.submitted_at.as_ref()),
        words::state(comment.state),
        untrusted::line(&comment.comment_id),
        untrusted::line(&comment.thread_id),
        untrusted::line(&comment.excerpt)
    )
}

/// Standings in columns.
#[must_use]
pub(super) fn table(all: &[SubjectStanding]) -> String {
    let row = |one: &SubjectStanding| {
        let until = match &one.until {
            Some(until) => clock::readable(Some(until)),
            None => "for good".to_owned(),
        };
        vec![
            words::standing(one.standing).to_owned(),
            words::subject_kind(one.kind).to_owned(),
            untrusted::line(&one.name),
            until,
            who(&one.moderator),
            untrusted::line(&one.standing_id),
            untrusted::line(&one.reason),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    output::table(
        &[
            "STANDING",
            "OF",
            "NAME",
            "UNTIL (UTC)",
            "SET BY",
            "ID",
            "REASON",
        ],
        &rows,
    )
}

fn time(time: Option<&prost_types::Timestamp>) -> Value {
    time.and_then(clock::rfc3339).into()
}

/// A standing.
#[must_use]
pub(super) fn standing_json(standing: &SubjectStanding) -> Value {
    json!({
        "standing_id": standing.standing_id,
        "kind": words::subject_kind_name(standing.kind),
        "standing": words::standing(standing.standing),
        "until": time(standing.until.as_ref()),
        "reason": standing.reason,
        "moderator": standing.moderator,
        "set_at": time(standing.set_at.as_ref()),
        "version": standing.version,
        "strikes": standing.strikes,
        "comment_id": standing.comment_id,
        "name": standing.name,
    })
}

/// A note.
#[must_use]
pub(super) fn note_json(note: &AuthorNote) -> Value {
    json!({
        "note": note.note,
        "moderator": note.moderator,
        "noted_at": time(note.noted_at.as_ref()),
    })
}

/// What is known of a comment's author.
#[must_use]
pub(super) fn json(context: &ReviewContext) -> Value {
    let details = context.author.clone().unwrap_or_default();
    let comment = |comment: &AuthorComment| {
        json!({
            "comment_id": comment.comment_id,
            "thread_id": comment.thread_id,
            "state": words::state(comment.state),
            "version": comment.version,
            "excerpt": comment.excerpt,
            "submitted_at": time(comment.submitted_at.as_ref()),
        })
    };
    json!({
        "standing": details.standing.as_ref().map(standing_json),
        "notes": details.notes.iter().map(note_json).collect::<Value>(),
        "comments": details.comments.iter().map(comment).collect::<Value>(),
        "others": details.others.iter().map(standing_json).collect::<Value>(),
    })
}

#[cfg(test)]
mod tests {
    use crate::proto::v1::{AuthorDetails, AuthorHistory, Standing, SubjectKind};

    use super::*;

    fn at(seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    }

    fn banned(kind: SubjectKind, name: &str) -> SubjectStanding {
        SubjectStanding {
            standing_id: "01a3".to_owned(),
            kind: kind.into(),
            standing: Standing::Banned.into(),
            until: at(1_800_000_000),
            reason: "sells \u{1b}[31mpills".to_owned(),
            moderator: "Ada".to_owned(),
            set_at: at(1_770_000_000),
            version: 3,
            strikes: 2,
            comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn an_author_is_told_in_a_few_lines() {
        let context = ReviewContext {
            author_history: Some(AuthorHistory {
                approved: 3,
                ..AuthorHistory::default()
            }),
            author: Some(AuthorDetails {
                standing: Some(banned(SubjectKind::Author, "")),
                notes: vec![AuthorNote {
                    note: "apologised".to_owned(),
                    moderator: String::new(),
                    noted_at: at(1_770_000_100),
                }],
                comments: vec![AuthorComment {
                    comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
                    thread_id: "tram".to_owned(),
                    state: 3,
                    version: 2,
                    excerpt: "Cheap\npills".to_owned(),
                    submitted_at: at(1_769_000_000),
                }],
                others: vec![banned(SubjectKind::LinkDomain, "pills.example")],
            }),
            ..ReviewContext::default()
        };
        insta::assert_snapshot!(text(&context));
        insta::assert_snapshot!(format!("{:#}", json(&context)));
    }

    #[test]
    fn a_list_shows_who_is_banned_until_when_and_why() {
        let for_good = SubjectStanding {
            until: None,
            moderator: String::new(),
            ..banned(SubjectKind::IpAddress, "Priya")
        };
        let all = [banned(SubjectKind::Author, "Bob\u{202e}"), for_good];
        insta::assert_snapshot!(table(&all));
        insta::assert_snapshot!(changed(&all[0], false, 12));
    }
}
