//! Lines on standard output. `println!` panics when the reader goes away (`replydesk events | head`); this does not.

use std::io::{self, Write};

use super::failure::Failure;

/// Prints one line, or several, and a line break.
///
/// # Errors
/// Standard output cannot be written.
pub fn say(text: impl AsRef<str>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.as_ref())?;
    out.flush()?;
    Ok(())
}

/// Prints one JSON value as one line.
///
/// # Errors
/// Standard output cannot be written.
pub fn json(value: &serde_json::Value) -> Result<(), Failure> {
    say(value.to_string())
}

/// Rows in columns, each as wide as its widest cell; the last one is not padded.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|&cell| cell.to_owned()).collect();
    let all = || std::iter::once(&header).chain(rows);
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            all()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    all().map(line).collect::<Vec<_>>().join("\n")
}
