//! Many moderators empty a queue together, and nothing is decided twice or left.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use replydesk::proto::v1::{
    self, CommentState, Verdict, event::Cause, work_queue_response::Message as Down,
    work_queue_response::answer::Result as Answer,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    crowd::{crowd, submit_at_once},
    streams::Work,
    until::soon,
};

const ITEMS: usize = 2_000;

/// What the moderators share.
#[derive(Clone)]
struct Pile {
    decided: Arc<AtomicUsize>,
    done: CancellationToken,
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_moderators_on_two_replicas_decide_two_thousand_items_once_each() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let requests = (0..16).map(|client| {
        let share = (0..ITEMS / 16).map(|n| nth("gazette", client * (ITEMS / 16) + n));
        share.collect()
    });
    for answer in submit_at_once(crowd(&desk, &key, 16), requests.collect()).await {
        answer.unwrap();
    }

    let pile = Pile {
        decided: Arc::default(),
        done: CancellationToken::new(),
    };
    let mut moderators = JoinSet::new();
    for n in 0..8 {
        let moderator = desk.moderator(n % 2, "gazette", &format!("m{n}")).await;
        moderators.spawn(work_it_off(moderator, n, pile.clone()));
    }
    let all = soon("the queue is empty", Duration::from_secs(120), async {
        moderators.join_all().await
    });
    let told: usize = all.await.into_iter().sum();
    assert_eq!(told, ITEMS, "each decision was answered to one moderator");

    let mut decisions: HashMap<String, u32> = HashMap::new();
    let events = blog.all_events("gazette").await;
    for event in &events {
        match event.cause.as_ref().unwrap() {
            Cause::Submitted(_) => assert_eq!(event.version, 1),
            Cause::Decided(_) => {
                assert_eq!(event.version, 2);
                *decisions.entry(event.comment_id.clone()).or_default() += 1;
            }
            other @ (Cause::Undone(_)
            | Cause::Retracted(_)
            | Cause::Revised(_)
            | Cause::Redacted(_)
            | Cause::Erased(_)) => panic!("nobody did that: {other:?}"),
        }
    }
    assert_eq!(events.len(), 2 * ITEMS);
    assert_eq!(decisions.len(), ITEMS, "none is left");
    assert!(decisions.values().all(|count| *count == 1), "none twice");
    let stats = desk.moderator(0, "gazette", "last").await;
    let stats = stats.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased, stats.pending), (0, 0, 0));
    assert_eq!(stats.approved + stats.rejected + stats.spam, ITEMS as u64);
    desk.finish().await;
}

/// Decides until nothing is left; repeats one in fifty, and leaves with items in hand now and then. Returns how many
/// decisions were answered.
async fn work_it_off(moderator: Client, number: usize, pile: Pile) -> usize {
    let (mut mine, mut turn) = (0, number);
    while !pile.done.is_cancelled() {
        let mut work = moderator.work("gazette", 10).await.unwrap();
        for _ in 0..60 {
            turn += 1;
            let item = tokio::select! {
                () = pile.done.cancelled() => break,
                said = work.next() => match said.unwrap() {
                    Some(Down::Item(item)) => item,
                    Some(Down::Answer(answer)) => {
                        mine += pile.count(answer.result.unwrap());
                        continue;
                    }
                    other => panic!("neither item nor answer: {other:?}"),
                },
            };
            decide(&mut work, &item, turn).await;
        }
        // What was asked is answered even as the moderator leaves.
        mine += answers_that_are_due(&mut work, &pile).await;
    }
    mine
}

async fn decide(work: &mut Work, item: &v1::ReviewItem, turn: usize) {
    let verdict = [Verdict::Approve, Verdict::Reject, Verdict::Spam][turn % 3];
    work.decide(item, verdict).await;
    // The same once more, as after a lost answer: it must not count twice.
    if turn.is_multiple_of(50) {
        work.decide(item, verdict).await;
    }
}

/// Reads until every message was answered.
async fn answers_that_are_due(work: &mut Work, pile: &Pile) -> usize {
    let mut count = 0;
    while work.unanswered() > 0 {
        if let Some(Down::Answer(answer)) = work.next().await.unwrap() {
            count += pile.count(answer.result.unwrap());
        }
    }
    count
}

impl Pile {
    /// 1 for a decision that was carried out now.
    fn count(&self, answer: Answer) -> usize {
        let Answer::Decision(decision) = answer else {
            panic!("a held item was not decided: {answer:?}")
        };
        assert_ne!(decision.state(), CommentState::Pending);
        if decision.replayed {
            return 0;
        }
        if self.decided.fetch_add(1, Ordering::SeqCst) + 1 == ITEMS {
            self.done.cancel();
        }
        1
    }
}
