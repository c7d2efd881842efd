//! The parts of a policy by name: what a field mask can name.

/// A part of a policy that can be changed on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyField {
    /// `mode`
    Mode,
    /// `approve_at`
    ApproveAt,
    /// `spam_at`
    SpamAt,
    /// `hold_first_comment`
    HoldFirstComment,
    /// `max_links`
    MaxLinks,
    /// `hold_words`
    HoldWords,
    /// `reject_words`
    RejectWords,
    /// `required`
    Required,
    /// `limits`
    Limits,
    /// `service_level`
    ServiceLevel,
    /// `share_learning`
    ShareLearning,
    /// `priority`
    Priority,
    /// `rejection_reasons`
    RejectionReasons,
    /// `close_threads_after_days`
    CloseThreadsAfterDays,
    /// `follow_wave_hours`
    FollowWaveHours,
    /// `moderator_statistics`
    ModeratorStatistics,
    /// `appeals`
    Appeals,
    /// `sampled_share`
    SampledShare,
    /// `retention`
    Retention,
    /// `masking`
    Masking,
}

impl PolicyField {
    /// All parts.
    pub const ALL: [Self; 20] = [
        Self::Mode,
        Self::ApproveAt,
        Self::SpamAt,
        Self::HoldFirstComment,
        Self::MaxLinks,
        Self::HoldWords,
        Self::RejectWords,
        Self::Required,
        Self::Limits,
        Self::ServiceLevel,
        Self::ShareLearning,
        Self::Priority,
        Self::RejectionReasons,
        Self::CloseThreadsAfterDays,
        Self::FollowWaveHours,
        Self::ModeratorStatistics,
        Self::Appeals,
        Self::SampledShare,
        Self::Retention,
        Self::Masking,
    ];

    /// Its name in the API and in TOML.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mode => "mode",
            Self::ApproveAt => "approve_at",
            Self::SpamAt => "spam_at",
            Self::HoldFirstComment => "hold_first_comment",
            Self::MaxLinks => "max_links",
            Self::HoldWords => "hold_words",
            Self::RejectWords => "reject_words",
            Self::Required => "required",
            Self::Limits => "limits",
            Self::ServiceLevel => "service_level",
            Self::ShareLearning => "share_learning",
            Self::Priority => "priority",
            Self::RejectionReasons => "rejection_reasons",
            Self::CloseThreadsAfterDays => "close_threads_after_days",
            Self::FollowWaveHours => "follow_wave_hours",
            Self::ModeratorStatistics => "moderator_statistics",
            Self::Appeals => "appeals",
            Self::SampledShare => "sampled_share",
            Self::Retention => "retention",
            Self::Masking => "masking",
        }
    }

    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
