//! A backup that is not what was written is found out before anything is.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use replydesk::{
    app::App,
    backup::{Progress, RestoreError, check},
};
use tempfile::TempDir;

use super::{claimed, keys, restore, restoring, take};
use crate::harness::{Desk, redis_server::RedisServer, until::until};

/// A backup of several frames.
async fn backup(bytes: usize) -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("it.backup");
    let redis = claimed();
    let mut pipe = redis::pipe();
    for n in 0..bytes / 10_000 {
        let mut text = vec![0_u8; 10_000];
        getrandom::fill(&mut text).unwrap();
        pipe.cmd("SET").arg(format!("key {n}")).arg(text).ignore();
    }
    pipe.query::<()>(&mut redis.look()).unwrap();
    take(&redis, &file).await.unwrap();
    (place, file)
}

#[tokio::test]
async fn a_flipped_bit_and_a_missing_end_are_found_wherever_they_are() {
    let (place, file) = backup(300_000).await;
    let whole = fs::read(&file).unwrap();
    check(&file, &Progress::default()).unwrap();
    let spoilt = place.path().join("spoilt.backup");
    let rejected = |bytes: &[u8]| {
        fs::write(&spoilt, bytes).unwrap();
        check(&spoilt, &Progress::default()).is_err()
    };
    // All of the front and of the end, and many places between.
    let last = whole.len() - 1;
    let between = (400..last).step_by(23_917);
    let places = (0..400)
        .chain(between)
        .chain((last - 300..=last).step_by(3));
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(rejected(&bytes), "a bit flipped in byte {at}");
        assert!(rejected(&whole[..at]), "cut off before byte {at}");
    }
    assert!(rejected(&[&whole[..], b"\n"].concat()), "a byte more");
    assert!(rejected(&[&whole[..], &whole[..]].concat()), "twice");
    assert!(rejected(b""), "nothing");
}

#[tokio::test]
async fn nothing_is_written_of_a_damaged_backup() {
    let (_place, file) = backup(300_000).await;
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() - 40;
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    let target = RedisServer::start();
    let refused = restore(&target, &file).await.unwrap_err();
    assert!(matches!(refused, RestoreError::Backup(_)), "{refused}");
    assert!(refused.to_string().contains("damaged"), "{refused}");
    assert_eq!(keys(&target), Vec::<Vec<u8>>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_backup_says_so_until_it_is_restored_whole() {
    let desk = Desk::with(0, &[]).await;
    let (_place, file) = backup(40_000_000).await;
    let broken = restoring(&desk.redis, &file, super::its_own(), false);
    let (writing, cancelled) = (Arc::clone(&broken.writing), broken.cancelled.clone());
    let begun = until(
        "it has begun to write",
        Duration::from_secs(60),
        async || (writing.keys() > 0).then(|| cancelled.cancel()),
    );
    let (ended, ()) = tokio::join!(broken.run(), begun);
    let told = ended.unwrap_err();
    assert!(matches!(told, RestoreError::HalfDone(_)), "{told}");

    let Err(refused) = App::build(desk.config()).await else {
        panic!("a service starts on half of a backup");
    };
    let refused = refused.to_string();
    assert!(refused.contains("restore FILE --erase-target"), "{refused}");
    let again = restore(&desk.redis, &file).await.unwrap_err();
    assert!(matches!(again, RestoreError::Unfinished), "{again}");
    // Nor is half of a backup backed up.
    let other = file.with_file_name("other.backup");
    let refused = take(&desk.redis, &other).await.unwrap_err().to_string();
    assert!(refused.contains("has not finished"), "{refused}");

    let whole = restoring(&desk.redis, &file, super::its_own(), true);
    let restored = whole.run().await.unwrap();
    assert_eq!(restored.keys, 4_001);
    let mark: bool = desk.redis.ask(&["EXISTS", "{replydesk}:restore"]);
    assert!(!mark);
    desk.finish().await;
}
