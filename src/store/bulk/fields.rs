//! The hash of a bulk operation.

use std::{collections::HashMap, str::FromStr};

use crate::{
    comment::{
        bulk::{Operation, Stage, Tally, UndoTally, Undoing},
        state::{Timestamp, Verdict},
    },
    store::error::StoreError,
};

pub(in crate::store) type Fields = HashMap<String, Vec<u8>>;

const UNREADABLE: StoreError = StoreError::Corrupt {
    what: "a bulk operation",
};

/// An operation from the fields of its hash.
pub(in crate::store) fn operation(fields: &Fields) -> Result<Operation, StoreError> {
    let stage = Stage::from_number(number(fields, "s")?).ok_or(UNREADABLE)?;
    Ok(Operation {
        stage,
        verdict: Verdict::from_number(number(fields, "v")?).ok_or(UNREADABLE)?,
        cursor: fields.get("c").cloned().ok_or(UNREADABLE)?,
        reason_text: fields
            .get("rt")
            .and_then(|text| String::from_utf8(text.clone()).ok())
            .ok_or(UNREADABLE)?,
        looked: number(fields, "n")?,
        tally: Tally {
            decided: number(fields, "1")?,
            settled: number(fields, "2")?,
            held: number(fields, "3")?,
            reserved: number(fields, "4")?,
            gone: number(fields, "5")?,
        },
        left: number(fields, "left")?,
        audit: number(fields, "au")?,
        began: Timestamp(number(fields, "t")?),
        changed: Timestamp(number(fields, "e")?),
        undoing: (stage >= Stage::Undoing)
            .then(|| undoing(fields))
            .transpose()?,
    })
}

fn undoing(fields: &Fields) -> Result<Undoing, StoreError> {
    Ok(Undoing {
        cursor: number(fields, "uc")?,
        tally: UndoTally {
            undone: number(fields, "u1")?,
            changed: number(fields, "u2")?,
            reserved: number(fields, "u3")?,
            gone: number(fields, "u4")?,
        },
        audit: number(fields, "uau")?,
        began: Timestamp(number(fields, "ut")?),
        changed: Timestamp(number(fields, "ue")?),
    })
}

fn number<T: FromStr>(fields: &Fields, name: &str) -> Result<T, StoreError> {
    let text = fields.get(name).and_then(|text| str::from_utf8(text).ok());
    text.and_then(|text| text.parse().ok()).ok_or(UNREADABLE)
}
