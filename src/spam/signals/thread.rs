//! How well a comment fits the article and what was said below it: which of its words are known there.
//!
//! What was said is a set of 2,048 bits, a bit a word of four letters or more (Bloom, 1970, with one hash). It is kept
//! with the thread, read with it, and grows until half of it is full: it then knows some 1,400 words, what the thread's
//! first comments were about. Until then each comment that isn't held for spam adds its words; of two that race, one
//! may lose its own.

use crate::spam::features::hashing::hash_bytes;

/// How many bytes the set has.
const BYTES: usize = 256;
const BITS: u32 = 2_048;

/// Words looked at; the first of a long text say enough.
const MOST_WORDS: usize = 256;

/// Shorter words are most often of every text.
const LONG: usize = 4;

/// Fewer new words than this are not worth a write.
const WORTH_A_WRITE: u32 = 4;

/// The longer words of a text, hashed, in order.
pub struct LongWords {
    hashes: [u64; MOST_WORDS],
    length: usize,
}

impl LongWords {
    /// Of folded text.
    #[must_use]
    pub fn of(folded: &str) -> Self {
        let mut words = Self {
            hashes: [0; MOST_WORDS],
            length: 0,
        };
        // By bytes: letters of most other scripts have two or three, and there two letters are a word.
        let long = folded
            .as_bytes()
            .split(|byte| *byte == b' ')
            .filter(|word| word.len() >= LONG);
        for (hash, word) in words.hashes.iter_mut().zip(long) {
            *hash = hash_bytes(word);
            words.length += 1;
        }
        words
    }

    fn iter(&self) -> impl Iterator<Item = u64> {
        self.hashes[..self.length].iter().copied()
    }
}

/// How many different words of the title the comment has.
#[must_use]
pub fn title_words(words: &LongWords, folded_title: &str) -> u32 {
    const MOST: usize = 24;
    let title = LongWords::of(folded_title);
    let title = &title.hashes[..title.length.min(MOST)];
    let seen = title
        .iter()
        .fold(0_u64, |seen, word| seen | 1 << (word % 64));
    let mut found = 0_u32;
    for word in words.iter() {
        if seen >> (word % 64) & 1 == 1
            && let Some(at) = title.iter().position(|of_title| *of_title == word)
        {
            found |= 1 << at;
        }
    }
    found.count_ones()
}

fn full(set: &[u8]) -> u32 {
    let eights = set.as_chunks::<8>().0.iter();
    eights
        .map(|eight| u64::from_le_bytes(*eight).count_ones())
        .sum()
}

/// The byte and the bit of a word.
fn place(word: u64) -> (usize, u8) {
    let bit = (word >> 53) as usize;
    (bit / 8, 1 << (bit % 8))
}

/// Which share of the comment's words were said below the article, less what chance gives: 0 to 1; 0 while little was
/// said.
#[must_use]
pub fn share_said(words: &LongWords, set: &[u8]) -> f64 {
    const LEAST_SAID: u32 = 24;
    let full = full(set);
    if set.len() != BYTES || full < LEAST_SAID {
        return 0.0;
    }
    let (mut known, mut all) = (0_u32, 0_u32);
    for word in words.iter() {
        let (byte, bit) = place(word);
        all += 1;
        known += u32::from(set[byte] & bit != 0);
    }
    if all < 3 {
        return 0.0;
    }
    let by_chance = f64::from(full) / f64::from(BITS);
    let share = f64::from(known) / f64::from(all);
    ((share - by_chance) / (1.0 - by_chance)).max(0.0)
}

/// The set with a comment's words; `None` where it would change little, or is half full.
#[must_use]
pub fn with_words(words: &LongWords, set: &[u8]) -> Option<Vec<u8>> {
    let mut grown = set.to_vec();
    grown.resize(BYTES, 0);
    let before = full(&grown);
    if before >= BITS / 2 {
        return None;
    }
    for word in words.iter() {
        let (byte, bit) = place(word);
        grown[byte] |= bit;
    }
    (full(&grown) >= before + WORTH_A_WRITE).then_some(grown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spam::content::Content;

    fn content(body: &str) -> LongWords {
        LongWords::of(Content::of_text(body, "").prose())
    }

    #[test]
    fn words_of_the_title_are_counted_once() {
        let title = "council approves tram extension to the harbour";
        for (words, body) in [
            (
                3,
                "The tram! The tram is what the council and the harbour need.",
            ),
            (0, "Best casino in town, daily bonus to all"),
            (1, "TRÀM tram http://harbour.example/council"),
        ] {
            assert_eq!(title_words(&content(body), title), words, "{body}");
        }
        assert_eq!(title_words(&content("anything"), ""), 0);
    }

    #[test]
    fn what_was_said_before_is_known_and_other_things_are_not() {
        let said = [
            "The harbour needs this tram more than another bridge, and the council knows it well.",
            "Commuters have waited years for the tram extension while tickets became ever more expensive.",
            "Who pays for the extension? Tickets again, I fear, while the harbour company gets everything.",
            "Building another bridge beside the station would have been cheaper than tram tracks everywhere.",
        ];
        let mut set = Vec::new();
        assert!(
            share_said(&content(said[0]), &set) < 0.01,
            "nothing was said yet"
        );
        for body in said {
            set = with_words(&content(body), &set).unwrap();
        }
        let fits = share_said(
            &content("The council should pay for the tram tickets at the harbour station"),
            &set,
        );
        let foreign = share_said(
            &content("Deposit today, double your bitcoin wallet with our certified traders"),
            &set,
        );
        assert!(fits > 0.6 && foreign < 0.2, "{fits} {foreign}");
        assert_eq!(with_words(&content(said[0]), &set), None, "nothing new");
    }

    #[test]
    fn the_set_stops_growing_half_full_and_bad_ones_say_nothing() {
        let mut set = Vec::new();
        let mut comments = 0;
        while let Some(grown) = with_words(&content(&words_from(comments * 20)), &set) {
            set = grown;
            comments += 1;
            assert!(comments < 200);
        }
        assert!(
            (40..=120).contains(&comments) && set.len() == BYTES,
            "{comments}"
        );
        assert!(share_said(&content("tram tram tram"), &[255; 3]).abs() < 1e-9);
    }

    /// Twenty words that nobody else has.
    fn words_from(first: u32) -> String {
        let letter = |n: u32| char::from(b'a' + u8::try_from(n % 26).unwrap());
        let word = |n: u32| -> String {
            [
                'w',
                letter(n),
                letter(n / 26),
                letter(n / 676),
                'q',
                letter(n / 7),
            ]
            .into_iter()
            .collect()
        };
        (first..first + 20).map(word).collect::<Vec<_>>().join(" ")
    }
}
