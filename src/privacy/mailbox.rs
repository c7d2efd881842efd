//! Which mailbox an e-mail address reaches: the same person under several spellings is one author, and one ban.

use zeroize::Zeroizing;

use crate::comment::contact::EmailAddress;

/// How a provider delivers.
struct Provider {
    /// Its domains, all of which reach the same mailboxes.
    domains: &'static [&'static str],
    /// Characters that it ignores in the local part.
    ignored: &'static [char],
    /// Pairs that it takes for the same.
    same: Option<(char, char)>,
}

const fn provider(domains: &'static [&'static str], ignored: &'static [char]) -> Provider {
    Provider {
        domains,
        ignored,
        same: None,
    }
}

/// Providers whose own help pages say that they deliver `name+anything` to `name`, and what else they ignore. An
/// entry may be added; changing one splits the history of its authors.
const PROVIDERS: &[Provider] = &[
    provider(&["gmail.com", "googlemail.com"], &['.']),
    provider(&["icloud.com", "me.com", "mac.com"], &[]),
    provider(
        &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
        &['.', '-', '_'],
    ),
    Provider {
        domains: &[
            "yandex.ru",
            "yandex.com",
            "yandex.by",
            "yandex.kz",
            "yandex.ua",
            "ya.ru",
        ],
        ignored: &[],
        same: Some(('-', '.')),
    },
    provider(&["outlook.com"], &[]),
    provider(&["hotmail.com"], &[]),
    provider(&["live.com"], &[]),
    provider(&["msn.com"], &[]),
    provider(&["fastmail.com"], &[]),
    provider(&["fastmail.fm"], &[]),
    provider(&["posteo.de"], &[]),
    provider(&["mailbox.org"], &[]),
];

/// The address in one spelling: domain in ASCII and lower case; local part without quotes (RFC 5321 section 4.1.2: they are
/// no part of the name), in lower case (no provider of note tells cases apart) and NFKC; at known providers without what is
/// behind a plus and without what they ignore.
pub(super) fn canonical(email: &EmailAddress) -> Zeroizing<String> {
    let domain = email.domain().trim_end_matches('.');
    let local = lower(&unquoted(email.local_part()));
    // Room for the whole address: a String that grows leaves copies behind that nobody wipes.
    let mut address = Zeroizing::new(String::with_capacity(local.len() + 1 + domain.len()));
    let known = PROVIDERS.iter().find(|p| p.domains.contains(&domain));
    match known {
        Some(provider) => {
            let name = before_plus(&local);
            address.extend(
                name.chars()
                    .filter(|c| !provider.ignored.contains(c))
                    .map(|c| match provider.same {
                        Some((from, to)) if c == from => to,
                        Some(_) | None => c,
                    }),
            );
            if address.is_empty() {
                address.push_str(&local);
            }
        }
        None => address.push_str(&local),
    }
    address.push('@');
    address.push_str(known.map_or(domain, |p| p.domains[0]));
    address
}

/// What a quoted local part means: `"ada\.17"` is `ada.17`.
fn unquoted(local: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(local.len()));
    let inner = local.strip_prefix('"');
    match inner.and_then(|inner| inner.strip_suffix('"')) {
        None => out.push_str(local),
        Some(inner) => {
            let mut chars = inner.chars();
            while let Some(c) = chars.next() {
                out.extend(if c == '\\' { chars.next() } else { Some(c) });
            }
        }
    }
    out
}

fn before_plus(local: &str) -> &str {
    match local.split_once('+') {
        Some((name, _)) if !name.is_empty() => name,
        Some(_) | None => local,
    }
}

fn lower(local: &str) -> Zeroizing<String> {
    use unicode_normalization::UnicodeNormalization;
    if local.is_ascii() {
        return Zeroizing::new(local.to_ascii_lowercase());
    }
    // NFKC may undo what lower case did, and the other way round: twice is stable for what addresses contain.
    let once: Zeroizing<String> =
        Zeroizing::new(local.nfkc().flat_map(char::to_lowercase).collect());
    Zeroizing::new(once.nfkc().map(folded).collect())
}

/// The letters that Unicode's simple case folding (CaseFolding.txt, status C) takes for others, and that neither lower case nor
/// NFKC does: the final sigma, a iota below, and Cyrillic letters of old prints. Full folding (`ß` is `ss`) is left out: it would
/// name readers of today anew, and providers tell the two apart.
const fn folded(c: char) -> char {
    match c {
        'ς' => 'σ',
        '\u{345}' => 'ι',
        'ᲀ' => 'в',
        'ᲁ' => 'д',
        'ᲂ' => 'о',
        'ᲃ' => 'с',
        'ᲄ' | 'ᲅ' => 'т',
        'ᲆ' => 'ъ',
        'ᲇ' => 'ѣ',
        'ᲈ' => 'ꙋ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        for (typed, expected) in [
            ("Reader@Example.ORG", "reader@example.org"),
            (" reader@example.org ", "reader@example.org"),
            // Elsewhere dots and plus parts may be other people.
            ("r.eader+news@example.org", "r.eader+news@example.org"),
            ("J.Doe+x+y@GoogleMail.com", "jdoe@gmail.com"),
            ("j.d.o.e@gmail.com", "jdoe@gmail.com"),
            ("+tag@gmail.com", "+tag@gmail.com"),
            ("J.Doe+shop@outlook.com", "j.doe@outlook.com"),
            ("doe@hotmail.com", "doe@hotmail.com"),
            ("doe+1@me.com", "doe@icloud.com"),
            ("D-o_e.x@pm.me", "doex@proton.me"),
            ("ivan-petrov+a@ya.ru", "ivan.petrov@yandex.ru"),
            ("leser@bücher.example", "leser@xn--bcher-kva.example"),
            ("leser@XN--BCHER-KVA.example", "leser@xn--bcher-kva.example"),
            ("JÜRGEN@example.org", "jürgen@example.org"),
            ("ju\u{308}rgen@example.org", "jürgen@example.org"),
            ("o'neil@example.ie", "o'neil@example.ie"),
            ("\"Reader\"@example.org", "reader@example.org"),
            ("\"ada.17\"@gmail.com", "ada17@gmail.com"),
            ("\"ada17+x\"@gmail.com", "ada17@gmail.com"),
            ("\"ad\\a17\"@gmail.com", "ada17@gmail.com"),
            ("\"a@b\"@example.org", "a@b@example.org"),
            ("\"a\\\"b\\\\c\"@example.org", "a\"b\\c@example.org"),
            ("ΣΟΣ@example.org", "σοσ@example.org"),
            ("σος@example.org", "σοσ@example.org"),
            ("ᲂᲃа@example.org", "оса@example.org"),
            ("straße@example.org", "straße@example.org"),
            ("\"ΣΟΣ\"@example.org", "σοσ@example.org"),
            ("\"Jane.Doe+x\"@Example.org", "jane.doe+x@example.org"),
            ("\"D-o_e\"@pm.me", "doe@proton.me"),
        ] {
            let email: EmailAddress = typed.parse().unwrap();
            assert_eq!(canonical(&email).as_str(), expected, "{typed}");
        }
    }

    #[test]
    fn canonical_spellings_stay_as_they_are() {
        for typed in [
            "J.Doe+x@googlemail.com",
            "D-o_e@pm.me",
            "JÜRGEN@bücher.example",
        ] {
            let once = canonical(&typed.parse().unwrap());
            let twice = canonical(&once.parse().unwrap());
            assert_eq!(once, twice);
        }
    }

    #[test]
    fn no_domain_belongs_to_two_providers() {
        let mut all: Vec<_> = PROVIDERS.iter().flat_map(|p| p.domains).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
