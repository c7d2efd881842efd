//! The keys of each mode, in the order of the screen.

use super::Binding;
use crate::{
    cli::review::input::{Act, Key},
    proto::v1::Verdict,
};

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

pub(super) const MOVES: [Binding; 5] = [
    hidden(Key::Down, Act::Move(1)),
    hidden(Key::PageUp, Act::Page(-1)),
    hidden(Key::PageDown, Act::Page(1)),
    hidden(Key::Home, Act::Move(isize::MIN)),
    hidden(Key::End, Act::Move(isize::MAX)),
];

pub(super) const SCROLL: Binding = shown(
    Key::Up,
    Act::Move(-1),
    "↑↓",
    "",
    "scroll by a line; PgUp, PgDn and space by a page; Home, End",
);

pub(super) const ITEM: [Binding; 20] = [
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
        "redact",
        "black out words of the comment, so that the rest can be approved",
    ),
    shown(
        Key::Char('c'),
        Act::Thread,
        "c",
        "close",
        "close the article: it takes no new comments; or open it again. Asks before",
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

pub(super) const REASONS: [Binding; 4] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Enter, Act::Enter, "Enter", "reject for it", ""),
    shown(Key::Char('n'), Act::Note, "n", "add a note", ""),
    shown(Key::Escape, Act::Leave, "Esc", "don't reject", ""),
];

pub(super) const DEEDS: [Binding; 4] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Char('u'), Act::Enter, "u", "undo this one", ""),
    shown(Key::Escape, Act::Leave, "Esc", "back", ""),
    hidden(Key::Enter, Act::Enter),
];

pub(super) const PLACES: [Binding; 5] = [
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

pub(super) const WAVE: [Binding; 6] = [
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

pub(super) const PREVIEW: [Binding; 3] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "scroll", ""),
    shown(Key::Char('y'), Act::Confirm, "y", "yes, decide so", ""),
    shown(Key::Escape, Act::Leave, "Esc", "no", ""),
];

pub(super) const AUTHOR: [Binding; 7] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "choose", ""),
    shown(Key::Char(' '), Act::Turn, "space", "change", ""),
    shown(Key::Char('n'), Act::Note, "n", "why", ""),
    shown(Key::Enter, Act::Enter, "Enter", "go on", ""),
    shown(Key::Escape, Act::Leave, "Esc", "as it was", ""),
    hidden(Key::Left, Act::Turn),
    hidden(Key::Right, Act::Turn),
];

pub(super) const SURE: [Binding; 2] = [
    shown(Key::Char('y'), Act::Confirm, "y", "yes", ""),
    shown(Key::Escape, Act::Leave, "Esc", "no", ""),
];

pub(super) const THREAD: [Binding; 3] = [
    shown(Key::Char('y'), Act::Confirm, "y", "close it", ""),
    shown(Key::Char('o'), Act::Reopen, "o", "open it again", ""),
    shown(Key::Escape, Act::Leave, "Esc", "as it was", ""),
];

pub(super) const REDACT: [Binding; 5] = [
    shown(Key::Left, Act::Word(-1), "←→", "word", ""),
    shown(Key::Char(' '), Act::Mark, "space", "mark or unmark", ""),
    shown(
        Key::Enter,
        Act::Enter,
        "Enter",
        "black out what is marked",
        "",
    ),
    shown(Key::Escape, Act::Leave, "Esc", "don't", ""),
    hidden(Key::Right, Act::Word(1)),
];

pub(super) const HELP: [Binding; 4] = [
    shown(Key::Up, Act::Move(-1), "↑↓", "scroll", ""),
    shown(Key::Escape, Act::Leave, "Esc", "back", ""),
    hidden(Key::Char('?'), Act::Leave),
    hidden(Key::Char('q'), Act::Leave),
];

pub(super) const TYPING: [Binding; 2] = [
    shown(Key::Enter, Act::Enter, "Enter", "done", ""),
    shown(Key::Escape, Act::Leave, "Esc", "don't", ""),
];
