//! What is chosen or written at the foot of the item: a reason, a note, how the author stands.

use crate::{
    cli::{
        review::{
            line::Line,
            session::{AuthorForm, Mode, Reasons, Session, Surroundings, TERMS},
        },
        style::Tone,
        untrusted, words,
    },
    proto::v1::{PendingAction, Standing},
};

use super::lists::row;

/// What is chosen or written at the foot of the item, and the row that must be seen.
pub(super) fn lines(session: &Session) -> (Vec<Line>, usize) {
    match &session.mode {
        Mode::Typing(typing) => {
            let title = "note for other moderators:";
            (
                vec![
                    Line::of(Tone::Strong, title),
                    written(session, &typing.text),
                ],
                1,
            )
        }
        Mode::Reasons(reasons) if reasons.is_writing => {
            let title = "note on the rejection, for other moderators:";
            (
                vec![
                    Line::of(Tone::Strong, title),
                    written(session, &reasons.note),
                ],
                1,
            )
        }
        Mode::Reasons(reasons) if reasons.is_of_wave => {
            let title = "why the whole wave is rejected:";
            let mut lines = vec![Line::of(Tone::Strong, title)];
            lines.extend(reason_rows(session, reasons));
            (lines, reasons.row + 1)
        }
        Mode::Reasons(reasons) => (reason_rows(session, reasons), reasons.row),
        Mode::Thread => (thread(session), 0),
        Mode::Author(form) => author(session, form),
        Mode::Item
        | Mode::Deeds(_)
        | Mode::Places(_)
        | Mode::Wave
        | Mode::Redact(_)
        | Mode::Help => (Vec::new(), 0),
    }
}

/// The end of the text is what its writer wants to see.
fn written(session: &Session, text: &str) -> Line {
    let text = untrusted::line(text);
    let most = session.window.0.saturating_sub(4);
    let mut tail = text.as_str();
    while Line::of(Tone::Plain, tail).width() > most {
        tail = tail
            .get(tail.chars().next().map_or(0, char::len_utf8)..)
            .unwrap_or("");
    }
    row(true).with(Tone::Plain, tail).with(Tone::Notice, "▏")
}

fn reason_rows(session: &Session, reasons: &Reasons) -> Vec<Line> {
    let rows = (1_usize..).zip(session.reasons());
    let mut lines: Vec<Line> = rows
        .map(|(number, (code, text))| {
            let key = if number <= 9 {
                format!("[{number}] ")
            } else {
                "    ".to_owned()
            };
            row(number == reasons.row + 1)
                .with(Tone::Strong, key)
                .with(Tone::Notice, untrusted::line(code))
                .with(Tone::Plain, format!("  {}", untrusted::line(text)))
        })
        .collect();
    if !reasons.note.is_empty() {
        let note = untrusted::line(&reasons.note);
        lines.push(Line::of(Tone::Faint, format!("with the note: {note}")));
    }
    lines
}

/// Which article, and what it would mean.
fn thread(session: &Session) -> Vec<Line> {
    let comment = session
        .current
        .as_ref()
        .and_then(|it| it.item.comment.as_ref());
    let thread = comment.and_then(|comment| comment.thread.as_ref());
    let title = thread.map_or("", |thread| {
        if thread.title.is_empty() {
            &thread.thread_id
        } else {
            &thread.title
        }
    });
    vec![
        Line::of(Tone::Strong, untrusted::line(title)),
        Line::of(
            Tone::Bad,
            "A closed article takes no new comments; those that wait are still to be decided.",
        ),
    ]
}

/// What is chosen for the author, under how they stand now; and the row under the cursor.
fn author(session: &Session, form: &AuthorForm) -> (Vec<Line>, usize) {
    if form.is_writing {
        let title = "why, for other moderators:";
        let lines = vec![
            Line::of(Tone::Strong, title),
            written(session, &form.reason),
        ];
        return (lines, 1);
    }
    if form.is_chosen {
        let sure = format!("{} Sure?", sentence(form));
        return (vec![Line::of(Tone::Bad, sure)], 0);
    }
    let values = [
        ("the author is", standing(form.standing)),
        ("", TERMS.get(form.term).map_or("", |(said, _)| said)),
        ("what waits of them", pending(form.pending)),
    ];
    let mut lines = vec![now(session)];
    for (number, (name, value)) in values.iter().take(form.rows()).enumerate() {
        lines.push(
            row(number == form.row)
                .with(Tone::Plain, format!("{name:<19}"))
                .with(Tone::Notice, format!("‹ {value} ›")),
        );
    }
    if !form.reason.is_empty() {
        let reason = untrusted::line(&form.reason);
        lines.push(Line::of(Tone::Faint, format!("because: {reason}")));
    }
    (lines, form.row + 1)
}

fn now(session: &Session) -> Line {
    let told = match &session.surroundings {
        Some(Surroundings::Known(context)) => {
            let details = context.author.as_ref();
            match details.and_then(|details| details.standing.as_ref()) {
                Some(now) => format!("now: {}", words::standing(now.standing).to_lowercase()),
                None => "the author has no identity: it can't be set".to_owned(),
            }
        }
        Some(Surroundings::Unknown(why)) => untrusted::line(why),
        Some(Surroundings::Asked) | None => "now: asking the service …".to_owned(),
    };
    Line::of(Tone::Strong, told)
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Banned => "banned: rejected unseen",
        Standing::Held => "held: each comment waits for a moderator",
        Standing::Trusted => "trusted: approved unless a word or a high score is against it",
        Standing::Normal | Standing::Unspecified => "as everybody",
    }
}

fn pending(pending: PendingAction) -> &'static str {
    match pending {
        PendingAction::Reject => "is rejected",
        PendingAction::Spam => "is marked as spam",
        PendingAction::Leave | PendingAction::Unspecified => "stays in the queue",
    }
}

/// All of it in a sentence, to look at once more.
fn sentence(form: &AuthorForm) -> String {
    let term = TERMS.get(form.term).map_or("", |(said, _)| said);
    match form.standing {
        Standing::Banned => {
            format!(
                "Ban the author {term}; what waits of them {}.",
                pending(form.pending)
            )
        }
        Standing::Held => format!("Hold each comment of the author {term}."),
        Standing::Trusted => format!("Trust the author {term}."),
        Standing::Normal | Standing::Unspecified => "Treat the author as everybody.".to_owned(),
    }
}
