//! What becomes of a key and of the window's size: what the tables of keys say, on what the screen shows.

use super::{
    input::{Act, Key},
    keys, screen,
    session::Session,
};

impl Session {
    /// A key was pressed.
    pub fn press(&mut self, key: Key) {
        if !self.fits() {
            if key == Key::Char('q') {
                self.act(Act::Quit);
            }
            return;
        }
        if (self.is_typing() && self.typed(key)) || self.reject_by_digit(key) {
            return;
        }
        self.forget_notice();
        let bound = keys::bindings(self);
        // A capital is the same key: caps lock decides nothing else.
        let key = key.lowercase();
        match bound.iter().find(|binding| binding.key == key) {
            Some(binding) => self.act(binding.act),
            None => self.unknown(key),
        }
        self.keep_scrolls_in_bounds();
    }

    /// The window has another size; what is shown of it stays as far as it can.
    pub fn resize(&mut self, width: usize, height: usize) {
        if self.window != (width, height) {
            self.window = (width, height);
            self.keep_scrolls_in_bounds();
        }
    }

    /// A key pressed too often needs not be pressed back as often.
    fn keep_scrolls_in_bounds(&mut self) {
        if !self.fits() {
            return;
        }
        let furthest = screen::furthest_scrolls(self);
        self.scroll = self.scroll.min(furthest.comment);
        self.context_scroll = self.context_scroll.min(furthest.context);
        self.page_scroll = self.page_scroll.min(furthest.page);
    }
}
