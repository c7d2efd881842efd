//! What kind of mail domain an author writes from. Only this class leaves the contact data, never the address.

use crate::{comment::contact::EmailAddress, spam::signals::domains};

/// See `src/spam/lists/README.md`.
const DISPOSABLE: &str = include_str!("../lists/disposable-email-domains.txt");

/// Providers that give anybody an address. Sorted, for the search.
const FREE: [&str; 62] = [
    "126.com",
    "163.com",
    "aol.com",
    "arcor.de",
    "att.net",
    "bigpond.com",
    "bk.ru",
    "bol.com.br",
    "btinternet.com",
    "comcast.net",
    "daum.net",
    "email.com",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hey.com",
    "hotmail.com",
    "icloud.com",
    "inbox.ru",
    "interia.pl",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "o2.pl",
    "onet.pl",
    "orange.fr",
    "outlook.com",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "seznam.cz",
    "sfr.fr",
    "t-online.de",
    "terra.com.br",
    "tuta.io",
    "tutanota.com",
    "uol.com.br",
    "virgilio.it",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "ya.ru",
    "yandex.ru",
    "zoho.com",
];

/// These have a domain in each country: `yahoo.co.uk`, `hotmail.fr`.
const FREE_EVERYWHERE: [&str; 6] = ["gmx", "hotmail", "live", "outlook", "yahoo", "yandex"];

/// The kind of a mail domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailClass {
    /// Of a provider that gives anybody an address.
    Free,
    /// Of a service whose addresses last some minutes.
    Disposable,
    /// Any other: of an employer, a school, a person.
    Own,
}

impl EmailClass {
    /// Of an address.
    #[must_use]
    pub fn of(email: &EmailAddress) -> Self {
        Self::of_domain(email.domain())
    }

    fn of_domain(domain: &str) -> Self {
        let registered = domains::registered(domain);
        let name = registered.split('.').next().unwrap_or_default();
        if FREE.binary_search(&registered).is_ok() || FREE_EVERYWHERE.contains(&name) {
            Self::Free
        } else if has_line(DISPOSABLE, domain)
            // Most are the same, and the list is long.
            || (registered != domain && has_line(DISPOSABLE, registered))
        {
            Self::Disposable
        } else {
            Self::Own
        }
    }
}

/// Whether a line stands in sorted lines: a binary search over bytes.
fn has_line(lines: &str, wanted: &str) -> bool {
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        // The line around the middle.
        let start = lines.as_bytes()[low..middle]
            .iter()
            .rposition(|b| *b == b'\n');
        let start = start.map_or(low, |at| low + at + 1);
        let end = lines.as_bytes()[middle..high]
            .iter()
            .position(|b| *b == b'\n');
        let end = end.map_or(high, |at| middle + at);
        match lines.as_bytes()[start..end].cmp(wanted.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_every_line_is_found() {
        assert!(FREE.is_sorted());
        assert!(DISPOSABLE.lines().is_sorted());
        for line in DISPOSABLE.lines() {
            assert!(has_line(DISPOSABLE, line), "{line}");
        }
        for none in [
            "",
            "a",
            "example.org",
            "zzzz.zz",
            "mailinator.co",
            "mailinator.comm",
        ] {
            assert!(!has_line(DISPOSABLE, none), "{none}");
        }
        assert!(!has_line("", "x"));
    }

    #[test]
    fn domains_have_a_class() {
        for (domain, class) in [
            ("gmail.com", EmailClass::Free),
            ("yahoo.co.uk", EmailClass::Free),
            ("mailinator.com", EmailClass::Disposable),
            ("box7.mailinator.com", EmailClass::Disposable),
            ("readers.example", EmailClass::Own),
            ("physik.uni-wien.ac.at", EmailClass::Own),
        ] {
            assert_eq!(EmailClass::of_domain(domain), class, "{domain}");
        }
    }
}
