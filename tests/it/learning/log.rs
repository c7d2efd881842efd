//! The log and its scripts, by themselves: fenced, once, verified.

use std::time::Duration;

use replydesk::{
    comment::{event::Cursor, lease::LeaseToken},
    store::{
        connection::{Store, StoreSettings},
        model_log::{Appended, EntryContent, LessonSource, LogFrom, LogPage, NewLessons},
        model_snapshot::{FoundSnapshot, Keeping, Snapshot, Which},
        trainer_lease::TrainerLease,
    },
};

use crate::{harness::redis_server::RedisServer, store_proxy::Proxy};

const LEASE: Duration = Duration::from_secs(5);

fn token(byte: u8) -> LeaseToken {
    LeaseToken::from_bytes([byte; 8]).unwrap()
}

fn source() -> LessonSource {
    LessonSource::Decisions("gazette".parse().unwrap())
}

fn at(sequence: u64) -> Cursor {
    Cursor::new(sequence, 1)
}

/// Two lessons between two cursors.
async fn append(store: &Store, by: u8, from: Option<Cursor>, to: u64) -> Appended {
    let lessons = [vec![by, 1], vec![by, 2]];
    let source = source();
    let new = NewLessons {
        token: token(by),
        source: &source,
        from,
        to: at(to),
        lessons: &lessons,
    };
    store.append_lessons(&new).await.unwrap()
}

async fn entries(store: &Store, from: LogFrom) -> Option<Vec<(u64, EntryContent)>> {
    match store.read_model_log(from, 100).await.unwrap() {
        LogPage::Broken => None,
        LogPage::Entries(entries) => Some(
            entries
                .into_iter()
                .map(|entry| (entry.position.sequence(), entry.content))
                .collect(),
        ),
    }
}

#[tokio::test]
async fn only_the_trainer_appends_and_only_from_where_the_source_is() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    assert_eq!(
        append(&store, 1, None, 4).await,
        Appended::LeaseLost,
        "nobody's"
    );
    let taken = store.take_trainer_lease(token(1), LEASE).await.unwrap();
    assert_eq!(taken, TrainerLease::Mine);
    let other = store.take_trainer_lease(token(2), LEASE).await.unwrap();
    assert!(matches!(other, TrainerLease::AnothersFor(left) if left <= LEASE));

    assert_eq!(append(&store, 1, None, 4).await, Appended::Done(2));
    assert_eq!(
        append(&store, 1, None, 4).await,
        Appended::CursorMoved,
        "the same again"
    );
    assert_eq!(append(&store, 1, Some(at(4)), 9).await, Appended::Done(4));
    assert_eq!(
        append(&store, 2, Some(at(9)), 12).await,
        Appended::LeaseLost
    );
    store.give_trainer_lease_back(token(2)).await.unwrap();
    assert_eq!(
        append(&store, 1, Some(at(9)), 12).await,
        Appended::Done(6),
        "not theirs to give"
    );
    store.give_trainer_lease_back(token(1)).await.unwrap();
    let taken = store.take_trainer_lease(token(2), LEASE).await.unwrap();
    assert_eq!(taken, TrainerLease::Mine);
    assert_eq!(
        append(&store, 1, Some(at(12)), 15).await,
        Appended::LeaseLost
    );
    assert_eq!(
        store.append_mark(token(2)).await.unwrap(),
        Appended::Done(7)
    );

    let all = entries(&store, LogFrom::Start).await.unwrap();
    let places: Vec<u64> = all.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(all[0].1, EntryContent::Lesson(vec![1, 1]));
    assert_eq!(all[6].1, EntryContent::Mark);
    let state = store.log_state().await.unwrap();
    assert_eq!((state.last, state.last_lesson), (7, 6));
    assert_eq!(
        store.lesson_cursors().await.unwrap()[&source()],
        Some(at(12))
    );
}

#[tokio::test]
async fn a_clock_that_jumped_back_makes_no_lease_longer() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    let far = "99999999999999";
    let _: i64 = redis.ask(&["HSET", "{replydesk}:model", "until", far]);
    let taken = store.take_trainer_lease(token(2), LEASE).await.unwrap();
    assert_eq!(taken, TrainerLease::Mine);
}

#[tokio::test]
async fn an_append_whose_answer_was_lost_is_not_made_twice() {
    let redis = RedisServer::start();
    let proxy = Proxy::before(&redis.url());
    let store = Store::open(StoreSettings::new(&proxy.url)).await.unwrap();
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    let source = source();
    let lessons = [vec![1], vec![2]];
    let new = NewLessons {
        token: token(1),
        source: &source,
        from: None,
        to: at(3),
        lessons: &lessons,
    };
    // The script's text goes over first, so that its answer is the one that is cut.
    store.append_mark(token(1)).await.unwrap();
    proxy.cut_the_next_answer_with("APPENDED");
    store.append_lessons(&new).await.unwrap_err();
    let direct = redis.store().await;
    assert_eq!(
        direct.append_lessons(&new).await.unwrap(),
        Appended::CursorMoved
    );
    assert_eq!(entries(&direct, LogFrom::Start).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_log_that_does_not_go_on_is_noticed() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    append(&store, 1, None, 4).await;
    append(&store, 1, Some(at(4)), 9).await;
    let LogPage::Entries(all) = store.read_model_log(LogFrom::Start, 100).await.unwrap() else {
        panic!("the log is whole");
    };
    let id = |n: usize| all[n].position;
    assert_eq!(entries(&store, LogFrom::After(id(3))).await.unwrap(), []);
    assert_eq!(
        entries(&store, LogFrom::After(id(1))).await.unwrap().len(),
        2
    );
    let other = Cursor::new(2, id(1).bits() ^ 1);
    assert_eq!(
        entries(&store, LogFrom::After(other)).await,
        None,
        "another entry"
    );
    assert_eq!(
        entries(&store, LogFrom::After(at(99))).await,
        None,
        "a lost tail"
    );

    // A gap: what is before it is read, then it shows.
    let _: i64 = redis.ask(&["XDEL", "{replydesk}:model:log", &id(2).to_string()]);
    assert_eq!(entries(&store, LogFrom::Start).await.unwrap().len(), 2);
    assert_eq!(entries(&store, LogFrom::After(id(1))).await, None);
    assert_eq!(entries(&store, LogFrom::Past(2)).await.unwrap().len(), 1);

    // Trimmed: the entry at the place stays, so that whoever has it can go on.
    while store.trim_model_log(id(3)).await.unwrap() > 0 {}
    assert_eq!(entries(&store, LogFrom::Start).await, None);
    assert_eq!(entries(&store, LogFrom::After(id(3))).await.unwrap(), []);
}

/// A mark at the log's end, and what a trainer makes of it.
async fn marked(store: &Store, by: u8) -> Snapshot {
    store.append_mark(token(by)).await.unwrap();
    let all = store.read_model_log(LogFrom::Past(0), 100).await.unwrap();
    let LogPage::Entries(all) = all else {
        panic!("the log is whole");
    };
    let position = all.last().unwrap().position;
    Snapshot {
        position,
        model: vec![1; all.len()],
    }
}

async fn keep(store: &Store, by: u8, snapshot: &Snapshot) -> Keeping {
    let digest = [snapshot.position.sequence() as u8; 32];
    let kept = store.keep_snapshot(token(by), snapshot, digest).await;
    kept.unwrap()
}

/// The newest and the one before it.
async fn kept(store: &Store) -> [FoundSnapshot; 2] {
    let newest = store.snapshot(Which::Newest).await.unwrap();
    [newest, store.snapshot(Which::Before).await.unwrap()]
}

#[tokio::test]
async fn the_last_two_snapshots_are_kept() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    let mut made = Vec::new();
    for _ in 1..=3 {
        made.push(marked(&store, 1).await);
        assert_eq!(keep(&store, 1, &made[made.len() - 1]).await, Keeping::Kept);
    }
    let next = marked(&store, 1).await;
    assert_eq!(keep(&store, 2, &next).await, Keeping::LeaseLost);
    let expected = [2, 1].map(|n| FoundSnapshot::Whole(made[n].clone()));
    assert_eq!(kept(&store).await, expected);
    let state = store.log_state().await.unwrap();
    let place = |n: usize| Some(made[n].position);
    assert_eq!(
        (state.snapshot, state.snapshot_before),
        (place(2), place(1))
    );
    assert_eq!(state.digest, Some([3; 32]));
}

#[tokio::test]
async fn a_snapshot_of_long_ago_or_of_a_lost_tail_is_not_kept() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    let old = marked(&store, 1).await;
    // Another is the trainer for a while, keeps two, and trims behind them.
    store.give_trainer_lease_back(token(1)).await.unwrap();
    store.take_trainer_lease(token(2), LEASE).await.unwrap();
    let mut made = Vec::new();
    for _ in 0..2 {
        made.push(marked(&store, 2).await);
        assert_eq!(keep(&store, 2, &made[made.len() - 1]).await, Keeping::Kept);
    }
    store.give_trainer_lease_back(token(2)).await.unwrap();
    store.take_trainer_lease(token(1), LEASE).await.unwrap();
    let expected = [1, 0].map(|n: usize| FoundSnapshot::Whole(made[n].clone()));
    for trimmed in [false, true] {
        assert_eq!(keep(&store, 1, &old).await, Keeping::Outdated, "{trimmed}");
        assert_eq!(kept(&store).await, expected);
        while store.trim_model_log(made[0].position).await.unwrap() > 0 {}
    }
    // After an answer that was lost: the fallback stays.
    assert_eq!(keep(&store, 1, &made[1]).await, Keeping::Outdated);
    assert_eq!(kept(&store).await, expected);

    // The log lost its last entry, and another took its number.
    let lost = marked(&store, 1).await;
    let id = lost.position.to_string();
    let _: i64 = redis.ask(&["XDEL", "{replydesk}:model:log", &id]);
    assert_eq!(keep(&store, 1, &lost).await, Keeping::Outdated);
    let state = store.log_state().await.unwrap();
    assert_eq!(state.snapshot, Some(made[1].position));
}
