//! What is done where a key asks for it.

use crate::{
    cli::{
        review::input::{Act, Key},
        style::Tone,
    },
    proto::v1::work_queue_request::start::Within,
};

use super::{Effect, Mode, Session, Typing};

impl Session {
    /// Whether the key was text.
    pub(in crate::cli::review) fn typed(&mut self, key: Key) -> bool {
        match key {
            Key::Char(letter) => self.write(letter.encode_utf8(&mut [0; 4])),
            Key::Backspace => self.unwrite(),
            Key::Enter | Key::Escape => return false,
            Key::Tab
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::PageUp
            | Key::PageDown
            | Key::Home
            | Key::End
            | Key::Other => {}
        }
        true
    }

    /// A key that has no meaning at the moment.
    pub(in crate::cli::review) fn unknown(&mut self, key: Key) {
        let name = match key {
            Key::Char(' ') => "space".to_owned(),
            Key::Char(letter) if !letter.is_control() => letter.to_string(),
            Key::Char(_) | Key::Other => "that key".to_owned(),
            Key::Enter => "Enter".to_owned(),
            Key::Escape => "Esc".to_owned(),
            Key::Backspace => "Backspace".to_owned(),
            Key::Tab => "Tab".to_owned(),
            Key::Up | Key::Down | Key::Left | Key::Right => "that arrow".to_owned(),
            Key::PageUp | Key::PageDown | Key::Home | Key::End => "that key".to_owned(),
        };
        let name = crate::cli::untrusted::line(&name);
        self.note(Tone::Notice, format!("{name} does nothing here"));
    }

    /// Does what a key asks for.
    pub(in crate::cli::review) fn act(&mut self, act: Act) {
        match act {
            Act::Decide(verdict) => self.decide(verdict, "", ""),
            Act::Reject => self.reject(),
            Act::Skip => self.skip(),
            Act::Note => self.open_note(),
            Act::Pause => self.pause_or_resume(),
            Act::Deeds => self.open_deeds(),
            Act::Why => {
                self.is_context_focused = !self.is_context_focused && self.current.is_some()
            }
            Act::Wave => self.open_page(Mode::Wave),
            Act::Bulk(verdict) => self.judge_wave(verdict),
            Act::Confirm => self.confirm(),
            Act::Author => self.open_author(),
            Act::Turn => self.turn(),
            Act::Redact => self.open_redaction(),
            Act::Thread => self.open_thread(),
            Act::Reopen => self.close_thread(true),
            Act::Word(by) => self.move_by(by),
            Act::Places => self.open_places(),
            Act::Help => self.open_page(Mode::Help),
            Act::Quit => self.outbox.push_back(Effect::Quit),
            Act::Move(by) => self.move_by(by),
            Act::Page(pages) => {
                let page = isize::try_from(self.window.1 / 3).unwrap_or(1);
                self.move_by(pages.saturating_mul(page));
            }
            Act::Enter => self.enter(),
            Act::Mark => self.mark(),
            Act::Leave => self.leave(),
            Act::OnlyWave => {
                let wave = self.wave_id().map(str::to_owned);
                self.work_within(wave.map(Within::WaveId));
            }
            Act::OnlyThread => {
                let thread = self.thread_id().map(str::to_owned);
                self.work_within(thread.map(Within::ThreadId));
            }
        }
    }

    /// Rejects for the reason in the row of a digit, where reasons are chosen: whether it did.
    pub(in crate::cli::review) fn reject_by_digit(&mut self, key: Key) -> bool {
        let (Mode::Reasons(reasons), Key::Char(digit @ '1'..='9')) = (&self.mode, key) else {
            return false;
        };
        if reasons.is_writing {
            return false;
        }
        let note = reasons.note.clone();
        let row = digit.to_digit(10).unwrap_or(1) - 1;
        self.reject_for(usize::try_from(row).unwrap_or(0), &note);
        true
    }

    /// What was said before is read; what was refused stays until something else is to be said.
    pub(in crate::cli::review) fn forget_notice(&mut self) {
        let is_read = |(tone, _): &(Tone, String)| *tone != Tone::Bad;
        if self.notice.as_ref().is_some_and(is_read) {
            self.notice = None;
        }
    }

    fn open_page(&mut self, mode: Mode) {
        self.page_scroll = 0;
        self.mode = mode;
    }

    fn open_note(&mut self) {
        match &mut self.mode {
            Mode::Reasons(reasons) => reasons.is_writing = true,
            Mode::Author(form) => form.is_writing = true,
            Mode::Item if self.current.is_some() => self.mode = Mode::Typing(Typing::default()),
            Mode::Item => self.note(Tone::Notice, "there is no comment to note something on"),
            Mode::Typing(_)
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Wave
            | Mode::Redact(_)
            | Mode::Thread
            | Mode::Help => {}
        }
    }

    fn enter(&mut self) {
        match &mut self.mode {
            Mode::Reasons(reasons) if reasons.is_writing => reasons.is_writing = false,
            Mode::Reasons(reasons) => {
                let (row, note) = (reasons.row, reasons.note.clone());
                self.reject_for(row, &note);
            }
            Mode::Typing(typing) => {
                let text = typing.text.trim().to_owned();
                self.mode = Mode::Item;
                if text.is_empty() {
                    self.note(Tone::Notice, "nothing was noted");
                } else {
                    self.leave_note(text);
                }
            }
            Mode::Deeds(row) => {
                let row = *row;
                self.undo(row);
            }
            Mode::Places(_) => self.work_marked(),
            Mode::Author(form) if form.is_writing => form.is_writing = false,
            Mode::Author(form) => form.is_chosen = true,
            Mode::Redact(_) => self.redact(),
            Mode::Item | Mode::Wave | Mode::Thread | Mode::Help => {}
        }
    }

    fn leave(&mut self) {
        match &mut self.mode {
            Mode::Reasons(reasons) if reasons.is_writing => {
                reasons.is_writing = false;
                reasons.note.clear();
            }
            Mode::Author(form) if form.is_writing => {
                form.is_writing = false;
                form.reason.clear();
            }
            Mode::Author(form) if form.is_chosen => form.is_chosen = false,
            Mode::Wave => {
                if !self.drop_preview() {
                    self.mode = Mode::Item;
                }
            }
            Mode::Item => self.is_context_focused = false,
            Mode::Reasons(reasons) if reasons.is_of_wave => self.mode = Mode::Wave,
            Mode::Reasons(_)
            | Mode::Typing(_)
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Author(_)
            | Mode::Redact(_)
            | Mode::Thread
            | Mode::Help => self.mode = Mode::Item,
        }
    }

    /// A last yes.
    fn confirm(&mut self) {
        match &self.mode {
            Mode::Author(form) if form.is_chosen => self.set_standing(),
            Mode::Wave => self.confirm_bulk(),
            Mode::Thread => self.close_thread(false),
            Mode::Author(_)
            | Mode::Item
            | Mode::Reasons(_)
            | Mode::Typing(_)
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Redact(_)
            | Mode::Help => {}
        }
    }

    fn turn(&mut self) {
        if let Mode::Author(form) = &mut self.mode {
            form.turn();
        }
    }

    fn mark(&mut self) {
        if let Mode::Redact(redaction) = &mut self.mode {
            if !redaction.marked.remove(&redaction.word) {
                redaction.marked.insert(redaction.word);
            }
            let last = redaction.words.len().saturating_sub(1);
            redaction.word = (redaction.word + 1).min(last);
        }
        if let Mode::Places(places) = &mut self.mode
            && !places.marked.remove(&places.row)
        {
            places.marked.insert(places.row);
        }
    }

    fn move_by(&mut self, by: isize) {
        let reasons = self.reasons().len();
        let deeds = self.deeds.len();
        let (place, most) = match &mut self.mode {
            Mode::Item if self.is_context_focused => (&mut self.context_scroll, usize::MAX),
            Mode::Item | Mode::Typing(_) | Mode::Thread => (&mut self.scroll, usize::MAX),
            Mode::Reasons(chosen) => (&mut chosen.row, reasons),
            Mode::Deeds(row) => (row, deeds),
            Mode::Places(places) => (&mut places.row, places.rows.len()),
            Mode::Author(form) => {
                let rows = form.rows();
                (&mut form.row, rows)
            }
            Mode::Redact(redaction) => (&mut redaction.word, redaction.words.len()),
            Mode::Wave | Mode::Help => (&mut self.page_scroll, usize::MAX),
        };
        *place = place.saturating_add_signed(by).min(most.saturating_sub(1));
    }
}
