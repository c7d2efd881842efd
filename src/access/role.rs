//! What keys are for.

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A blog back end.
    Submitter,
    /// A person at the queue.
    Moderator,
    /// A person at the queue who also decides what others escalated.
    SeniorModerator,
    /// An editor or operator.
    Admin,
    /// Who answers for personal data: reveals, exports and erases, and decides nothing.
    PrivacyOfficer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [
        Self::Submitter,
        Self::Moderator,
        Self::SeniorModerator,
        Self::Admin,
        Self::PrivacyOfficer,
    ];

    /// Its word in Redis and in texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Moderator => "moderator",
            Self::SeniorModerator => "senior_moderator",
            Self::Admin => "admin",
            Self::PrivacyOfficer => "privacy_officer",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Those who decide what others escalated, and undo such decisions.
    pub const SENIOR: &[Self] = &[Self::SeniorModerator, Self::Admin];

    /// Whether the role is one of [`Role::SENIOR`].
    #[must_use]
    pub fn is_senior(self) -> bool {
        Self::SENIOR.contains(&self)
    }
}
