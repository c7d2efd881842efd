//! Whether a text is in the thread's language: by its script, and by the small words that each language is full of.
//!
//! Not a language detector: those that are (trigram models) cost more than the whole score may. This one speaks up only
//! when a text has several small words of another language and next to none of the thread's.

/// Words looked at; the first of a long text say enough.
const MOST_WORDS: usize = 200;

/// Characters looked at.
const MOST_CHARS: usize = 2_000;

/// Fewer small words than this say nothing.
const FEWEST_HITS: u8 = 4;

/// How a language's folded small words are spelt; none longer than eight bytes.
const LANGUAGES: [(&str, &str); 10] = [
    (
        "en",
        "the and that this with have for not you are was but they from would what there their about which his her been will just",
    ),
    (
        "de",
        "der die das und ist nicht ich ein eine mit auf den von sie auch sich wenn aber dass wie noch nur haben wird sind dem zum zur bei",
    ),
    (
        "fr",
        "les des est pas que une dans pour qui sur avec sont mais vous nous cette plus tout fait ils elle ces aux",
    ),
    (
        "es",
        "los las una por con para que del como pero mas esta todo muy hay son sus porque nos ser eso",
    ),
    (
        "it",
        "che non una per sono con del della come anche piu questo gli nel alla dei delle perche ma",
    ),
    (
        "nl",
        "het een van niet dat met zijn voor maar ook hij naar deze wel aan bij werd wordt de",
    ),
    (
        "pt",
        "nao uma para com que mais por mas muito isso sao voce tem pelo pela dos das ele",
    ),
    (
        "id",
        "yang dan ini itu dengan untuk tidak ada saya bisa dari akan jadi aja juga banget kita kami sudah lagi",
    ),
    (
        "tr",
        "bir bu icin cok var ama daha gibi ben kadar degil olarak ile diye",
    ),
    (
        "pl",
        "nie jest sie tak ale jak czy dla tego juz przez bardzo tylko",
    ),
];

/// A slot of the table of small words: its letters as a number, and the languages that have it, a bit each.
type Slot = (u64, u16);
const SLOTS: usize = 1_024;
static WORDS: [Slot; SLOTS] = table();

const fn table() -> [Slot; SLOTS] {
    let mut table = [(0, 0); SLOTS];
    let mut language = 0;
    while language < LANGUAGES.len() {
        let words = LANGUAGES[language].1.as_bytes();
        let (mut at, mut word) = (0, 0_u64);
        while at <= words.len() {
            if at < words.len() && words[at] != b' ' {
                word = word << 8 | words[at] as u64;
            } else {
                let mut slot = first_slot(word);
                while table[slot].0 != 0 && table[slot].0 != word {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot].0 = word;
                table[slot].1 |= 1 << language;
                word = 0;
            }
            at += 1;
        }
        language += 1;
    }
    table
}

const fn first_slot(word: u64) -> usize {
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
}

/// The languages that have this small word, its letters as a number; a bit each.
fn languages_of(word: u64) -> u16 {
    let mut slot = first_slot(word);
    while WORDS[slot].0 != 0 {
        if WORDS[slot].0 == word {
            return WORDS[slot].1;
        }
        slot = (slot + 1) % SLOTS;
    }
    0
}

/// The first words that are short enough to be in the table, as numbers; in one pass, which reads no word twice.
fn each_short(folded: &str, mut each: impl FnMut(u64)) {
    let mut tell = |word, length| {
        if (2..=8).contains(&length) {
            each(word);
        }
    };
    let (mut words, mut word, mut length) = (1, 0, 0);
    for byte in folded.bytes() {
        if byte != b' ' {
            (word, length) = (word << 8 | u64::from(byte), length + 1);
            continue;
        }
        tell(word, length);
        if words == MOST_WORDS {
            return;
        }
        (words, word, length) = (words + 1, 0, 0);
    }
    tell(word, length);
}

/// Whether folded words are most likely of another language than this one, a BCP 47 tag. Languages that we have no
/// small words of say nothing.
#[must_use]
pub fn is_foreign(folded: &str, tag: &str) -> bool {
    let primary = primary(tag);
    let Some(own) = LANGUAGES
        .iter()
        .position(|(name, _)| primary.eq_ignore_ascii_case(name))
    else {
        return false;
    };
    let mut hits = [0_u8; LANGUAGES.len()];
    each_short(folded, |word| {
        let mut languages = languages_of(word);
        while languages != 0 {
            let which = languages.trailing_zeros() as usize;
            hits[which] = hits[which].saturating_add(1);
            languages &= languages - 1;
        }
    });
    let most = hits.iter().copied().max().unwrap_or(0);
    most >= FEWEST_HITS && hits[own] <= most / 4
}

/// Which share of a text's letters are of scripts that this language isn't written in: 0 to 1.
#[must_use]
pub fn foreign_letters(folded: &str, tag: &str) -> f64 {
    let Some(own) = script_of(primary(tag)) else {
        return 0.0;
    };
    if own == Script::Latin && folded.is_ascii() {
        return 0.0;
    }
    let (mut foreign, mut all) = (0_u32, 0_u32);
    for script in folded.chars().take(MOST_CHARS).filter_map(script) {
        all += 1;
        foreign += u32::from(script != own);
    }
    f64::from(foreign) / f64::from(all.max(1))
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Devanagari,
    Thai,
    Han,
    Hangul,
}

fn script_of(language: &str) -> Option<Script> {
    Some(match language.to_ascii_lowercase().as_str() {
        "ru" | "uk" | "bg" | "be" | "mk" => Script::Cyrillic,
        "el" => Script::Greek,
        "he" | "iw" => Script::Hebrew,
        "ar" | "fa" | "ur" => Script::Arabic,
        "hi" | "mr" | "ne" => Script::Devanagari,
        "th" => Script::Thai,
        "zh" | "ja" => Script::Han,
        "ko" => Script::Hangul,
        "en" | "de" | "fr" | "es" | "it" | "nl" | "pt" | "id" | "tr" | "pl" | "sv" | "da"
        | "no" | "nb" | "nn" | "fi" | "cs" | "sk" | "hu" | "ro" | "vi" | "hr" | "sl" | "et"
        | "lv" | "lt" | "ms" | "tl" | "ca" => Script::Latin,
        _ => return None,
    })
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3FF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' => Script::Arabic,
        '\u{900}'..='\u{97F}' => Script::Devanagari,
        '\u{E00}'..='\u{E7F}' => Script::Thai,
        // Kana too: who writes Japanese mixes them.
        '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' => Script::Han,
        '\u{AC00}'..='\u{D7AF}' => Script::Hangul,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::folding::fold;

    #[test]
    fn small_words_tell_another_language() {
        for (foreign, tag, text) in [
            (
                false,
                "en",
                "The council should have asked the people who live beside the bridge before it was closed.",
            ),
            (
                true,
                "de",
                "The council should have asked the people who live beside the bridge, but they did not, and that was what they will have to answer for.",
            ),
            (
                false,
                "de-AT",
                "Wer soll das denn bezahlen? Die Pendler warten seit Jahren auf einen besseren Takt und es wird nicht besser.",
            ),
            (
                true,
                "en-GB",
                "Wer soll das denn bezahlen? Die Pendler warten seit Jahren auf einen besseren Takt und es wird nicht besser.",
            ),
            (
                true,
                "en",
                "Saya tidak percaya, tapi situs ini bisa menang dengan modal kecil dan untuk semua yang ada",
            ),
            (false, "en", "Great!"),
            (
                false,
                "en",
                "Der Spiegel wrote about it, and the article was better than this one.",
            ),
            (
                false,
                "xx",
                "Saya tidak percaya, tapi situs ini bisa menang dengan modal kecil dan untuk semua yang ada",
            ),
            (
                false,
                "",
                "Saya tidak percaya, tapi situs ini bisa menang dengan modal kecil dan untuk semua yang ada",
            ),
        ] {
            assert_eq!(is_foreign(&fold(text).text, tag), foreign, "{tag}: {text}");
        }
    }

    #[test]
    fn letters_tell_another_script() {
        for (least, most, tag, text) in [
            (0.0, 0.0, "en", "Schöne Grüße, 👍 and 100 €"),
            (0.9, 1.0, "en", "Зарабатывай от 500 рублей в день"),
            (0.0, 0.0, "ru", "Ну, хорошо. Ещё раз!"),
            (0.9, 1.0, "ru", "Best casino in town"),
            (0.1, 0.5, "ru", "Смотрел это на YouTube вчера"),
            (0.9, 1.0, "de", "在线赌场每天赢大奖"),
            (0.0, 0.0, "", "在线赌场每天赢大奖"),
            (0.0, 0.0, "en", ""),
        ] {
            let share = foreign_letters(&fold(text).text, tag);
            assert!((least..=most).contains(&share), "{tag}: {text}: {share}");
        }
    }

    #[test]
    fn each_small_word_is_found() {
        for (which, (name, words)) in LANGUAGES.iter().enumerate() {
            for word in words.split(' ') {
                let mut languages = 0;
                each_short(word, |word| languages = languages_of(word));
                assert!(languages >> which & 1 == 1, "{name} {word}");
            }
        }
    }
}
