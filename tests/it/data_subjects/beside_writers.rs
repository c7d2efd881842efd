//! An erasure ends, whoever writes meanwhile; and says whether something is left.

use std::sync::atomic::{AtomicUsize, Ordering};

use replydesk::proto::v1::AuditAction;
use tokio_util::sync::CancellationToken;

use super::{ADA, Newsroom};
use crate::harness::{privacy::with_email, remains::everything};

const WRITERS: usize = 4;
/// Of each writer: the test ends even where the erasure runs behind them.
const MOST: usize = 1_500;
/// Ten looks at two pages of 50.
const MOST_ERASED: u64 = 1_000;

/// Writes as Ada until it is told to end; how many were taken.
async fn write(room: &Newsroom, next: &AtomicUsize, end: &CancellationToken) -> u64 {
    let mut taken = 0;
    for _ in 0..MOST {
        if end.is_cancelled() {
            break;
        }
        room.ada(next.fetch_add(1, Ordering::Relaxed), None).await;
        taken += 1;
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_ends_beside_writers_who_do_not_and_the_next_one_takes_the_rest() {
    let room = Newsroom::open().await;
    let (next, end) = (AtomicUsize::new(0), CancellationToken::new());
    for _ in 0..8 {
        room.ada(next.fetch_add(1, Ordering::Relaxed), None).await;
    }
    let erasing = async {
        let erased = room.officer.erase(with_email(ADA), false).await;
        end.cancel();
        erased.unwrap()
    };
    let writer = || write(&room, &next, &end);
    let writing = async { tokio::join!(writer(), writer(), writer(), writer()) };
    let (erased, taken) = tokio::join!(erasing, writing);
    let taken = <[u64; WRITERS]>::from(taken).into_iter().sum::<u64>() + 8;
    assert!(erased.erased >= 8, "{}", erased.erased);
    assert!(erased.erased <= MOST_ERASED, "{} of {taken}", erased.erased);

    let verified = erased.summary.unwrap().verified;
    let (_, _, told) = room.officers_acts().await.pop().unwrap();
    assert_eq!(told.ends_with(", more arrived"), !verified, "{told}");
    let left = room.officer.erase(with_email(ADA), true).await.unwrap();
    assert_eq!(
        left.erased + erased.erased,
        taken,
        "none is lost from sight"
    );

    // Nobody writes any more.
    let rest = room.officer.erase(with_email(ADA), false).await.unwrap();
    assert_eq!(rest.erased, left.erased);
    assert!(rest.summary.unwrap().verified);
    let left = room.officer.erase(with_email(ADA), true).await.unwrap();
    assert_eq!(left.erased, 0);
    let remains = everything(&mut room.desk.redis.look());
    let canary = remains.windows(6).any(|window| window == b"Canary");
    assert!(!canary, "something of the subject is left");
    let acts = room.officers_acts().await;
    let erasures = acts
        .iter()
        .filter(|act| act.0 == AuditAction::SubjectErased);
    // Two that began and ended, and two looks.
    assert_eq!(erasures.count(), 6);
    room.desk.finish().await;
}

/// More than a page, of an address and an account: all go in the first look.
#[tokio::test(flavor = "multi_thread")]
async fn what_there_was_when_it_began_goes_at_once() {
    let room = Newsroom::open().await;
    for n in 0..110 {
        let account = (n % 2 == 0).then_some("reader-7");
        room.ada(n, account).await;
    }
    let erased = room.officer.erase(with_email(ADA), false).await.unwrap();
    assert_eq!((erased.erased, erased.found), (110, 110));
    assert!(erased.summary.unwrap().verified);
    room.desk.finish().await;
}
