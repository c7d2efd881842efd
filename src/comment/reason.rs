//! Why an outcome is what it is.

/// A stable code; the numbers are those of the proto enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ReasonCode {
    /// The site reviews every comment before it is shown.
    PreModeration = 1,
    /// The site shows comments at once and reviews them afterwards.
    PostModeration = 2,
    /// At or below the site's `approve_at`.
    ScoreLow = 3,
    /// Between the thresholds.
    ScoreUncertain = 4,
    /// At or above the site's `spam_at`.
    ScoreHigh = 5,
    /// No approved comment of this author yet.
    FirstComment = 6,
    /// More links than the site allows.
    TooManyLinks = 7,
    /// A word on the hold list.
    HeldWord = 8,
    /// A word on the reject list.
    RejectedWord = 9,
    /// Drawn by chance.
    Sampled = 10,
    /// What it was judged by kept changing.
    Unsettled = 11,
    /// A moderator trusts the author.
    AuthorTrusted = 12,
    /// A moderator wants to see what this author, or this address, domain or website, brings.
    AuthorHeld = 13,
    /// A moderator banned the author, or the address, domain or website.
    AuthorBanned = 14,
    /// A moderator set for a while how the thread is moderated.
    ThreadModerated = 15,
    /// A moderator decided its wave.
    WaveDecided = 16,
    /// Its author wrote it anew after a moderator had decided on it.
    Revised = 17,
}

impl ReasonCode {
    /// All codes.
    pub const ALL: [Self; 17] = [
        Self::PreModeration,
        Self::PostModeration,
        Self::ScoreLow,
        Self::ScoreUncertain,
        Self::ScoreHigh,
        Self::FirstComment,
        Self::TooManyLinks,
        Self::HeldWord,
        Self::RejectedWord,
        Self::Sampled,
        Self::Unsettled,
        Self::AuthorTrusted,
        Self::AuthorHeld,
        Self::AuthorBanned,
        Self::ThreadModerated,
        Self::WaveDecided,
        Self::Revised,
    ];

    /// The code with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|code| *code as u32 == number)
    }
}

/// One reason, with what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which.
    pub code: ReasonCode,
    /// The word, the number of links, the probability, or what is held or banned besides the author; may be empty.
    pub detail: String,
}

impl Reason {
    /// A reason with its detail.
    #[must_use]
    pub fn new(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}
