//! The audit log: every deed once, in order, as the feed tells of it, and found by who, what and when.

use redis::{FromRedisValue, streams::StreamRangeReply};
use replydesk::{
    comment::ids::SiteId,
    proto::v1::{self, AuditAction, AuditEntry, CommentState, Lane, Role, Verdict, event::Cause},
    store::keys,
};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, on, submit},
    refusals::violations,
};

/// A desk where two moderators on two replicas decided, decided again, undid and escalated.
struct Busy {
    desk: Desk,
    blog: Client,
    ada: Client,
    entries: Vec<AuditEntry>,
    escalated: String,
}

impl Busy {
    async fn start() -> Self {
        let desk = Desk::with(2, &[]).await;
        let blog = desk.site("gazette", everything_waits()).await;
        let ada = desk.moderator(0, "gazette", "ada").await;
        let ben = desk.moderator(1, "gazette", "ben").await;
        let (one, escalated) = (submit(&blog, 0).await, submit(&blog, 1).await);
        let mut reject = on(&one, 1, Verdict::Reject);
        reject.reason_code = "off-topic".to_owned();
        reject.note = "again".to_owned();
        ada.decide(reject.clone()).await.unwrap();
        ada.decide(reject).await.unwrap();
        ben.undo("gazette", &one, 2).await.unwrap();
        ben.decide(on(&escalated, 1, Verdict::Escalate))
            .await
            .unwrap();
        ada.decide(on(&one, 3, Verdict::Spam)).await.unwrap();
        Self {
            entries: ada.whole_audit("gazette").await,
            desk,
            blog,
            ada,
            escalated,
        }
    }

    fn of_comments(&self) -> impl Iterator<Item = &AuditEntry> {
        self.entries
            .iter()
            .filter(|entry| !entry.comment_id.is_empty())
    }

    /// The sequences of those that are so, the newest first.
    fn sequences(&self, are: fn(&AuditEntry) -> bool) -> Vec<u64> {
        let found = self.entries.iter().rev().filter(|entry| are(entry));
        found.map(|entry| entry.sequence).collect()
    }

    async fn found(&self, filter: v1::ListAuditEntriesRequest) -> Vec<u64> {
        let site = "gazette".to_owned();
        let found = self
            .ada
            .audit(v1::ListAuditEntriesRequest { site, ..filter })
            .await;
        let found = found.unwrap().entries;
        found.iter().map(|entry| entry.sequence).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_deed_is_told_once_with_who_and_what() {
    let busy = Busy::start().await;
    for (entry, sequence) in busy.entries.iter().zip(1..) {
        assert_eq!(entry.sequence, sequence, "dense");
    }
    let told: Vec<_> = busy
        .of_comments()
        .map(|entry| (entry.action(), entry.actor.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (AuditAction::Decided, "ada"),
            (AuditAction::Undone, "ben"),
            (AuditAction::Escalated, "ben"),
            (AuditAction::Decided, "ada"),
        ]
    );
    let first = busy.of_comments().next().unwrap();
    assert_eq!(
        (first.reason_code.as_str(), first.note.as_str()),
        ("off-topic", "again")
    );
    assert_eq!(
        (first.state_before(), first.state_after()),
        (CommentState::Pending, CommentState::Rejected)
    );
    busy.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_the_log_is_what_the_feed_tells() {
    let busy = Busy::start().await;
    let changes: Vec<_> = busy
        .of_comments()
        .filter(|entry| entry.event_sequence > 0)
        .map(|entry| {
            let (sequence, id) = (entry.event_sequence, entry.comment_id.clone());
            (sequence, id, entry.state_after, entry.version)
        })
        .collect();
    let events = busy.blog.all_events("gazette").await;
    let told: Vec<_> = events
        .iter()
        .filter(|event| !matches!(event.cause, Some(Cause::Submitted(_))))
        .map(|event| {
            let sequence = event.cursor.split('-').next().unwrap().parse().unwrap();
            (
                sequence,
                event.comment_id.clone(),
                event.state,
                event.version,
            )
        })
        .collect();
    assert_eq!(changes, told);
    busy.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_found_by_comment_action_key_and_person() {
    let busy = Busy::start().await;
    let found = busy.found(v1::ListAuditEntriesRequest {
        comment_id: busy.escalated.clone(),
        ..Default::default()
    });
    let expected = busy.sequences(|entry| entry.action() == AuditAction::Escalated);
    assert_eq!(found.await, expected);
    let found = busy.found(v1::ListAuditEntriesRequest {
        actions: vec![AuditAction::Decided.into()],
        ..Default::default()
    });
    let expected = busy.sequences(|entry| entry.action() == AuditAction::Decided);
    assert_eq!(found.await, expected);
    let of_ben = busy
        .entries
        .iter()
        .find(|entry| entry.actor == "ben")
        .unwrap();
    let found = busy.found(v1::ListAuditEntriesRequest {
        key_id: of_ben.key_id.clone(),
        ..Default::default()
    });
    assert_eq!(found.await, busy.sequences(|entry| entry.actor == "ben"));
    for (actor, expected) in [
        ("ben", busy.sequences(|entry| entry.actor == "ben")),
        ("be", Vec::new()),
        ("Ben", Vec::new()),
    ] {
        let found = busy.found(v1::ListAuditEntriesRequest {
            actor: actor.to_owned(),
            ..Default::default()
        });
        assert_eq!(found.await, expected, "{actor}");
    }
    let refused = busy.ada.audit(v1::ListAuditEntriesRequest {
        site: "gazette".to_owned(),
        actor: "b".repeat(101),
        ..Default::default()
    });
    assert_eq!(violations(&refused.await.unwrap_err())[0].0, "actor");
    busy.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_audit_log_goes_on_where_the_last_one_ended() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    for n in 0..5 {
        let comment = submit(&blog, n).await;
        ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    }
    for oldest_first in [true, false] {
        let mut request = v1::ListAuditEntriesRequest {
            site: "gazette".to_owned(),
            actions: vec![AuditAction::Decided.into()],
            oldest_first,
            page_size: 2,
            ..Default::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = ada.audit(request.clone()).await.unwrap();
            seen.extend(page.entries.iter().map(|entry| entry.sequence));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let mut expected: Vec<u64> = ada
            .whole_audit("gazette")
            .await
            .iter()
            .filter(|entry| entry.action() == AuditAction::Decided)
            .map(|entry| entry.sequence)
            .collect();
        if !oldest_first {
            expected.reverse();
        }
        assert_eq!(seen, expected);
        request.actions = Vec::new();
        assert!(!request.page_token.is_empty());
        let refused = ada.audit(request).await.unwrap_err();
        assert_eq!(
            violations(&refused)
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>(),
            ["page_token"],
            "of another listing"
        );
    }
    let everything = v1::ListAuditEntriesRequest::default();
    let refused = ada.audit(everything.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    desk.admin().audit(everything).await.unwrap();
    let lane = v1::ListQueueRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    submit(&blog, 9).await;
    let listed = ada.moderation.clone().list_queue(lane).await.unwrap();
    assert_eq!(listed.into_inner().items[0].lane(), Lane::Review);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_sites_are_told_of_once() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let first = &ada.whole_audit("gazette").await[0];
    assert_eq!(
        (first.sequence, first.action()),
        (1, AuditAction::SiteCreated)
    );
    assert_eq!(first.actor, "root", "the admin key of the configuration");

    let key = desk.key(&["gazette"], Role::Moderator, "ben").await;
    let key_id = key.split('_').nth(1).unwrap().to_owned();
    for _ in 0..2 {
        let request = v1::RevokeKeyRequest {
            key_id: key_id.clone(),
        };
        desk.admin().sites.revoke_key(request).await.unwrap();
    }
    let subject = format!("key {key_id}");
    let told = desk.admin().whole_audit("").await.into_iter();
    let told = told.filter(|entry| entry.subject == subject);
    let told: Vec<_> = told
        .map(|entry| (entry.action(), entry.before, entry.after))
        .collect();
    let rights = "moderator of gazette: ben";
    assert_eq!(
        told,
        [
            (AuditAction::KeyCreated, String::new(), rights.to_owned()),
            (
                AuditAction::KeyRevoked,
                rights.to_owned(),
                "revoked".to_owned()
            ),
        ]
    );
    let secret = key.rsplit('_').next().unwrap();
    let log = format!("{:?}", desk.admin().whole_audit("").await);
    assert!(!log.contains(secret), "{log}");
    desk.finish().await;
}

/// Puts so many entries into a site's log, a second apart from a time on, as copies of its newest one.
fn copies(desk: &Desk, count: u64, from_ms: u64) {
    let site: SiteId = "gazette".parse().unwrap();
    let mut look = desk.redis.look();
    let mut newest = redis::cmd("XREVRANGE");
    newest.arg(keys::audit(&site)).arg("+").arg("-");
    let newest: StreamRangeReply = newest.arg("COUNT").arg(1).query(&mut look).unwrap();
    let (newest, mut pipe) = (&newest.ids[0], redis::pipe());
    let last: u64 = newest.id.split('-').next().unwrap().parse().unwrap();
    for n in 1..=count {
        // Now and then the clock is set back.
        let time = from_ms + n * 1_000 - if n % 100 == 0 { 3_000 } else { 0 };
        let entry = pipe.cmd("XADD").arg(keys::audit(&site)).arg(last + n);
        entry.arg("t").arg(time);
        for (field, value) in newest.map.iter().filter(|(field, _)| *field != "t") {
            entry
                .arg(field)
                .arg(Vec::<u8>::from_redis_value(value.clone()).unwrap());
        }
        entry.ignore();
    }
    pipe.exec(&mut look).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_far_back_in_a_long_log_is_found_by_the_first_page() {
    let busy = Busy::start().await;
    let from_ms = 4_000_000_000_000;
    copies(&busy.desk, 9_000, from_ms);
    let all = busy.ada.whole_audit("gazette").await;
    let at = |second: i64| {
        Some(prost_types::Timestamp {
            seconds: from_ms as i64 / 1_000 + second,
            nanos: 0,
        })
    };
    for (since, before) in [
        (at(4_500), at(4_540)),
        (at(4_597), at(4_602)),
        (at(8_990), at(20_000)),
        (at(-100_000), at(30)),
        (at(4_500), at(4_500)),
        (at(20_000), None),
    ] {
        let is_in = |entry: &&AuditEntry| {
            let at = entry.at.as_ref().map(|at| (at.seconds, at.nanos));
            let bound =
                |time: &Option<prost_types::Timestamp>| time.map(|at| (at.seconds, at.nanos));
            at >= bound(&since) && (before.is_none() || at < bound(&before))
        };
        let mut expected: Vec<u64> = all
            .iter()
            .filter(is_in)
            .map(|entry| entry.sequence)
            .collect();
        for oldest_first in [true, false] {
            let found = busy.found(v1::ListAuditEntriesRequest {
                since,
                before,
                oldest_first,
                page_size: 200,
                ..Default::default()
            });
            if !oldest_first {
                expected.reverse();
            }
            assert_eq!(found.await, expected, "{since:?} {before:?} {oldest_first}");
        }
    }
    busy.desk.finish().await;
}
