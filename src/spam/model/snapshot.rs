//! A model as bytes: what was learnt, without the prior.
//!
//! `RDMODEL4`, how many hashed and dense weights there are (u32 each, little endian), the lessons and the validation's
//! numbers (u64 each), the dense weights (i32 each), both tables as runs (how many places didn't change, then the change,
//! LEB128 and zigzag), what recent lessons taught, and the SHA-256 of all before it. Empty tables take few bytes; after a
//! million lessons it is some megabytes.
//!
//! It holds changes only, so a release with another prior goes on with what was learnt on the one before.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{DENSE, Model, Taught, Validation, prior_units};
use crate::spam::{
    lesson::{Rest, put},
    weights::Weights,
};

/// Its number rises when features are hashed in another way, since what was learnt is of no use then, and when a release
/// keeps more.
const MAGIC: &[u8; 8] = b"RDMODEL4";
const DIGEST_BYTES: usize = 32;

/// Why bytes are no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSnapshot {
    /// Not a snapshot, of another format, or cut.
    #[error("this is no snapshot of this format")]
    Format,
    /// It was changed since it was written.
    #[error("it doesn't match its digest")]
    Digest,
}

impl Model {
    /// What was learnt, to start another replica with.
    #[must_use]
    pub fn to_snapshot(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 * 1024);
        out.extend(MAGIC);
        out.extend(layout());
        out.extend(self.lessons.to_le_bytes());
        self.validation
            .each_number(|number| out.extend(number.to_le_bytes()));
        for weight in self.dense {
            out.extend(weight.to_le_bytes());
        }
        let base = prior_units(&self.prior);
        put_changes(&mut out, self.shared.iter().copied().zip(base));
        put_changes(&mut out, self.own.iter().map(|weight| (*weight, 0)));
        out.extend(self.taught.to_bytes());
        let digest: [u8; DIGEST_BYTES] = Sha256::digest(&out).into();
        out.extend(digest);
        out
    }

    /// Puts what was learnt in the place of what this model learnt.
    ///
    /// # Errors
    /// Bytes that are damaged, or of another format: nothing is changed then.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), BadSnapshot> {
        let length = snapshot.len().checked_sub(DIGEST_BYTES);
        let (body, digest) = length
            .and_then(|length| snapshot.split_at_checked(length))
            .ok_or(BadSnapshot::Format)?;
        let rest = body.strip_prefix(MAGIC).ok_or(BadSnapshot::Format)?;
        let computed: [u8; DIGEST_BYTES] = Sha256::digest(body).into();
        if computed != digest {
            return Err(BadSnapshot::Digest);
        }
        let mut rest = Rest(rest);
        let format = |_| BadSnapshot::Format;
        if rest.array().map_err(format)? != layout() {
            return Err(BadSnapshot::Format);
        }
        let lessons = u64::from_le_bytes(rest.array().map_err(format)?);
        let validation = Validation::from_numbers(|| rest.array().ok().map(u64::from_le_bytes))
            .ok_or(BadSnapshot::Format)?;
        let mut dense = [0; DENSE];
        for weight in &mut dense {
            *weight = i32::from_le_bytes(rest.array().map_err(format)?);
        }
        let mut shared: Vec<i16> = prior_units(&self.prior).collect();
        changes(&mut rest, &mut shared)?;
        let mut own = vec![0; self.own.len()];
        changes(&mut rest, &mut own)?;
        let taught = Taught::read(&mut rest)?;
        if !rest.0.is_empty() {
            return Err(BadSnapshot::Format);
        }
        *self = Self {
            prior: Arc::clone(&self.prior),
            rates: self.rates,
            shared,
            own,
            dense,
            lessons,
            taught,
            validation,
        };
        Ok(())
    }
}

fn layout() -> [u8; 8] {
    let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX).to_le_bytes();
    let ([a, b, c, d], [e, f, g, h]) = (count(Weights::SLOTS), count(DENSE));
    [a, b, c, d, e, f, g, h]
}

/// Each change with the number of places since the last one; their number first.
fn put_changes(out: &mut Vec<u8>, weights: impl Iterator<Item = (i16, i16)> + Clone) {
    let changed = |(weight, base): &(i16, i16)| weight != base;
    put(out, weights.clone().filter(changed).count());
    let mut unchanged = 0;
    for (weight, base) in weights {
        let change = i32::from(weight) - i32::from(base);
        if change == 0 {
            unchanged += 1;
        } else {
            put(out, unchanged);
            // Zigzag: small changes are small numbers whatever their sign.
            let zigzag = change.cast_unsigned() << 1 ^ (change >> 31).cast_unsigned();
            put(out, zigzag as usize);
            unchanged = 0;
        }
    }
}

fn changes(rest: &mut Rest, table: &mut [i16]) -> Result<(), BadSnapshot> {
    let format = |_| BadSnapshot::Format;
    let mut at = 0_usize;
    for _ in 0..rest.number().map_err(format)? {
        at = at.saturating_add(rest.number().map_err(format)?);
        let zigzag = u32::try_from(rest.number().map_err(format)?).unwrap_or(0);
        let change = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
        let weight = table.get_mut(at).ok_or(BadSnapshot::Format)?;
        // On another prior it may not fit to the last unit.
        let changed = i32::from(*weight).saturating_add(change);
        *weight = i16::try_from(changed.clamp(i16::MIN.into(), i16::MAX.into())).unwrap_or(0);
        at += 1;
    }
    Ok(())
}
