//! The line that shows how far the demo is.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use crate::cli::review::line::fitting;

use super::{shared::Shared, tally::Tally};

/// On a terminal, where the line is rewritten.
const LIVE: Duration = Duration::from_millis(100);

/// Elsewhere, where each is a line of its own.
const PLAIN: Duration = Duration::from_secs(2);

/// Shows progress on standard error until it is dropped.
pub async fn show(shared: Shared) {
    let is_live = std::io::stderr().is_terminal();
    let mut clock = tokio::time::interval(if is_live { LIVE } else { PLAIN });
    // Nothing is no progress.
    let mut before = shared.with(|tally| line(tally));
    loop {
        clock.tick().await;
        let line = shared.with(|tally| line(tally));
        if line == before {
            continue;
        }
        let mut out = std::io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = if is_live {
            // A line that wraps cannot be rewritten.
            let width = crossterm::terminal::size().map_or(80, |(width, _)| width);
            let line = fitting(&line, usize::from(width).saturating_sub(3));
            write!(out, "\r\u{1b}[2K  {line}").and_then(|()| out.flush())
        } else {
            writeln!(out, "  {line}")
        };
        before = line;
    }
}

/// Ends the live line.
pub fn finish() {
    if std::io::stderr().is_terminal() {
        eprint!("\r\u{1b}[2K");
    }
}

/// All in one line: under 80 columns for some thousand comments.
#[must_use]
pub fn line(tally: &Tally) -> String {
    let outcome = |word: &str| tally.outcomes.get(word).copied().unwrap_or(0);
    format!(
        "{}/{}: {} ok, {} held, {} spam, {} rejected, {} refused · {} decided · {} events",
        tally.submitted,
        tally.total,
        outcome("APPROVED"),
        outcome("PENDING"),
        outcome("SPAM"),
        outcome("REJECTED"),
        tally.refused_count(),
        tally.decided_count(),
        tally.events
    )
}
