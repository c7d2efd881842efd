//! Tricks to hide words from a filter, done by program, and what they change.

use crate::spam::{
    dataset::Labelled,
    measures::share_above,
    training::{Settings, folds},
};

/// A trick, done to a whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// None, to compare with.
    Plain,
    /// All letters upper case, then each other one.
    AlternatingCase,
    /// Full-width letters and digits (NFKC undoes them).
    FullWidth,
    /// Mathematical bold italics.
    MathematicalLetters,
    /// A line through each letter.
    CombiningMarks,
    /// A zero-width space behind each letter.
    ZeroWidth,
    /// Each letter that Cyrillic or Greek has a twin of.
    Lookalikes,
    /// One such letter a word.
    MixedScripts,
    /// A space behind each letter, and two more between words.
    LetterSpacing,
    /// A full stop within each word of four letters or more.
    PunctuationInside,
    /// Digits and signs for letters.
    Leetspeak,
    /// Each word's first vowel four times.
    RepeatedLetters,
}

impl Disguise {
    /// All.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::AlternatingCase,
        Self::FullWidth,
        Self::MathematicalLetters,
        Self::CombiningMarks,
        Self::ZeroWidth,
        Self::Lookalikes,
        Self::MixedScripts,
        Self::LetterSpacing,
        Self::PunctuationInside,
        Self::Leetspeak,
        Self::RepeatedLetters,
    ];

    /// What it is called in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "none",
            Self::AlternatingCase => "alternating case",
            Self::FullWidth => "full-width letters",
            Self::MathematicalLetters => "mathematical letters",
            Self::CombiningMarks => "combining marks",
            Self::ZeroWidth => "zero-width spaces",
            Self::Lookalikes => "look-alikes, all letters",
            Self::MixedScripts => "look-alikes, one a word",
            Self::LetterSpacing => "letter spacing",
            Self::PunctuationInside => "punctuation inside words",
            Self::Leetspeak => "leetspeak",
            Self::RepeatedLetters => "repeated letters",
        }
    }

    /// The text in this disguise.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        let by_letter = |twin: fn(char) -> char| text.chars().map(twin).collect();
        let by_word = |change: fn(&str) -> String| -> String {
            text.split_inclusive(char::is_whitespace)
                .map(change)
                .collect()
        };
        match self {
            Self::Plain => text.to_owned(),
            Self::AlternatingCase => alternating(text),
            Self::FullWidth => by_letter(full_width),
            Self::MathematicalLetters => by_letter(mathematical),
            Self::CombiningMarks => with_behind(text, '\u{336}'),
            Self::ZeroWidth => with_behind(text, '\u{200B}'),
            Self::Lookalikes => by_letter(twin),
            Self::MixedScripts => by_word(|word| replace_first(word, twin)),
            Self::LetterSpacing => with_behind(text, ' '),
            Self::PunctuationInside => by_word(pierced),
            Self::Leetspeak => by_letter(leet),
            Self::RepeatedLetters => by_word(stretched),
        }
    }
}

fn alternating(text: &str) -> String {
    let upper = text.chars().flat_map(char::to_uppercase);
    let each_other = upper.enumerate().map(|(n, c)| {
        if n % 2 == 0 {
            c
        } else {
            c.to_ascii_lowercase()
        }
    });
    each_other.collect()
}

fn full_width(c: char) -> char {
    if c.is_ascii_alphanumeric() {
        char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
    } else {
        c
    }
}

fn mathematical(c: char) -> char {
    let from = |first: char, block: u32| {
        char::from_u32(block + u32::from(c) - u32::from(first)).unwrap_or(c)
    };
    match c {
        'A'..='Z' => from('A', 0x1D468),
        'a'..='z' => from('a', 0x1D482),
        '0'..='9' => from('0', 0x1D7CE),
        _ => c,
    }
}

fn with_behind(text: &str, mark: char) -> String {
    let mut out = String::with_capacity(2 * text.len());
    for c in text.chars() {
        out.push(c);
        if c.is_alphanumeric() || (mark == ' ' && c == ' ') {
            out.push(mark);
        }
    }
    out
}

fn twin(c: char) -> char {
    match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'і',
        'j' => 'ј',
        'o' => 'о',
        'p' => 'р',
        's' => 'ѕ',
        'x' => 'х',
        'y' => 'у',
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'Ι',
        'K' => 'К',
        'M' => 'М',
        'N' => 'Ν',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'Υ',
        'Z' => 'Ζ',
        _ => c,
    }
}

fn leet(c: char) -> char {
    match c.to_ascii_lowercase() {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        't' => '7',
        _ => c,
    }
}

fn replace_first(word: &str, twin: fn(char) -> char) -> String {
    let at = word.char_indices().find(|(_, c)| twin(*c) != *c);
    let Some((at, c)) = at else {
        return word.to_owned();
    };
    let (before, rest) = word.split_at(at);
    format!("{before}{}{}", twin(c), &rest[c.len_utf8()..])
}

fn pierced(word: &str) -> String {
    let letters = word.chars().take_while(|c| c.is_alphabetic()).count();
    if letters < 4 {
        return word.to_owned();
    }
    let mut out: String = word.chars().take(letters / 2).collect();
    out.push('.');
    out.extend(word.chars().skip(letters / 2));
    out
}

fn stretched(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 3);
    let mut is_done = false;
    for c in word.chars() {
        let times = if !is_done && matches!(c, 'a' | 'e' | 'i' | 'o' | 'u') {
            is_done = true;
            4
        } else {
            1
        };
        out.extend(std::iter::repeat_n(c, times));
    }
    out
}

/// What a disguise changes, over all folds.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The trick.
    pub disguise: Disguise,
    /// The share of held-out spam above what 1 % of plain held-out ham is above.
    pub recall_at_fpr_1e2: f64,
    /// The same at 0.1 %.
    pub recall_at_fpr_1e3: f64,
    /// The share of held-out ham above 0.5, disguised so.
    pub ham_above_0_5: f64,
    /// The same above 0.9.
    pub ham_above_0_9: f64,
}

/// Log-odds of held-out comments in one disguise: spam, and ham.
type Scores = (Vec<f64>, Vec<f64>);

/// Trains once for each fold without its groups, and scores them in each disguise. Letters that no twin exists for stay.
pub fn measure(
    collections: &[Vec<Labelled>],
    settings: &Settings,
    mut progress: impl FnMut(usize),
) -> Vec<Effect> {
    let mut scores: Vec<Scores> = vec![Scores::default(); Disguise::ALL.len()];
    folds::each(
        collections,
        settings,
        |_| {},
        |number, fold| {
            progress(number);
            for (row, _) in fold.held_out.iter().flatten() {
                for (disguise, (spam, ham)) in Disguise::ALL.into_iter().zip(&mut scores) {
                    let log_odds = fold.log_odds(&disguise.apply(&row.text), &row.author);
                    (if row.spam { &mut *spam } else { ham }).push(log_odds);
                }
            }
        },
    );
    let mut plain_ham = scores
        .first()
        .map(|(_, ham)| ham.clone())
        .unwrap_or_default();
    plain_ham.sort_by(|a, b| b.total_cmp(a));
    let threshold = |one_in: usize| plain_ham.get(plain_ham.len() / one_in).copied();
    let above = |scores: &[f64], threshold: Option<f64>| {
        let share = threshold.and_then(|at| share_above(scores.iter().copied(), at));
        share.unwrap_or(0.0)
    };
    let effect = |(disguise, (spam, ham)): (Disguise, &Scores)| Effect {
        disguise,
        recall_at_fpr_1e2: above(spam, threshold(100)),
        recall_at_fpr_1e3: above(spam, threshold(1_000)),
        ham_above_0_5: above(ham, Some(0.0)),
        ham_above_0_9: above(ham, Some(libm::log(9.0))),
    };
    Disguise::ALL.into_iter().zip(&scores).map(effect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::folding::fold;

    #[test]
    fn folding_undoes_each_disguise() {
        let text = "Visit my channel and subscribe now for money";
        for disguise in Disguise::ALL {
            let disguised = disguise.apply(text);
            assert!(disguise == Disguise::Plain || disguised != text);
            assert_eq!(fold(&disguised).text, fold(text).text, "{disguised}");
        }
    }
}
