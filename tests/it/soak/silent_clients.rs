//! Clients that never read, talk without listening, or vanish: they cost little, and hold nothing for long.

use std::time::Duration;

use replydesk::proto::v1::{self, work_queue_request as up, work_queue_request::Message as Up};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

use super::{SITE, frozen::Wire, service::Service};
use crate::harness::{
    clients::Client,
    comments::{everything_waits, nth},
};

/// The service gives a client 10 s to read; the rest is for a busy machine.
const NOTICED: Duration = Duration::from_secs(20);
const WATCHERS: usize = 40;
const EVENTS: usize = 4_000;
/// A stream's messages in h2's and our buffers: 400 KiB and 64 events.
const KIB_A_WATCHER: u64 = 1_024;

async fn open_site(service: &Service) -> Client {
    let site = v1::Site {
        site: SITE.to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let request = v1::CreateSiteRequest { site: Some(site) };
    service.admin().sites.create_site(request).await.unwrap();
    service.someone(SITE, v1::Role::Submitter, "blog").await
}

async fn submit(blog: &Client, count: usize, request: impl Fn(usize) -> v1::SubmitCommentRequest) {
    let mut tasks = JoinSet::new();
    for n in 0..count {
        let (blog, request) = (blog.clone(), request(n));
        tasks.spawn(async move { drop(blog.submit(request).await.unwrap()) });
        if tasks.len() >= 32 {
            tasks.join_next().await.unwrap().unwrap();
        }
    }
    tasks.join_all().await;
}

/// What is left in a stream, and how it ended.
async fn drain<T>(stream: &mut Streaming<T>) -> (usize, Option<Status>) {
    let mut came = 0;
    loop {
        match timeout(NOTICED, stream.message())
            .await
            .expect("the stream goes on or ends")
        {
            Ok(Some(_)) => came += 1,
            Ok(None) => return (came, None),
            Err(status) => return (came, Some(status)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_watchers_that_never_read_cost_little_and_are_cut_off() {
    let service = Service::start(&[]).await;
    let blog = open_site(&service).await;
    submit(&blog, EVENTS, |n| {
        let mut request = nth(SITE, n);
        // Names as long as they may be make long events.
        request.thread.as_mut().unwrap().thread_id = format!("{:0200}", n % 7);
        request
    })
    .await;
    let before = service.resident_kib();
    let mut streams = Vec::new();
    for n in 0..WATCHERS {
        let watcher = service
            .someone(SITE, v1::Role::Submitter, &format!("watcher-{n}"))
            .await;
        let request = v1::WatchEventsRequest {
            site: SITE.to_owned(),
            cursor: String::new(),
        };
        streams.push(
            watcher
                .narrow()
                .comments
                .watch_events(request)
                .await
                .unwrap()
                .into_inner(),
        );
    }
    let (opened, mut most) = (Instant::now(), before);
    while opened.elapsed() < NOTICED {
        most = most.max(service.resident_kib());
        sleep(Duration::from_millis(200)).await;
    }
    let cost = most.saturating_sub(before) / WATCHERS as u64;
    println!(
        "{WATCHERS} watchers that never read: {before} KiB before, {most} KiB at most, {cost} KiB each"
    );
    assert!(cost < KIB_A_WATCHER, "{cost} KiB each");
    for stream in &mut streams {
        let (came, end) = drain(stream).await;
        assert_eq!(
            end.map(|status| status.code()),
            Some(Code::ResourceExhausted)
        );
        assert!(came < EVENTS, "all {came} events were buffered");
    }
    service.stop().await;
}

/// Items as large as they may be, so that no buffer takes them all.
async fn fill_queue(service: &Service, items: usize) {
    let blog = open_site(service).await;
    submit(&blog, items, |n| {
        let mut request = nth(SITE, n);
        request.body = format!("{n} {}", "word ".repeat(13_000));
        request
    })
    .await;
}

fn leased(service: &Service) -> usize {
    let mut look = service.look().unwrap();
    redis::cmd("HLEN")
        .arg(format!("{{{SITE}}}:lt"))
        .query(&mut look)
        .unwrap()
}

async fn until_leased(service: &Service, expected: usize, within: Duration) -> Duration {
    let started = Instant::now();
    while leased(service) != expected {
        assert!(
            started.elapsed() < within,
            "{} leased, not {expected}",
            leased(service)
        );
        sleep(Duration::from_millis(20)).await;
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_moderator_who_talks_and_never_listens_is_cut_off() {
    let service = Service::start(&[]).await;
    fill_queue(&service, 60).await;
    let moderator = service.someone(SITE, v1::Role::Moderator, "ada").await;
    let (said, requests) = mpsc::channel(1);
    let start = Up::Start(up::Start {
        sites: vec![SITE.to_owned()],
        prefetch: 50,
        ..Default::default()
    });
    said.send(v1::WorkQueueRequest {
        message: Some(start),
    })
    .await
    .unwrap();
    let opened = moderator
        .narrow()
        .moderation
        .work_queue(ReceiverStream::new(requests))
        .await;
    let mut down = opened.unwrap().into_inner();
    until_leased(&service, 50, NOTICED).await;
    let before = service.resident_kib();
    let mut talker = JoinSet::new();
    talker.spawn(async move {
        // Too long a note: refused, and answered. Of small frames h2 itself would soon have enough.
        let decide = Up::Decide(up::Decide {
            note: "x".repeat(4_000),
            ..Default::default()
        });
        let refused = v1::WorkQueueRequest {
            message: Some(decide),
        };
        let mut count = 0_u64;
        while said.send(refused.clone()).await.is_ok() {
            count += 1;
        }
        count
    });
    let after = until_leased(&service, 0, NOTICED).await;
    let grown = service.resident_kib().saturating_sub(before);
    let (_, end) = drain(&mut down).await;
    assert_eq!(
        end.map(|status| status.code()),
        Some(Code::ResourceExhausted)
    );
    drop(down);
    let said = talker.join_next().await.unwrap().unwrap();
    println!("a moderator who never listens: cut off after {after:?}; said {said}; {grown} KiB");
    assert!(grown < 16 * 1_024, "{grown} KiB");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_moderator_who_neither_reads_nor_speaks_loses_the_items() {
    let service = Service::start(&["moderation.lease_ms=2000"]).await;
    fill_queue(&service, 30).await;
    let moderator = service.someone(SITE, v1::Role::Moderator, "ada").await;
    let (said, requests) = mpsc::channel(1);
    let start = Up::Start(up::Start {
        sites: vec![SITE.to_owned()],
        // As many as wait in the service to be read: more would be cut off for not reading.
        prefetch: 3,
        ..Default::default()
    });
    said.send(v1::WorkQueueRequest {
        message: Some(start),
    })
    .await
    .unwrap();
    let opened = moderator
        .narrow()
        .moderation
        .work_queue(ReceiverStream::new(requests))
        .await;
    let mut down = opened.unwrap().into_inner();
    until_leased(&service, 3, NOTICED).await;
    let after = until_leased(&service, 0, NOTICED).await;
    println!("a moderator without a sign of life: items back after {after:?}");
    let (_, end) = drain(&mut down).await;
    assert_eq!(
        end.map(|status| status.code()),
        Some(Code::DeadlineExceeded)
    );
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_the_items_of_a_moderator_who_vanishes_come_back() {
    // The lease alone would keep them for an hour.
    let service = Service::start(&["moderation.lease_ms=3600000", "server.keepalive_s=1"]).await;
    let blog = open_site(&service).await;
    submit(&blog, 5, |n| nth(SITE, n)).await;
    let wire = Wire::to(service.address).await;
    let ada = service
        .someone(SITE, v1::Role::Moderator, "ada")
        .await
        .through(wire.address);
    let mut work = ada.work(SITE, 5).await.unwrap();
    for _ in 0..5 {
        work.item().await;
    }
    wire.freeze();
    let after = until_leased(&service, 0, NOTICED).await;
    println!("a moderator who vanished: items back after {after:?}");
    let grace = service.someone(SITE, v1::Role::Moderator, "grace").await;
    let mut work = grace.work(SITE, 5).await.unwrap();
    for _ in 0..5 {
        work.item().await;
    }
    work.leave().await.unwrap();
    service.stop().await;
}
