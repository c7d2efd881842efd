//! Who changed a thread, and how it was before.

use std::time::Duration;

use replydesk::{
    comment::state::Timestamp,
    proto::v1::{AuditAction, ModerationMode},
};

use super::{ahead, close, field, moderate, thread};
use crate::harness::{Desk, comments::everything_waits};

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_tells_who_changed_a_thread_and_how_it_was_before() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let (seconds, _): (i64, i64) = desk.redis.ask(&["TIME"]);
    let until = Some(prost_types::Timestamp {
        seconds: seconds + 3_600,
        nanos: 0,
    });
    close(&ada, false).await;
    // Said again, after a lost reply or by another: nothing changes.
    close(&ada, false).await;
    close(&ben, false).await;
    close(&ben, true).await;
    moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    moderate(&ben, ModerationMode::Unspecified, None)
        .await
        .unwrap();
    let entries = ada.whole_audit("gazette").await;
    let told = entries
        .iter()
        .filter(|entry| entry.action() == AuditAction::ThreadChanged);
    let told: Vec<[&str; 4]> = told
        .map(|entry| {
            let (before, after) = (entry.before.as_str(), entry.after.as_str());
            [&entry.actor, &entry.subject, before, after]
        })
        .collect();
    let storm = Timestamp((seconds + 3_600) * 1_000).to_text();
    let storm = format!("moderated pre until {storm}");
    let calm = "moderated as the site";
    assert_eq!(
        told,
        [
            ["ada", "thread tram", "closes by age", "closed"],
            ["ben", "thread tram", "closed", "open whatever its age"],
            ["ada", "thread tram", calm, &storm],
            ["ben", "thread tram", &storm, calm],
        ]
    );
    assert_eq!(field(&desk, "v"), Some(4));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_a_thread_at_the_same_time_loses_no_change() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    for round in 0..20 {
        let until = ahead(Duration::from_secs(3_600 + round));
        let (_, set) = tokio::join!(
            close(&ada, round % 2 == 1),
            moderate(&ben, ModerationMode::Pre, until)
        );
        set.unwrap();
    }
    let entries = ada.whole_audit("gazette").await;
    let told = entries
        .iter()
        .filter(|entry| entry.action() == AuditAction::ThreadChanged);
    assert_eq!(told.count(), 40);
    assert_eq!(field(&desk, "v"), Some(40));
    let stands = thread(&ada).await;
    assert_eq!(
        (stands.mode(), stands.kept_open),
        (ModerationMode::Pre, true)
    );
    desk.finish().await;
}
