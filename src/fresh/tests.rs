use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const LONG: Duration = Duration::from_secs(3_600);

/// Counts loads; each takes long enough for others to come meanwhile.
async fn slow(count: &AtomicU32) -> Result<u32, String> {
    let n = count.fetch_add(1, Ordering::SeqCst) + 1;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    Ok(n)
}

#[tokio::test]
async fn one_load_serves_all_who_come_meanwhile_and_later() {
    let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
    let get = || fresh.get(&"key", |_| slow(&loads));
    let (a, b, c) = tokio::join!(get(), get(), get());
    assert_eq!((a, b, c, get().await), (Ok(1), Ok(1), Ok(1), Ok(1)));
}

#[tokio::test]
async fn what_is_too_old_is_loaded_again() {
    let (fresh, loads) = (Fresh::new(Duration::ZERO, 8), AtomicU32::new(0));
    assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(1));
    assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
}

#[tokio::test]
async fn a_load_gets_the_value_that_is_too_old() {
    let fresh: Fresh<&str, u32, String> = Fresh::new(Duration::ZERO, 8);
    let next = async |old: Option<u32>| Ok(old.map_or(1, |old| old + 10));
    assert_eq!(fresh.get(&"key", next).await, Ok(1));
    assert_eq!(fresh.get(&"key", next).await, Ok(11));
    fresh.forget(&"key");
    assert_eq!(fresh.get(&"key", next).await, Ok(1));
}

#[tokio::test]
async fn a_failure_reaches_all_who_wait_and_is_not_kept() {
    let fresh: Fresh<&str, u32, String> = Fresh::new(LONG, 8);
    let loads = AtomicU32::new(0);
    let fail = |_| async {
        slow(&loads).await?;
        Err("away".to_owned())
    };
    let (a, b) = tokio::join!(fresh.get(&"key", fail), fresh.get(&"key", fail));
    assert_eq!((a, b), (Err("away".to_owned()), Err("away".to_owned())));
    assert_eq!(loads.load(Ordering::SeqCst), 1);
    assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
}

#[tokio::test]
async fn a_cancelled_load_is_taken_over_by_one_who_waits() {
    let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
    let mut leader = Box::pin(fresh.get(&"key", |_| async {
        std::future::pending::<()>().await;
        Ok(0)
    }));
    let mut follower = Box::pin(fresh.get(&"key", |_| slow(&loads)));
    tokio::select! {
        biased;
        _ = &mut leader => panic!("the leader never ends"),
        _ = &mut follower => panic!("the follower waits for the leader"),
        () = tokio::task::yield_now() => {}
    }
    drop(leader);
    assert_eq!(follower.await, Ok(1));
}

#[tokio::test]
async fn a_load_from_before_a_change_is_not_kept() {
    let (fresh, loads) = (Fresh::new(LONG, 8), AtomicU32::new(0));
    let first = fresh.get(&"key", |_| async {
        let value = slow(&loads).await;
        fresh.forget(&"key");
        value
    });
    assert_eq!(first.await, Ok(1));
    assert_eq!(fresh.get(&"key", |_| slow(&loads)).await, Ok(2));
}

#[tokio::test]
async fn it_never_holds_more_than_its_capacity() {
    let (fresh, loads) = (Fresh::new(LONG, 4), AtomicU32::new(0));
    for key in 0..100 {
        assert!(fresh.get(&key, |_| slow(&loads)).await.is_ok());
        let shelves = fresh.lock();
        assert!(shelves.known.entries.len() <= 4 && shelves.strange.entries.len() <= 4);
    }
    assert_eq!(
        fresh.get(&99, |_| slow(&loads)).await,
        Ok(100),
        "the newest stays"
    );
}

#[tokio::test]
async fn what_there_is_not_never_pushes_out_what_there_is() {
    let fresh = Fresh::with_strangers(LONG, 4, 2, |value: &Option<u32>| value.is_some());
    let found = async |_| Ok::<_, String>(Some(1));
    let none = async |_| Ok(None);
    for key in [1, 2, 3] {
        fresh.get(&key, found).await.unwrap();
    }
    for key in 100..200 {
        assert_eq!(fresh.get(&key, none).await, Ok(None));
        assert!(fresh.lock().strange.entries.len() <= 2);
        assert!(!fresh.knows(&key));
    }
    assert_eq!(fresh.peek(&199), Some(None), "the newest stranger is here");
    assert_eq!(fresh.peek(&198), Some(None), "as many as there is room for");
    assert_eq!(fresh.peek(&197), None);
    for key in [1, 2, 3] {
        assert_eq!(fresh.peek(&key), Some(Some(1)));
        assert!(fresh.knows(&key));
    }
    // A stranger that turns up is one no more.
    fresh.forget(&199);
    fresh.get(&199, found).await.unwrap();
    assert!(fresh.knows(&199));
}

#[tokio::test]
async fn what_was_known_stays_known_over_failures_and_is_not_served() {
    let fresh: Fresh<&str, u32, String> = Fresh::new(Duration::ZERO, 8);
    assert_eq!(fresh.get(&"key", async |_| Ok(7)).await, Ok(7));
    let failed = fresh.get(&"key", async |_| Err("away".to_owned())).await;
    assert_eq!(failed, Err("away".to_owned()));
    assert!(fresh.knows(&"key"));
    assert_eq!(fresh.peek(&"key"), None);
    let mut dropped = Box::pin(fresh.get(&"key", async |_| std::future::pending().await));
    tokio::select! {
        biased;
        _ = &mut dropped => panic!("it never ends"),
        () = tokio::task::yield_now() => {}
    }
    drop(dropped);
    let again = fresh.get(&"key", async |old: Option<u32>| {
        Ok(old.map_or(0, |old| old + 1))
    });
    assert_eq!(again.await, Ok(8));
    fresh.forget(&"key");
    assert!(!fresh.knows(&"key"));
}
