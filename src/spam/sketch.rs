//! Near-duplicates: numbers that nearly equal texts share. See `docs/decisions/0012-waves-by-min-hash.md`.

use crate::{comment::scan, spam::features::hashing::hash_bytes};

/// Fewer words than this say too little: `thank you very much` is nobody's wave.
pub const FEWEST_WORDS: usize = 6;

/// From this many bytes on a word of a script without spaces is taken apart into its characters.
const LONG_WORD: usize = 24;

/// What nearly equal texts share. Two texts say nearly the same if half of their parts, rounded up, are equal.
///
/// A text of six words or more has six parts: three min-hashes over pairs of words and three over triples (Broder, On
/// the resemblance and containment of documents, 1997). Words are folded; digits and links are left out. Pairs bear
/// that words are replaced; triples keep apart what shares only a phrase.
///
/// A shorter text has one part, the whole of it, and only if it shows a way to somewhere: see [`Sketch::of_whole`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sketch {
    /// Of six words or more.
    Parts([u64; 6]),
    /// Of fewer.
    Whole(u64),
}

impl Sketch {
    /// Sketches folded words; `None` for fewer than [`FEWEST_WORDS`].
    #[must_use]
    pub(super) fn of(folded: &str) -> Option<Self> {
        let (mut pairs, mut triples) = ([u64::MAX; 3], [u64::MAX; 3]);
        let (mut before, mut last) = (0_u64, 0_u64);
        let mut count = 0_usize;
        units(folded, |word| {
            count += 1;
            let pair = last ^ word.rotate_left(21);
            if count >= 2 {
                keep_least(&mut pairs, mix(pair));
            }
            if count >= 3 {
                keep_least(&mut triples, mix(before ^ pair.rotate_left(21)));
            }
            (before, last) = (last, word);
        });
        let ([a, b, c], [d, e, f]) = (pairs, triples);
        (count >= FEWEST_WORDS).then_some(Self::Parts([a, b, c, d, e, f]))
    }

    /// Sketches a short text as a whole, links and digits included: only the same again is near. For texts that show a
    /// way to somewhere (a link, a domain, an address, a number, a brand's name); `thank you`, `first` and `lol` show
    /// none, and are said by people who don't know of each other. `None` for a single word: a brand's name alone may be
    /// a joke of the day.
    #[must_use]
    pub(super) fn of_whole(folded: &str) -> Option<Self> {
        let whole = || Self::Whole(mix(hash_bytes(folded.as_bytes()) ^ FACTORS[0]));
        folded.contains(' ').then(whole)
    }

    /// The numbers, in order.
    #[must_use]
    pub fn parts(&self) -> &[u64] {
        match self {
            Self::Parts(parts) => parts,
            Self::Whole(whole) => std::slice::from_ref(whole),
        }
    }

    /// Whether two comments say nearly the same.
    #[must_use]
    pub fn is_near(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.parts(), other.parts());
        let equal = ours.iter().zip(theirs).filter(|(a, b)| a == b);
        ours.len() == theirs.len() && equal.count() >= ours.len().div_ceil(2)
    }
}

/// Odd, so that each permutes the 64-bit numbers; else arbitrary: digits of pi.
const FACTORS: [u64; 3] = [
    0x243F_6A88_85A3_08D3,
    0x1319_8A2E_0370_7345,
    0xA409_3822_299F_31D1,
];

fn keep_least(least: &mut [u64; 3], shingle: u64) {
    for (least, factor) in least.iter_mut().zip(FACTORS) {
        *least = (*least).min(shingle.wrapping_mul(factor));
    }
}

/// The words without their digits; those of a script without spaces, character by character.
fn units(folded: &str, mut each: impl FnMut(u64)) {
    // Most texts have no digits that each word would be asked for.
    let digits = scan::first(folded.as_bytes(), |byte| byte.is_ascii_digit()).is_some();
    for word in scan::words(folded.as_bytes()) {
        if word.len() >= LONG_WORD && !word.is_ascii() {
            let mut letter = [0; 4];
            for c in std::str::from_utf8(word).unwrap_or_default().chars() {
                each(hash_bytes(c.encode_utf8(&mut letter).as_bytes()));
            }
            continue;
        }
        let hash = if digits {
            masked(word)
        } else {
            (!word.is_empty()).then(|| hash_bytes(word))
        };
        if let Some(hash) = hash {
            each(hash);
        }
    }
}

/// A word without its digits; `None` when nothing is left.
fn masked(word: &[u8]) -> Option<u64> {
    if !word.iter().any(u8::is_ascii_digit) {
        return (!word.is_empty()).then(|| hash_bytes(word));
    }
    let (mut hash, mut letters) = (0xCBF2_9CE4_8422_2325_u64, false);
    for byte in word.iter().filter(|byte| !byte.is_ascii_digit()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
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
    use crate::spam::content::Content;

    const WAVE: &str = "i made $ 4500 last month working from home with this simple trick that my uncle \
                        taught me in march and so can you my dear";

    fn near(one: &str, other: &str) -> bool {
        let sketch = |text: &str| Content::of_text(text, "").sketch();
        match (sketch(one), sketch(other)) {
            (Some(one), Some(other)) => one.is_near(&other),
            (Some(_) | None, _) => false,
        }
    }

    #[test]
    fn most_of_a_wave_with_other_numbers_and_another_last_word_is_near() {
        let variant = |n: u32| {
            WAVE.replace("4500", &n.to_string())
                .replace("dear", &format!("dear{}", word(n)))
        };
        let near = (0..200).filter(|n| near(&variant(*n), WAVE)).count();
        assert!(near >= 180, "{near} of 200");
    }

    #[test]
    fn a_variation_is_near_and_another_comment_is_not() {
        let casino = "Best casino bonus in town, deposit 500 and get double at http://lucky.example/a1, win big every day";
        for (is_near, one, other) in [
            (
                true,
                casino,
                "𝐁𝐞𝐬𝐭 𝐜𝐚𝐬𝐢𝐧𝐨 𝐛𝐨𝐧𝐮𝐬 in town, deposit 900 and get double at http://other.example/zz, win big every day",
            ),
            (
                true,
                casino,
                "Best c4sino b0nus in town, dep\u{200B}osit 500 and get double at https://x.example, win b i g  every day",
            ),
            (
                true,
                casino,
                "Hello! Best casino bonus in town, deposit 500 and get double at http://lucky.example/a1, win big every day, friends",
            ),
            (
                false,
                casino,
                "The best thing in town was the old casino, and every day somebody would win big there or lose it all",
            ),
            (true, "Visit LUCKY88 now", "visit 𝓵𝓾𝓬𝓴𝔂𝟖𝟖 now!!"),
            (false, "Visit lucky88 now", "Visit lucky77 now"),
            (
                true,
                "cheap pills http://pills.example/x",
                "Cheap pills: http://pills.example/x",
            ),
            (
                false,
                "Source: http://bbc.example/news/1",
                "Source: http://bbc.example/news/2",
            ),
            (
                true,
                "在线赌场每天赢大奖注册即送五百元请联系我们",
                "在线赌场每天赢大奖注册即送八百元请联系我们",
            ),
            (
                false,
                WAVE,
                "last month my uncle and i were working from home and in march we made this simple garden for my dear aunt",
            ),
            (
                false,
                "It is amazing how stupid these people are in the middle east",
                "There are more of them in the middle east so of course there will be more victims",
            ),
        ] {
            assert_eq!(near(one, other), is_near, "{one} / {other}");
        }
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
    fn short_texts_that_show_no_way_have_none() {
        for text in [
            "",
            "Thank you",
            "thank you very much indeed",
            "First!",
            "lol",
            "Great article, thanks!",
            "+1",
            "RIP",
            "I agree with @bob",
            "👍👍👍",
            "lucky88",
            "So true.",
        ] {
            assert_eq!(Content::of_text(text, "").sketch(), None, "{text}");
        }
    }
}
