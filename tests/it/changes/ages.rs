//! How long a lane's next item has waited there, whatever the age of its comment.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{AuditAction, AuditEntry, Verdict},
    store::connection::Store,
};

use super::{SITE, lenient, on, report, submit};
use crate::harness::Desk;

fn millis(entry: &AuditEntry) -> i64 {
    let at = entry.at.as_ref().unwrap();
    at.seconds * 1_000 + i64::from(at.nanos) / 1_000_000
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_waits_in_a_lane_since_it_was_brought_there() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let mut comments = Vec::new();
    for n in 0..3 {
        comments.push(submit(&blog, n).await);
    }
    // Of the comment's own age nothing may be left.
    let later = blog.get(SITE, &comments[2]).await.submitted_at.unwrap();
    let later = later.seconds * 1_000 + i64::from(later.nanos) / 1_000_000;
    let mut look = desk.redis.look();
    loop {
        let (seconds, micros): (i64, i64) = redis::cmd("TIME").query(&mut look).unwrap();
        if seconds * 1_000 + micros / 1_000 > later {
            break;
        }
    }
    blog.report(report(&comments[0], 0)).await.unwrap();
    ada.decide(on(&comments[1], 1, Verdict::Escalate))
        .await
        .unwrap();
    ada.decide(on(&comments[2], 1, Verdict::Reject))
        .await
        .unwrap();
    blog.appeal(SITE, &comments[2], 2, "Why?").await.unwrap();

    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let counts = store.queue_counts(&SITE.parse().unwrap()).await.unwrap();
    let audit = ada.whole_audit(SITE).await;
    for (lane, action) in [
        (Lane::Reported, AuditAction::Reported),
        (Lane::Escalated, AuditAction::Escalated),
        (Lane::Appeals, AuditAction::Appealed),
    ] {
        let brought = audit.iter().find(|entry| entry.action() == action).unwrap();
        let depth = counts.lane(lane);
        assert_eq!(depth.waiting, 1, "{lane}");
        assert_eq!(
            depth.next_since.map(|since| since.0),
            Some(millis(brought)),
            "{lane}"
        );
    }
    desk.finish().await;
}
