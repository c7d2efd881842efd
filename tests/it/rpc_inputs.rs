//! Whatever a caller sends to whatever RPC: no panic, a clear status, and bad input changes nothing.

mod arbitrary;
mod call;
mod messages;
mod mutated;

use std::collections::BTreeMap;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestRunner},
};
use replydesk::{
    grpc::convert::listing, proto::v1, queue::listing::ListingPlace, store::queue_scan::Place,
};
use tokio::runtime::Runtime;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    learnt::NOBODY_TRAINS,
};
use call::Call;

pub const SITE: &str = "gazette";
/// A comment that is there.
pub const COMMENT: &str = "018f0000-0000-7000-8000-000000000001";

struct Bench {
    runtime: Runtime,
    desk: Desk,
    admin: Client,
    officer: Client,
}

impl Bench {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let desk = runtime.block_on(async {
            let desk = Desk::with(1, NOBODY_TRAINS).await;
            let blog = desk.site(SITE, everything_waits()).await;
            for n in 0..3 {
                let mut request = nth(SITE, n);
                if n == 0 {
                    COMMENT.clone_into(&mut request.comment_id);
                }
                blog.submit(request).await.unwrap();
            }
            desk
        });
        let admin = runtime.block_on(async { desk.admin() });
        let officer = desk.someone(0, SITE, v1::Role::PrivacyOfficer, "officer");
        let officer = runtime.block_on(officer);
        Self {
            runtime,
            desk,
            admin,
            officer,
        }
    }

    /// Every key with a digest of its value; but for rates, which run out by themselves, the connection's probe, and
    /// what the trainer does with earlier calls meanwhile, and access keys.
    fn contents(&self) -> BTreeMap<Vec<u8>, String> {
        let mut keys = self.desk.redis.keys();
        keys.retain(|key| {
            let text = String::from_utf8_lossy(key);
            // What the trainer does meanwhile follows from calls that were right.
            let of_trainer = text.starts_with("{replydesk}:model") || text.ends_with("}:il");
            let is_rate = ["}:ra:", "}:ri:", "}:rr:"]
                .iter()
                .any(|rate| text.contains(rate));
            // When it was used last is written beside a key, whatever it was used for.
            let is_key = text.starts_with("{replydesk}:key:");
            !is_rate && !text.ends_with(":probe") && !of_trainer && !is_key
        });
        let digests: Vec<String> = redis::cmd("DEBUG")
            .arg("DIGEST-VALUE")
            .arg(&keys)
            .query(&mut self.desk.redis.look())
            .unwrap();
        keys.into_iter().zip(digests).collect()
    }

    /// As many calls as asked for; each is answered as it should be.
    fn answer_all(&self, cases: u32, calls: impl Strategy<Value = Call>) {
        let cases = std::env::var("PROPTEST_CASES").map_or(cases, |n| n.parse().unwrap());
        let config = Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 2_000,
            ..Config::default()
        };
        let answered = TestRunner::new(config).run(&calls, |call| {
            let before = self.contents();
            let result = self.runtime.block_on(call.send(&self.admin, &self.officer));
            if let Err(status) = &result {
                check(status);
                if status.code() == Code::InvalidArgument {
                    assert_eq!(self.contents(), before, "bad input has changed something");
                }
            }
            Ok(())
        });
        answered.unwrap_or_else(|error| panic!("{error:.4000}"));
    }

    fn finish(self) {
        // It answers afterwards as it did before.
        let there = self.runtime.block_on(self.admin.get(SITE, COMMENT));
        assert_eq!(there.comment_id, COMMENT);
        self.runtime.block_on(self.desk.finish());
    }
}

/// An answer that tells the caller what to do.
fn check(status: &Status) {
    let ours = match status.code() {
        Code::InvalidArgument => {
            let bad = status.get_details_bad_request();
            let violations = bad.map(|bad| bad.field_violations).unwrap_or_default();
            assert!(!violations.is_empty(), "no violation is named: {status:?}");
            for violation in violations {
                assert!(
                    !violation.field.is_empty() && !violation.description.is_empty(),
                    "{status:?}"
                );
            }
            true
        }
        Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange => true,
        // The store is there, nothing takes long, and a panic would show as one of these.
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => false,
    };
    assert!(ours, "{status:?}");
    let info = status.get_details_error_info();
    assert!(
        info.is_some_and(|info| !info.reason.is_empty()),
        "no reason: {status:?}"
    );
    assert!(status.message().len() < 2_000, "a long message: {status:?}");
}

#[test]
fn whatever_is_sent_to_whatever_rpc_is_answered() {
    let bench = Bench::start();
    bench.answer_all(600, messages::any_call());
    bench.finish();
}

#[test]
fn a_real_request_with_one_field_broken_is_answered() {
    let bench = Bench::start();
    bench.answer_all(400, mutated::any_mutation());
    bench.finish();
}

#[test]
fn whatever_is_said_on_a_work_stream_is_answered() {
    let bench = Bench::start();
    bench.answer_all(60, messages::work::stream());
    bench.finish();
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_connection_lives() {
    let bench = Bench::start();
    let before = bench.contents();
    let mut request = nth(SITE, 9);
    request.body = "x".repeat(300_000);
    let refused = bench
        .runtime
        .block_on(bench.admin.submit(request))
        .unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    let request = v1::GetCommentRequest {
        site: "x".repeat(300_000),
        ..Default::default()
    };
    let refused = bench
        .runtime
        .block_on(bench.admin.comments.clone().get_comment(request));
    assert_eq!(refused.unwrap_err().code(), Code::ResourceExhausted);
    assert_eq!(bench.contents(), before);
    bench.finish();
}

/// Found by chance, and kept.
#[test]
fn places_behind_the_end_of_all_numbers_are_answered() {
    let bench = Bench::start();
    let cursor = format!("{}-65535", u64::MAX);
    let list = v1::ListEventsRequest {
        site: SITE.to_owned(),
        cursor,
        page_size: 0,
    };
    let events = bench
        .runtime
        .block_on(bench.admin.comments.clone().list_events(list));
    assert_eq!(events.unwrap_err().code(), Code::OutOfRange);
    let mut queue = v1::ListQueueRequest {
        site: SITE.to_owned(),
        ..Default::default()
    };
    let mut end = [255; 24];
    end[..8].copy_from_slice(&i64::MAX.to_be_bytes());
    queue.page_token = listing::token(
        &queue,
        ListingPlace {
            lane: 0,
            place: Place::from_bytes(end),
        },
    );
    let queue = bench
        .runtime
        .block_on(bench.admin.moderation.clone().list_queue(queue));
    assert_eq!(queue.unwrap().into_inner().items, []);
    bench.finish();
}

#[test]
#[ignore = "long: run by `make soak`"]
fn soak_whatever_is_sent_is_answered() {
    // Afresh each time: all contents are compared at each call.
    for _ in 0..10 {
        let bench = Bench::start();
        bench.answer_all(1_000, messages::any_call());
        bench.answer_all(1_000, mutated::any_mutation());
        bench.answer_all(50, messages::work::stream());
        bench.finish();
    }
}
