//! Words before digits that say what the digits are.

/// Something to call. Folded to lower case.
const CALLS: &str = "tel telefon telefonisch telephone téléphone telefono teléfono telefone phone telf tél fon fax \
    telefax mobile mobil mob cellphone handy handynummer telefonnummer rufnummer hotline whatsapp viber \
    sms call dial anruf anrufen appelez llama llame ligue chiama chiamare bel ph tlf portable móvil \
    cellulare тел телефон звоните ватсап";

/// Something else that is as long.
const OTHERS: &str = "isbn issn ean gtin iban bic doi pmid konto kontonummer account acct order bestellnummer rechnung \
    invoice aktenzeichen az";

/// How far before the digits a word may stand, in bytes and in words.
const REACH: usize = 40;
const MOST_WORDS: usize = 4;

/// Whether a text ends in words that say that a number to call follows.
pub(super) fn announce_a_call(before: &str) -> bool {
    last_words(before).any(|word| is_one_of(word, CALLS))
}

/// Whether it ends in words that say that some other number follows.
pub(super) fn announce_another(before: &str) -> bool {
    last_words(before).any(|word| is_one_of(word, OTHERS))
}

/// The last few words of a text, the last first, up to what cannot be between a word and its number.
fn last_words(before: &str) -> impl Iterator<Item = &str> {
    let mut from = before.len().saturating_sub(REACH);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let near = &before[from..];
    let is_between = |c: char| {
        c.is_alphabetic()
            || matches!(
                c,
                ' ' | '\u{a0}' | '.' | ':' | ',' | '-' | '/' | '(' | ')' | '\'' | '’'
            )
    };
    let near = &near[near.trim_end_matches(is_between).len()..];
    near.rsplit(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
}

fn is_one_of(word: &str, words: &str) -> bool {
    let same = |other: &str| word.chars().flat_map(char::to_lowercase).eq(other.chars());
    words.split(' ').any(same)
}
