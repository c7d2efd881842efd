//! What was decided in this session, and its undoing.

use std::{collections::BTreeSet, time::SystemTime};

use crate::{
    cli::style::Tone,
    proto::v1::{
        Decision, UndoBulkDecisionRequest, UndoDecisionRequest, Verdict,
        work_queue_request::{Message as Up, Seen, Watch},
        work_queue_response::Withdrawn,
    },
};

use super::{Ask, Effect, Link, Mode, Session, Undone};

/// So many are remembered; the others stand.
const REMEMBERED: usize = 500;

/// What the service watches for one client.
const WATCHED: usize = 200;

/// A decision that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Its number in this session.
    pub id: u64,
    /// When its answer came.
    pub at: SystemTime,
    /// Whose comment.
    pub site: String,
    /// Which comment; empty for a bulk decision.
    pub comment_id: String,
    /// Which bulk decision; empty for one on a comment.
    pub operation_id: String,
    /// What was said.
    pub verdict: Verdict,
    /// The version that it made, or that the escalation was made on.
    pub version: u32,
    /// Who said what, in a line.
    pub about: String,
    /// Among which decisions of the session it counts.
    pub counted_as: &'static str,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stands, as far as is known.
    Stands,
    /// It is being undone.
    Undoing,
    /// It was undone.
    Undone,
    /// It can't be undone, and why.
    Refused(String),
}

impl Session {
    pub(super) fn remember(
        &mut self,
        site: String,
        decision: &Decision,
        about: String,
        counted_as: &'static str,
    ) {
        self.last_deed += 1;
        self.add_deed(Deed {
            id: self.last_deed,
            at: self.now,
            site,
            comment_id: decision.comment_id.clone(),
            operation_id: String::new(),
            verdict: decision.verdict(),
            version: decision.version,
            about,
            counted_as,
            fate: Fate::Stands,
        });
    }

    pub(super) fn add_deed(&mut self, deed: Deed) {
        self.deeds.push_front(deed);
        self.deeds.truncate(REMEMBERED);
        // Who looks at the list keeps looking at the same row.
        if let Mode::Deeds(row) = &mut self.mode {
            *row = (*row + 1).min(self.deeds.len() - 1);
        }
    }

    pub(super) fn open_deeds(&mut self) {
        if self.deeds.is_empty() {
            self.note(Tone::Notice, "nothing was decided in this session yet");
            return;
        }
        let stands = |deed: &Deed| deed.fate == Fate::Stands;
        self.mode = Mode::Deeds(self.deeds.iter().position(stands).unwrap_or(0));
        self.watch_deeds();
    }

    /// What others change of it meanwhile arrives as withdrawn.
    fn watch_deeds(&mut self) {
        if self.link != Link::Up {
            return;
        }
        let mut known = BTreeSet::new();
        let mut comments = Vec::new();
        for deed in &self.deeds {
            // Bulk decisions are no comment, and other sites are not this stream's.
            let is_here = self.place.sites.contains(&deed.site) && !deed.comment_id.is_empty();
            let is_new = known.insert((&deed.site, &deed.comment_id));
            if deed.fate == Fate::Stands && is_here && is_new && comments.len() < WATCHED {
                comments.push(Seen {
                    comment_id: deed.comment_id.clone(),
                    version: deed.version,
                    site: deed.site.clone(),
                });
            }
        }
        self.last_request += 1;
        self.say(Up::Watch(Watch {
            request_id: self.last_request,
            comments,
        }));
    }

    pub(super) fn undo(&mut self, row: usize) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected; nothing was undone");
            return;
        }
        let Some(deed) = self.deeds.get_mut(row) else {
            return;
        };
        match &deed.fate {
            // A refusal can have been the service's, which may be back by now.
            Fate::Stands | Fate::Refused(_) => {
                deed.fate = Fate::Undoing;
                let ask = undoing(deed);
                self.outbox.push_back(Effect::Ask(ask));
            }
            Fate::Undoing | Fate::Undone => self.note(Tone::Notice, "it is undone already"),
        }
    }

    /// Whether it was undone, and how it is now, in words.
    pub(super) fn undone(&mut self, id: u64, answer: Result<Undone, String>) {
        let Some(deed) = self.deeds.iter_mut().find(|deed| deed.id == id) else {
            return;
        };
        let (tone, notice) = match answer {
            Ok(undone) => {
                deed.fate = Fate::Undone;
                let counted = self.decided.entry(deed.counted_as).or_default();
                *counted = counted.saturating_sub(undone.comments);
                (
                    Tone::Good,
                    format!("undone, {}: {}", undone.now, deed.about),
                )
            }
            Err(why) => {
                deed.fate = Fate::Refused(why.clone());
                (Tone::Bad, format!("not undone: {why}"))
            }
        };
        self.note(tone, notice);
        self.decided.retain(|_, count| *count > 0);
        self.look_anew();
    }

    /// Somebody changed what was decided here: the undoing would be refused.
    pub(super) fn changed_since(&mut self, gone: &Withdrawn) {
        let is_over = |deed: &&mut Deed| {
            deed.comment_id == gone.comment_id
                && deed.fate == Fate::Stands
                && gone.version > deed.version
        };
        for deed in self.deeds.iter_mut().filter(is_over) {
            deed.fate = Fate::Refused("changed since".to_owned());
        }
    }
}

/// What undoes it.
fn undoing(deed: &Deed) -> Ask {
    let site = deed.site.clone();
    if deed.operation_id.is_empty() {
        let request = UndoDecisionRequest {
            site,
            comment_id: deed.comment_id.clone(),
            version: deed.version,
            note: String::new(),
        };
        Ask::Undo(deed.id, request)
    } else {
        let request = UndoBulkDecisionRequest {
            site,
            operation_id: deed.operation_id.clone(),
            note: String::new(),
        };
        Ask::UndoBulk(deed.id, request)
    }
}
