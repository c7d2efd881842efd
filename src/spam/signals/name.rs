//! What a display name gives away.

use crate::{
    comment::folding::{self, Disguises},
    spam::{content::Content, links, signals::domains},
};

/// Digits in a name, counted.
#[must_use]
pub fn digits(name: &str) -> u32 {
    let digits = name.chars().filter(|c| c.is_numeric());
    u32::try_from(digits.count()).unwrap_or(u32::MAX)
}

/// Words of a folded name beyond the four that people have.
#[must_use]
pub fn words_too_many(folded: &str) -> u32 {
    let words = folded.split(' ').count().saturating_sub(4);
    u32::try_from(words).unwrap_or(u32::MAX)
}

/// Whether a name is a web address or has one in it.
#[must_use]
pub fn has_address(name: &str) -> bool {
    if !name.contains(['.', '．', '。', '[', '(']) && !name.contains(" dot ") {
        return false;
    }
    let plain = folding::plain_letters(name, &mut Disguises::default());
    let found = links::find(&plain);
    !found.links.is_empty() || !found.mentions.is_empty()
}

/// How many words of the name, of four letters or more, stand in domains that the text links to or names:
/// `Lucky Casino` below `http://lucky-casino.example`.
#[must_use]
pub fn words_in_links(content: &Content) -> u32 {
    const MOST_LINKS: usize = 8;
    let places = content.links().iter().chain(content.mentions());
    let domains: Vec<&str> = places
        .take(MOST_LINKS)
        .map(|link| domains::registered(&link.host))
        .collect();
    if domains.is_empty() {
        return 0;
    }
    let words = content.name().split(' ').take(8);
    let found =
        words.filter(|word| word.len() >= 4 && domains.iter().any(|domain| domain.contains(word)));
    u32::try_from(found.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_away_what_they_are_for() {
        for (name, body, address, in_links, digits_in_it, too_many) in [
            ("Ada Lovelace", "See http://example.org", false, 0, 0, 0),
            (
                "Lucky88 Casino",
                "See http://lucky88-casino.example/x",
                false,
                2,
                2,
                0,
            ),
            ("best-seo.com", "Nice", true, 0, 0, 0),
            ("www.pills.example", "Nice", true, 0, 0, 0),
            (
                "best cheap seo services in London 24",
                "Nice",
                false,
                0,
                2,
                3,
            ),
            ("J. R. R. Tolkien", "Nice", false, 0, 0, 0),
            ("", "", false, 0, 0, 0),
        ] {
            let content = Content::of_text(body, name);
            let found = (
                has_address(name),
                words_in_links(&content),
                digits(name),
                words_too_many(content.name()),
            );
            assert_eq!(found, (address, in_links, digits_in_it, too_many), "{name}");
        }
    }
}
