//! What the model makes of how authors stand, and of what they hand in then.

use std::ops::Range;

use replydesk::comment::{
    lane::Lane,
    standing::Standing,
    state::{CommentState, Outcome, Verdict, Word},
};

use super::{
    due::{self, Due},
    model::Model,
    words::{NewComment, Reply, Ruling, Said},
};

/// Why, for moderators.
pub const REASONS: [&str; 2] = ["", "sells pills"];

/// How an author stands, and what was said of that.
#[derive(Debug, Clone, Default)]
pub struct Author {
    pub standing: Standing,
    pub reason: &'static str,
    /// Which moderator said so last, by which comment.
    pub set: Option<(u8, usize)>,
    pub changes: u32,
    /// The comments that brought one.
    pub strikes: Vec<usize>,
    /// As the audit log tells it; empty as long as nobody said anything.
    words: String,
}

/// A standing as it was sent: of this comment's author.
#[derive(Debug, Clone, Copy)]
pub struct Stand {
    pub comment: usize,
    pub moderator: u8,
    pub standing: Standing,
    pub reason: &'static str,
    pub strike: bool,
    /// What becomes of what is pending of them.
    pub pending: Option<Verdict>,
}

/// What the audit log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingTold {
    pub by: u8,
    pub author: u8,
    pub before: String,
    pub after: String,
}

/// What one call did in no certain order: events in the feed, and entries on comments.
#[derive(Debug, Clone)]
pub struct AtOnce {
    pub events: Range<usize>,
    pub entries: Range<usize>,
}

impl Stand {
    fn in_words(&self) -> String {
        match self.reason {
            "" => self.standing.word().to_owned(),
            reason => format!("{}: {reason}", self.standing.word()),
        }
    }
}

impl Model {
    /// How the author of a comment stands; who is not known stands as anybody.
    pub fn standing_of(&self, author: Option<u8>) -> Standing {
        author.map_or(Standing::Normal, |author| {
            self.authors[usize::from(author)].standing
        })
    }

    pub fn stand(&mut self, stand: Stand) -> Reply {
        let Some(comment) = self.comments.get(stand.comment) else {
            return Reply::NotFound;
        };
        let Some(number) = comment.author else {
            return Reply::NoSuchSubject;
        };
        let author = &mut self.authors[usize::from(number)];
        let changed = (author.standing, author.reason) != (stand.standing, stand.reason);
        let strike = stand.strike && !author.strikes.contains(&stand.comment);
        let before = match author.words.as_str() {
            "" => "NORMAL".to_owned(),
            words => words.to_owned(),
        };
        let mut after = before.clone();
        if changed {
            author.standing = stand.standing;
            author.reason = stand.reason;
            author.set = Some((stand.moderator, stand.comment));
            author.changes += 1;
            author.words = stand.in_words();
            after.clone_from(&author.words);
        }
        if strike {
            author.strikes.push(stand.comment);
            after.push_str("; one strike more");
        }
        if changed || strike {
            self.standings.push(StandingTold {
                by: stand.moderator,
                author: number,
                before,
                after,
            });
        }
        let dealt_with = stand.pending.map_or(0, |verdict| {
            self.deal_with(number, verdict, stand.moderator)
        });
        Reply::Stands {
            changed,
            dealt_with,
        }
    }

    /// Decides on what is pending of an author.
    fn deal_with(&mut self, author: u8, verdict: Verdict, moderator: u8) -> u32 {
        let (events, entries) = (self.history.len(), self.audit.len());
        let mut dealt_with = 0;
        for number in 0..self.comments.len() {
            let comment = &self.comments[number];
            if comment.author != Some(author) || comment.state != CommentState::Pending {
                continue;
            }
            let said = Said {
                version: comment.version,
                word: Word::Verdict(verdict),
                moderator,
            };
            let reply = self.decide(Ruling {
                comment: number,
                said,
                token: None,
                override_lease: true,
            });
            dealt_with += u32::from(matches!(reply, Reply::Decided { .. }));
        }
        self.at_once.push(AtOnce {
            events: events..self.history.len(),
            entries: entries..self.audit.len(),
        });
        dealt_with
    }

    /// Policy decides: everything waits, but for what those write who are banned.
    pub fn hand_in(&mut self, author: Option<u8>, thread: u8) -> Reply {
        let standing = self.standing_of(author);
        let outcome = match standing {
            Standing::Banned => Outcome::Rejected,
            Standing::Trusted | Standing::Normal | Standing::Held => Outcome::Pending,
        };
        self.submit(NewComment {
            outcome,
            due_in: None,
            author,
            thread,
        });
        let due = Due {
            after: due::due_in(0, standing),
            since: self.at_event(),
        };
        if let Some(comment) = self.comments.last_mut() {
            comment.handed_in = true;
            if outcome == Outcome::Pending {
                comment.wait_in(Some(Lane::Review), Some(due));
            }
        }
        Reply::HandedIn(outcome.state())
    }
}
