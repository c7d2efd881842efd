//! What one read tells about a submission's surroundings, and the versions it was true at.

use crate::comment::{
    bulk::WaveDecision,
    ids::KeyedHash,
    mode::ModerationMode,
    state::{CommentState, Timestamp},
    subject::{Standings, Subject, SubjectNames},
};

/// An author's comments on this site, by current state, and the author's version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuthorHistory {
    counts: [u32; 6],
    /// When the first comment arrived; `None` for a first comment.
    pub first_seen_at: Option<Timestamp>,
}

impl AuthorHistory {
    /// From counts in the order of [`CommentState::ALL`].
    #[must_use]
    pub fn new(counts: [u32; 6], first_seen_at: Option<Timestamp>) -> Self {
        Self {
            counts,
            first_seen_at,
        }
    }

    /// The author's other comments, without one in this state.
    #[must_use]
    pub fn without(mut self, state: CommentState) -> Self {
        let count = &mut self.counts[usize::from(state.number()) - 1];
        *count = count.saturating_sub(1);
        self
    }

    /// How many of the author's comments are in this state.
    #[must_use]
    pub fn count(&self, state: CommentState) -> u32 {
        self.counts[usize::from(state.number()) - 1]
    }
}

/// The versions that a score and an outcome were made at; `submit.lua` answers `STALE` when one has passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenVersions {
    /// Of the site's policy.
    pub policy: u32,
    /// Of the author's standing.
    pub author: u32,
    /// Of the thread's settings: whether it takes comments, and how they are moderated.
    pub thread: u32,
}

/// What is known of the article, and of what was said below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenThread {
    /// Its title; may be empty.
    pub title: String,
    /// Its language as a BCP 47 tag; may be empty.
    pub language: String,
    /// The words that were said below it, as a set that `spam::signals::thread` reads and grows; empty before the first.
    pub words: Vec<u8>,
}

/// What `observe` saw. Counters may be one submission behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// Redis's time at the read.
    pub now: Timestamp,
    /// What was true at which version.
    pub versions: SeenVersions,
    /// How author, IP address, domains and website stand.
    pub standings: Standings,
    /// A mark for each name of the subjects besides the author, in the order of their keys: 8 bytes that change with what
    /// was said of it, zeros where nothing was. `submit.lua` compares them.
    pub subject_marks: Vec<u8>,
    /// Those that something is said of by the other pepper's name alone: each by this replica's, and by that.
    pub known_otherwise: Vec<(Subject, Subject)>,
    /// The author's comments so far; empty for an unknown author or one without identity.
    pub history: AuthorHistory,
    /// When the thread's comments are shown, where a moderator set that for a while.
    pub thread_mode: Option<ModerationMode>,
    /// The article.
    pub thread: SeenThread,
    /// How much of the thread's limit is used up: 0 to 1.
    pub thread_heat: f32,
    /// The author's comments that the author limit still remembers: 0 to its burst.
    pub author_recent: f32,
    /// The same for the IP address.
    pub ip_recent: f32,
    /// Comments of the last 24 h, by whomever, that lead to the busiest of this one's domains.
    pub link_host_recent: u32,
    /// Comments of the last 24 h, by whomever, that say nearly the same: the size of the wave that this one will join.
    pub near_duplicates: u32,
    /// What a moderator decided of that wave, if that is to be followed.
    pub wave_decision: Option<WaveDecision>,
}

/// What a submission is recognised by: keyed hashes, and parts of a sketch of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// Who wrote it; `None` without account and e-mail.
    pub author: Option<KeyedHash>,
    /// The e-mail address of an author who is known by an account; `None` for others.
    pub email: Option<KeyedHash>,
    /// Where it came from; `None` where the blog did not say.
    pub ip: Option<KeyedHash>,
    /// Author, thread, parent and what was said (see `docs/decisions/0009`); `None` without an author.
    pub said: Option<KeyedHash>,
    /// Numbers that near-duplicates share; empty for texts that say too little. At least half of them, rounded up, agree.
    pub sketch: Vec<u64>,
    /// The domains that it leads to, by links or by the author's website, at most [`Fingerprints::MAX_LINK_HOSTS`].
    pub link_hosts: Vec<KeyedHash>,
    /// What a standing can be said of besides the author: the IP address, the website beside the author's name, and the
    /// domains by whatever name a standing can be said of them, at most [`Fingerprints::MAX_LINK_DOMAINS`].
    pub subjects: Vec<SubjectNames>,
}

impl Fingerprints {
    /// More domains than this are not counted: the number of links says enough then.
    pub const MAX_LINK_HOSTS: usize = 3;

    /// More names of domains than this are not asked for: the number of links holds such a comment on most sites.
    pub const MAX_LINK_DOMAINS: usize = 8;
}
