//! Queue and feed against a small reference model: whatever is done in whatever order, on two replicas, Redis holds
//! what the model says.
//!
//! `make test` runs a few sequences; `make soak` and `PROPTEST_CASES` run more.

mod check;
mod machine;
mod model;
mod names;
mod real;
mod transition;
mod visit;
mod words;

use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use machine::Machine;
use model::Model;

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
    let strategy = Model::sequential_strategy(1..=STEPS);
    TestRunner::new(config.clone())
        .run(&strategy, |(model, transitions, seen)| {
            Machine::test_sequential(config.clone(), model, transitions, seen);
            Ok(())
        })
        .unwrap();
}

#[test]
fn queue_and_feed_do_what_the_model_says() {
    sequences(24);
}

#[test]
#[ignore = "long: run by `make soak`"]
fn soak_queue_and_feed_do_what_the_model_says() {
    sequences(500);
}
