//! Queue and feed against a small reference model: whatever is done in whatever order, on two replicas, Redis holds
//! what the model says.
//!
//! `make test` runs a few sequences; `make soak` and `PROPTEST_CASES` run more.

mod afterwards;
mod bulks;
mod chance;
mod check;
mod deeds;
mod due;
mod leasing;
mod machine;
mod model;
mod names;
mod real;
mod reports;
mod resolve;
mod revisions;
mod rulings;
mod standings;
mod transition;
mod visit;
mod words;

use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use machine::Machine;
use model::Model;
use replydesk::comment::state::Outcome;
use transition::{Transition, Which};
use words::NewComment;

const STEPS: usize = 40;

fn sequences(cases: u32) {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |n| n.parse().unwrap());
    let config = Config {
        cases,
        failure_persistence: None,
        // Each attempt runs on a Redis of its own: a short sequence soon enough, not the shortest after an hour.
        max_shrink_iters: 400,
        ..Config::default()
    };
    let strategy = Model::sequential_strategy(STEPS / 2..=STEPS);
    TestRunner::new(config.clone())
        .run(&strategy, |(model, transitions, seen)| {
            Machine::test_sequential(config.clone(), model, transitions, seen);
            Ok(())
        })
        .unwrap();
}

#[test]
fn queue_and_feed_do_what_the_model_says() {
    sequences(48);
}

#[test]
#[ignore = "long: run by `make soak`"]
fn soak_queue_and_feed_do_what_the_model_says() {
    sequences(2_000);
}

/// Found by chance, and kept.
#[test]
fn a_repeated_claim_goes_on_behind_a_token_whose_item_is_gone() {
    let new = NewComment {
        outcome: Outcome::Pending,
        due_in: Some(0),
        author: None,
        thread: 0,
    };
    let skip_the_first = Transition::Release {
        pick: 0,
        which: Which::Held,
        cool: true,
    };
    let steps = [
        Transition::Submit(new),
        Transition::Submit(new),
        Transition::Claim {
            moderator: 0,
            count: 2,
        },
        skip_the_first,
        Transition::ClaimAgain,
    ];
    let steps = steps.into_iter().map(|step| (0, step)).collect();
    Machine::test_sequential(Config::default(), Model::new(), steps, None);
}
