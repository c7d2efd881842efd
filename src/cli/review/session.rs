//! What a moderator's session knows, and how keys and messages change it. No I/O: all of it is tested as a table.

mod answers;

use std::collections::{BTreeMap, VecDeque};

use crate::{
    cli::style::Tone,
    proto::v1::{
        QueueStats, ReviewContext, ReviewItem, Verdict, WorkQueueResponse,
        work_queue_request::{Decide, Message as Up, Skip},
        work_queue_response::Message as Down,
    },
};

/// What a moderator can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Decide on the item.
    Verdict(Verdict),
    /// Give it back.
    Skip,
    /// Scroll the comment by so many lines.
    Scroll(isize),
    /// Show why it is here, or the comment again.
    Context,
    /// Any other key; wakes a session that rests.
    Other,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Ours, under a lease.
    Ours,
    /// Lost with the stream. It waits in the queue and most likely comes back under a new lease.
    Lost,
    /// The service took it back, or somebody decided it.
    Withdrawn,
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

/// A moderator's session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose queue.
    pub site: String,
    /// Under the moderator's eyes. Only a key changes which one it is.
    pub current: Option<Current>,
    /// How the stream is.
    pub link: Link,
    /// The queue, as last heard.
    pub stats: Option<QueueStats>,
    /// Carried out in this session, by state.
    pub decided: BTreeMap<&'static str, u32>,
    /// The last thing worth saying.
    pub notice: Option<(Tone, String)>,
    /// The first line of the comment, or of what surrounds it, that is shown.
    pub scroll: usize,
    /// What surrounds the comment, where that is shown in its place.
    pub surroundings: Option<Surroundings>,
    ahead: VecDeque<ReviewItem>,
    unanswered: BTreeMap<u64, Up>,
    last_request: u64,
}

impl Session {
    /// Nothing yet.
    #[must_use]
    pub fn new(site: impl Into<String>) -> Self {
        Self {
            site: site.into(),
            current: None,
            link: Link::Down("connecting".to_owned()),
            stats: None,
            decided: BTreeMap::new(),
            notice: None,
            scroll: 0,
            surroundings: None,
            ahead: VecDeque::new(),
            unanswered: BTreeMap::new(),
            last_request: 0,
        }
    }

    /// How many items are under a lease: the current one, if it still is, and those behind it.
    #[must_use]
    pub fn held(&self) -> usize {
        let is_ours = |current: &Current| current.hold == Hold::Ours;
        self.ahead.len() + usize::from(self.current.as_ref().is_some_and(is_ours))
    }

    /// How many decisions are on their way.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// A key was pressed; answers what to send.
    pub fn press(&mut self, key: Key) -> Option<Up> {
        match key {
            Key::Verdict(verdict) => self.decide(verdict),
            Key::Skip => self.skip(),
            Key::Scroll(by) => {
                self.scroll = self.scroll.saturating_add_signed(by);
                None
            }
            Key::Context => {
                self.scroll = 0;
                self.surroundings = match (&self.surroundings, &self.current) {
                    (None, Some(_)) => Some(Surroundings::Asked),
                    (Some(_), _) | (None, None) => None,
                };
                None
            }
            Key::Other => None,
        }
    }

    /// The stream is open (again); answers the decisions whose answers were lost: the service knows its own again.
    pub fn opened(&mut self) -> Vec<Up> {
        self.link = Link::Up;
        self.unanswered.values().cloned().collect()
    }

    /// The stream is gone, and with it all leases.
    pub fn lost(&mut self, link: Link) {
        self.link = link;
        self.ahead.clear();
        self.unanswered
            .retain(|_, message| matches!(message, Up::Decide(_)));
        // What was said last is about a stream that is gone.
        self.notice = None;
        if let Some(current) = &mut self.current
            && current.hold == Hold::Ours
        {
            current.hold = Hold::Lost;
        }
    }

    /// The service said something.
    pub fn hear(&mut self, message: WorkQueueResponse) {
        match message.message {
            Some(Down::Item(item)) => self.take(item),
            Some(Down::Answer(answer)) => self.answered(answer),
            Some(Down::Withdrawn(gone)) => self.withdraw(&gone.lease_token),
            Some(Down::Heartbeat(beat)) => {
                let queue = beat.sites.into_iter().next();
                self.stats = queue.and_then(|queue| queue.stats).or(self.stats.take());
            }
            Some(Down::Started(_)) | None => {}
        }
    }

    fn take(&mut self, item: ReviewItem) {
        // Nothing to decide on; its lease ends by itself.
        if item.comment.is_none() {
            return;
        }
        match &mut self.current {
            None => self.show(item),
            // It came back under a new lease: the same item stays where it is.
            Some(current) if current.hold != Hold::Ours && is_same(&current.item, &item) => {
                current.item = item;
                current.hold = Hold::Ours;
                self.notice = Some((Tone::Good, "the item is yours again".to_owned()));
            }
            Some(_) => self.ahead.push_back(item),
        }
    }

    fn show(&mut self, item: ReviewItem) {
        self.current = Some(Current {
            item,
            hold: Hold::Ours,
        });
        self.scroll = 0;
        self.surroundings = None;
    }

    fn go_on(&mut self) {
        self.current = None;
        self.surroundings = None;
        if let Some(next) = self.ahead.pop_front() {
            self.show(next);
        }
    }

    fn withdraw(&mut self, lease_token: &str) {
        self.ahead.retain(|item| item.lease_token != lease_token);
        if let Some(current) = &mut self.current
            && current.item.lease_token == lease_token
        {
            current.hold = Hold::Withdrawn;
        }
    }

    fn decide(&mut self, verdict: Verdict) -> Option<Up> {
        let request_id = self.last_request + 1;
        let current = self.decidable()?;
        let comment = current.comment.as_ref()?;
        let decide = Decide {
            request_id,
            comment_id: comment.comment_id.clone(),
            lease_token: current.lease_token.clone(),
            version: comment.version,
            verdict: verdict.into(),
            ..Decide::default()
        };
        Some(self.send(Up::Decide(decide)))
    }

    fn skip(&mut self) -> Option<Up> {
        // What is lost needs no giving back.
        if matches!(&self.current, Some(current) if current.hold != Hold::Ours) {
            self.notice = None;
            self.go_on();
            return None;
        }
        let request_id = self.last_request + 1;
        let current = self.decidable()?;
        let skip = Skip {
            request_id,
            comment_id: current.comment.as_ref()?.comment_id.clone(),
            lease_token: current.lease_token.clone(),
            ..Skip::default()
        };
        Some(self.send(Up::Skip(skip)))
    }

    /// The current item, if it may be decided; else a notice says why not.
    fn decidable(&mut self) -> Option<&ReviewItem> {
        let current = self.current.as_ref()?;
        let why = match (&self.link, current.hold) {
            (Link::Down(_) | Link::Resting, _) => "not connected; nothing was decided",
            (Link::Up, Hold::Ours) => return Some(&current.item),
            (Link::Up, Hold::Lost) => {
                "nothing was decided: lost, waiting for it again; k goes on to the next"
            }
            (Link::Up, Hold::Withdrawn) => "this item is not yours any more; k goes on to the next",
        };
        self.notice = Some((Tone::Bad, why.to_owned()));
        None
    }

    fn send(&mut self, message: Up) -> Up {
        self.last_request += 1;
        self.unanswered.insert(self.last_request, message.clone());
        self.notice = None;
        self.go_on();
        message
    }
}

fn is_same(left: &ReviewItem, right: &ReviewItem) -> bool {
    let id = |item: &ReviewItem| {
        item.comment
            .as_ref()
            .map(|comment| comment.comment_id.clone())
    };
    id(left) == id(right)
}

#[cfg(test)]
pub(in crate::cli) mod tests;
