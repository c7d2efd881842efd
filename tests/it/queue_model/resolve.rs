//! What is drawn becomes what is sent, here and now, and the model follows it.

use replydesk::comment::state::{Verdict, Word};

use super::{
    model::{MODERATORS, Model, TEXTS},
    revisions::Revision,
    standings::Stand,
    transition::{Change, DrawnRuling, Seen, Transition, Which, With},
    words::{ANOTHER, Bulk, Place, Reply, Ruling, Said, Sent, Undo},
};

impl Model {
    /// What a transition is here and now.
    pub fn resolve(&mut self, transition: &Transition) -> Sent {
        let sent = match transition {
            Transition::Submit(new) => Some(Sent::Submit(*new)),
            Transition::HandIn { author, thread } => Some(Sent::HandIn(*author, *thread)),
            Transition::Check => Some(Sent::Check),
            Transition::SubmitAgain { pick, same } => pick
                .checked_rem(self.comments.len())
                .map(|comment| Sent::SubmitAgain(comment, *same)),
            Transition::Claim { moderator, count } => {
                let tokens = (self.next_token..self.next_token + count).collect();
                self.next_token += count;
                Some(Sent::Claim(*moderator, tokens))
            }
            Transition::ClaimAgain => self
                .last_claim
                .clone()
                .map(|(m, tokens)| Sent::Claim(m, tokens)),
            Transition::Renew { pick, which } => self.lease(*pick, *which).map(Sent::Renew),
            Transition::Release { pick, which, cool } => self
                .lease(*pick, *which)
                .map(|lease| Sent::Release(lease, *cool)),
            Transition::Pass { pick, to } => {
                around(&self.resting(), *pick).map(|comment| Sent::Pass(*comment, *to))
            }
            Transition::Decide {
                pick,
                resting,
                ruling,
            } => {
                let resting = around(&self.resting(), *pick).filter(|_| *resting).copied();
                // One past the last is a comment that is not there.
                let comment = resting.unwrap_or(pick % (self.comments.len() + 1));
                Some(Sent::Decide(self.ruling(comment, ruling)))
            }
            Transition::DecideAgain { pick, change } => {
                around(&self.carried_out, *pick).map(|ruling| Sent::Decide(change.applied(*ruling)))
            }
            Transition::Undo {
                pick,
                seen,
                moderator,
            } => {
                let comment = pick % (self.comments.len() + 1);
                let known = self.comments.get(comment);
                let version = seen.of(known.map_or(1, |known| known.version));
                Some(Sent::Undo(Undo {
                    comment,
                    version,
                    moderator: *moderator,
                }))
            }
            Transition::UndoAgain { pick, change } => {
                around(&self.undone, *pick).map(|undo| Sent::Undo(change.undo(*undo)))
            }
            Transition::Retract { pick } => Some(Sent::Retract(pick % (self.comments.len() + 1))),
            Transition::Appeal { pick, seen } => {
                let comment = pick % (self.comments.len() + 1);
                let known = self.comments.get(comment);
                let version = seen.of(known.map_or(1, |known| known.version));
                Some(Sent::Appeal(comment, version))
            }
            Transition::Report { pick, reader } => {
                Some(Sent::Report(pick % (self.comments.len() + 1), *reader))
            }
            Transition::ReportAgain { pick } => around(&self.reported, *pick)
                .map(|(comment, reader)| Sent::Report(*comment, *reader)),
            Transition::Revise { pick, seen, text } => {
                let comment = pick % (self.comments.len() + 1);
                let known = self.comments.get(comment);
                Some(Sent::Revise(Revision {
                    comment,
                    version: seen.of(known.map_or(1, |known| known.version)),
                    text: *text,
                }))
            }
            Transition::ReviseAgain { pick, same } => around(&self.revised, *pick).map(|made| {
                let text = if *same {
                    made.text
                } else {
                    made.text % (TEXTS - 1) + 1
                };
                Sent::Revise(Revision { text, ..*made })
            }),
            Transition::Stand { pick, stand } => {
                let comment = pick % (self.comments.len() + 1);
                Some(Sent::Stand(Stand { comment, ..*stand }))
            }
            Transition::StandAgain { pick } => around(&self.stood, *pick).copied().map(Sent::Stand),
            Transition::Bulk {
                picks,
                verdict,
                moderator,
            } => Some(self.new_bulk(picks, *verdict, *moderator)),
            Transition::BulkAgain { pick } => pick.checked_rem(self.bulks.len()).map(Sent::Bulk),
            Transition::UndoBulk { pick, moderator } => pick
                .checked_rem(self.bulks.len())
                .map(|operation| Sent::UndoBulk(operation, *moderator)),
            Transition::Visit(visit) => Some(Sent::Visit(visit.clone())),
        };
        sent.unwrap_or(Sent::Nothing)
    }

    fn new_bulk(&mut self, picks: &[usize], verdict: Verdict, moderator: u8) -> Sent {
        let among = self.comments.len() + 1;
        let mut comments: Vec<_> = picks.iter().map(|pick| pick % among).collect();
        comments.sort_unstable();
        comments.dedup();
        self.bulks.push(Bulk {
            comments,
            verdict,
            moderator,
            counts: [0; 5],
            changes: Vec::new(),
            undone: None,
        });
        Sent::Bulk(self.bulks.len() - 1)
    }

    pub fn follow(&mut self, sent: &Sent) -> Reply {
        match sent {
            Sent::Nothing => Reply::Nothing,
            Sent::Submit(new) => self.submit(*new),
            Sent::HandIn(author, thread) => self.hand_in(*author, *thread),
            Sent::Check => Reply::Admitted,
            Sent::SubmitAgain(comment, true) => {
                let known = &self.comments[*comment];
                Reply::Known(known.state, known.version)
            }
            Sent::SubmitAgain(_, false) => Reply::IdReused,
            Sent::Claim(moderator, tokens) => self.claim(*moderator, tokens),
            Sent::Renew(lease) => self.renew(*lease),
            Sent::Release(lease, cool) => self.release(*lease, *cool),
            Sent::Pass(comment, to) => self.pass(*comment, *to),
            Sent::Decide(ruling) => {
                let reply = self.decide(*ruling);
                if let Reply::Decided {
                    replayed: false, ..
                } = reply
                {
                    self.carried_out.push(*ruling);
                }
                reply
            }
            Sent::Undo(undo) => {
                let reply = self.undo(*undo);
                if let Reply::Undone {
                    replayed: false, ..
                } = reply
                {
                    self.undone.push(*undo);
                }
                reply
            }
            Sent::Retract(comment) => self.retract(*comment),
            Sent::Appeal(comment, version) => self.appeal(*comment, *version),
            Sent::Report(comment, reader) => {
                let reply = self.report(*comment, *reader);
                if let Reply::Reported {
                    replayed: false, ..
                } = reply
                {
                    self.reported.push((*comment, *reader));
                }
                reply
            }
            Sent::Revise(revision) => {
                let reply = self.revise(*revision);
                if let Reply::Revised {
                    replayed: false, ..
                } = reply
                {
                    self.revised.push(*revision);
                }
                reply
            }
            Sent::Stand(stand) => {
                let reply = self.stand(*stand);
                self.stood.push(*stand);
                reply
            }
            Sent::Bulk(operation) => self.bulk(*operation),
            Sent::UndoBulk(operation, moderator) => self.undo_bulk(*operation, *moderator),
            Sent::Visit(visit) => self.visit(visit),
        }
    }

    fn lease(&self, pick: usize, which: Which) -> Option<(usize, u64)> {
        match which {
            Which::Held => around(&self.leased(), pick).copied(),
            Which::Ever => around(&self.given, pick).copied(),
            Which::Anothers => around(&self.leased(), pick).map(|(comment, _)| (*comment, ANOTHER)),
        }
    }

    fn ruling(&self, comment: usize, drawn: &DrawnRuling) -> Ruling {
        let known = self.comments.get(comment);
        let current = known.map_or(1, |known| known.version);
        let version = drawn.seen.of(current);
        let token = match (drawn.with, known.map(|known| known.place)) {
            (With::TheItems, Some(Place::Leased { token, .. })) => Some(token),
            (With::Another, _) => Some(ANOTHER),
            (With::TheItems | With::Nothing, _) => None,
        };
        Ruling {
            comment,
            said: Said {
                version,
                word: drawn.word,
                moderator: drawn.moderator,
            },
            token,
            override_lease: drawn.override_lease,
        }
    }
}

/// Counts around what is there.
fn around<T>(things: &[T], pick: usize) -> Option<&T> {
    things.get(pick.checked_rem(things.len())?)
}

impl Seen {
    fn of(self, current: u32) -> u32 {
        match self {
            Self::Current => current,
            Self::Older => (current - 1).max(1),
            Self::Newer => current + 1,
        }
    }
}

impl Change {
    fn applied(self, mut ruling: Ruling) -> Ruling {
        let said = &mut ruling.said;
        match self {
            Self::Nothing => {}
            Self::Moderator => said.moderator = (said.moderator + 1) % MODERATORS,
            Self::Verdict if said.word == Word::Verdict(Verdict::Spam) => {
                said.word = Word::Verdict(Verdict::Approve);
            }
            Self::Verdict => said.word = Word::Verdict(Verdict::Spam),
        }
        ruling
    }

    fn undo(self, mut undo: Undo) -> Undo {
        match self {
            Self::Nothing => {}
            Self::Moderator => undo.moderator = (undo.moderator + 1) % MODERATORS,
            Self::Verdict => undo.version += 1,
        }
        undo
    }
}
