//! What frees memory works in a Redis that has none left.

use super::{ADA, Newsroom};
use crate::harness::privacy::with_email;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_erases_and_ends_a_hold() {
    let room = Newsroom::open().await;
    for n in 0..3 {
        room.ada(n, None).await;
    }
    assert!(room.officer.hold(with_email(ADA), true).await.unwrap());
    let () = room.desk.redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    assert!(room.officer.hold(with_email(ADA), false).await.unwrap());
    let erased = room.officer.erase(with_email(ADA), false).await.unwrap();
    let summary = erased.summary.unwrap();
    assert_eq!((erased.erased, summary.verified), (3, true));
    assert!(summary.log_rewrite_due_at.is_some());
    let () = room.desk.redis.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    room.desk.finish().await;
}
