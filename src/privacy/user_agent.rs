//! Browsers call themselves by a few phrases of a hundred bytes in all; a phrase book makes about fifteen of them.
//!
//! A phrase is one byte from 0x80 up; printable ASCII stands for itself. The book is part of the sealed format: its
//! entries never change or move. New ones go to the end, and older readers then say that they are too old.

/// In the order of their bytes, from 0x80.
static PHRASES: [&str; 48] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
    "Mozilla/5.0 (iPhone; CPU iPhone OS ",
    "Mozilla/5.0 (X11; Linux x86_64",
    "Mozilla/5.0 (iPad; CPU OS ",
    "Mozilla/5.0 (Linux; Android ",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X ",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:",
    "Mozilla/5.0 (Windows NT ",
    "Mozilla/5.0 (Android ",
    "Mozilla/5.0 (X11; ",
    "Mozilla/5.0 (compatible; ",
    "Mozilla/5.0 (",
    "Mozilla/",
    ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
    " like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ",
    "605.1.15 (KHTML, like Gecko) Version/",
    "537.36 (KHTML, like Gecko) Chrome/",
    ") AppleWebKit/",
    " (KHTML, like Gecko) ",
    ".0.0.0 Safari/537.36",
    ".0.0.0 Mobile Safari/537.36",
    " Safari/537.36",
    " Mobile Safari/537.36",
    " Safari/605.1.15",
    " Mobile/15E148 Safari/604.1",
    " Mobile/15E148",
    " Safari/604.1",
    ".0) Gecko/20100101 Firefox/",
    ") Gecko/20100101 Firefox/",
    ") Gecko/",
    "Chrome/",
    "Firefox/",
    "Version/",
    " Edg/",
    " OPR/",
    "CriOS/",
    "FxiOS/",
    " SamsungBrowser/",
    " YaBrowser/",
    "Win64; x64",
    "WOW64",
    " Build/",
    "Mobile",
    ".0.0.0",
    "; rv:",
];

/// Of each phrase, side by side: most phrases are ruled out without a look at them.
static FIRST_BYTES: [u8; PHRASES.len()] = {
    let mut bytes = [0; PHRASES.len()];
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] = PHRASES[at].as_bytes()[0];
        at += 1;
    }
    bytes
};

/// `None` for a text that is not all printable ASCII: it is sealed as it is.
pub(super) fn pack(text: &str, packed: &mut Vec<u8>) -> Option<()> {
    if !text.bytes().all(is_literal) {
        return None;
    }
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let (byte, length) = longest_phrase(first, rest).unwrap_or((first, 1));
        packed.push(byte);
        // ASCII: every byte is a character's start.
        rest = &rest[length..];
    }
    Some(())
}

/// Its byte and its length.
fn longest_phrase(first: u8, rest: &str) -> Option<(u8, usize)> {
    (0x80..)
        .zip(FIRST_BYTES.iter().zip(&PHRASES))
        .filter(|(_, (begins, phrase))| **begins == first && rest.starts_with(**phrase))
        .map(|(byte, (_, phrase))| (byte, phrase.len()))
        .max_by_key(|(_, length)| *length)
}

/// `None` for bytes that are no packed text, or of a later book.
pub(super) fn unpack(packed: &[u8]) -> Option<String> {
    let mut text = String::new();
    for &byte in packed {
        match byte.checked_sub(0x80) {
            Some(index) => text.push_str(PHRASES.get(usize::from(index))?),
            None if is_literal(byte) => text.push(char::from(byte)),
            None => return None,
        }
    }
    Some(text)
}

fn is_literal(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        pack(text, &mut bytes).map(|()| bytes)
    }

    #[test]
    fn common_browsers_take_few_bytes() {
        for (text, most) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
                5,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
                10,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
                10,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15",
                9,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",
                16,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
                5,
            ),
            ("curl/8.5.0", 10),
        ] {
            let bytes = packed(text).unwrap();
            assert!(bytes.len() <= most, "{} for {text}", bytes.len());
            assert_eq!(unpack(&bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn every_phrase_reads_back() {
        for phrase in PHRASES {
            let bytes = packed(phrase).unwrap();
            assert_eq!(bytes.len(), 1, "{phrase}");
            assert_eq!(unpack(&bytes).as_deref(), Some(phrase));
        }
    }

    #[test]
    fn other_texts_and_bytes_are_refused() {
        assert_eq!(packed("Mozilla/5.0 (ü)"), None);
        assert_eq!(packed("a\u{7f}"), None);
        assert_eq!(unpack(&[b'a', 0xff]), None);
        assert_eq!(unpack(b"a\n"), None);
    }
}
