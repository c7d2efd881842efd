//! Moderators who vanish: every item is decided exactly once, and soon comes to another.
//!
//! Each has a new key whenever they sit down, so that Redis tells which leases are of somebody who is gone, those too that
//! the client had not read yet.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use replydesk::{
    access::key::AccessKey,
    comment::ids::{CommentId, KeyId},
    proto::v1::{
        self, Verdict, work_queue_request as up, work_queue_request::Message as Up,
        work_queue_response::Message as Down, work_queue_response::answer::Result as Answer,
    },
    store::keys,
};
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use super::{SITE, dice::Dice};
use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    crowd::{crowd, submit_at_once},
    streams::Work,
};

const MODERATORS: usize = 16;
const ITEMS: usize = 20_000;
const LEASE: Duration = Duration::from_millis(300);
/// How long a moderator looks at an item.
const LOOK: Duration = Duration::from_millis(20);
/// After the lease of who vanished.
const GRACE: Duration = Duration::from_secs(1);

/// What all moderators know together.
#[derive(Default)]
struct Book {
    decided: HashMap<String, u32>,
    /// Who vanished, and when.
    vanished: HashMap<KeyId, Instant>,
    /// From then until the item was with another, or decided; the other may be gone too, and then it waits anew.
    waits: Vec<Duration>,
    /// From the first who vanished until it was with somebody who is there, or decided.
    rounds: Vec<Duration>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Book>>);

impl Shared {
    fn open(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }

    fn is_over(&self) -> bool {
        self.open().decided.len() == ITEMS
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_every_item_is_decided_once_whoever_vanishes() {
    let lease = LEASE.as_millis().to_string();
    let settings = [
        ("moderation.lease_ms", lease.as_str()),
        ("moderation.poll_ms", "250"),
        // A busy machine is not the subject.
        ("store.timeout_ms", "10000"),
    ];
    let desk = Desk::with(2, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let key = desk.key(&[SITE], v1::Role::Submitter, "blogs").await;
    let all: Vec<_> = (0..ITEMS).map(|n| nth(SITE, n)).collect();
    let shares = all.chunks(ITEMS / 8).map(<[_]>::to_vec).collect();
    for stored in submit_at_once(crowd(&desk, &key, 8), shares).await {
        stored.unwrap();
    }
    let watched = Shared::default();
    let (shared, mut dice, started) = (watched.clone(), Dice::of_this_run(), Instant::now());
    let mut watch = JoinSet::new();
    watch.spawn(watch_leases(desk.redis.url(), watched));
    let mut people = JoinSet::new();
    for n in 0..MODERATORS {
        let place = (desk.admin().clone(), desk.replicas[n % 2].address);
        people.spawn(moderate(place, shared.clone(), dice.split()));
    }
    people.join_all().await;
    watch.join_all().await;
    let took = started.elapsed();
    let events = blog.all_events(SITE).await;
    let mut decisions: HashMap<String, u32> = HashMap::new();
    for event in &events {
        if matches!(event.cause, Some(v1::event::Cause::Decided(_))) {
            *decisions.entry(event.comment_id.clone()).or_default() += 1;
        }
    }
    assert_eq!(decisions.len(), ITEMS);
    assert!(decisions.values().all(|times| *times == 1), "decided twice");
    assert_eq!(events.len(), 2 * ITEMS);
    let stats = stats(&desk).await;
    assert_eq!((stats.waiting, stats.leased), (0, 0));
    report(&shared, took);
    desk.finish().await;
}

fn report(shared: &Shared, took: Duration) {
    let mut book = shared.open();
    assert!(book.decided.values().all(|times| *times <= 1));
    book.waits.sort();
    println!(
        "{ITEMS} items, each decided once, in {:.1} s; {} times a moderator vanished, with {} items",
        took.as_secs_f32(),
        book.vanished.len(),
        book.waits.len(),
    );
    book.rounds.sort();
    for (what, spans) in [
        ("with another", &book.waits),
        ("with somebody who stayed", &book.rounds),
    ] {
        let of_thousand = |n: usize| spans.get(spans.len() * n / 1_000).copied();
        let worst = spans.last();
        println!(
            "{what} after: {:?} in the median, {:?} at p99, {worst:?} at the worst",
            of_thousand(500),
            of_thousand(990)
        );
    }
    let worst = book.waits.last().copied().unwrap_or_default();
    assert!(worst <= LEASE + GRACE, "{worst:?}");
    assert!(book.waits.len() > 1_000, "hardly anybody vanished");
}

/// Looks again and again who holds what.
async fn watch_leases(url: String, shared: Shared) {
    let mut look = redis::Client::open(url)
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let holders = keys::lease_holders(&SITE.parse().unwrap());
    let mut turn = interval(Duration::from_millis(10));
    let mut left: HashMap<CommentId, Left> = HashMap::new();
    let mut looked = Instant::now();
    while !shared.is_over() || !left.is_empty() {
        turn.tick().await;
        let held: HashMap<Vec<u8>, Vec<u8>> = redis::cmd("HGETALL")
            .arg(&holders)
            .query_async(&mut look)
            .await
            .unwrap();
        let held = held.iter().map(|(id, lease)| (id_of(id), holder_of(lease)));
        shared.open().note(&held.collect(), &mut left, looked);
        looked = Instant::now();
    }
}

/// An item of somebody who vanished.
struct Left {
    by: KeyId,
    since: Instant,
    first: Instant,
}

impl Book {
    fn note(
        &mut self,
        held: &HashMap<CommentId, KeyId>,
        left: &mut HashMap<CommentId, Left>,
        looked: Instant,
    ) {
        let now = Instant::now();
        left.retain(|comment, item| {
            let decided = self.decided.contains_key(&comment.to_string());
            let holder = held.get(comment).copied();
            if decided || holder.is_some_and(|holder| holder != item.by) {
                self.waits.push(now - item.since);
            }
            // Who has it now may have vanished already: a stream may take some more before it is known to be frozen.
            let gone = holder.is_none_or(|holder| self.vanished.contains_key(&holder));
            let waits = gone && !decided;
            if !waits {
                self.rounds.push(now - item.first);
            } else if let Some(holder) = holder.filter(|holder| *holder != item.by) {
                (item.by, item.since) = (holder, looked);
            }
            waits
        });
        for (comment, holder) in held {
            if let Some(vanished) = self.vanished.get(holder) {
                let since = (*vanished).max(looked);
                left.entry(*comment).or_insert(Left {
                    by: *holder,
                    since,
                    first: since,
                });
            }
        }
    }
}

fn id_of(bytes: &[u8]) -> CommentId {
    CommentId::from_bytes(bytes.try_into().unwrap())
}

/// A lease is a token, a due time, the holder, and more.
fn holder_of(lease: &[u8]) -> KeyId {
    KeyId::from_bytes(lease[16..24].try_into().unwrap())
}

async fn stats(desk: &Desk) -> v1::QueueStats {
    desk.moderator(0, SITE, "auditor").await.stats(SITE).await
}

async fn moderate((admin, address): (Client, SocketAddr), shared: Shared, mut dice: Dice) {
    let mut frozen = Vec::new();
    while !shared.is_over() {
        let prefetch = i32::try_from(1 + dice.number(10)).unwrap();
        let key = new_key(&admin).await;
        let client = Client::new(address, Some(&key));
        let work = client.work(SITE, prefetch).await.unwrap();
        let patience = dice.number(60);
        let left = sit(&client, work, &shared, &mut dice, patience).await;
        let id = key.parse::<AccessKey>().unwrap().id();
        shared.open().vanished.insert(id, Instant::now());
        // Who freezes neither reads nor speaks, and keeps the line open.
        if let Some(work) = left.filter(|_| dice.chance(50)) {
            frozen.push(work);
        }
        if frozen.len() > 3 {
            frozen.remove(0);
        }
    }
}

async fn new_key(admin: &Client) -> String {
    let request = v1::CreateKeyRequest {
        role: v1::Role::Moderator.into(),
        sites: vec![SITE.to_owned()],
        label: "somebody".to_owned(),
        expires_at: None,
    };
    let created = admin.sites.clone().create_key(request).await;
    created.unwrap().into_inner().access_key
}

/// Decides on so many items, then vanishes in the midst of it: what is in hand is left.
async fn sit(
    client: &Client,
    mut work: Work,
    shared: &Shared,
    dice: &mut Dice,
    patience: u64,
) -> Option<Work> {
    let mut asked: HashMap<u64, String> = HashMap::new();
    let (mut done, mut ping) = (0, interval(LEASE / 6));
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            _ = ping.tick() => {
                if shared.is_over() {
                    return None;
                }
                work.say(Up::Ping(up::Ping {})).await;
                if heard.elapsed() > Duration::from_millis(200) {
                    // With everything left lying, nothing would come any more.
                    done = patience;
                }
            }
            next = work.next() => match next {
                Ok(Some(Down::Item(item))) => {
                    let id = item.comment.as_ref().unwrap().comment_id.clone();
                    heard = Instant::now();
                    // A machine that has nothing left would measure its scheduler: each looks for a moment.
                    tokio::time::sleep(LOOK).await;
                    // Some are left lying for a while; most are decided at once.
                    if done < patience && dice.chance(80) {
                        asked.insert(work.decide(&item, Verdict::Approve).await, id);
                    }
                }
                Ok(Some(Down::Answer(answer))) => {
                    let Some(id) = asked.remove(&answer.request_id) else { continue };
                    if let Some(Answer::Decision(decision)) = answer.result {
                        // Asked twice: the lease ran out on the way, and the item came here again.
                        let times = u32::from(!decision.replayed);
                        *shared.open().decided.entry(id).or_default() += times;
                        done += 1;
                    }
                }
                Ok(Some(Down::Withdrawn(_))) => {}
                Ok(Some(Down::Started(_) | Down::Heartbeat(_)) | None) => return None,
                // Too slow a machine for such leases: the items went back.
                Err(_) => {
                    settle(client, shared, asked.into_values()).await;
                    return None;
                }
            },
        }
        // What is asked may still be carried out: it is not left.
        if done >= patience && asked.is_empty() {
            return Some(work);
        }
    }
}

/// What was asked and not answered may be carried out.
async fn settle(client: &Client, shared: &Shared, asked: impl Iterator<Item = String>) {
    for id in asked {
        if client.get(SITE, &id).await.version > 1 {
            shared.open().decided.entry(id).or_insert(1);
        }
    }
}
