//! Named facts of a text that are counted, not hashed.

use crate::spam::{content::Content, links::LinkForm};

/// More digits for letters than this say no more.
pub const MOST_LEET: u32 = 3;

/// A fact of a text, with a weight of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// Invisible characters and combining marks among letters.
    HiddenCharacters = 0,
    /// Letters from mathematical and other decorative sets among plain ones; who writes a whole comment so sells no name.
    StyledLetters = 1,
    /// Look-alike letters of other scripts.
    LookalikeLetters = 2,
    /// Letters set apart.
    SpacedLetters = 3,
    /// Digits for letters, at most [`MOST_LEET`]: in a name they say much, in a whole text it is a manner.
    DigitsForLetters = 4,
    /// Links.
    Links = 5,
    /// Links torn apart or spelt out.
    DisguisedLinks = 6,
    /// Telephone numbers.
    Phones = 7,
    /// `@handle`.
    Handles = 8,
    /// Words like `lucky88`.
    NumberedNames = 9,
}

impl Shape {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::HiddenCharacters,
        Self::StyledLetters,
        Self::LookalikeLetters,
        Self::SpacedLetters,
        Self::DigitsForLetters,
        Self::Links,
        Self::DisguisedLinks,
        Self::Phones,
        Self::Handles,
        Self::NumberedNames,
    ];

    /// Its word in explanations.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HiddenCharacters => "hidden_characters",
            Self::StyledLetters => "styled_letters",
            Self::LookalikeLetters => "lookalike_letters",
            Self::SpacedLetters => "spaced_letters",
            Self::DigitsForLetters => "digits_for_letters",
            Self::Links => "links",
            Self::DisguisedLinks => "disguised_links",
            Self::Phones => "phones",
            Self::Handles => "handles",
            Self::NumberedNames => "numbered_names",
        }
    }

    /// ln(1 + count), at most ln 21: the twentieth link says no more than the nineteenth. As exact as lessons keep it, so
    /// that what is scored and what is learnt are the same to the bit.
    #[must_use]
    pub fn value(self, content: &Content) -> f64 {
        let disguises = content.disguises();
        let contacts = content.contacts();
        let count = match self {
            Self::HiddenCharacters => disguises.invisible.saturating_add(disguises.marks),
            Self::StyledLetters => disguises.styled.min(plain_letters(content)),
            Self::LookalikeLetters => disguises.lookalikes,
            Self::SpacedLetters => disguises.spaced,
            Self::DigitsForLetters => disguises.leet.min(MOST_LEET),
            Self::Links => count(content.links().len()),
            Self::DisguisedLinks => {
                let links = content.links().iter();
                count(
                    links
                        .filter(|link| link.form == LinkForm::Disguised)
                        .count(),
                )
            }
            Self::Phones => contacts.phones,
            Self::Handles => contacts.handles,
            Self::NumberedNames => content.numbered_names(),
        };
        if count == 0 {
            0.0
        } else {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a logarithm of a small count; f32 is what lessons keep"
            )]
            let kept = libm::log1p(f64::from(count.min(20))) as f32;
            f64::from(kept)
        }
    }
}

/// Letters that were typed as such.
fn plain_letters(content: &Content) -> u32 {
    let styled = content.disguises().styled;
    if styled == 0 {
        return 0;
    }
    let letters = content.folded().chars().filter(|c| *c != ' ').count();
    count(letters).saturating_sub(styled)
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
