//! Numbers drawn with block characters, which every monospaced font of the last decades has.

/// Eighths of a cell, from below.
const COLUMNS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Eighths of a cell, from the left.
const ROWS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A column of one cell's height for each number, the greatest of them full; what is not zero is never empty.
#[must_use]
pub fn columns(numbers: &[u64], width: usize, gap: usize) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0);
    let drawn = numbers.iter().map(|&number| {
        let column = COLUMNS[eighths(number, most, 8)];
        column.to_string().repeat(width) + &" ".repeat(gap)
    });
    drawn.collect::<String>().trim_end().to_owned()
}

/// A bar of at most so many cells for a part of the most; what is not zero is never empty.
#[must_use]
pub fn bar(part: u64, most: u64, cells: usize) -> String {
    let eighths = eighths(part, most, 8 * cells);
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(ROWS[eighths % 8]);
    }
    bar
}

/// `number / most` of `whole`, rounded, but at least 1 for what is not zero.
fn eighths(number: u64, most: u64, whole: usize) -> usize {
    if number == 0 || most == 0 {
        return 0;
    }
    let (number, most, whole) = (
        u128::from(number.min(most)),
        u128::from(most),
        whole as u128,
    );
    let rounded = (2 * number * whole + most) / (2 * most);
    usize::try_from(rounded).unwrap_or(0).max(1)
}

/// `12.3 %`, `-` of nothing.
#[must_use]
pub fn share(part: u64, all: u64) -> String {
    if all == 0 {
        return "-".to_owned();
    }
    // In whole thousandths, rounded: exact for any count.
    let (part, all) = (u128::from(part), u128::from(all));
    let thousandths = (part * 2_000 + all) / (2 * all);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_in_proportion_and_what_is_there_is_seen() {
        for (numbers, drawn) in [
            (&[][..], ""),
            (&[0, 0], ""),
            (&[0, 1, 2, 4, 8], " ▁▂▄█"),
            (&[1, 0, 1_000_000], "▁ █"),
            (&[u64::MAX, u64::MAX / 2], "█▄"),
        ] {
            assert_eq!(columns(numbers, 1, 0), drawn, "{numbers:?}");
        }
        assert_eq!(columns(&[4, 0, 8], 2, 1), "▄▄    ██");
    }

    #[test]
    fn bars_are_in_proportion_and_what_is_there_is_seen() {
        for (part, most, drawn) in [
            (0, 8, ""),
            (0, 0, ""),
            (8, 8, "████"),
            (4, 8, "██"),
            (5, 8, "██▌"),
            (1, 1_000_000, "▏"),
            (9, 8, "████"),
        ] {
            assert_eq!(bar(part, most, 4), drawn, "{part} of {most}");
        }
    }

    #[test]
    fn shares_are_rounded() {
        for (part, all, told) in [
            (0, 0, "-"),
            (0, 9, "0.0 %"),
            (1, 3, "33.3 %"),
            (2, 3, "66.7 %"),
            (u64::MAX, u64::MAX, "100.0 %"),
        ] {
            assert_eq!(share(part, all), told, "{part} of {all}");
        }
    }
}
