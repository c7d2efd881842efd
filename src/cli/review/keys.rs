//! Which key does what, where: one table for each mode. The screen shows the same tables, so no key is forgotten there.

mod tables;

use super::{
    input::{Act, Key},
    session::{Mode, Session, Stage},
};
use tables::{
    AUTHOR, DEEDS, HELP, ITEM, MOVES, PLACES, PREVIEW, REASONS, REDACT, SURE, THREAD, TYPING, WAVE,
};

/// A key, what it does, and how that is told.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The key.
    pub key: Key,
    /// What it does.
    pub act: Act,
    /// How it is written on the screen; empty where it stands on the page of help alone.
    pub label: &'static str,
    /// In a word; empty where the screen has no room for it but on the page of help.
    pub what: &'static str,
    /// In a line.
    pub more: &'static str,
}

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
        Mode::Thread => &THREAD,
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
        Act::OnlyThread | Act::Thread | Act::Reopen => session.thread_id().is_some(),
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
