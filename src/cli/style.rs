//! Colours, only where a terminal shows them and nobody asked for none (NO_COLOR, see no-color.org).

use std::io::IsTerminal;

use crossterm::style::{Color, Stylize};

/// What a piece of text is, not how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading or a name.
    Strong,
    /// Less important.
    Faint,
    /// Good: approved, speaks against spam.
    Good,
    /// Bad: spam, speaks for spam.
    Bad,
    /// Wants attention.
    Notice,
}

/// Puts colours around texts, or doesn't.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    colours: bool,
}

impl Paint {
    /// For standard output.
    #[must_use]
    pub fn for_stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            colours: wanted && std::io::stdout().is_terminal(),
        }
    }

    /// Never.
    #[must_use]
    pub fn off() -> Self {
        Self { colours: false }
    }

    /// The text in its tone.
    #[must_use]
    pub fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        match tone {
            Tone::Plain => text.to_owned(),
            Tone::Strong => text.bold().to_string(),
            Tone::Faint => text.with(Color::DarkGrey).to_string(),
            Tone::Good => text.with(Color::Green).to_string(),
            Tone::Bad => text.with(Color::Red).to_string(),
            Tone::Notice => text.with(Color::Yellow).to_string(),
        }
    }
}

/// The tone of a state's or an outcome's word.
#[must_use]
pub fn tone_of(word: &str) -> Tone {
    match word {
        "APPROVED" | "APPROVE" => Tone::Good,
        "SPAM" | "REJECTED" | "REJECT" => Tone::Bad,
        "PENDING" => Tone::Notice,
        _ => Tone::Plain,
    }
}
