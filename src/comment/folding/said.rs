//! What a comment says, whatever it looks like: by that a repetition is known.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text without what a reader does not see or say: compatibility forms, case, and how white space runs. Accents and
/// punctuation stay: `+1` and `-1` are not the same comment. Linear in the text.
#[must_use]
pub fn plainly(body: &str) -> String {
    // Nearly every text is in its normal form already, and to see that costs a tenth of making it.
    let normal = match is_nfkc_quick(body.chars()) {
        IsNormalized::Yes => Cow::Borrowed(body),
        IsNormalized::No | IsNormalized::Maybe => body.nfkc().collect(),
    };
    let mut plain = String::with_capacity(normal.len());
    for word in normal.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        if word.is_ascii() {
            let start = plain.len();
            plain.push_str(word);
            plain[start..].make_ascii_lowercase();
        } else {
            plain.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What it means, step by step.
    fn by_definition(body: &str) -> String {
        let plain: String = body.nfkc().flat_map(char::to_lowercase).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn plain_words_are_the_same_however_they_were_written() {
        for (body, plain) in [
            ("  The  Bridge\n\tIS closed ", "the bridge is closed"),
            ("ＦＲＥＥ ﬁsh", "free fish"),
            ("ΣΑΣ Straße É E\u{301}", "σασ straße é é"),
            ("a\u{a0}b\u{3000}c", "a b c"),
            ("+1", "+1"),
            ("", ""),
        ] {
            assert_eq!(plainly(body), plain);
        }
    }

    proptest! {
        #[test]
        fn the_short_cuts_change_nothing(body in any::<String>(), latin in "[ -~\n\u{a0}-\u{17f}]{0,80}") {
            prop_assert_eq!(plainly(&body), by_definition(&body));
            prop_assert_eq!(plainly(&latin), by_definition(&latin));
        }
    }
}
