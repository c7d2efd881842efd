//! What can be done, drawn by chance, and what the model makes of it.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use replydesk::comment::state::{Outcome, Verdict};

use super::{
    model::{AUTHORS, MODERATORS, Model, REPLICAS, THREADS},
    words::{ANOTHER, Act, NewComment, Place, Reply, Ruling, Said, Sent, Time, Visit},
};

/// Which version a verdict names.
#[derive(Debug, Clone, Copy)]
enum Seen {
    Current,
    Older,
    Newer,
}

/// Which lease a verdict names.
#[derive(Debug, Clone, Copy)]
enum With {
    Nothing,
    TheItems,
    Another,
}

/// A verdict as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct DrawnRuling {
    seen: Seen,
    verdict: Verdict,
    moderator: u8,
    with: With,
    override_lease: bool,
}

/// What is drawn. Numbers that pick something count around what is there.
#[derive(Debug, Clone)]
pub enum Transition {
    Submit(NewComment),
    /// Everything but the write.
    Check,
    SubmitAgain {
        pick: usize,
        same: bool,
    },
    Claim {
        moderator: u8,
        count: u64,
    },
    /// As after a lost reply.
    ClaimAgain,
    /// `any`: of all leases that ever were, else of those that are held.
    Renew {
        pick: usize,
        any: bool,
    },
    Release {
        pick: usize,
        any: bool,
        cool: bool,
    },
    Pass {
        pick: usize,
        to: Time,
    },
    Decide {
        pick: usize,
        ruling: DrawnRuling,
    },
    DecideAgain {
        pick: usize,
    },
    Visit(Visit),
}

/// A transition, and on which replica.
pub type Step = (u8, Transition);

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Approve),
        Just(Verdict::Reject),
        Just(Verdict::Spam)
    ]
}

fn submissions() -> impl Strategy<Value = Transition> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Pending),
        1 => Just(Outcome::Approved),
        1 => Just(Outcome::Spam),
        1 => Just(Outcome::Rejected),
    ];
    let due_in = prop::option::weighted(0.85, 0..3_u8);
    let author = prop::option::weighted(0.8, 0..AUTHORS);
    (outcome, due_in, author, 0..THREADS).prop_map(|(outcome, due_in, author, thread)| {
        Transition::Submit(NewComment {
            outcome,
            due_in,
            author,
            thread,
        })
    })
}

fn leases() -> impl Strategy<Value = Transition> {
    let time = prop_oneof![3 => Just(Time::Over), 1 => Just(Time::TooFar)];
    let ever = || prop::bool::weighted(0.25);
    prop_oneof![
        3 => (0..MODERATORS, 1..4_u64).prop_map(|(moderator, count)| Transition::Claim { moderator, count }),
        1 => Just(Transition::ClaimAgain),
        1 => (any::<usize>(), ever()).prop_map(|(pick, any)| Transition::Renew { pick, any }),
        2 => (any::<usize>(), ever(), any::<bool>())
            .prop_map(|(pick, any, cool)| Transition::Release { pick, any, cool }),
        2 => (any::<usize>(), time).prop_map(|(pick, to)| Transition::Pass { pick, to }),
    ]
}

fn decisions() -> impl Strategy<Value = Transition> {
    let seen =
        prop_oneof![4 => Just(Seen::Current), 1 => Just(Seen::Older), 1 => Just(Seen::Newer)];
    let with = prop_oneof![
        Just(With::TheItems),
        Just(With::Nothing),
        Just(With::Another)
    ];
    let overriding = prop::bool::weighted(0.2);
    let ruling = (seen, verdict(), 0..MODERATORS, with, overriding).prop_map(
        |(seen, verdict, moderator, with, override_lease)| DrawnRuling {
            seen,
            verdict,
            moderator,
            with,
            override_lease,
        },
    );
    (any::<usize>(), ruling).prop_map(|(pick, ruling)| Transition::Decide { pick, ruling })
}

fn visits() -> impl Strategy<Value = Transition> {
    let act = prop_oneof![3 => verdict().prop_map(Act::Decide), 1 => Just(Act::Skip)];
    (
        0..MODERATORS,
        1..4_usize,
        prop::collection::vec(act, 0..4),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(moderator, prefetch, acts, stop)| {
            Transition::Visit(Visit {
                moderator,
                prefetch,
                acts,
                stop,
            })
        })
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let transition = prop_oneof![
            8 => submissions(),
            1 => Just(Transition::Check),
            2 => (any::<usize>(), any::<bool>()).prop_map(|(pick, same)| Transition::SubmitAgain { pick, same }),
            10 => leases(),
            5 => decisions(),
            2 => any::<usize>().prop_map(|pick| Transition::DecideAgain { pick }),
            2 => visits(),
        ];
        (0..REPLICAS, transition).boxed()
    }

    fn apply(mut state: Self, (_, transition): &Step) -> Self {
        state.sent = state.resolve(transition);
        state.reply = state.follow(&state.sent.clone());
        state
    }
}

impl Model {
    /// What a transition is here and now.
    fn resolve(&mut self, transition: &Transition) -> Sent {
        let sent = match transition {
            Transition::Submit(new) => Some(Sent::Submit(*new)),
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
            Transition::Renew { pick, any } => self.lease(*pick, *any).map(Sent::Renew),
            Transition::Release { pick, any, cool } => self
                .lease(*pick, *any)
                .map(|lease| Sent::Release(lease, *cool)),
            Transition::Pass { pick, to } => {
                around(&self.resting(), *pick).map(|comment| Sent::Pass(*comment, *to))
            }
            Transition::Decide { pick, ruling } => Some(Sent::Decide(self.ruling(*pick, ruling))),
            Transition::DecideAgain { pick } => {
                around(&self.carried_out, *pick).map(|ruling| Sent::Decide(*ruling))
            }
            Transition::Visit(visit) => Some(Sent::Visit(visit.clone())),
        };
        sent.unwrap_or(Sent::Nothing)
    }

    fn follow(&mut self, sent: &Sent) -> Reply {
        match sent {
            Sent::Nothing => Reply::Nothing,
            Sent::Submit(new) => self.submit(*new),
            Sent::Check => Reply::Admitted,
            Sent::SubmitAgain(comment, true) => {
                let known = self.comments[*comment];
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
            Sent::Visit(visit) => self.visit(visit),
        }
    }

    /// One of the leases that are held, or of all that ever were.
    fn lease(&self, pick: usize, any: bool) -> Option<(usize, u64)> {
        if any {
            around(&self.given, pick).copied()
        } else {
            around(&self.leased(), pick).copied()
        }
    }

    /// The verdict on one of the comments; one past the last is one that is not there.
    fn ruling(&self, pick: usize, drawn: &DrawnRuling) -> Ruling {
        let comment = pick % (self.comments.len() + 1);
        let known = self.comments.get(comment);
        let current = known.map_or(1, |known| known.version);
        let version = match drawn.seen {
            Seen::Current => current,
            Seen::Older => (current - 1).max(1),
            Seen::Newer => current + 1,
        };
        let token = match (drawn.with, known.map(|known| known.place)) {
            (With::TheItems, Some(Place::Leased { token, .. })) => Some(token),
            (With::Another, _) => Some(ANOTHER),
            (With::TheItems | With::Nothing, _) => None,
        };
        Ruling {
            comment,
            said: Said {
                version,
                verdict: drawn.verdict,
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
