//! A table of outcomes by what moderators said.

use crate::{
    cli::output,
    proto::v1::{Outcome, Replay, Verdict},
};

/// The rows: what would become of a comment.
pub const ROWS: [(Outcome, &str); 4] = [
    (Outcome::Approved, "shown"),
    (Outcome::Pending, "held"),
    (Outcome::Spam, "marked spam"),
    (Outcome::Rejected, "rejected"),
];

/// The columns: what moderators said of it.
pub const COLUMNS: [(Verdict, &str); 4] = [
    (Verdict::Approve, "approved"),
    (Verdict::Reject, "rejected"),
    (Verdict::Spam, "spam"),
    (Verdict::Unspecified, "undecided"),
];

/// Comments by outcome and verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grid([[u64; 4]; 4]);

impl Grid {
    /// Of a reply.
    #[must_use]
    pub fn of(replay: &Replay) -> Self {
        let mut grid = Self::default();
        for cell in &replay.cells {
            let row = ROWS.iter().position(|(row, _)| *row == cell.outcome());
            let column = COLUMNS
                .iter()
                .position(|(column, _)| *column == cell.verdict());
            if let (Some(row), Some(column)) = (row, column) {
                grid.0[row][column] += cell.comments;
            }
        }
        grid
    }

    /// All in one row.
    #[must_use]
    pub fn made(&self, row: usize) -> u64 {
        self.0[row].iter().sum()
    }

    /// All that moderators decided.
    #[must_use]
    pub fn decided(&self) -> u64 {
        self.0.iter().flat_map(|row| &row[..3]).sum()
    }

    /// Of these, what the policy would have held for them.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.0[1][..3].iter().sum()
    }

    /// What the policy would have shown and they did not, or the other way round.
    #[must_use]
    pub fn contrary(&self) -> u64 {
        let [shown, _, spam, rejected] = self.0;
        shown[1] + shown[2] + spam[0] + rejected[0]
    }

    /// For people.
    #[must_use]
    pub fn drawn(&self, all: u64) -> String {
        // Numbers stand at the right of their columns, and so do the headings.
        let header = [
            "WOULD BE",
            "APPROVED",
            "REJECTED",
            "    SPAM",
            "UNDECIDED",
            "IN ALL",
            "  SHARE",
        ];
        let rows: Vec<Vec<String>> = ROWS
            .iter()
            .zip(&self.0)
            .enumerate()
            .map(|(at, ((_, name), cells))| {
                let mut row = vec![(*name).to_owned()];
                let widths = [8, 8, 8, 9];
                let cells = cells.iter().zip(widths);
                row.extend(cells.map(|(count, width)| format!("{count:>width$}")));
                row.push(format!("{:>6}", self.made(at)));
                row.push(format!("{:>7}", share(self.made(at), all)));
                row
            })
            .collect();
        output::table(&header, &rows)
    }
}

/// `12.3 %`, `-` of nothing.
#[must_use]
pub fn share(part: u64, all: u64) -> String {
    if all == 0 {
        return "-".to_owned();
    }
    // In whole thousandths, rounded: exact for any count.
    let thousandths = (part.saturating_mul(2_000) + all) / (2 * all);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}
