//! Kinds of hashed features, and how many weights each has.

/// Kinds of hashed features; each has its own weights, scale and share of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Family {
    /// Words, each digit read as 0; of words with digits also how letters and digits follow each other.
    Word = 0,
    /// Two words in a row, or with one between them.
    Pair = 1,
    /// Four characters in a row within a word, its ends marked, each digit read as 0.
    Chars = 2,
    /// Hosts of links, their parts, and the shape of their paths.
    Link = 3,
}

impl Family {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Word, Self::Pair, Self::Chars, Self::Link];

    /// Its word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Word => "words",
            Self::Pair => "pairs of words",
            Self::Chars => "characters",
            Self::Link => "links",
        }
    }

    /// How many weights it has, as a power of two.
    #[must_use]
    pub const fn slot_bits(self) -> u32 {
        match self {
            Self::Word | Self::Chars => 18,
            Self::Pair => 19,
            Self::Link => 12,
        }
    }

    /// How many weights it has.
    #[must_use]
    pub const fn slots(self) -> usize {
        1 << self.slot_bits()
    }

    /// Where its weights start among those of all families.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Self::Word => 0,
            Self::Pair => Self::Word.slots(),
            Self::Chars => Self::Pair.offset() + Self::Pair.slots(),
            Self::Link => Self::Chars.offset() + Self::Chars.slots(),
        }
    }

    pub(in crate::spam) const fn slots_of_all() -> usize {
        Self::Link.offset() + Self::Link.slots()
    }

    /// What one of `count` distinct features of this family counts: a long text shouts no louder than a short one.
    /// The constant keeps the few features of a very short text from shouting.
    #[must_use]
    pub fn value(self, count: usize) -> f64 {
        let calm = match self {
            Self::Word | Self::Pair | Self::Link => 2.0,
            Self::Chars => 4.0,
        };
        // Counts are bounded by MOST_FEATURES, far below what f64 holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "bounded by MOST_FEATURES")]
        let count = count as f64;
        1.0 / libm::sqrt(count + calm)
    }
}
