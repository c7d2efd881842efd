//! Near-duplicates: three numbers that nearly equal texts share.

use crate::spam::features::hashing::hash_bytes;

/// Fewer words than this say too little: `thank you very much` is nobody's wave.
pub const FEWEST_WORDS: usize = 6;

/// Words in one shingle.
const SHINGLE: usize = 3;

/// Three min-hashes over shingles of folded words, digits and links left out. Two comments that agree in two of three
/// are near-duplicates: at a Jaccard similarity of 0.9 with probability 0.97, at 0.5 with 0.5, at 0.2 with 0.1.
/// (Broder, On the resemblance and containment of documents, 1997.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sketch(pub [u64; 3]);

impl Sketch {
    /// Sketches folded words; `None` for fewer than [`FEWEST_WORDS`].
    #[must_use]
    pub(super) fn of(folded: &str) -> Option<Self> {
        let mut least = [u64::MAX; 3];
        let mut window = [0; SHINGLE];
        let mut count = 0;
        for word in folded.split(' ').filter_map(masked) {
            window.rotate_left(1);
            window[SHINGLE - 1] = word;
            count += 1;
            if count >= SHINGLE {
                let [a, b, c]: [u64; SHINGLE] = window;
                let shingle = mix(a ^ b.rotate_left(21) ^ c.rotate_left(42));
                for (least, factor) in least.iter_mut().zip(FACTORS) {
                    *least = (*least).min(shingle.wrapping_mul(factor));
                }
            }
        }
        (count >= FEWEST_WORDS).then_some(Self(least))
    }

    /// Whether two comments say nearly the same.
    #[must_use]
    pub fn is_near(&self, other: &Self) -> bool {
        let equal = self.0.iter().zip(other.0).filter(|(a, b)| **a == *b);
        equal.count() >= 2
    }
}

/// Odd, so that each permutes the 64-bit numbers; else arbitrary: digits of pi.
const FACTORS: [u64; 3] = [
    0x243F_6A88_85A3_08D3,
    0x1319_8A2E_0370_7345,
    0xA409_3822_299F_31D1,
];

/// A word without its digits; `None` when nothing is left.
fn masked(word: &str) -> Option<u64> {
    if !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return (!word.is_empty()).then(|| hash_bytes(word.as_bytes()));
    }
    let (mut hash, mut letters) = (0xCBF2_9CE4_8422_2325_u64, false);
    for byte in word.bytes().filter(|byte| !byte.is_ascii_digit()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        letters = true;
    }
    letters.then_some(hash)
}

/// `SplitMix64`'s finaliser (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAVE: &str = "i made $ 4500 last month working from home with this simple trick that my uncle \
                        taught me in march and so can you my dear";

    #[test]
    fn most_of_a_wave_with_other_numbers_and_another_last_word_is_near() {
        let first = Sketch::of(WAVE).unwrap();
        let variant = |n: u32| {
            WAVE.replace("4500", &n.to_string())
                .replace("dear", &format!("dear{}", word(n)))
        };
        let near = (0..200)
            .filter(|n| Sketch::of(&variant(*n)).unwrap().is_near(&first))
            .count();
        assert!(near >= 180, "{near} of 200");
    }

    #[test]
    fn texts_about_the_same_thing_are_not_near() {
        let first = Sketch::of(WAVE).unwrap();
        let other = "last month my uncle and i were working from home and in march we made this simple garden for my dear aunt";
        assert!(!Sketch::of(other).unwrap().is_near(&first));
    }

    fn word(mut n: u32) -> String {
        let mut word = String::new();
        while n > 0 {
            word.push(char::from(b'a' + u8::try_from(n % 26).unwrap()));
            n /= 26;
        }
        word
    }

    #[test]
    fn short_texts_have_none() {
        assert_eq!(Sketch::of("thank you very much indeed"), None);
        assert_eq!(Sketch::of("1 2 3 4 5 6 7 8"), None);
        assert_eq!(Sketch::of(""), None);
    }
}
