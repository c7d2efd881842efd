//! The service and a bare ceiling, side by side in one run: `make bench`.
//!
//! The ceiling is what no service on this stack can beat: a bare tonic handler that makes one pipelined read and runs
//! one script with the same writes, without keys, parsing, scoring, sealing or checks. Service, ceiling and Redis are
//! processes of their own; rounds alternate, so that a noisy machine is noisy for both, and the figures are ratios of
//! medians. Written to `target/bench.json` too, as a list of {name, value, unit, bar}.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot measure says so and ends"
)]

mod ceiling;
mod cpu;
mod load;
mod memory;
mod path;
mod processes;
mod queue;
mod readers;
mod redis_work;
mod report;
mod scoring;

use std::time::Duration;

/// The command line: `make bench ARGS="path"` runs only what has the word in its name; `"everysec, 16 in"` one of the
/// path's rows.
fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    // Children are this program again.
    if let [role, redis] = &arguments[..]
        && role == "--ceiling"
    {
        return runtime().block_on(ceiling::serve(redis));
    }
    let wanted = |name: &str| {
        arguments.is_empty()
            || arguments
                .iter()
                .any(|argument| name.contains(argument.as_str()))
    };
    let mut report = report::Report::default();
    runtime().block_on(async {
        if wanted("scoring") {
            scoring::run(&mut report);
        }
        if wanted("memory") {
            memory::run(&mut report).await;
        }
        if wanted("start") {
            processes::start_to_ready(&mut report).await;
        }
        if wanted("queue") {
            queue::claim_and_decide(&mut report).await;
            queue::submit_to_item(&mut report).await;
        }
        path::run(&mut report, Duration::from_secs(3), wanted).await;
    });
    report.finish();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
