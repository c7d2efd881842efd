//! LibLZF, which Redis packs long strings with. Only names of keys are unpacked here.

/// The bytes before they were packed; `None` if they cannot be, or would not be of this length.
pub(super) fn unpack(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(length);
    let mut rest = packed;
    let mut take = |count: usize| {
        let (taken, behind) = rest.split_at_checked(count)?;
        rest = behind;
        Some(taken)
    };
    while let Some(&[control]) = take(1) {
        let control = usize::from(control);
        if control < 32 {
            out.extend_from_slice(take(control + 1)?);
        } else {
            let mut run = control >> 5;
            if run == 7 {
                run += usize::from(*take(1)?.first()?);
            }
            let low = usize::from(*take(1)?.first()?);
            let back = ((control & 0x1f) << 8) + low + 1;
            let from = out.len().checked_sub(back)?;
            // One by one: what is repeated may reach into what it makes.
            for at in from..from + run + 2 {
                out.push(*out.get(at)?);
            }
        }
        if out.len() > length {
            return None;
        }
    }
    (out.len() == length).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_repetitions_are_unpacked_and_nonsense_is_not() {
        for (packed, length, expected) in [
            (&[2, b'a', b'b', b'c'][..], 3, Some(&b"abc"[..])),
            // "ab", then seven bytes from two back.
            (&[1, b'a', b'b', 0xA0, 1], 9, Some(b"ababababa")),
            // A long run: 7 + 3 + 2 bytes from one back.
            (&[0, b'x', 0xE0, 3, 0], 13, Some(b"xxxxxxxxxxxxx")),
            (&[], 0, Some(b"")),
            (&[0, b'x', 0xE0, 3, 0], 12, None),
            (&[0, b'x', 0xA0, 1], 8, None),
            (&[5, b'a'], 6, None),
            (&[0xE0], 9, None),
            (&[0x20], 3, None),
        ] {
            assert_eq!(unpack(packed, length).as_deref(), expected, "{packed:?}");
        }
    }
}
