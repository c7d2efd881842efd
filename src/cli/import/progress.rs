//! How far an import is: a bar on a terminal, now and then a line elsewhere.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use crate::cli::review::line::fitting;

/// On a terminal, where the line is rewritten.
const LIVE: Duration = Duration::from_millis(100);
/// Elsewhere, where each is a line of its own.
const PLAIN: Duration = Duration::from_secs(5);
/// Cells of the bar.
const BAR: u64 = 24;

/// Shows on standard error how far something is.
pub struct Progress {
    what: &'static str,
    of: Option<u64>,
    live: bool,
    started: Instant,
    shown: Instant,
    said: String,
    drawn: bool,
}

impl Progress {
    /// Nothing done yet, of so much where that is known.
    pub fn of(what: &'static str, of: Option<u64>) -> Self {
        let now = Instant::now();
        Self {
            what,
            of,
            live: std::io::stderr().is_terminal(),
            started: now,
            shown: now,
            said: String::new(),
            drawn: false,
        }
    }

    /// So much is done.
    pub fn at(&mut self, done: u64) {
        let every = if self.live { LIVE } else { PLAIN };
        if self.shown.elapsed() >= every {
            self.said.clear();
            self.draw(&line(self.what, done, self.of, self.started.elapsed()));
        }
    }

    /// It does not go on for now, and why; said once.
    pub fn wait(&mut self, why: &str) {
        if self.said != why {
            why.clone_into(&mut self.said);
            self.draw(&format!("waiting: {why}"));
        }
    }

    /// Takes the live line away.
    pub fn finish(&mut self) {
        if self.live && self.drawn {
            eprint!("\r\u{1b}[2K");
            self.drawn = false;
        }
    }

    fn draw(&mut self, line: &str) {
        self.shown = Instant::now();
        self.drawn = true;
        let mut out = std::io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = if self.live {
            // A line that wraps cannot be rewritten.
            let width = crossterm::terminal::size().map_or(80, |(width, _)| width);
            let line = fitting(line, usize::from(width).saturating_sub(3));
            write!(out, "\r\u{1b}[2K  {line}").and_then(|()| out.flush())
        } else {
            writeln!(out, "  {line}")
        };
    }
}

/// `importing  [######..................]  25 %  250 of 1000, 125 a second`
fn line(what: &str, done: u64, of: Option<u64>, took: Duration) -> String {
    let rate = done * 1_000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let Some(of) = of.filter(|of| *of > 0) else {
        return format!("{what}  {done}, {rate} a second");
    };
    let done = done.min(of);
    let full = usize::try_from(done * BAR / of).unwrap_or(0);
    let rest = usize::try_from(BAR).unwrap_or(0).saturating_sub(full);
    format!(
        "{what}  [{}{}]  {:>3} %  {done} of {of}, {rate} a second",
        "#".repeat(full),
        ".".repeat(rest),
        done * 100 / of
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_it_is_and_how_fast() {
        let table = [
            (
                line("checking", 3_000, None, Duration::from_secs(2)),
                "checking  3000, 1500 a second",
            ),
            (
                line("importing", 250, Some(1_000), Duration::from_secs(2)),
                "importing  [######..................]   25 %  250 of 1000, 125 a second",
            ),
            (
                line("importing", 9, Some(7), Duration::ZERO),
                "importing  [########################]  100 %  7 of 7, 9000 a second",
            ),
            (
                line("importing", 0, Some(0), Duration::ZERO),
                "importing  0, 0 a second",
            ),
        ];
        for (shown, wanted) in table {
            assert_eq!(shown, wanted);
        }
    }
}
