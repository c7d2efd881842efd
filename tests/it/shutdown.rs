//! SIGTERM loses nothing: streams end and say so, leases return, calls in flight finish, within a bound.

use std::time::{Duration, Instant};

use replydesk::proto::v1::{self, work_queue_request::Message as Up};
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    health::Probe,
    process::{Process, admin_key, is_running, redis_pid},
    refusals::{assert_unavailable, told},
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(15);
/// Items come by wake-up or not at all.
const NO_POLL: (&str, &str) = ("moderation.poll_ms", "60000");

fn assert_stream_over(status: &Status) {
    assert_unavailable(status);
    assert_eq!(told(status), (Code::Unavailable, "STREAM_OVER".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_say_that_they_end_and_leases_are_the_next_moderators_at_once() {
    let mut desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    for n in 0..3 {
        blog.submit(nth("gazette", n)).await.unwrap();
    }
    let mut at_ada = ada.work("gazette", 3).await.unwrap();
    for _ in 0..3 {
        at_ada.item().await;
    }
    let mut watch = blog.watch("gazette", "").await.unwrap();
    for _ in 0..3 {
        watch.event().await;
    }
    let mut at_ben = ben.work("gazette", 3).await.unwrap();
    let mut health = Probe::new(desk.replicas[0].address).watch().await;
    while health.next().await != Some(Serving) {}

    let told_to = Instant::now();
    desk.replicas[0].tell_to_stop();
    assert_eq!(health.next().await, Some(NotServing));
    let ends = [
        soon("the work ends", BOUND, at_ada.next()).await,
        soon("the watch ends", BOUND, watch.next())
            .await
            .map(|_| None),
    ];
    for end in ends {
        assert_stream_over(&end.unwrap_err());
    }
    for _ in 0..3 {
        soon("what Ada held", BOUND, at_ben.item()).await;
    }
    assert_eq!(health.next().await, None, "who watches health is let go");
    soon("the replica ends", BOUND, desk.replicas[0].stop()).await;
    let took = told_to.elapsed();
    assert!(
        took < Duration::from_secs(8),
        "{took:?}, and nothing to wait for"
    );
    drop(at_ben);
    desk.finish().await;
}

/// Every write waits until it is told otherwise; reads go on.
fn hold_writes(desk: &Desk) {
    let () = desk.redis.ask(&["CLIENT", "PAUSE", "60000", "WRITE"]);
}

fn let_writes_go(desk: &Desk) {
    let () = desk.redis.ask(&["CLIENT", "UNPAUSE"]);
}

/// The command that the service's connection is held with, if one is.
fn held(desk: &Desk) -> Option<String> {
    let clients: String = desk.redis.ask(&["CLIENT", "LIST"]);
    let held = clients.lines().find(|line| line.contains(" flags=b"))?;
    let command = held.split(" cmd=").nth(1)?.split(' ').next()?;
    Some(command.to_owned())
}

/// A submission that is under way and waits for Redis.
async fn submission_in_flight(
    desk: &Desk,
    blog: &Client,
    request: &v1::SubmitCommentRequest,
) -> JoinSet<Result<v1::SubmitCommentResponse, Status>> {
    loop {
        hold_writes(desk);
        let mut calls = JoinSet::new();
        let (blog, request) = (blog.clone(), request.clone());
        calls.spawn({
            let (blog, request) = (blog.clone(), request.clone());
            async move { blog.submit(request).await }
        });
        let command = until("a write is held", BOUND, async || held(desk)).await;
        if command == "evalsha" {
            return calls;
        }
        // The service's own probe was first, and the submission may not have come yet: once more.
        let_writes_go(desk);
        calls.join_all().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_who_does_not_read_keeps_nothing_from_the_others() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Moderator, "ada").await;
    let ada = desk.client(0, &key).narrow();
    let ben = desk.moderator(1, "gazette", "ben").await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    let mut at_ada = ada.work("gazette", 1).await.unwrap();
    at_ada.item().await;
    // Ada talks and never listens, until nothing more goes up: the replica waits for her to read.
    let nonsense = || {
        Up::Skip(v1::work_queue_request::Skip {
            // Many small messages that nobody takes end a connection (h2's budget for DATA frames under 256 bytes).
            comment_id: "no comment's id ".repeat(32),
            ..Default::default()
        })
    };
    let second = Duration::from_secs(1);
    while tokio::time::timeout(second, at_ada.say(nonsense()))
        .await
        .is_ok()
    {}
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    desk.replicas[0].tell_to_stop();
    let told_to = Instant::now();
    soon("what Ada held", BOUND, at_ben.item()).await;
    let took = told_to.elapsed();
    assert!(
        took < Duration::from_secs(5),
        "{took:?}, far less than she has to read"
    );
    drop((at_ada, at_ben));
    desk.finish().await;
}

/// And the trainer's lease needs no renewal meanwhile, which would be a script that is held too.
const PATIENT: [(&str, &str); 3] = [
    ("learning.lease_ms", "60000"),
    ("store.timeout_ms", "20000"),
    ("server.request_timeout_ms", "20000"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_call_in_flight_finishes_and_a_new_one_is_refused() {
    let mut desk = Desk::with(2, &PATIENT).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let blog = desk.client(0, &key);
    // Every script is known to Redis from here on, so that what is held is the submission's.
    blog.submit(nth("gazette", 0)).await.unwrap();
    let request = nth("gazette", 1);
    let mut calls = submission_in_flight(&desk, &blog, &request).await;
    let mut health = Probe::new(desk.replicas[0].address).watch().await;
    while health.next().await != Some(Serving) {}
    desk.replicas[0].tell_to_stop();
    assert_eq!(health.next().await, Some(NotServing));
    let late = desk.client(0, &key);
    until("new calls are refused", BOUND, async || {
        let call = tokio::time::timeout(Duration::from_millis(300), late.events("gazette", ""));
        matches!(call.await, Ok(Err(_))).then_some(())
    })
    .await;
    assert!(calls.try_join_next().is_none(), "still under way");
    let_writes_go(&desk);
    let receipt = soon("the answer", BOUND, calls.join_next()).await;
    assert_eq!(receipt.unwrap().unwrap().unwrap().version, 1);
    soon("the replica ends", BOUND, desk.replicas[0].stop()).await;
    let again = desk.client(1, &key).submit(request).await.unwrap();
    assert!(again.replayed, "what was answered is stored");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_has_a_bound_though_redis_answers_nothing() {
    let mut settings = PATIENT.to_vec();
    settings.extend([("server.drain_timeout_ms", "1000"), NO_POLL]);
    let mut desk = Desk::with(1, &settings).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    let mut work = ada.work("gazette", 1).await.unwrap();
    work.item().await;
    let calls = submission_in_flight(&desk, &blog, &nth("gazette", 1)).await;
    let begun = Instant::now();
    soon("the replica ends", BOUND, desk.replicas[0].stop()).await;
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(4),
        "{took:?} though it may take 1 s"
    );
    // In a process of its own the call would end with it.
    drop(calls);
    // What could not be given back comes back when its lease runs out; this test does not wait for that.
    let_writes_go(&desk);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_binary_stops_its_redis_last_and_finds_everything_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let mut service = Process::embedded(data.path(), &[]).await;
    let key = admin_key(data.path());
    let admin = service.client(&key);
    let site = v1::Site {
        site: "gazette".to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let request = v1::CreateSiteRequest { site: Some(site) };
    admin.sites.clone().create_site(request).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..10 {
        let request = nth("gazette", n);
        ids.push(request.comment_id.clone());
        admin.submit(request).await.unwrap();
    }
    let mut work = admin.work("gazette", 4).await.unwrap();
    let item = work.item().await;
    work.decide(&item, v1::Verdict::Approve).await;
    let mut watch = admin.watch("gazette", "").await.unwrap();
    for _ in 0..11 {
        watch.event().await;
    }
    let before = admin.all_events("gazette").await;
    let redis = redis_pid(data.path());
    assert!(is_running(redis));

    service.signal("TERM");
    let end = loop {
        match soon("the work ends", BOUND, work.next()).await {
            Ok(Some(_)) => {}
            other => break other.unwrap_err(),
        }
    };
    assert_stream_over(&end);
    let end = soon("the watch ends", BOUND, watch.next()).await;
    assert_stream_over(&end.unwrap_err());
    let status = service.ended(BOUND).await;
    assert!(status.success(), "{status}");
    assert!(!is_running(redis), "its Redis is gone before it");

    let service = Process::embedded(data.path(), &[]).await;
    let admin = service.client(&key);
    assert_eq!(admin.all_events("gazette").await, before);
    for id in &ids {
        admin.get("gazette", id).await;
    }
    let stats = admin.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased), (9, 0), "leases went back");
}
