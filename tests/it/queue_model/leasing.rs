//! What the model makes of leases: items are claimed, held, and come back.

use replydesk::comment::{lane::Lane, state::Word};

use super::{
    model::Model,
    words::{Act, Place, Reply, Ruling, Said, Time, Visit},
};

/// Streams make their own tokens, which the model does not know; none outlives its stream.
const OF_A_STREAM: u64 = 0;

impl Model {
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
        let next = *self.waiting(&[Lane::Review, Lane::Reported]).first()?;
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
}
