//! The reference: what queue, leases, decisions and feed are, as plainly as it can be said. It knows no Redis and no
//! clock: time is told to it.

use std::collections::BTreeMap;

use replydesk::comment::{lane::Lane, state::Word};

use super::words::{
    Act, Audited, Bulk, Comment, Event, NewComment, Place, Reply, Ruling, Said, Sent, Time, Told,
    Undo, Visit,
};

pub const AUTHORS: u8 = 3;
pub const THREADS: u8 = 2;
pub const MODERATORS: u8 = 3;
/// The one who decides what others escalate.
pub const SENIOR: u8 = 2;
pub const REPLICAS: u8 = 2;

/// Streams make their own tokens, which the model does not know; none outlives its stream.
const OF_A_STREAM: u64 = 0;

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
        self.comments.push(Comment {
            author: new.author,
            thread: new.thread,
            due_in: new.due_in,
            state,
            version: 1,
            lane: new.due_in.map(|_| Lane::Review),
            deeds: Vec::new(),
            place: new.due_in.map_or(Place::Nowhere, |_| Place::Waiting),
        });
        Reply::Admitted
    }

    /// What waits in a lane.
    pub fn in_lane(&self, lane: Lane) -> Vec<usize> {
        let waits =
            |comment: &Comment| comment.place == Place::Waiting && comment.lane == Some(lane);
        (0..self.comments.len())
            .filter(|n| waits(&self.comments[*n]))
            .collect()
    }

    /// What waits for review, most urgent first: by due time, and at the same due time by arrival.
    pub fn waiting(&self) -> Vec<usize> {
        let mut waiting = self.in_lane(Lane::Review);
        waiting.sort_by_key(|n| (self.comments[*n].due_in, *n));
        waiting
    }

    pub fn leased(&self) -> Vec<(usize, u64)> {
        let leased = self.comments.iter().enumerate();
        leased
            .filter_map(|(n, comment)| match comment.place {
                Place::Leased { token, .. } => Some((n, token)),
                Place::Nowhere | Place::Waiting | Place::Cooling { .. } => None,
            })
            .collect()
    }

    /// The comments that are leased or cool down.
    pub fn resting(&self) -> Vec<usize> {
        (0..self.comments.len())
            .filter(|n| !matches!(self.comments[*n].place, Place::Nowhere | Place::Waiting))
            .collect()
    }

    fn take_back(&mut self) {
        for comment in &mut self.comments {
            if let Place::Leased { time, .. } | Place::Cooling { time } = comment.place
                && time != Time::Running
            {
                comment.place = Place::Waiting;
            }
        }
    }

    fn take(&mut self, token: u64, holder: u8) -> Option<usize> {
        let next = *self.waiting().first()?;
        self.comments[next].place = Place::Leased {
            token,
            holder,
            time: Time::Running,
        };
        Some(next)
    }

    /// One item for each token: the one that it holds, or else the most urgent.
    pub fn claim(&mut self, moderator: u8, tokens: &[u64]) -> Reply {
        self.take_back();
        let mut claimed = Vec::new();
        for token in tokens {
            let held = self.leased().into_iter().find(|(_, held)| held == token);
            if let Some(held) = held {
                claimed.push(held);
            } else if let Some(comment) = self.take(*token, moderator) {
                claimed.push((comment, *token));
                self.given.push((comment, *token));
            }
        }
        self.last_claim = Some((moderator, tokens.to_vec()));
        Reply::Claimed(claimed)
    }

    fn holds(&self, (comment, token): (usize, u64)) -> bool {
        matches!(self.comments[comment].place, Place::Leased { token: held, .. } if held == token)
    }

    pub fn renew(&mut self, lease: (usize, u64)) -> Reply {
        let held = self.holds(lease);
        if let Place::Leased { time, .. } = &mut self.comments[lease.0].place
            && held
        {
            *time = Time::Running;
        }
        Reply::Held(held)
    }

    pub fn release(&mut self, lease: (usize, u64), cool: bool) -> Reply {
        let held = self.holds(lease);
        if held {
            self.comments[lease.0].place = if cool {
                Place::Cooling {
                    time: Time::Running,
                }
            } else {
                Place::Waiting
            };
        }
        Reply::Held(held)
    }

    /// Time passes, or jumps back, for one lease or cool-down.
    pub fn pass(&mut self, comment: usize, to: Time) -> Reply {
        match &mut self.comments[comment].place {
            Place::Leased { time, .. } | Place::Cooling { time } => *time = to,
            Place::Nowhere | Place::Waiting => {}
        }
        Reply::Nothing
    }

    pub fn visit(&mut self, visit: &Visit) -> Reply {
        let mut came = Vec::new();
        let mut done = 0;
        loop {
            self.take_back();
            while came.len() - done < visit.prefetch
                && let Some(next) = self.take(OF_A_STREAM, visit.moderator)
            {
                came.push(next);
            }
            let (Some(act), Some(item)) = (visit.acts.get(done), came.get(done)) else {
                break;
            };
            self.act(visit.moderator, *act, *item);
            done += 1;
        }
        for item in &came[done..] {
            self.release((*item, OF_A_STREAM), false);
        }
        Reply::Visited(came)
    }

    fn act(&mut self, moderator: u8, act: Act, item: usize) {
        let Act::Decide(verdict) = act else {
            self.release((item, OF_A_STREAM), true);
            return;
        };
        let said = Said {
            version: self.comments[item].version,
            word: Word::Verdict(verdict),
            moderator,
        };
        self.decide(Ruling {
            comment: item,
            said,
            token: Some(OF_A_STREAM),
            override_lease: false,
        });
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
