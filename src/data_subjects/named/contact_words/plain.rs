//! Undoes what changes how a text is written and not how it is read.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::comment::{folding::lookalikes, invisible::is_invisible};

/// The longest name or number of a character reference.
const LONGEST_REFERENCE: usize = 10;

/// In lower case, without escapes, without invisible characters, and with plain letters, signs and digits.
pub(super) fn plain(text: &str) -> String {
    let mut plain = readable(text);
    // What an escape makes can be one again: `%2540`. Each round makes it shorter.
    for _ in 0..text.len() {
        let undone = readable(&unescaped(&plain));
        if undone == plain {
            break;
        }
        plain = undone;
    }
    plain
}

fn readable(text: &str) -> String {
    let text = apart(text);
    let seen = text.chars().map(untagged).filter(|c| !is_invisible(*c));
    let mut plain = String::with_capacity(text.len());
    let mut after_letter = false;
    for c in seen.nfkc().filter(|c| !is_invisible(*c)) {
        // A mark on a digit or a sign, such as an emoji's frame.
        if is_combining_mark(c) && !after_letter {
            continue;
        }
        after_letter = c.is_alphabetic() || is_combining_mark(c);
        match c {
            // Chinese, Japanese and Arabic full stops.
            '。' | '۔' => plain.push('.'),
            _ if c.is_whitespace() => plain.push(' '),
            _ => match digit(c) {
                Some(digit) => plain.push(digit),
                None => plain.extend(c.to_lowercase()),
            },
        }
    }
    plain
}

/// With white space around `at` and `dot` in raised, circled or other styled letters: `adaⓐⓣexample` is read as three words.
fn apart(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let same_style = |a: &char, b: &char| styled(*a).is_some() == styled(*b).is_some();
    let run = |run: &[char]| {
        let plain: String = run.iter().copied().filter_map(styled).collect();
        match plain.as_str() {
            "at" | "dot" => format!(" {plain} "),
            _ => run.iter().collect(),
        }
    };
    chars.chunk_by(same_style).map(run).collect()
}

/// The letter of ASCII behind one that differs from it in its style alone.
fn styled(c: char) -> Option<char> {
    let mut folded = std::iter::once(c).nfkc();
    let alone = folded.next().filter(|_| folded.next().is_none());
    let letter = lookalikes::unstyled(c).or(alone)?;
    let is_other = !c.is_ascii() && letter.is_ascii_alphabetic();
    is_other.then(|| letter.to_ascii_lowercase())
}

/// Tags draw nothing, and each stands for an ASCII character.
fn untagged(c: char) -> char {
    match c {
        '\u{E0020}'..='\u{E007E}' => char::from_u32(u32::from(c) - 0xE0000).unwrap_or(c),
        _ => c,
    }
}

/// The ASCII digit of a decimal digit of any script. Unicode promises that each script's ten are in a row from nought on, and
/// that nothing else has their category (Nd); some scripts' rows touch.
fn digit(c: char) -> Option<char> {
    let is_digit = |code: u32| {
        char::from_u32(code).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber)
    };
    if c.is_ascii() || !is_digit(c.into()) {
        return c.is_ascii_digit().then_some(c);
    }
    let before = (0..u32::from(c)).rev().take_while(|code| is_digit(*code));
    char::from_digit(u32::try_from(before.count() % 10).ok()?, 10)
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['%', '&', '\\']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (meant, length) = percent(from)
            .or_else(|| reference(from))
            .or_else(|| backslash(from))
            .unwrap_or((from[..1].to_owned(), 1));
        out.push_str(&meant);
        rest = &from[length..];
    }
    out + rest
}

/// `%40`, and several in a row for one character.
fn percent(from: &str) -> Option<(String, usize)> {
    let byte = |escape: &[u8]| {
        let [b'%', hex @ ..] = escape else {
            return None;
        };
        u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
    };
    let bytes: Vec<u8> = from.as_bytes().chunks_exact(3).map_while(byte).collect();
    let meant = match std::str::from_utf8(&bytes) {
        Ok(meant) => meant,
        // What is no text hides nothing that comes before it.
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
    };
    (!meant.is_empty()).then(|| (meant.to_owned(), meant.len() * 3))
}

/// `&#64;`, `&#x40;`, `&commat;`; browsers take numbers without the semicolon.
fn reference(from: &str) -> Option<(String, usize)> {
    let body = from.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix('x') {
            Some(hex) => (hex, 16),
            None => (number, 10),
        };
        let other = |c: char| !c.is_digit(radix);
        let end = digits.find(other).unwrap_or(digits.len());
        let code = u32::from_str_radix(&digits[..end], radix).ok()?;
        let after = digits[end..].strip_prefix(';').unwrap_or(&digits[end..]);
        let c = char::from_u32(code)?;
        return Some((c.to_string(), from.len() - after.len()));
    }
    let end = body
        .bytes()
        .take(LONGEST_REFERENCE)
        .position(|byte| byte == b';')?;
    Some((named(&body[..end])?.to_owned(), end + 2))
}

/// The references that an address may be written with.
fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "commat" => "@",
        "period" => ".",
        "colon" => ":",
        "plus" => "+",
        "amp" => "&",
        "percnt" => "%",
        "num" => "#",
        "semi" => ";",
        "sol" => "/",
        "bsol" => "\\",
        "lowbar" => "_",
        "hyphen" | "dash" => "-",
        "lt" => "<",
        "gt" => ">",
        "lpar" => "(",
        "rpar" => ")",
        "lsqb" | "lbrack" => "[",
        "rsqb" | "rbrack" => "]",
        "nbsp" | "ensp" | "emsp" | "thinsp" | "tab" | "newline" => " ",
        "shy" | "zwj" | "zwnj" | "lrm" | "rlm" => "",
        _ => return None,
    })
}

/// `\u0040`, `\x40`
fn backslash(from: &str) -> Option<(String, usize)> {
    let length = if from.starts_with("\\u") { 6 } else { 4 };
    let code = from.get(2..length)?;
    let is_escape = from.starts_with("\\u") || from.starts_with("\\x");
    if !is_escape || !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
    Some((c.to_string(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_becomes_the_same() {
        for (written, read) in [
            ("Ada＠Example．ORG", "ada@example.org"),
            ("ada%40example%2Eorg", "ada@example.org"),
            ("ada%252540example.org", "ada@example.org"),
            ("ada&#64;example&#046org", "ada@example.org"),
            ("ada&commat;example&period;org", "ada@example.org"),
            ("ada&amp;#x40;example.org", "ada@example.org"),
            ("ada\\u0040example\\x2eorg", "ada@example.org"),
            ("%C3%A4t %EF%BC%A0", "ät @"),
            ("a\u{ad}d\u{200b}a\u{2060}@\u{feff}", "ada@"),
            ("a\u{e0040}b", "a@b"),
            ("adaⓐⓣbⒹⓄⓉc", "ada at b dot c"),
            ("adaᵃᵗb ａｔ 🅐🅣 ᵃᵗᵉ", "ada at b  at   at  ate"),
            ("٠٣٠ ۱۲۳ ०१२ 𝟘𝟙𝟚 ߀߁ ᧐᧙ ０９", "030 123 012 012 01 09 09"),
            ("0\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}0\u{301}", "030"),
            ("例子。广告", "例子.广告"),
            // What is no escape stays.
            (
                "100% of AT&T, 5 %, a\\b, %zz &nothing; &#; é",
                "100% of at&t, 5 %, a\\b, %zz &nothing; &#; é",
            ),
        ] {
            assert_eq!(plain(written), read, "{written:?}");
        }
    }

    #[test]
    fn digits_of_all_scripts_have_their_value() {
        let all = (0x80..=0x10_FFFF).filter_map(char::from_u32);
        let digits: Vec<_> = all.filter_map(digit).collect();
        // Unicode 13 had 650.
        assert!(digits.len() >= 640, "{}", digits.len());
        for (ten, digits) in digits.chunks(10).enumerate() {
            assert_eq!(String::from_iter(digits), "0123456789", "ten {ten}");
        }
    }

    #[test]
    fn a_long_row_of_escapes_ends() {
        let text = format!("%{}40", "25".repeat(240));
        assert_eq!(plain(&text), "@");
    }
}
