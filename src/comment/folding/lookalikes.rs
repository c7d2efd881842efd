//! Letters that look like others. A compact choice from Unicode's confusables (UTS 39) and from spam that was seen.

/// The plain letter behind one that exists for its look: small capitals, negative circles and squares, dingbat digits.
pub(crate) fn unstyled(c: char) -> Option<char> {
    let plain = match c {
        '\u{1F150}'..='\u{1F169}' => letter(u32::from(c) - 0x1F150),
        '\u{1F170}'..='\u{1F189}' => letter(u32::from(c) - 0x1F170),
        '❶'..='❾' => digit(u32::from(c) - 0x2775),
        '➀'..='➈' => digit(u32::from(c) - 0x277F),
        '➊'..='➒' => digit(u32::from(c) - 0x2789),
        '⓿' | '🄌' | '🄋' => '0',
        'ᴀ' | 'ɑ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ꜰ' | 'ғ' => 'f',
        'ɢ' | 'ɡ' => 'g',
        'ʜ' => 'h',
        'ɪ' => 'i',
        'ᴊ' => 'j',
        'ᴋ' => 'k',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ǫ' => 'q',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        'ᴠ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        _ => return None,
    };
    Some(plain)
}

fn digit(digit: u32) -> char {
    char::from_digit(digit, 10).unwrap_or('0')
}

fn letter(index: u32) -> char {
    char::from_u32(u32::from('a') + index).unwrap_or('a')
}

/// Letters of Latin alphabets that have no decomposition, as they are typed where the keyboard lacks them.
pub(super) fn spelt_out(c: char) -> Option<&'static str> {
    let spelt = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' | 'ƚ' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'þ' | 'Þ' => "th",
        'ı' | 'İ' => "i",
        'ŋ' | 'Ŋ' => "n",
        'ƒ' => "f",
        'ɛ' => "e",
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{FF07}' => "'",
        '\u{A8}' | '\u{AF}' | '\u{B4}' | '\u{B8}' => " ",
        _ => return None,
    };
    Some(spelt)
}

/// The Latin letter that a (lower-case) letter of another script looks like, in either case.
pub(crate) fn latin_twin(c: char) -> Option<char> {
    let twin = match c {
        'а' | 'α' | 'λ' | 'ꓮ' | 'ᗩ' | 'ᗅ' | 'Ꭺ' | 'ꭺ' | '𐊠' => 'a',
        'в' | 'ь' | 'β' | 'ꓐ' | 'ᗷ' | 'Ᏼ' | 'ᏼ' | '𐊡' => 'b',
        'с' | 'ϲ' | 'ꓚ' | 'ᑕ' | 'Ꮯ' | 'ꮯ' | '𐊢' => 'c',
        'ԁ' | 'δ' | 'ꓓ' | 'ᗪ' | 'ᗞ' | 'Ꭰ' | 'ꭰ' => 'd',
        'е' | 'ё' | 'э' | 'ε' | 'ξ' | 'ꓰ' | 'ᗴ' | 'Ꭼ' | 'ꭼ' => 'e',
        'ϝ' | 'ꓝ' | 'ᖴ' => 'f',
        'ց' | 'ꓖ' | 'ᘜ' | 'Ꮐ' | 'ꮐ' => 'g',
        'н' | 'һ' | 'հ' | 'ꓧ' | 'ᕼ' | 'Ꮋ' | 'ꮋ' | '𐋏' => 'h',
        'і' | 'ї' | 'ι' | 'ꓲ' => 'i',
        'ј' | 'ϳ' | 'յ' | 'ꓙ' | 'ᒍ' | 'Ꭻ' | 'ꭻ' => 'j',
        'к' | 'κ' | 'ꓗ' | 'Ꮶ' | 'ꮶ' => 'k',
        'ӏ' | 'ꓡ' | 'ᒪ' | 'Ꮮ' | 'ꮮ' => 'l',
        'м' | 'μ' | 'ꓟ' | 'ᗰ' | 'Ꮇ' | 'ꮇ' | '𐊰' => 'm',
        'п' | 'ո' | 'η' | 'π' | 'ꓠ' | 'ᑎ' => 'n',
        'о' | 'ο' | 'օ' | 'θ' | 'σ' | 'ө' | 'ꓳ' | '𐊒' | '𐊫' => 'o',
        'р' | 'ρ' | 'ꓑ' | 'ᑭ' | 'Ꮲ' | 'ꮲ' | '𐊕' => 'p',
        'ԛ' | 'զ' => 'q',
        'я' | 'г' | 'ꓣ' | 'ᖇ' | 'Ꭱ' | 'ꭱ' => 'r',
        'ѕ' | 'ς' | 'ꓢ' | 'Ꮪ' | 'ꮪ' | '𐊖' => 's',
        'т' | 'τ' | 'ꓔ' | 'Ꭲ' | 'ꭲ' | '𐊗' | '𐊱' => 't',
        'и' | 'υ' | 'ս' | 'ꓴ' | 'ᑌ' => 'u',
        'ѵ' | 'ν' | 'ꓦ' | 'ᐯ' | 'Ꮩ' | 'ꮩ' => 'v',
        'ԝ' | 'ω' | 'ш' | 'ꓪ' | 'ᗯ' | 'Ꮃ' | 'ꮃ' => 'w',
        'х' | 'χ' | 'ꓫ' | '𐊐' => 'x',
        'у' | 'γ' | 'ү' | 'ꓬ' | 'Ꮍ' | 'ꮍ' => 'y',
        'ζ' | 'ꓜ' | 'Ꮓ' | 'ꮓ' => 'z',
        _ => return None,
    };
    Some(twin)
}

/// Whether a letter of another script can hardly be told from a Latin one, in either case: what a whole word must be made
/// of to be taken for Latin.
pub(super) fn is_close_twin(c: char) -> bool {
    matches!(
        c,
        'а' | 'в'
            | 'с'
            | 'е'
            | 'ё'
            | 'н'
            | 'к'
            | 'м'
            | 'о'
            | 'р'
            | 'т'
            | 'х'
            | 'у'
            | 'ь'
            | 'і'
            | 'ї'
            | 'ј'
            | 'ѕ'
            | 'һ'
            | 'ԁ'
            | 'ԛ'
            | 'ԝ'
            | 'ѵ'
            | 'ӏ'
            | 'ү'
            | 'α'
            | 'β'
            | 'ε'
            | 'ζ'
            | 'η'
            | 'ι'
            | 'κ'
            | 'μ'
            | 'ν'
            | 'ο'
            | 'ρ'
            | 'τ'
            | 'υ'
            | 'χ'
            | 'γ'
            | 'ϲ'
            | 'ϳ'
    )
}

/// The Cyrillic letter that a lower-case Latin one stands for in a Cyrillic word.
pub(super) fn cyrillic_twin(c: char) -> Option<char> {
    let twin = match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' => 'і',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' => 'о',
        'p' => 'р',
        'r' => 'г',
        't' => 'т',
        'u' => 'и',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    };
    Some(twin)
}

/// The letter that a digit or sign stands for inside a word.
pub(super) fn unleet(c: char) -> Option<char> {
    let letter = match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '€' => 'e',
        _ => return None,
    };
    Some(letter)
}
