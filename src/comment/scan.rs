//! Bytes of a text, many at a time: most texts have none of what is looked for, and a loop that may stop at each byte
//! takes one byte at a time to say so.

/// So many bytes the compiler compares at once, with whatever vectors the processor has.
const BLOCK: usize = 32;

/// Where the first byte stands that is one of those.
#[inline]
pub(crate) fn first(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let has = |block: &[u8; BLOCK]| block.iter().fold(false, |found, byte| found | is(*byte));
    let from = BLOCK * blocks.iter().position(has).unwrap_or(blocks.len());
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| is(*byte)).map(|at| from + at)
}

/// Whether two bytes in a row are such a pair.
#[inline]
pub(crate) fn has_pair(bytes: &[u8], is: impl Fn(u8, u8) -> bool) -> bool {
    let [_, nexts @ ..] = bytes else { return false };
    let (blocks, rest) = bytes[..nexts.len()].as_chunks::<BLOCK>();
    let (next_blocks, next_rest) = nexts.as_chunks::<BLOCK>();
    let has = |(bytes, nexts): (&[u8], &[u8])| {
        let pairs = bytes.iter().zip(nexts);
        pairs.fold(false, |found, (byte, next)| found | is(*byte, *next))
    };
    let mut blocks = blocks.iter().zip(next_blocks);
    blocks.any(|(block, next)| has((block, next))) || has((rest, next_rest))
}

/// What stands between single spaces, as `split` gives it: by eights, because most words are shorter.
#[inline]
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let mut end = start;
        loop {
            let Some(eight) = text.get(end..).and_then(|rest| rest.first_chunk()) else {
                let rest = text.get(end..)?;
                end += rest
                    .iter()
                    .position(|byte| *byte == b' ')
                    .unwrap_or(rest.len());
                break;
            };
            let length = Eight::from(*eight).before_space();
            end += length;
            if length < 8 {
                break;
            }
        }
        let word = text.get(start..end);
        start = end + 1;
        word
    })
}

/// How many bytes with their neighbours are such.
#[inline]
pub(crate) fn count_triples(bytes: &[u8], is: impl Fn(u8, u8, u8) -> bool) -> usize {
    let [_, middles @ ..] = bytes else { return 0 };
    let [_, lasts @ ..] = middles else { return 0 };
    let (firsts, middles) = (&bytes[..lasts.len()], &middles[..lasts.len()]);
    let count = |firsts: &[u8], middles: &[u8], lasts: &[u8]| {
        let triples = firsts.iter().zip(middles).zip(lasts);
        // A block has fewer than a byte counts.
        usize::from(triples.fold(0_u8, |count, ((first, middle), last)| {
            count + u8::from(is(*first, *middle, *last))
        }))
    };
    let triples = firsts.chunks(BLOCK).zip(middles.chunks(BLOCK));
    let triples = triples.zip(lasts.chunks(BLOCK));
    triples
        .map(|((firsts, middles), lasts)| count(firsts, middles, lasts))
        .sum()
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// Eight bytes in one number, the first lowest.
#[derive(Clone, Copy)]
pub(crate) struct Eight(u64);

impl Eight {
    /// The beginning of these; zeros behind their end.
    #[inline]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        bytes
            .first_chunk()
            .map_or_else(|| Self::padded(bytes), |eight| Self::from(*eight))
    }

    /// Out of the way of the others: a text has one end.
    #[cold]
    fn padded(bytes: &[u8]) -> Self {
        let mut eight = [0; 8];
        eight
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        Self::from(eight)
    }

    #[inline]
    fn from(eight: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(eight))
    }

    /// How many at the beginning are of a-z.
    #[inline]
    pub(crate) fn lowercase(self) -> usize {
        let low = self.0 & !HIGH;
        let from_a = low + (0x80 - u64::from(b'a')) * ONES;
        let beyond_z = low + (0x7F - u64::from(b'z')) * ONES;
        first_marked(!(from_a & !beyond_z & !self.0) & HIGH)
    }

    /// How many at the beginning are no spaces.
    #[inline]
    pub(crate) fn before_space(self) -> usize {
        let differs = self.0 ^ (u64::from(b' ') * ONES);
        // Marks the first zero; what is borrowed reaches only those behind it.
        first_marked(differs.wrapping_sub(ONES) & !differs & HIGH)
    }

    /// Where the first of three equal ones in a row stands; 8 for nowhere. Those that reach beyond the eight don't count.
    #[inline]
    pub(crate) fn first_thrice(self) -> usize {
        let differs_from_next = self.0 ^ (self.0 >> 8);
        let differs = differs_from_next | (differs_from_next >> 8);
        first_marked(zeros(differs) & (u64::MAX >> 16))
    }
}

/// The high bit of each byte that is zero.
#[inline]
fn zeros(bytes: u64) -> u64 {
    !(((bytes & !HIGH) + !HIGH) | bytes) & HIGH
}

#[inline]
fn first_marked(high_bits: u64) -> usize {
    (high_bits.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn many_at_a_time_find_what_one_at_a_time_finds(text in "[a-dxyz .@\\x00\u{e9}{`]{0,100}") {
            let bytes = text.as_bytes();
            let slow = bytes.iter().position(|b| *b == b'@');
            proptest::prop_assert_eq!(first(bytes, |b| b == b'@'), slow);
            let is_pair = |a: u8, b: u8| a == b'.' && b != b' ';
            let slow = bytes.windows(2).any(|two| is_pair(two[0], two[1]));
            proptest::prop_assert_eq!(has_pair(bytes, is_pair), slow);
            let words: Vec<&[u8]> = words(bytes).collect();
            let slow: Vec<&[u8]> = bytes.split(|b| *b == b' ').collect();
            proptest::prop_assert_eq!(words, slow);
            let is_triple = |a: u8, b: u8, c: u8| a == c && b == b'.';
            let slow = bytes.windows(3).filter(|three| is_triple(three[0], three[1], three[2]));
            proptest::prop_assert_eq!(count_triples(bytes, is_triple), slow.count());
            let eight = Eight::of(bytes);
            let padded: Vec<u8> = bytes.iter().copied().chain([0; 8]).take(8).collect();
            let run = |is: fn(&u8) -> bool| padded.iter().position(|b| !is(b)).unwrap_or(8);
            proptest::prop_assert_eq!(eight.lowercase(), run(u8::is_ascii_lowercase));
            proptest::prop_assert_eq!(eight.before_space(), run(|b| *b != b' '));
            let thrice = padded.windows(3).position(|w| w[0] == w[1] && w[1] == w[2]);
            proptest::prop_assert_eq!(eight.first_thrice(), thrice.unwrap_or(8));
        }
    }
}
