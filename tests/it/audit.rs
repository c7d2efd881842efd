//! The audit log: every deed once, in order, as the feed tells of it, and found by who, what and when.

use replydesk::proto::v1::{
    self, AuditAction, AuditEntry, CommentState, Lane, Role, Verdict, event::Cause,
};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    refusals::violations,
};

async fn submit(blog: &Client, n: usize) -> String {
    let request = nth("gazette", n);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

fn on(comment: &str, version: u32, verdict: Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version,
        verdict: verdict.into(),
        ..Default::default()
    }
}

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
async fn entries_are_found_by_comment_action_and_key() {
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
