//! Hashes of words and of the characters in them: the same on every platform and in every release of one format.

/// Letters of one word that make n-grams. Scripts without spaces have long words.
pub(super) const WORD_CHARS: usize = 48;

/// The 4-grams of a word's characters between its end marks, each digit read as 0. None for a word of one letter.
#[inline(always)]
pub(in crate::spam) fn each_gram(mut chars: impl Iterator<Item = u32>, mut visit: impl FnMut(u64)) {
    const END: u64 = 1;
    // Four codes of 16 bits, the last one highest; of rare characters the lower bits.
    let with = |window: u64, code: u64| (window >> 16) ^ (code << 48);
    let code = |c: u32| u64::from(masked(c));
    let (Some(first), Some(second)) = (chars.next(), chars.next()) else {
        return;
    };
    let mut window = with(with(END << 48, code(first)), code(second));
    for c in chars {
        window = with(window, code(c));
        visit(spread(window));
    }
    visit(spread(with(window, END)));
}

/// Any digit is as good as any other: `win88` and `win77` are one kind of name.
fn masked(c: u32) -> u32 {
    let is_digit = (u32::from(b'0')..=u32::from(b'9')).contains(&c);
    if is_digit { u32::from(b'0') } else { c }
}

fn spread(bits: u64) -> u64 {
    let product = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (product ^ (product >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Of a word's bytes, each ASCII digit read as 0; and whether there were any.
#[inline]
pub(in crate::spam) fn hash_word(word: &[u8]) -> (u64, bool) {
    let mut digits = false;
    let hash = hash_by(word.iter().map(|byte| {
        let is_digit = byte.is_ascii_digit();
        digits |= is_digit;
        if is_digit { b'0' } else { *byte }
    }));
    (hash, digits)
}

/// The same of a word without digits.
#[inline]
pub(in crate::spam) fn hash_plain(word: &[u8]) -> u64 {
    hash_by(word.iter().copied())
}

/// Of how letters and digits follow each other in a word: `lucky88` and `ton4d` as `aaa00` and `aaa0a`.
pub(in crate::spam) fn hash_form(word: &str) -> u64 {
    const MOST_ALIKE: [usize; 2] = [3, 4];
    let (mut before, mut alike) = (None, 0);
    hash_by(word.chars().filter_map(|c| {
        let is_digit = c.is_ascii_digit();
        alike = if before == Some(is_digit) {
            alike + 1
        } else {
            1
        };
        before = Some(is_digit);
        let kept = alike <= MOST_ALIKE[usize::from(is_digit)];
        kept.then_some(if is_digit { b'0' } else { b'a' })
    }))
}

/// FNV-1a, finished by a mixer.
#[inline]
fn hash_by(bytes: impl Iterator<Item = u8>) -> u64 {
    let fold = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    mix(bytes.fold(0xCBF2_9CE4_8422_2325, fold))
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
