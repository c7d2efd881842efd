//! How far a site trusts an author: what a moderator said of them, as a number in Redis and on the wire.

/// How an author stands on a site. The numbers are those of the proto enum and of the hash that keeps the standing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Standing {
    /// Known to be harmless: shown without a look, and first in the queue where something of theirs waits all the same.
    Trusted = 1,
    /// Nobody said anything: policy decides.
    #[default]
    Normal = 2,
    /// A moderator sees each comment before readers do.
    Held = 3,
    /// Takes no part: nothing of theirs is shown.
    Banned = 4,
}

impl Standing {
    /// All standings, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Trusted, Self::Normal, Self::Held, Self::Banned];

    /// The standing with this number; `None` for what is none of them, 0 included.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    /// Its number in Redis and on the wire, 1 to 4.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its word, as in the docs: `TRUSTED`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Trusted => "TRUSTED",
            Self::Normal => "NORMAL",
            Self::Held => "HELD",
            Self::Banned => "BANNED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_those_of_the_wire() {
        let table = [
            (1, Standing::Trusted, "TRUSTED"),
            (2, Standing::Normal, "NORMAL"),
            (3, Standing::Held, "HELD"),
            (4, Standing::Banned, "BANNED"),
        ];
        assert_eq!(table.map(|(_, standing, _)| standing), Standing::ALL);
        for (number, standing, word) in table {
            assert_eq!(Standing::from_number(number), Some(standing));
            assert_eq!((standing.number(), standing.word()), (number, word));
        }
        for number in [0, 5, u8::MAX] {
            assert_eq!(Standing::from_number(number), None);
        }
    }
}
