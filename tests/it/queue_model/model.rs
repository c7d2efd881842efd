//! The reference: what queue, leases, decisions and feed are, as plainly as it can be said. It knows no Redis and no
//! clock: time is told to it.

use std::{collections::BTreeMap, time::Duration};

use replydesk::comment::lane::Lane;

use super::{
    due::Due,
    reports::Reports,
    revisions::Revision,
    standings::{AtOnce, Author, Stand, StandingTold},
    words::{Audited, Bulk, Comment, Event, NewComment, Place, Reply, Ruling, Sent, Told, Undo},
};

pub const AUTHORS: u8 = 3;
pub const READERS: u8 = 4;
/// What authors say, each of another comment: at first, and written anew.
pub const TEXTS: u8 = 4;
pub const THREADS: u8 = 2;
pub const MODERATORS: u8 = 3;
/// The one who decides what others escalate.
pub const SENIOR: u8 = 2;
pub const REPLICAS: u8 = 2;

#[derive(Debug, Clone)]
pub struct Model {
    pub comments: Vec<Comment>,
    pub history: Vec<Event>,
    pub audit: Vec<Audited>,
    /// Every lease that was ever given by a claim.
    pub given: Vec<(usize, u64)>,
    /// Every verdict that was carried out by a call.
    pub carried_out: Vec<Ruling>,
    /// Every decision that was undone.
    pub undone: Vec<Undo>,
    pub bulks: Vec<Bulk>,
    /// Every report that was noted.
    pub reported: Vec<(usize, u8)>,
    /// Every revision that was made.
    pub revised: Vec<Revision>,
    pub authors: [Author; AUTHORS as usize],
    /// What the audit log tells of how they stand.
    pub standings: Vec<StandingTold>,
    /// Every standing that was set.
    pub stood: Vec<Stand>,
    pub at_once: Vec<AtOnce>,
    /// How many each reader has made.
    pub spent: [u32; READERS as usize],
    /// Moderator and tokens of the last claim.
    pub last_claim: Option<(u8, Vec<u64>)>,
    pub next_token: u64,
    /// The last operation.
    pub sent: Sent,
    /// What it must have answered.
    pub reply: Reply,
}

impl Model {
    pub fn new() -> Self {
        Self {
            comments: Vec::new(),
            history: Vec::new(),
            audit: Vec::new(),
            given: Vec::new(),
            carried_out: Vec::new(),
            undone: Vec::new(),
            bulks: Vec::new(),
            reported: Vec::new(),
            revised: Vec::new(),
            authors: Default::default(),
            standings: Vec::new(),
            stood: Vec::new(),
            at_once: Vec::new(),
            spent: [0; READERS as usize],
            last_claim: None,
            next_token: 1,
            sent: Sent::Nothing,
            reply: Reply::Nothing,
        }
    }

    pub fn submit(&mut self, new: NewComment) -> Reply {
        let state = new.outcome.state();
        self.history.push(Event {
            comment: self.comments.len(),
            state,
            version: 1,
            told: Told::Submitted,
        });
        let since = self.at_event();
        let due = new.due_in.map(|hours| Due {
            after: Duration::from_secs(3_600) * u32::from(hours),
            since,
        });
        self.comments.push(Comment {
            handed_in: false,
            author: new.author,
            thread: new.thread,
            submitted: since,
            state,
            version: 1,
            lane: due.map(|_| Lane::Review),
            due,
            place: due.map_or(Place::Nowhere, |_| Place::Waiting),
            deeds: Vec::new(),
            reports: Reports::default(),
            text: 0,
            earlier: Vec::new(),
        });
        Reply::Admitted
    }

    /// What waits in some lanes, most urgent first.
    pub fn waiting(&self, lanes: &[Lane]) -> Vec<usize> {
        let waits = |comment: &Comment| {
            comment.place == Place::Waiting
                && comment.lane.is_some_and(|lane| lanes.contains(&lane))
        };
        let mut waiting: Vec<_> = (0..self.comments.len())
            .filter(|n| waits(&self.comments[*n]))
            .collect();
        waiting.sort_by_key(|n| self.comments[*n].due);
        waiting
    }

    /// Comments by state, of those that a test holds for.
    pub fn counts(&self, of: impl Fn(&Comment) -> bool) -> BTreeMap<u8, i64> {
        let mut counts = BTreeMap::new();
        for comment in self.comments.iter().filter(|comment| of(comment)) {
            *counts.entry(comment.state.number()).or_default() += 1;
        }
        counts
    }
}
