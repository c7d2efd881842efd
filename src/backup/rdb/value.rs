//! Where a value ends, by its type. What is inside is Redis's matter: `RESTORE` looks at it.

use std::io::Read;

use super::{RdbError, input::Input};

/// A stream's entry in a list of what is pending: its id.
const STREAM_ID: u64 = 16;

/// Passes over a value.
pub(super) fn skip<R: Read>(input: &mut Input<R>, kind: u8) -> Result<(), RdbError> {
    match kind {
        // A string; or an intset, or a listpack of a hash, a sorted set or a set, which is written as one.
        0 | 11 | 16 | 17 | 20 => input.skip_text(),
        // A set.
        2 => texts(input, 1),
        // A sorted set: each member with its score.
        5 => {
            for _ in 0..input.length()? {
                input.skip_text()?;
                input.skip(8)?;
            }
            Ok(())
        }
        // A hash.
        4 => texts(input, 2),
        // A list: each node with its kind.
        18 => {
            for _ in 0..input.length()? {
                input.length()?;
                input.skip_text()?;
            }
            Ok(())
        }
        // A stream, and one whose consumers tell when they were active.
        19 => stream(input, 8),
        21 => stream(input, 16),
        number => Err(RdbError::Unknown {
            what: "a type of value",
            number,
        }),
    }
}

fn texts<R: Read>(input: &mut Input<R>, each: u32) -> Result<(), RdbError> {
    for _ in 0..input.length()? {
        for _ in 0..each {
            input.skip_text()?;
        }
    }
    Ok(())
}

fn lengths<R: Read>(input: &mut Input<R>, count: u32) -> Result<(), RdbError> {
    for _ in 0..count {
        input.length()?;
    }
    Ok(())
}

fn stream<R: Read>(input: &mut Input<R>, times: u64) -> Result<(), RdbError> {
    // Nodes: the first id, and a listpack.
    texts(input, 2)?;
    // How many; the last, the first and the highest deleted id; how many there ever were.
    lengths(input, 8)?;
    for _ in 0..input.length()? {
        group(input, times)?;
    }
    Ok(())
}

/// A group of consumers, which ReplyDesk has none of.
fn group<R: Read>(input: &mut Input<R>, times: u64) -> Result<(), RdbError> {
    input.skip_text()?;
    // The last id, and how many were read.
    lengths(input, 3)?;
    for _ in 0..input.length()? {
        // When it was delivered, and how often.
        input.skip(STREAM_ID + 8)?;
        input.length()?;
    }
    for _ in 0..input.length()? {
        input.skip_text()?;
        input.skip(times)?;
        for _ in 0..input.length()? {
            input.skip(STREAM_ID)?;
        }
    }
    Ok(())
}
