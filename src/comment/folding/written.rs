//! From a folded word back to how the comment's author wrote it.

use super::fold;

/// The first word of a text that folds to this one, as it stands there, without the punctuation around it. `None` where no
/// single word does: letters that were set apart, parts of a link.
#[must_use]
pub fn as_written<'a>(text: &'a str, folded: &str) -> Option<&'a str> {
    let words = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| !word.is_empty());
    // Most words are plain, and need no folding to be told.
    let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    words.into_iter().find(|word| {
        if plain(word) {
            word.eq_ignore_ascii_case(folded)
        } else {
            fold(word).text == folded
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_they_were_written() {
        let text =
            "Ein längst fälliger Schritt (die Straßenbahn!), aber FREE c4sino at shop.example/x";
        for (folded, written) in [
            ("langst", Some("längst")),
            ("strassenbahn", Some("Straßenbahn")),
            ("free", Some("FREE")),
            ("casino", Some("c4sino")),
            ("ein", Some("Ein")),
            ("shop", None),
            ("", None),
        ] {
            assert_eq!(as_written(text, folded), written, "{folded}");
        }
    }
}
