//! What a moderator's session knows, and how keys and messages change it. No I/O: all of it is tested as a table.
//! What is to be sent or asked is left in an outbox.

mod acts;
mod answers;
mod author;
mod bulk;
mod counts;
mod deeds;
mod items;
mod place;
mod reasons;
mod redact;
mod replies;
mod thread;
mod typing;
mod verdicts;
mod window;

use std::{
    collections::{BTreeMap, VecDeque},
    time::SystemTime,
};

use crate::{
    cli::style::Tone,
    proto::v1::{
        GetReviewContextRequest, ReviewContext, ReviewItem, SiteQueue, Verdict, WithdrawalReason,
        work_queue_request::Message as Up,
    },
};

pub use author::{AuthorForm, TERMS};
pub use bulk::{Bulk, BulkNews, Stage};
pub use deeds::{Deed, Fate};
pub use place::{Desk, Place, Places, Row};
pub use reasons::Reasons;
pub use redact::Redaction;
pub use replies::{Ask, Reply, Undone};
pub use typing::Typing;
pub use window::LEAST;

/// What a session wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say it on the stream.
    Say(Up),
    /// Ask it besides the stream.
    Ask(Ask),
    /// Open another stream, for another place.
    Reopen,
    /// End.
    Quit,
}

/// What the keys are for at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The item.
    Item,
    /// A reason for a rejection is chosen.
    Reasons(Reasons),
    /// A note is written.
    Typing(Typing),
    /// What was decided in this session, with the number of the chosen row.
    Deeds(usize),
    /// Sites and lanes are chosen.
    Places(Places),
    /// The wave, and one verdict on all of it.
    Wave,
    /// How the author stands from now on is chosen.
    Author(AuthorForm),
    /// Whether the article takes comments is chosen.
    Thread,
    /// Words to black out are chosen.
    Redact(Redaction),
    /// The page of help.
    Help,
}

/// What surrounds the comment, as far as it is known.
#[derive(Debug, Clone)]
pub enum Surroundings {
    /// Asked for; not there yet.
    Asked,
    /// Answered.
    Known(Box<ReviewContext>),
    /// Not to be had, and why.
    Unknown(String),
}

/// The item under the moderator's eyes.
#[derive(Debug, Clone)]
pub struct Current {
    /// As it came.
    pub item: ReviewItem,
    /// Whether it may be decided.
    pub hold: Hold,
}

/// Whose the item under the moderator's eyes is. Unless it is ours, it can be looked at, not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Ours, under a lease.
    Ours,
    /// Lost with the stream. It waits in the queue and most likely comes back under a new lease.
    Lost,
    /// Given back while the moderator pauses.
    Paused,
    /// The service took it back, or somebody decided it.
    Withdrawn(Gone),
}

/// Why an item is not ours any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// As the service said.
    pub why: WithdrawalReason,
    /// A `CommentState`; 0 where it is not known to have changed.
    pub state: i32,
    /// Who decided, and what, once that is known. Empty: the admin key.
    pub by: Option<(String, Verdict)>,
}

/// How the stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Open.
    Up,
    /// Being opened, or opened again; with why.
    Down(String),
    /// Given up on purpose: nobody pressed a key for long.
    Resting,
}

/// Sent, and not answered yet.
#[derive(Debug, Clone)]
struct Sent {
    message: Up,
    /// What it was about, in a line.
    about: String,
}

/// A moderator's session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose queues, and which part of them.
    pub place: Place,
    /// The sites that the moderator's key is for; empty until the service has told them.
    pub desks: Vec<Desk>,
    /// Under the moderator's eyes. Only a key changes which one it is.
    pub current: Option<Current>,
    /// How the stream is.
    pub link: Link,
    /// The queues, as last heard.
    pub queues: Vec<SiteQueue>,
    /// Carried out in this session, by state.
    pub decided: BTreeMap<&'static str, u32>,
    /// The same one by one, the newest first, as far as they are remembered.
    pub deeds: VecDeque<Deed>,
    /// The last thing worth saying.
    pub notice: Option<(Tone, String)>,
    /// What the keys are for.
    pub mode: Mode,
    /// The first line of the comment that is shown.
    pub scroll: usize,
    /// The same of what surrounds it.
    pub context_scroll: usize,
    /// The same of a page of its own: the wave, help.
    pub page_scroll: usize,
    /// What surrounds the comment, once it was asked for.
    pub surroundings: Option<Surroundings>,
    /// The keys scroll what surrounds the comment. In a narrow window that is shown in the comment's place.
    pub is_context_focused: bool,
    /// One verdict on a whole wave, the last of this session.
    pub bulk: Option<Bulk>,
    /// Nothing comes until the moderator goes on.
    pub is_paused: bool,
    /// The time, as last told.
    pub now: SystemTime,
    /// Columns and rows of the window.
    pub window: (usize, usize),
    began: Option<SystemTime>,
    ahead: VecDeque<ReviewItem>,
    unanswered: BTreeMap<u64, Sent>,
    last_request: u64,
    last_deed: u64,
    outbox: VecDeque<Effect>,
}

impl Session {
    /// Nothing yet.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self {
            place,
            desks: Vec::new(),
            current: None,
            link: Link::Down("connecting".to_owned()),
            queues: Vec::new(),
            decided: BTreeMap::new(),
            deeds: VecDeque::new(),
            notice: None,
            mode: Mode::Item,
            scroll: 0,
            context_scroll: 0,
            page_scroll: 0,
            surroundings: None,
            is_context_focused: false,
            bulk: None,
            is_paused: false,
            now: SystemTime::UNIX_EPOCH,
            window: (80, 24),
            began: None,
            ahead: VecDeque::new(),
            unanswered: BTreeMap::new(),
            last_request: 0,
            last_deed: 0,
            outbox: VecDeque::new(),
        }
    }

    /// The next thing to do, in order.
    pub fn next_effect(&mut self) -> Option<Effect> {
        self.ask_for_surroundings();
        self.outbox.pop_front()
    }

    /// The clock goes on.
    pub fn tick(&mut self, now: SystemTime) {
        self.began.get_or_insert(now);
        self.now = now;
    }

    /// The id of the comment that is shown.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        let comment = self.current.as_ref()?.item.comment.as_ref()?;
        Some(&comment.comment_id)
    }

    /// The wave that it is of, if others are of it too.
    #[must_use]
    pub fn wave_id(&self) -> Option<&str> {
        let comment = self.current.as_ref()?.item.comment.as_ref()?;
        let is_wave = comment.wave_size > 1 && !comment.wave_id.is_empty();
        is_wave.then_some(comment.wave_id.as_str())
    }

    /// The article that it is below.
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        let comment = self.current.as_ref()?.item.comment.as_ref()?;
        Some(&comment.thread.as_ref()?.thread_id)
    }

    /// Letters are text at the moment, not keys.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        match &self.mode {
            Mode::Typing(_) => true,
            Mode::Reasons(reasons) => reasons.is_writing,
            Mode::Author(form) => form.is_writing,
            Mode::Item
            | Mode::Deeds(_)
            | Mode::Places(_)
            | Mode::Wave
            | Mode::Redact(_)
            | Mode::Thread
            | Mode::Help => false,
        }
    }

    fn say(&mut self, message: Up) {
        self.outbox.push_back(Effect::Say(message));
    }

    fn note(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some((tone, text.into()));
    }

    /// Once for each item, and only where somebody looks at it.
    fn ask_for_surroundings(&mut self) {
        let is_wanted = self.shows_context() || matches!(self.mode, Mode::Wave | Mode::Author(_));
        if is_wanted && self.surroundings.is_none() && self.ask_what_surrounds() {
            self.surroundings = Some(Surroundings::Asked);
        }
    }

    /// What was done here changed what surrounds the comment: what is known of it stands until the answer comes.
    fn look_anew(&mut self) {
        if self.surroundings.is_some() {
            self.ask_what_surrounds();
        }
    }

    fn ask_what_surrounds(&mut self) -> bool {
        let current = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        if let Some(comment) = current {
            let ask = Ask::Context(GetReviewContextRequest {
                site: comment.site.clone(),
                comment_id: comment.comment_id.clone(),
            });
            self.outbox.push_back(Effect::Ask(ask));
            return true;
        }
        false
    }
}

#[cfg(test)]
pub(in crate::cli) mod examples;
#[cfg(test)]
mod tests;
