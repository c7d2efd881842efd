//! What keys are for, and what may be done with them.

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
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Change comments as a blog does: submit, retract, revise, report.
    Submit,
    /// Read comments and events.
    Read,
    /// See the queue with all that moderators see, and decide.
    Moderate,
    /// Decide what is escalated, and undo such decisions.
    DecideEscalated,
    /// Sites, policies, threads and keys.
    Administer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [
        Self::Submitter,
        Self::Moderator,
        Self::SeniorModerator,
        Self::Admin,
    ];

    /// Its word in Redis and in texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Moderator => "moderator",
            Self::SeniorModerator => "senior_moderator",
            Self::Admin => "admin",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the role has the right. An admin has all; a moderator moderates and reads, a senior one also decides what is
    /// escalated; a submitter has what `CommentService` needs, and no more.
    #[must_use]
    pub fn has(self, right: Right) -> bool {
        match right {
            Right::Read => true,
            Right::Submit => matches!(self, Self::Submitter | Self::Admin),
            Right::Moderate => {
                matches!(self, Self::Moderator | Self::SeniorModerator | Self::Admin)
            }
            Right::DecideEscalated => matches!(self, Self::SeniorModerator | Self::Admin),
            Right::Administer => matches!(self, Self::Admin),
        }
    }
}

impl Right {
    /// The least role that has it.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Submit | Self::Read => Role::Submitter,
            Self::Moderate => Role::Moderator,
            Self::DecideEscalated => Role::SeniorModerator,
            Self::Administer => Role::Admin,
        }
    }
}
