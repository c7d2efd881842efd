//! A damaged entry or snapshot is passed over, counted, and never takes the service down.

use data_encoding::HEXLOWER;
use redis::streams::StreamRangeReply;
use replydesk::{
    comment::lease::LeaseToken,
    spam::{
        content::Content,
        lesson::{Label, Lesson, SiteTag, Subject},
        model::Model,
        signals::Signals,
        vector::Vector,
        weights::Weights,
    },
    store::{
        model_log::{LogFrom, LogPage},
        model_snapshot::{FoundSnapshot, Keeping, Snapshot, Which},
    },
};
use tonic_health::pb::health_check_response::ServingStatus;

use super::{SITE, decide_some};
use crate::harness::{
    Desk,
    comments::everything_waits,
    health::Probe,
    learning::{LEARNT_WITHIN, same_digest},
    until::until,
};

const OFTEN: &[(&str, &str)] = &[
    ("learning.snapshot_lessons", "3"),
    ("learning.snapshot_s", "1"),
    ("learning.poll_ms", "100"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_entry_is_passed_over_by_all() {
    let desk = Desk::with(2, &[("learning.snapshot_s", "39600")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    decide_some(&blog, &ada, 0..2).await;
    let stand = desk.until_learnt(&desk.addresses(), 2).await;
    // As if the bytes of an entry had changed on the disk: its place is right, what it holds is not.
    // In one step: between two a follower would look at it twice.
    let _: i64 = desk.redis.ask(&[
        "EVAL",
        "local last = redis.call('HINCRBY', KEYS[1], 'seq', 1)
         redis.call('XADD', KEYS[2], last .. '-7', 'l', 'not what was written')
         return last",
        "2",
        "{replydesk}:model",
        "{replydesk}:model:log",
    ]);
    decide_some(&blog, &ada, 2..4).await;
    let after = desk.until_learnt(&desk.addresses(), 4).await;
    same_digest(&after);
    for (before, after) in stand.iter().zip(&after) {
        let (before, after) = (before.counts.unwrap(), after.counts.unwrap());
        assert_eq!((before.entries_corrupt, after.entries_corrupt), (0, 1));
        assert_eq!(after.reloads, 0);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gaps_behind_a_snapshot_are_both_crossed() {
    let mut desk = Desk::with(1, &[("learning.snapshot_s", "39600")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    decide_some(&blog, &ada, 0..1).await;
    let store = desk.redis.store().await;
    until("there is a snapshot", LEARNT_WITHIN, async || {
        store.log_state().await.unwrap().snapshot
    })
    .await;
    decide_some(&blog, &ada, 1..8).await;
    desk.until_learnt(&desk.addresses(), 8).await;
    let last: u64 = desk.redis.ask(&["HGET", "{replydesk}:model", "seq"]);
    for lost in [last - 3, last - 1] {
        // Its number and all of its random bits.
        let lost = lost.to_string();
        let log = "{replydesk}:model:log";
        let found: StreamRangeReply = desk.redis.ask(&["XRANGE", log, &lost, &lost]);
        let _: i64 = desk.redis.ask(&["XDEL", log, &found.ids[0].id]);
    }
    let second = desk.add_replica().await;
    let stand = desk.until_learnt(&[desk.replicas[second].address], 6).await;
    assert!(stand[0].counts.unwrap().gaps >= 2, "{stand:?}");
    desk.finish().await;
}

/// Waits until two snapshots are kept and the newest is at the end of what was taught.
async fn until_snapshots(desk: &Desk) {
    until("two snapshots hold everything", LEARNT_WITHIN, async || {
        let store = desk.redis.store().await;
        let state = store.log_state().await.unwrap();
        let before = state.snapshot_before?;
        (before.sequence() >= state.last_lesson).then_some(())
    })
    .await;
}

fn damage(desk: &Desk, key: &str) {
    let _: i64 = desk.redis.ask(&["SETRANGE", key, "70", "?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_snapshot_has_a_fallback() {
    let mut desk = Desk::with(1, OFTEN).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    decide_some(&blog, &ada, 0..5).await;
    desk.until_learnt(&desk.addresses(), 5).await;
    until_snapshots(&desk).await;
    damage(&desk, "{replydesk}:model:snapshot");

    let second = desk.add_replica().await;
    let stand = desk.until_learnt(&desk.addresses(), 5).await;
    same_digest(&stand);
    assert_eq!(stand[second].counts.unwrap().snapshots_corrupt, 1);
    Probe::new(desk.replicas[second].address)
        .until(ServingStatus::Serving)
        .await;

    // Neither can be used, and the log has no lesson left: the service is up, and learns what comes.
    damage(&desk, "{replydesk}:model:snapshot");
    damage(&desk, "{replydesk}:model:snapshot:before");
    let third = desk.add_replica().await;
    let address = desk.replicas[third].address;
    Probe::new(address).until(ServingStatus::Serving).await;
    let stand = desk.model(address).await;
    assert!(stand.caught_up && stand.lessons == 0, "{stand:?}");
    assert!(stand.counts.unwrap().snapshots_corrupt >= 2, "{stand:?}");
    assert!(stand.counts.unwrap().gaps >= 1, "{stand:?}");
    // The next snapshot brings it to what the others know.
    decide_some(&blog, &ada, 5..9).await;
    let all = desk.addresses();
    let what = "the third has what the others have";
    until(what, LEARNT_WITHIN, async || {
        let mut stand = Vec::new();
        for address in &all {
            stand.push(desk.model(*address).await);
        }
        let same = stand.iter().all(|one| one.digest == stand[0].digest);
        (same && stand[0].lessons == 9).then_some(())
    })
    .await;
    assert!(desk.model(address).await.counts.unwrap().diverged >= 1);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_was_asleep_while_the_log_was_trimmed_takes_a_snapshot() {
    let desk = Desk::with(1, OFTEN).await;
    let asleep = desk.process().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    decide_some(&blog, &ada, 0..2).await;
    desk.until_learnt(&[desk.replicas[0].address, asleep.address], 2)
        .await;
    asleep.signal("STOP");
    decide_some(&blog, &ada, 2..9).await;
    desk.until_learnt(&desk.addresses(), 9).await;
    until_snapshots(&desk).await;
    until("the log is trimmed", LEARNT_WITHIN, async || {
        let store = desk.redis.store().await;
        let entries: u64 = desk.redis.ask(&["XLEN", "{replydesk}:model:log"]);
        let state = store.log_state().await.unwrap();
        // Only marks are left: no hash of a word.
        (entries <= state.last - state.last_lesson).then_some(())
    })
    .await;
    asleep.signal("CONT");
    let stand = desk
        .until_learnt(&[desk.replicas[0].address, asleep.address], 9)
        .await;
    same_digest(&stand);
    assert!(stand[1].counts.unwrap().reloads >= 1, "{stand:#?}");
    drop(asleep);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learnt_on_another_prior_goes_on_in_the_next_release() {
    let mut desk = Desk::with(1, &[]).await;
    let store = desk.redis.store().await;
    let token = LeaseToken::from_bytes([7; 8]).unwrap();
    let mut other = Model::new(Weights::quantised(-1.0, [0.0; 10], &[0.5; Weights::SLOTS]));
    let site = SiteTag::of(&"gazette".parse().unwrap());
    other.learn(&Lesson {
        site,
        subject: Subject::named(site, b"one"),
        label: Label::Spam,
        taken_back: false,
        shared: true,
        vector: Vector::of(
            &Content::of_text("Moonstone bracelets heal every sorrow", ""),
            Signals::default(),
        ),
    });
    desk.replicas[0].stop().await;
    let lease = std::time::Duration::from_secs(5);
    store.take_trainer_lease(token, lease).await.unwrap();
    store.append_mark(token).await.unwrap();
    let LogPage::Entries(log) = store.read_model_log(LogFrom::Past(0), 10).await.unwrap() else {
        panic!("the log is whole");
    };
    let snapshot = Snapshot {
        position: log.last().unwrap().position,
        model: other.to_snapshot(),
    };
    let kept = store.keep_snapshot(token, &snapshot, other.digest()).await;
    assert_eq!(kept.unwrap(), Keeping::Kept);
    store.give_trainer_lease_back(token).await.unwrap();
    let newest = store.snapshot(Which::Newest).await.unwrap();
    assert!(matches!(newest, FoundSnapshot::Whole(_)));
    let second = desk.add_replica().await;
    let address = desk.replicas[second].address;
    Probe::new(address).until(ServingStatus::Serving).await;
    let stand = desk.model(address).await;
    assert_eq!(stand.lessons, 1, "{stand:?}");
    assert_eq!(stand.counts.unwrap().snapshots_corrupt, 0, "{stand:?}");
    let mut expected = Model::prior().unwrap();
    expected.restore(&snapshot.model).unwrap();
    assert_eq!(stand.digest, HEXLOWER.encode(&expected.digest()));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_diverged_notices_while_much_is_decided() {
    let settings = [
        ("learning.snapshot_lessons", "3"),
        ("learning.snapshot_s", "1"),
        ("learning.poll_ms", "1500"),
    ];
    let mut desk = Desk::with(1, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    decide_some(&blog, &ada, 0..5).await;
    until_snapshots(&desk).await;
    damage(&desk, "{replydesk}:model:snapshot");
    damage(&desk, "{replydesk}:model:snapshot:before");
    let second = desk.add_replica().await;
    let second = desk.replicas[second].address;
    let mut decided = 5;
    let what = "the log is never quiet, and the second has what the first has";
    until(what, LEARNT_WITHIN, async || {
        decide_some(&blog, &ada, decided..decided + 3).await;
        decided += 3;
        let diverged = desk.model(second).await.counts.unwrap().diverged;
        (diverged > 0).then_some(())
    })
    .await;
    desk.finish().await;
}
