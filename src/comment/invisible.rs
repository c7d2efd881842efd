//! Characters that a reader does not see.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether a character draws nothing, or only changes how others are drawn: controls, line and paragraph separators, format
/// characters (general categories Cc, Zl, Zp and Cf), and what Unicode calls default-ignorable. Spaces are none of these.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    use GeneralCategory as G;
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let category = c.general_category();
    matches!(
        category,
        G::Control | G::Format | G::LineSeparator | G::ParagraphSeparator
    ) || is_ignorable(c)
}

/// Of `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt of Unicode 16.0) what is no format character: fillers,
/// variation selectors, and code points kept free for more of them. Three scripts' blanks are none, and are as empty: so their
/// names in UnicodeData.txt say, BRAILLE PATTERN BLANK (U+2800), EGYPTIAN HIEROGLYPH FULL BLANK and HALF BLANK (U+13441,
/// U+13442) and KHITAN SMALL SCRIPT FILLER (U+16FE4).
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34F}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{2065}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{13441}'
            | '\u{13442}'
            | '\u{16FE4}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_invisible_and_what_one_reads_is_not() {
        let unseen = "\0\u{7}\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\
            \u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}\u{e0100}";
        for c in unseen.chars() {
            assert!(is_invisible(c), "U+{:04X}", u32::from(c));
        }
        for c in "a1@.- é\u{301}ß用例я한ا\u{64e}क\u{94d}\u{a0}\u{3000}☎🙂".chars() {
            assert!(!is_invisible(c), "U+{:04X}", u32::from(c));
        }
    }
}
