//! What is done next, drawn by chance, and how the model goes on with it.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use replydesk::comment::{
    standing::Standing,
    state::{Outcome, Verdict, Word},
};

use super::{
    model::{AUTHORS, MODERATORS, Model, READERS, REPLICAS, TEXTS, THREADS},
    standings::{REASONS, Stand},
    transition::{Among, Change, DrawnRuling, FromBlog, Seen, Step, Transition, Which, With},
    words::{Act, NewComment, Time, Visit},
};

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Approve),
        Just(Verdict::Reject),
        Just(Verdict::Spam)
    ]
}

fn submissions() -> impl Strategy<Value = FromBlog> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Pending),
        2 => Just(Outcome::Approved),
        1 => Just(Outcome::Spam),
        1 => Just(Outcome::Rejected),
    ];
    let due_in = prop::option::weighted(0.85, 0..3_u8);
    let author = prop::option::weighted(0.8, 0..AUTHORS);
    (outcome, due_in, author, 0..THREADS).prop_map(|(outcome, due_in, author, thread)| {
        FromBlog::Submit(NewComment {
            outcome,
            due_in,
            author,
            thread,
        })
    })
}

fn leases() -> impl Strategy<Value = Transition> {
    let time = prop_oneof![3 => Just(Time::Over), 1 => Just(Time::TooFar)];
    let which =
        || prop_oneof![2 => Just(Which::Held), 1 => Just(Which::Ever), 1 => Just(Which::Anothers)];
    prop_oneof![
        3 => (0..MODERATORS, 1..4_u64).prop_map(|(moderator, count)| Transition::Claim { moderator, count }),
        2 => Just(Transition::ClaimAgain),
        2 => (any::<usize>(), which()).prop_map(|(pick, which)| Transition::Renew { pick, which }),
        2 => (any::<usize>(), which(), any::<bool>())
            .prop_map(|(pick, which, cool)| Transition::Release { pick, which, cool }),
        3 => (any::<usize>(), time).prop_map(|(pick, to)| Transition::Pass { pick, to }),
    ]
}

fn decisions() -> impl Strategy<Value = Transition> {
    let seen =
        prop_oneof![6 => Just(Seen::Current), 1 => Just(Seen::Older), 1 => Just(Seen::Newer)];
    let with = prop_oneof![
        Just(With::TheItems),
        Just(With::Nothing),
        Just(With::Another)
    ];
    let overriding = prop::bool::weighted(0.2);
    let word = prop_oneof![5 => verdict().prop_map(Word::Verdict), 2 => Just(Word::Escalate)];
    let ruling = (seen, word, 0..MODERATORS, with, overriding).prop_map(
        |(seen, word, moderator, with, override_lease)| DrawnRuling {
            seen,
            word,
            moderator,
            with,
            override_lease,
        },
    );
    let among = prop_oneof![
        3 => Just(Among::All),
        4 => Just(Among::Resting),
        3 => Just(Among::MostReported),
    ];
    (any::<usize>(), among, ruling).prop_map(|(pick, among, ruling)| Transition::Decide {
        pick,
        among,
        ruling,
    })
}

fn repetitions() -> impl Strategy<Value = Transition> {
    let change = prop_oneof![
        2 => Just(Change::Nothing),
        1 => Just(Change::Moderator),
        1 => Just(Change::Verdict),
    ];
    (any::<usize>(), change, any::<bool>()).prop_map(|(pick, change, undo)| {
        if undo {
            Transition::UndoAgain { pick, change }
        } else {
            Transition::DecideAgain { pick, change }
        }
    })
}

fn ruled() -> impl Strategy<Value = Among> {
    prop_oneof![1 => Just(Among::All), 2 => Just(Among::Ruled)]
}

fn undoings() -> impl Strategy<Value = Transition> {
    let seen =
        prop_oneof![6 => Just(Seen::Current), 1 => Just(Seen::Older), 1 => Just(Seen::Newer)];
    (any::<usize>(), ruled(), seen, 0..MODERATORS).prop_map(|(pick, among, seen, moderator)| {
        Transition::Undo {
            pick,
            among,
            seen,
            moderator,
        }
    })
}

fn authors_will() -> impl Strategy<Value = FromBlog> {
    let seen = prop_oneof![5 => Just(Seen::Current), 1 => Just(Seen::Older)];
    prop_oneof![
        1 => any::<usize>().prop_map(|pick| FromBlog::Retract { pick }),
        4 => (any::<usize>(), ruled(), seen).prop_map(|(pick, among, seen)| FromBlog::Appeal { pick, among, seen }),
    ]
}

fn reports() -> impl Strategy<Value = FromBlog> {
    let among = prop_oneof![
        2 => Just(Among::All),
        1 => Just(Among::Resting),
        2 => Just(Among::Shown),
        4 => Just(Among::MostReported),
    ];
    prop_oneof![
        8 => (any::<usize>(), among, 0..READERS)
            .prop_map(|(pick, among, reader)| FromBlog::Report { pick, among, reader }),
        1 => any::<usize>().prop_map(|pick| FromBlog::ReportAgain { pick }),
    ]
}

fn revisions() -> impl Strategy<Value = FromBlog> {
    let among = prop_oneof![
        3 => Just(Among::All),
        1 => Just(Among::Resting),
        1 => Just(Among::MostReported),
    ];
    let seen =
        prop_oneof![8 => Just(Seen::Current), 1 => Just(Seen::Older), 1 => Just(Seen::Newer)];
    prop_oneof![
        4 => (any::<usize>(), among, seen, 1..TEXTS).prop_map(|(pick, among, seen, text)| {
            FromBlog::Revise { pick, among, seen, text }
        }),
        1 => (any::<usize>(), any::<bool>())
            .prop_map(|(pick, same)| FromBlog::ReviseAgain { pick, same }),
    ]
}

fn standings() -> impl Strategy<Value = Transition> {
    let standing = prop_oneof![
        1 => Just(Standing::Trusted),
        2 => Just(Standing::Normal),
        1 => Just(Standing::Held),
        4 => Just(Standing::Banned),
    ];
    let pending = prop_oneof![
        1 => Just(None),
        2 => Just(Some(Verdict::Reject)),
        1 => Just(Some(Verdict::Spam)),
    ];
    let reason = prop::sample::select(&REASONS[..]);
    let strike = prop::bool::weighted(0.2);
    let stand = (standing, reason, strike, pending, 0..MODERATORS);
    let stand = stand.prop_map(|(standing, reason, strike, pending, moderator)| Stand {
        comment: 0,
        moderator,
        standing,
        reason,
        strike,
        pending: pending.filter(|_| standing == Standing::Banned),
    });
    prop_oneof![
        4 => (any::<usize>(), stand).prop_map(|(pick, stand)| Transition::Stand { pick, stand }),
        1 => any::<usize>().prop_map(|pick| Transition::StandAgain { pick }),
    ]
}

fn handing_in() -> impl Strategy<Value = FromBlog> {
    (prop::option::weighted(0.8, 0..AUTHORS), 0..THREADS)
        .prop_map(|(author, thread)| FromBlog::HandIn { author, thread })
}

fn bulks() -> impl Strategy<Value = Transition> {
    let picks = prop::collection::vec(any::<usize>(), 1..6);
    prop_oneof![
        3 => (picks, verdict(), 0..MODERATORS).prop_map(|(picks, verdict, moderator)| {
            Transition::Bulk { picks, verdict, moderator }
        }),
        1 => any::<usize>().prop_map(|pick| Transition::BulkAgain { pick }),
        2 => (any::<usize>(), 0..MODERATORS)
            .prop_map(|(pick, moderator)| Transition::UndoBulk { pick, moderator }),
    ]
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

fn from_blog() -> impl Strategy<Value = FromBlog> {
    prop_oneof![
        6 => submissions(),
        4 => handing_in(),
        1 => Just(FromBlog::Check),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(pick, same)| FromBlog::SubmitAgain { pick, same }),
        4 => authors_will(),
        8 => reports(),
        4 => revisions(),
    ]
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let transition = prop_oneof![
            29 => from_blog().prop_map(Transition::FromBlog),
            12 => leases(),
            7 => decisions(),
            5 => undoings(),
            6 => repetitions(),
            4 => standings(),
            4 => bulks(),
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
