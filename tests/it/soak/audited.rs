//! A blog that loses its connection again and again hears of every change that people made, once and in order, and the
//! audit log tells of the same.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use replydesk::proto::v1::{self, Verdict, event::Cause, watch_events_response::Message as News};
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{SITE, dice::Dice};
use crate::harness::{
    Desk,
    bulk::{order, these},
    clients::Client,
    comments::{everything_waits, nth},
};

const DISCONNECTS: usize = 100;
const PEOPLE: usize = 4;

/// A change as feed and audit log both know it: the event's sequence, the comment, and the version that was made.
type Change = (u64, String, u32);

/// What everybody knows of.
#[derive(Clone, Default)]
struct Known {
    comments: Arc<Mutex<Vec<String>>>,
    operations: Arc<Mutex<Vec<String>>>,
}

impl Known {
    fn any(of: &Mutex<Vec<String>>, dice: &mut Dice) -> Option<String> {
        let all = of.lock().unwrap();
        let among = u64::try_from(all.len()).unwrap();
        (among > 0).then(|| all[usize::try_from(dice.number(among)).unwrap()].clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_the_feed_of_a_blog_that_loses_its_connection_is_the_audit_log() {
    let mut dice = Dice::of_this_run();
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let (known, stop) = (Known::default(), CancellationToken::new());
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        let moderator = desk.moderator(n % 2, SITE, &format!("m{n}")).await;
        let there = blog.through(desk.replicas[n % 2].address);
        let work = live(n, there, moderator, known.clone(), dice.split());
        people.spawn(stop.clone().run_until_cancelled_owned(work));
    }
    let mut seen: Vec<v1::Event> = Vec::new();
    for n in 0..DISCONNECTS {
        let there = blog.through(desk.replicas[n % 2].address);
        follow(&there, &mut seen, dice.millis(5, 200), &stop).await;
    }
    stop.cancel();
    people.join_all().await;
    let auditor = desk.moderator(0, SITE, "auditor").await;
    let whole = blog.all_events(SITE).await;
    let from = seen.len();
    let cursors = |events: &[v1::Event]| -> Vec<String> {
        events.iter().map(|event| event.cursor.clone()).collect()
    };
    assert_eq!(
        cursors(&seen),
        cursors(&whole[..from]),
        "once each, in order"
    );
    let told = changes_of(&whole);
    assert_eq!(told, audited(&auditor, &known).await);
    println!(
        "{} events, {from} of them through {DISCONNECTS} connections; {} changes by people, {} bulk operations",
        whole.len(),
        told.len(),
        known.operations.lock().unwrap().len()
    );
    assert!(told.len() > 200, "hardly anything was done");
    desk.finish().await;
}

/// Reads on from the last event for a while, and drops the connection in the midst of it.
async fn follow(
    blog: &Client,
    seen: &mut Vec<v1::Event>,
    span: Duration,
    stop: &CancellationToken,
) {
    let cursor = seen.last().map(|event| event.cursor.clone());
    let request = v1::WatchEventsRequest {
        site: SITE.to_owned(),
        cursor: cursor.unwrap_or_default(),
    };
    let mut news = blog
        .comments
        .clone()
        .watch_events(request)
        .await
        .unwrap()
        .into_inner();
    let reading = async {
        while let Some(message) = news.message().await.unwrap() {
            if let Some(News::Event(event)) = message.message {
                seen.push(event);
            }
        }
    };
    let _ = timeout(span, stop.run_until_cancelled(reading)).await;
}

/// What people changed, by the feed.
fn changes_of(events: &[v1::Event]) -> Vec<Change> {
    let by_people = events
        .iter()
        .filter(|event| !matches!(event.cause, Some(Cause::Submitted(_))));
    by_people
        .map(|event| {
            let sequence = event.cursor.split('-').next().unwrap().parse().unwrap();
            (sequence, event.comment_id.clone(), event.version)
        })
        .collect()
}

/// The same by the audit log, and by what its bulk operations changed.
async fn audited(auditor: &Client, known: &Known) -> Vec<Change> {
    let entries = auditor.whole_audit(SITE).await;
    let single = entries.into_iter().filter(|entry| entry.event_sequence > 0);
    let mut changes: Vec<Change> = single
        .map(|entry| (entry.event_sequence, entry.comment_id, entry.version))
        .collect();
    let operations = known.operations.lock().unwrap().clone();
    for operation in operations {
        for undone in [false, true] {
            // One that was cut off before it began is none.
            let listed = auditor.bulk_changes(SITE, &operation, undone).await;
            let listed = listed.unwrap_or_default().into_iter();
            changes.extend(listed.map(|c| (c.event_sequence, c.comment_id, c.version)));
        }
    }
    changes.sort();
    changes
}

/// Submits, decides, undoes, withdraws, appeals, decides and undoes in bulk, as chance has it. What is refused is refused.
async fn live(who: usize, blog: Client, moderator: Client, known: Known, mut dice: Dice) {
    for n in 0.. {
        let act = dice.number(10);
        let Some(comment) = Known::any(&known.comments, &mut dice).filter(|_| act > 3) else {
            let request = nth(SITE, n * PEOPLE + who);
            let id = request.comment_id.clone();
            if blog.submit(request).await.is_ok() {
                known.comments.lock().unwrap().push(id);
            }
            continue;
        };
        let version = blog.get(SITE, &comment).await.version;
        match act {
            4 | 5 => {
                let verdict = [
                    Verdict::Approve,
                    Verdict::Reject,
                    Verdict::Spam,
                    Verdict::Escalate,
                ];
                let request = v1::DecideCommentRequest {
                    site: SITE.to_owned(),
                    comment_id: comment,
                    version,
                    verdict: verdict[usize::try_from(dice.number(4)).unwrap()].into(),
                    ..Default::default()
                };
                drop(moderator.decide(request).await);
            }
            6 => drop(moderator.undo(SITE, &comment, version).await),
            7 => drop(blog.appeal(SITE, &comment, version, "Why?").await),
            8 if dice.chance(20) => drop(blog.retract(SITE, &comment).await),
            8 => {
                let some: Vec<String> = (0..8)
                    .filter_map(|_| Known::any(&known.comments, &mut dice))
                    .collect();
                let request = order(SITE, these(&some), Verdict::Spam);
                known
                    .operations
                    .lock()
                    .unwrap()
                    .push(request.operation_id.clone());
                drop(moderator.bulk(request).await);
            }
            _ => {
                if let Some(operation) = Known::any(&known.operations, &mut dice) {
                    drop(moderator.undo_bulk(SITE, &operation).await);
                }
            }
        }
    }
}
