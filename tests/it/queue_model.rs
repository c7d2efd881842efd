//! The whole life of comments against a small reference model: whatever moderators, readers, authors and time do in
//! whatever order, on two replicas, Redis holds what the model says.
//!
//! `make test` runs a few sequences; `make soak` and `PROPTEST_CASES` run more.

mod afterwards;
mod bulks;
mod chance;
mod check;
mod deeds;
mod due;
mod follow;
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
use transition::{Among, FromBlog, Transition, Which};
use words::NewComment;

const STEPS: usize = 60;

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
    sequences(32);
}

#[test]
#[ignore = "long: run by `make soak`"]
fn soak_queue_and_feed_do_what_the_model_says() {
    sequences(2_000);
}

fn run(steps: impl IntoIterator<Item = Transition>) {
    let steps = steps.into_iter().map(|step| (0, step)).collect();
    Machine::test_sequential(Config::default(), Model::new(), steps, None);
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
    run([
        Transition::FromBlog(FromBlog::Submit(new)),
        Transition::FromBlog(FromBlog::Submit(new)),
        Transition::Claim {
            moderator: 0,
            count: 2,
        },
        skip_the_first,
        Transition::ClaimAgain,
    ]);
}

/// Chance hardly comes by it.
#[test]
fn a_reader_who_has_reported_enough_is_told_so_by_the_model_too() {
    let new = NewComment {
        outcome: Outcome::Approved,
        due_in: None,
        author: None,
        thread: 0,
    };
    let of_eleven = || 1..=11;
    let report = |reader| {
        move |pick| {
            Transition::FromBlog(FromBlog::Report {
                pick,
                among: Among::All,
                reader,
            })
        }
    };
    let submissions = of_eleven().map(|_| Transition::FromBlog(FromBlog::Submit(new)));
    let reports = of_eleven().map(report(0));
    let again = Transition::FromBlog(FromBlog::ReportAgain { pick: 0 });
    run(submissions.chain(reports).chain([again, report(1)(11)]));
}
