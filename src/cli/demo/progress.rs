//! The line that shows how far the demo is.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use crate::cli::words;

use super::{shared::Shared, tally::Tally};

/// On a terminal, where the line is rewritten.
const LIVE: Duration = Duration::from_millis(100);

/// Elsewhere, where each is a line of its own.
const PLAIN: Duration = Duration::from_secs(2);

/// Shows progress on standard error until it is dropped.
pub async fn show(shared: Shared) {
    let is_live = std::io::stderr().is_terminal();
    let mut clock = tokio::time::interval(if is_live { LIVE } else { PLAIN });
    let mut before = String::new();
    loop {
        clock.tick().await;
        let line = shared.with(|tally| line(tally));
        if line == before {
            continue;
        }
        let mut out = std::io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = if is_live {
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

/// All in one line that fits 80 columns.
#[must_use]
pub fn line(tally: &Tally) -> String {
    let outcomes: Vec<String> = super::tally::OUTCOMES
        .iter()
        .map(|outcome| {
            format!(
                "{} {}",
                tally.outcomes.get(outcome).unwrap_or(&0),
                words::short(outcome)
            )
        })
        .collect();
    format!(
        "blog {}/{} ({}, {} refused) · decided {} · events {}",
        tally.submitted,
        tally.total,
        outcomes.join(", "),
        tally.refused_count(),
        tally.decided_count(),
        tally.events
    )
}
