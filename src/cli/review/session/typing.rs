//! A line of text that is being written.

use crate::cli::style::Tone;

use super::{Mode, Session};

/// What the service takes.
const MOST_BYTES: usize = 1_000;

/// A note on the comment that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typing {
    /// So far.
    pub text: String,
}

impl Session {
    /// What is being written, if something is.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        match &self.mode {
            Mode::Typing(typing) => Some(&typing.text),
            Mode::Reasons(reasons) if reasons.is_writing => Some(&reasons.note),
            Mode::Author(form) if form.is_writing => Some(&form.reason),
            Mode::Reasons(_)
            | Mode::Author(_)
            | Mode::Item
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Wave
            | Mode::Redact(_)
            | Mode::Thread
            | Mode::Help => None,
        }
    }

    fn writing(&mut self) -> Option<&mut String> {
        match &mut self.mode {
            Mode::Typing(typing) => Some(&mut typing.text),
            Mode::Reasons(reasons) if reasons.is_writing => Some(&mut reasons.note),
            Mode::Author(form) if form.is_writing => Some(&mut form.reason),
            Mode::Reasons(_)
            | Mode::Author(_)
            | Mode::Item
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Wave
            | Mode::Redact(_)
            | Mode::Thread
            | Mode::Help => None,
        }
    }

    /// Text was pasted. Outside of a note its letters would be taken for keys, so it does nothing there.
    pub fn paste(&mut self, text: &str) {
        if self.writing().is_none() {
            self.note(Tone::Notice, "pasted text does nothing here");
            return;
        }
        let text = text.replace(['\r', '\n', '\t'], " ");
        self.write(&text);
    }

    pub(super) fn write(&mut self, more: &str) {
        let Some(text) = self.writing() else {
            return;
        };
        let more: String = more.chars().filter(|c| !c.is_control()).collect();
        if text.len() + more.len() > MOST_BYTES {
            self.note(Tone::Bad, "a note has at most 1,000 bytes");
            return;
        }
        text.push_str(&more);
    }

    pub(super) fn unwrite(&mut self) {
        if let Some(text) = self.writing() {
            text.pop();
        }
    }
}
