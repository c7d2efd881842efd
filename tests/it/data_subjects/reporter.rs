//! What limits a reader's reports goes with the reader, whichever pepper it was hashed with.

use replydesk::proto::v1;

use super::Newsroom;
use crate::harness::{clients::Client, privacy::with_account};

const READER: &str = "reader-7";

/// A report by the reader.
async fn report(blog: &Client, comment: &str) {
    let report = v1::ReportCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        reason: "abuse".to_owned(),
        reporter: Some(v1::Reporter {
            account_id: READER.to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    blog.report(report).await.unwrap();
}

/// How many readers' reports are limited.
fn reporters(room: &Newsroom) -> usize {
    let keys = room.desk.redis.keys().into_iter();
    let limits = keys.filter(|key| String::from_utf8_lossy(key).contains("}:rr:"));
    limits.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_during_an_overlap_takes_the_limits_of_both_peppers() {
    let mut room = Newsroom::open().await;
    room.ada(0, Some(READER)).await;
    let (one, two) = (room.other(1).await, room.other(2).await);
    report(&room.blog, &one).await;
    room.desk.replace_pepper();
    let newest = room.desk.add_replica().await;
    let address = room.desk.replicas[newest].address;
    report(&room.blog.through(address), &two).await;
    assert_eq!(
        reporters(&room),
        2,
        "each replica has its own name for them"
    );

    let officer = room.officer.through(address);
    let erased = officer.erase(with_account(READER), false).await.unwrap();
    assert_eq!((erased.erased, erased.summary.unwrap().verified), (1, true));
    assert_eq!(reporters(&room), 0);
    room.desk.finish().await;
}
