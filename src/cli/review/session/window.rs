//! What the window has room for.

use super::Session;

/// Below this nothing useful fits: columns and rows.
pub const LEAST: (usize, usize) = (40, 14);

/// From so many columns on, what surrounds the comment stands beside it.
const WIDE: usize = 110;

impl Session {
    /// Whether the window shows the item. Nobody decides on what is not shown.
    #[must_use]
    pub fn fits(&self) -> bool {
        let (width, height) = self.window;
        width >= LEAST.0 && height >= LEAST.1
    }

    /// Whether there is room beside the comment.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.window.0 >= WIDE
    }

    /// Whether what surrounds the comment is on the screen.
    #[must_use]
    pub fn shows_context(&self) -> bool {
        self.is_context_focused || self.is_wide()
    }
}
