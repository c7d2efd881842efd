//! What keys are for, and what may be done with them.

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A blog back end.
    Submitter,
    /// A person at the queue.
    Moderator,
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
    /// Sites, policies, threads and keys.
    Administer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Submitter, Self::Moderator, Self::Admin];

    /// Its word in Redis and in texts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether the role has the right. An admin has all; a moderator moderates and reads; a submitter has what
    /// `CommentService` needs, and no more.
    #[must_use]
    pub fn has(self, right: Right) -> bool {
        match (self, right) {
            (Self::Admin, _) | (_, Right::Read) => true,
            (Self::Submitter, Right::Submit) | (Self::Moderator, Right::Moderate) => true,
            (Self::Submitter, Right::Moderate | Right::Administer)
            | (Self::Moderator, Right::Submit | Right::Administer) => false,
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
            Self::Administer => Role::Admin,
        }
    }
}
