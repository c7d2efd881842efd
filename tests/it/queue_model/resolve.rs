//! What is drawn becomes what is sent, here and now.

mod among;
mod from_blog;

use replydesk::comment::state::{Verdict, Word};

use super::{
    model::{MODERATORS, Model},
    standings::Stand,
    transition::{Change, DrawnRuling, Seen, Transition, Which, With},
    words::{ANOTHER, Bulk, Place, Ruling, Said, Sent, Undo},
};

impl Model {
    /// What a transition is here and now.
    pub fn resolve(&mut self, transition: &Transition) -> Sent {
        let sent = match transition {
            Transition::FromBlog(what) => self.resolve_from_blog(what),
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
                among,
                ruling,
            } => {
                let comment = self.one(*pick, *among);
                Some(Sent::Decide(self.ruling(comment, ruling)))
            }
            Transition::DecideAgain { pick, change } => {
                around(&self.carried_out, *pick).map(|ruling| Sent::Decide(change.applied(*ruling)))
            }
            Transition::Undo {
                pick,
                among,
                seen,
                moderator,
            } => {
                let comment = self.one(*pick, *among);
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
            Transition::Stand { pick, stand } => {
                let comment = self.any(*pick);
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
        let mut comments: Vec<_> = picks.iter().map(|pick| self.any(*pick)).collect();
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
pub fn around<T>(things: &[T], pick: usize) -> Option<&T> {
    things.get(pick.checked_rem(things.len())?)
}

impl Seen {
    pub fn of(self, current: u32) -> u32 {
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
