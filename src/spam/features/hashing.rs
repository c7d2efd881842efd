//! Hashes of words and of the characters in them: the same on every platform and in every release of one format.

/// Letters of one word that make n-grams. Scripts without spaces have long words.
const WORD_CHARS: usize = 48;

/// The 3-, 4- and 5-grams of a word between its end marks.
#[inline]
pub(in crate::spam) fn each_gram(word: &str, budget: &mut usize, mut visit: impl FnMut(u64)) {
    const END: u32 = 1;
    let mut codes = [END; WORD_CHARS + 2];
    let mut length = 2;
    for (code, c) in codes[1..=WORD_CHARS].iter_mut().zip(word.chars()) {
        *code = u32::from(c);
        length += 1;
    }
    let Some(left) = budget.checked_sub(3 * (length - 2)) else {
        return;
    };
    *budget = left;
    let codes = &codes[..length];
    for start in 0..length - 2 {
        let mut hash = step(step(0, codes[start]), codes[start + 1]);
        for code in &codes[start + 2..length.min(start + 5)] {
            hash = step(hash, *code);
            visit(hash.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
    }
}

#[inline]
fn step(hash: u64, code: u32) -> u64 {
    (hash ^ u64::from(code))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(29)
}

/// FNV-1a by eight bytes, finished by a mixer: fast on words, stable across platforms.
pub(in crate::spam) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(eight))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
    }
    for byte in chunks.remainder() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    mix(hash)
}

/// The finaliser of `MurmurHash3` (Appleby, public domain).
pub(in crate::spam) fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
}
