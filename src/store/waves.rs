//! Waves: which of them a sketch belongs to. The Rust half of what `submit.lua` decides; see
//! `docs/decisions/0012-waves-by-min-hash.md`.
//!
//! A sketch part's key holds one whole number, wave * 2^17 + size, which Redis keeps in 16 bytes and Lua computes with
//! exactly. The size is the wave's when a comment with this part last joined.

use crate::comment::ids::WaveId;

/// Sizes below this are told apart; a wave's set keeps at most 100,000.
const SIZES: u64 = 1 << 17;

/// The wave that a sketch belongs to, and how many comments are in it: that which at least half of the parts name,
/// the older of two with equally many.
#[must_use]
pub(super) fn of_parts(values: &[u64]) -> Option<(WaveId, u32)> {
    let named = |value: &u64| WaveId::new(value / SIZES);
    let votes = |wave: WaveId| values.iter().filter(|v| named(v) == Some(wave)).count();
    let wave = values
        .iter()
        .filter_map(named)
        .max_by_key(|wave| (votes(*wave), std::cmp::Reverse(*wave)))?;
    let sizes = values.iter().filter(|value| named(value) == Some(wave));
    let size = sizes.map(|value| value % SIZES).max()?;
    (votes(wave) >= values.len().div_ceil(2)).then_some((wave, u32::try_from(size).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_parts_must_name_one_wave() {
        let of = |wave: u64, size: u64| wave * SIZES + size;
        for (values, wave) in [
            (vec![], None),
            (vec![0; 6], None),
            (vec![of(7, 3)], Some((7, 3))),
            (vec![of(7, 3), of(7, 5), of(7, 4), 0, 0, 0], Some((7, 5))),
            (vec![of(7, 3), of(7, 5), 0, 0, 0, 0], None),
            (
                vec![of(9, 1), of(9, 1), of(9, 1), of(7, 5), of(7, 5), of(7, 5)],
                Some((7, 5)),
            ),
            (
                vec![of(9, 1), of(9, 1), of(9, 1), of(9, 2), of(7, 5), of(7, 5)],
                Some((9, 2)),
            ),
            // Counts of an earlier release name no wave.
            (vec![12, 40_000, 3], None),
        ] {
            let found = of_parts(&values).map(|(wave, size)| (wave.get(), size));
            assert_eq!(found, wave, "{values:?}");
        }
    }
}
