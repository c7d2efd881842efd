//! Which key does what, where: one table for each mode. The screen shows the same tables, so no key is forgotten there.

use crate::proto::v1::Verdict;

use super::session::{Mode, Session, Stage};

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Tabulator.
    Tab,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Any other.
    Other,
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Decide so on the item.
    Decide(Verdict),
    /// Reject, with a reason where the site has some.
    Reject,
    /// Give the item back.
    Skip,
    /// Write a note.
    Note,
    /// Stop or go on.
    Pause,
    /// What this session decided, to undo it.
    Deeds,
    /// What surrounds the comment, or the comment again.
    Why,
    /// The wave that the comment is of.
    Wave,
    /// Choose sites and lanes.
    Places,
    /// All keys.
    Help,
    /// End.
    Quit,
    /// So many lines or rows up or down.
    Move(isize),
    /// So many screenfuls.
    Page(isize),
    /// Do what was chosen.
    Enter,
    /// Mark or unmark what is chosen.
    Mark,
    /// Back to the item.
    Leave,
    /// Preview one verdict on the whole wave.
    Bulk(Verdict),
    /// A last yes.
    Confirm,
    /// How the author stands.
    Author,
    /// The next value of the chosen row.
    Turn,
    /// Black out parts of the comment.
    Redact,
    /// So many words on or back.
    Word(isize),
    /// Only items of this wave.
    OnlyWave,
    /// Only items of this article.
    OnlyThread,
}

/// A key, what it does, and how that is told.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The key.
    pub key: Key,
    /// What it does.
    pub act: Act,
    /// How it is written on the screen; empty where it stands on the page of help alone.
    pub label: &'static str,
    /// In a word.
    pub what: &'static str,
    /// In a line.
    pub more: &'static str,
}

const fn shown(
    key: Key,
    act: Act,
    label: &'static str,
    what: &'static str,
    more: &'static str,
) -> Binding {
    Binding {
        key,
        act,
        label,
        what,
        more,
    }
}

const fn hidden(key: Key, act: Act) -> Binding {
    shown(key, act, "", "", "")
}

const MOVES: [Binding; 5] = [
    hidden(Key::Down, Act::Move(1)),
    hidden(Key::PageUp, Act::Page(-1)),
    hidden(Key::PageDown, Act::Page(1)),
    hidden(Key::Home, Act::Move(isize::MIN)),
    hidden(Key::End, Act::Move(isize::MAX)),
];

const SCROLL: Binding = shown(
    Key::Up,
    Act::Move(-1),
    "↑↓",
    "scroll",
    "scroll by a line; PgUp, PgDn and space by a page; Home, End",
);

const ITEM: [Binding; 19] = [
    shown(
        Key::Char('a'),
        Act::Decide(Verdict::Approve),
        "a",
        "approve",
        "approve: the comment is shown",
    ),
    shown(
        Key::Char('r'),
        Act::Reject,
        "r",
        "reject",
        "reject; asks for one of the site's reasons, and a note, where the site has reasons",
    ),
    shown(
        Key::Char('s'),
        Act::Decide(Verdict::Spam),
        "s",
        "spam",
        "mark as spam; the score learns from it, as from approvals",
    ),
    shown(
        Key::Char('e'),
        Act::Decide(Verdict::Escalate),
        "e",
        "escalate",
        "leave it to a senior moderator; say why by a note (n) before",
    ),
    shown(
        Key::Char('k'),
        Act::Skip,
        "k",
        "skip",
        "give the item back, it rests for a while; goes on from one that is not yours any more",
    ),
    shown(
        Key::Char('n'),
        Act::Note,
        "n",
        "note",
        "write a note on the comment for other moderators, without a decision",
    ),
    shown(
        Key::Char('u'),
        Act::Deeds,
        "u",
        "undo",
        "what you decided in this session, to undo it; u u undoes the last",
    ),
    shown(
        Key::Char('w'),
        Act::Why,
        "w",
        "why",
        "why it is here: article, author, wave, the score's reasons, what was done before; again: the comment",
    ),
    shown(
        Key::Char('v'),
        Act::Wave,
        "v",
        "wave",
        "the wave of near-identical comments that this one is of; one verdict on all of it, after a preview",
    ),
    shown(
        Key::Char('b'),
        Act::Author,
        "b",
        "author",
        "ban, hold or trust the author, for a time or for good; asks once more before it does",
    ),
    shown(
        Key::Char('x'),
        Act::Redact,
        "x",
        "black out",
        "black out words of the comment, so that the rest can be approved",
    ),
    shown(
        Key::Char('l'),
        Act::Places,
        "l",
        "lanes",
        "choose lanes and sites, or this article alone",
    ),
    shown(
        Key::Char('p'),
        Act::Pause,
        "p",
        "pause",
        "give everything back and get nothing new, until p again",
    ),
    shown(Key::Char('?'), Act::Help, "?", "help", "this page"),
    shown(
        Key::Char('q'),
        Act::Quit,
        "q",
        "quit",
        "end; what you hold goes back to the queue",
    ),
    SCROLL,
    hidden(Key::Char(' '), Act::Page(1)),
    hidden(Key::Tab, Act::Why),
    hidden(Key::Escape, Act::Leave),
];

const REASONS: [Binding; 4] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Enter, Act::Enter, "Enter", "reject for it", ""),
    shown(Key::Char('n'), Act::Note, "n", "add a note", ""),
    shown(Key::Escape, Act::Leave, "Esc", "don't reject", ""),
];

const DEEDS: [Binding; 4] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Char('u'), Act::Enter, "u", "undo this one", ""),
    shown(Key::Escape, Act::Leave, "Esc", "back", ""),
    hidden(Key::Enter, Act::Enter),
];

const PLACES: [Binding; 5] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Char(' '), Act::Mark, "space", "mark or unmark", ""),
    shown(Key::Enter, Act::Enter, "Enter", "work what is marked", ""),
    shown(
        Key::Char('t'),
        Act::OnlyThread,
        "t",
        "this article alone",
        "",
    ),
    shown(Key::Escape, Act::Leave, "Esc", "as it was", ""),
];

const WAVE: [Binding; 6] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "scroll", ""),
    shown(
        Key::Char('s'),
        Act::Bulk(Verdict::Spam),
        "s",
        "all spam …",
        "",
    ),
    shown(
        Key::Char('r'),
        Act::Bulk(Verdict::Reject),
        "r",
        "reject all …",
        "",
    ),
    shown(
        Key::Char('a'),
        Act::Bulk(Verdict::Approve),
        "a",
        "approve all …",
        "",
    ),
    shown(Key::Char('o'), Act::OnlyWave, "o", "work it alone", ""),
    shown(Key::Escape, Act::Leave, "Esc", "back", ""),
];

const PREVIEW: [Binding; 3] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "scroll", ""),
    shown(Key::Char('y'), Act::Confirm, "y", "yes, decide so", ""),
    shown(Key::Escape, Act::Leave, "Esc", "no", ""),
];

const AUTHOR: [Binding; 7] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Char(' '), Act::Turn, "space", "change", ""),
    shown(Key::Char('n'), Act::Note, "n", "why", ""),
    shown(Key::Enter, Act::Enter, "Enter", "go on", ""),
    shown(Key::Escape, Act::Leave, "Esc", "as it was", ""),
    hidden(Key::Left, Act::Turn),
    hidden(Key::Right, Act::Turn),
];

const SURE: [Binding; 2] = [
    shown(Key::Char('y'), Act::Confirm, "y", "yes", ""),
    shown(Key::Escape, Act::Leave, "Esc", "no", ""),
];

const REDACT: [Binding; 5] = [
    shown(Key::Left, Act::Word(-1), "←→", "word", ""),
    shown(Key::Char(' '), Act::Mark, "space", "mark or unmark", ""),
    shown(Key::Enter, Act::Enter, "Enter", "black out what is marked", ""),
    shown(Key::Escape, Act::Leave, "Esc", "don't", ""),
    hidden(Key::Right, Act::Word(1)),
];

const HELP: [Binding; 3] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "scroll", ""),
    shown(Key::Escape, Act::Leave, "Esc", "back", ""),
    hidden(Key::Char('?'), Act::Leave),
];

const TYPING: [Binding; 2] = [
    shown(Key::Enter, Act::Enter, "Enter", "done", ""),
    shown(Key::Escape, Act::Leave, "Esc", "don't", ""),
];

/// The keys that do something at the moment, in the order of the screen.
#[must_use]
pub fn bindings(session: &Session) -> Vec<Binding> {
    let table: &[Binding] = match &session.mode {
        Mode::Item => &ITEM,
        Mode::Reasons(reasons) if reasons.is_writing => &TYPING,
        Mode::Reasons(_) => &REASONS,
        Mode::Typing(_) => &TYPING,
        Mode::Deeds(_) => &DEEDS,
        Mode::Places(_) => &PLACES,
        Mode::Wave if is_preview(session) => &PREVIEW,
        Mode::Wave => &WAVE,
        Mode::Author(form) if form.is_writing => &TYPING,
        Mode::Author(form) if form.is_chosen => &SURE,
        Mode::Author(_) => &AUTHOR,
        Mode::Redact(_) => &REDACT,
        Mode::Help => &HELP,
    };
    let mut found: Vec<Binding> = table
        .iter()
        .copied()
        .filter(|binding| is_possible(session, binding.act))
        .map(|binding| fitted(session, binding))
        .collect();
    let is_word = matches!(session.mode, Mode::Redact(_));
    if !session.is_typing() && !is_word {
        found.extend(MOVES);
    }
    found
}

/// All keys of an item, for the page of help.
#[must_use]
pub fn of_an_item() -> Vec<Binding> {
    let told = ITEM.iter().filter(|binding| !binding.label.is_empty());
    told.copied().collect()
}

/// Only where it can do something.
fn is_possible(session: &Session, act: Act) -> bool {
    match act {
        Act::Wave | Act::OnlyWave | Act::Bulk(_) => session.wave_id().is_some(),
        Act::OnlyThread => session.thread_id().is_some(),
        Act::Decide(_)
        | Act::Reject
        | Act::Skip
        | Act::Note
        | Act::Pause
        | Act::Deeds
        | Act::Why
        | Act::Places
        | Act::Help
        | Act::Quit
        | Act::Move(_)
        | Act::Page(_)
        | Act::Enter
        | Act::Mark
        | Act::Confirm
        | Act::Author
        | Act::Turn
        | Act::Redact
        | Act::Word(_)
        | Act::Leave => true,
    }
}

/// What would be done to a wave waits for a yes.
fn is_preview(session: &Session) -> bool {
    let stage = session.bulk_of_wave().map(|bulk| &bulk.stage);
    matches!(stage, Some(Stage::Preview(_)))
}

/// Told as it is at the moment.
fn fitted(session: &Session, mut binding: Binding) -> Binding {
    if binding.act == Act::Pause && session.is_paused {
        binding.what = "go on";
    }
    if binding.act == Act::Why && session.is_context_focused {
        binding.what = "comment";
    }
    binding
}
