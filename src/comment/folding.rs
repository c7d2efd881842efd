//! One spelling for texts that look alike to a reader: what word lists, duplicates and the spam model compare.
//!
//! The folded text is words separated by single spaces, without one at either end. A word is lower case and without
//! punctuation; Latin and Greek letters have no accents (`schön` and `schon` are one word). An emoji and a currency sign
//! are words of their own. To find a phrase on whole words, put one space around the folded phrase and the folded text:
//! see [`Folded::has_phrase`].
//!
//! Folding undoes disguises, and counts what it undid. Readers who write Cyrillic, Greek, Arabic or German don't pay:
//! look-alike letters are replaced only in words that mix scripts, and accents that a keyboard makes aren't counted.

mod context;
pub(crate) mod lookalikes;
mod plain;
pub mod said;
mod word;
mod words;
mod written;

pub use written::as_written;

/// How much was folded, by kind. All zero for ordinary text in any script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disguises {
    /// Characters that draw nothing (zero-width, bidi controls, tags) between letters.
    pub invisible: u32,
    /// Combining marks that no alphabet puts there.
    pub marks: u32,
    /// Letters and digits from mathematical, enclosed, small-capital or full-width sets.
    pub styled: u32,
    /// Letters of one script among those of another, in one word.
    pub lookalikes: u32,
    /// Letters that stood apart and make a word (`w i n`); four or more in a row.
    pub spaced: u32,
    /// Digits and currency signs for letters inside a word.
    pub leet: u32,
    /// Letters beyond the first of three or more equal ones.
    pub repeated: u32,
}

impl Disguises {
    /// All kinds that have no honest use inside ordinary words, added up; stretched words (`soooo`) aren't among them.
    #[must_use]
    pub fn tricks(&self) -> u32 {
        [
            self.marks,
            self.styled,
            self.lookalikes,
            self.spaced,
            self.leet,
        ]
        .into_iter()
        .fold(self.invisible, u32::saturating_add)
    }
}

/// A text in its one spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// Words separated by single spaces.
    pub text: String,
    /// What was undone on the way.
    pub disguises: Disguises,
}

impl Folded {
    /// The words in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|word| !word.is_empty())
    }

    /// Whether a phrase stands in the text on whole words. The phrase must be folded too; an empty one never does.
    #[must_use]
    pub fn has_phrase(&self, phrase: &Self) -> bool {
        !phrase.text.is_empty()
            && self.text.match_indices(&phrase.text).any(|(at, found)| {
                let before = self.text[..at].chars().next_back();
                let after = self.text[at + found.len()..].chars().next();
                before.is_none_or(|c| c == ' ') && after.is_none_or(|c| c == ' ')
            })
    }
}

/// Folds a text, in time and space linear in its length.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut disguises = Disguises::default();
    let plain = plain_letters(text, &mut disguises);
    let text = fold_plain(&plain, &mut disguises);
    Folded { text, disguises }
}

/// The first half of [`fold`]: letters without style, case, accents and invisible characters; spaces and punctuation stay.
/// For finding links, which words would tear apart.
#[must_use]
pub fn plain_letters(text: &str, disguises: &mut Disguises) -> String {
    plain::plain(text, disguises)
}

/// The second half of [`fold`]: from plain letters to words.
#[must_use]
pub fn fold_plain(plain: &str, disguises: &mut Disguises) -> String {
    words::words(plain, disguises)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text).text
    }

    #[test]
    fn disguises_fold_to_what_a_reader_reads() {
        for (disguised, plain) in [
            ("𝓕𝓻𝓮𝓮 𝐜𝐚𝐬𝐢𝐧𝐨", "free casino"),
            ("ＦＲＥＥ ⓒⓐⓢⓘⓝⓞ 🅲🅰🆂🅸🅽🅾", "free casino casino"),
            ("ғᴀꜱᴛ ᴄᴀsʜ", "fast cash"),
            ("c\u{200B}a\u{200D}s\u{2060}i\u{AD}no", "casino"),
            ("c\u{336}a\u{334}\u{335}s\u{336}ino", "casino"),
            ("сasinо", "casino"),
            ("S u b s c r i b e to my page", "subscribe to my page"),
            ("S.u.b.s.c.r.i.b.e now", "subscribe now"),
            ("w i n  b i g", "win big"),
            ("B 0 𝑺 𝑺 w І n ❼❼", "bosswin 77"),
            ("m4xw1n c4$ino", "maxwin casino"),
            ("freeee moneyyyyy", "fre money"),
            ("Vïágrâ", "viagra"),
            ("AЯENA88", "arena88"),
            ("ΛLEXIS17", "alexis17"),
            ("░P░U░L░A░U░ now", "░ pulau ░ now"),
            ("W♦︎I♦︎N big", "win big"),
            ("【w】【i】【n】【7】【7】", "win77"),
            ("5ub5cr1b3 n0w", "subscribe now"),
            ("c@sino b*o*n*u*s fr_ee", "casino bonus free"),
            (
                "sub.scribe to my chan-nel, plea.se",
                "subscribe to my channel please",
            ),
            (
                "ѕее mу расе, іt ісе-соld wаtеr",
                "see my pace it ice cold water",
            ),
            ("Ищy рaбoтy в Моcкве, сeйчас", "ищу работу в москве сейчас"),
            ("зaрaбoтoк", "заработок"),
        ] {
            assert_eq!(folded(disguised), plain, "{disguised}");
            let fold_again = folded(&folded(disguised));
            assert_eq!(fold_again, plain, "folding twice changes nothing");
        }
    }

    #[test]
    fn ordinary_text_in_any_script_counts_as_undisguised() {
        for (text, words) in [
            (
                "Don't worry, it's the city's café!",
                "dont worry its the citys cafe",
            ),
            ("Ну, хорошо. Ещё раз: май!", "ну хорошо ещё раз май"),
            (
                "Schöne Grüße aus dem Straßenbahnmuseum",
                "schone grusse aus dem strassenbahnmuseum",
            ),
            ("Καλημέρα, κόσμε", "καλημερα κοσμε"),
            ("مرحبا بالعالم", "مرحبا بالعالم"),
            ("हिन्दी में", "हिन्दी में"),
            ("한국어 댓글", "한국어 댓글"),
            ("It cost $500 👍👍", "it cost $ 500 👍"),
            ("e\u{301}te\u{301} a\u{302}\u{301}", "ete a"),
            ("👩\u{200D}👩\u{200D}👧 fine", "👩 👧 fine"),
            ("U.S.A. and www.example.org", "usa and www example org"),
            ("Plan A or B", "plan a or b"),
            ("Lucky4D", "lucky4d"),
            ("4chan, 3rd, 5pm, mp3, 90s", "4chan 3rd 5pm mp3 90s"),
            ("A, B, C, D and (e)", "a b c d and e"),
            ("Nintendo и Сега", "nintendo и сега"),
            ("mail reader@mail.example", "mail reader mail example"),
            (
                "a well-known co-operation.It",
                "a well known co operation it",
            ),
        ] {
            let folded = fold(text);
            assert_eq!(folded.text, words, "{text}");
            assert_eq!(folded.disguises, Disguises::default(), "{text}");
        }
    }

    #[test]
    fn what_was_folded_is_counted_by_kind() {
        let disguises = fold("𝐖𝐈𝐍 c\u{200B}ash сasino w i n s b1g soooo z\u{336}\u{336}").disguises;
        let expected = Disguises {
            invisible: 1,
            marks: 2,
            styled: 3,
            lookalikes: 1,
            spaced: 4,
            leet: 1,
            repeated: 3,
        };
        assert_eq!(disguises, expected);
        assert_eq!(disguises.tricks(), 12);
    }

    #[test]
    fn phrases_match_on_whole_words() {
        let text = fold("Best c4sino bonus, no casinos here");
        assert!(text.has_phrase(&fold("Casino")));
        assert!(text.has_phrase(&fold("casino BONUS")));
        assert!(!text.has_phrase(&fold("casin")));
        assert!(!text.has_phrase(&fold("sino bonus")));
        assert!(!text.has_phrase(&fold(" ")));
    }

    #[test]
    fn hostile_texts_fold_to_bounded_ones() {
        let marks = format!("a{}", "\u{300}\u{327}".repeat(10_000));
        assert_eq!(fold(&marks).text, "a");
        assert_eq!(fold(&marks).disguises.marks, 19_998);
        let devanagari = format!("क{}", "\u{94D}".repeat(10_000));
        assert!(fold(&devanagari).text.chars().count() <= 16);
        // Grows most: one character of three bytes becomes eighteen letters.
        let grows = "\u{FDFA}".repeat(20_000);
        assert!(fold(&grows).text.len() <= 20_000 * 40);
        for text in [
            "x ".repeat(30_000),
            "a".repeat(65_000),
            "\u{202E}\u{2066}".repeat(10_000),
            "👍".repeat(16_000),
            "$".repeat(65_000),
            "'".repeat(65_000),
        ] {
            assert!(fold(&text).text.len() <= text.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_folds_to_words_between_single_spaces(text in "\\PC{0,200}|[a-c0-4$'. \u{301}\u{200B}а-вα𝐚❶]{0,60}") {
            let folded = fold(&text);
            proptest::prop_assert!(!folded.text.starts_with(' ') && !folded.text.ends_with(' '));
            proptest::prop_assert!(!folded.text.contains("  "));
            proptest::prop_assert!(folded.text.is_empty() || folded.has_phrase(&folded));
        }
    }
}
