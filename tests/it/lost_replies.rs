//! A reply that is lost on its way leaves the caller in doubt; sending the same again settles it, and nothing is done
//! twice.

use std::time::Duration;

use replydesk::proto::v1::{self, Verdict, work_queue_response::answer::Result as Answer};

use crate::{
    harness::{
        Desk,
        bulk::{numbers, order, these, undo_numbers},
        comments::{everything_waits, nth},
        refusals::assert_unavailable,
        until::{soon, until},
    },
    store_proxy::Proxy,
};

const BOUND: Duration = Duration::from_secs(15);

/// A desk whose replica reaches Redis through a proxy that can lose an answer.
pub async fn behind_a_proxy() -> (Desk, Proxy) {
    let mut desk = Desk::with(0, &[("moderation.poll_ms", "100")]).await;
    let proxy = Proxy::before(&desk.redis.url());
    let url = ("store.redis_url".to_owned(), proxy.url.clone());
    desk.settings.push(url);
    desk.add_replica().await;
    (desk, proxy)
}

fn approve(comment: &str) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version: 1,
        verdict: Verdict::Approve.into(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_though_nobody_was_told_is_a_replay_when_it_is_sent_again() {
    let (desk, proxy) = behind_a_proxy().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    for n in 0..10 {
        let request = nth("gazette", n);
        proxy.cut_the_next_answer_with("ADMITTED");
        assert_unavailable(&blog.submit(request.clone()).await.unwrap_err());
        let receipt = until("the blog is told", BOUND, async || {
            blog.submit(request.clone()).await.ok()
        });
        assert!(receipt.await.replayed);

        proxy.cut_the_next_answer_with("DECIDED");
        let verdict = approve(&request.comment_id);
        assert_unavailable(&ada.decide(verdict.clone()).await.unwrap_err());
        let decision = until("Ada is told", BOUND, async || {
            ada.decide(verdict.clone()).await.ok()
        });
        assert!(decision.await.replayed);

        proxy.cut_the_next_answer_with("UNDONE");
        let undo = async || ada.undo("gazette", &request.comment_id, 2).await;
        assert_unavailable(&undo().await.unwrap_err());
        let undone = until("Ada is told", BOUND, async || undo().await.ok());
        assert!(undone.await.replayed);
    }
    let events = blog.all_events("gazette").await;
    let versions: Vec<_> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3].repeat(10), "each change once");
    let audited = ada.whole_audit("gazette").await;
    let of_comments = audited.iter().filter(|entry| entry.version > 0);
    assert_eq!(of_comments.count(), 20, "each deed once");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_whose_answer_is_lost_leases_nothing_twice_and_loses_nothing() {
    let (desk, proxy) = behind_a_proxy().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 3).await.unwrap();
    for n in 0..10 {
        let request = nth("gazette", n);
        // The claim's answer is the one that brings the text.
        proxy.cut_the_next_answer_with("Point");
        // The blog's own answer may be in the same packet.
        until("the blog is told", BOUND, async || {
            blog.submit(request.clone()).await.ok()
        })
        .await;
        let item = soon("the item all the same", BOUND, work.item()).await;
        assert_eq!(
            item.comment.as_ref().unwrap().comment_id,
            request.comment_id
        );
        let verdict = until("Redis is back", BOUND, async || {
            work.decide(&item, Verdict::Approve).await;
            if let Answer::Decision(decision) = work.answer().await {
                return Some(decision);
            }
            None
        });
        assert_eq!(verdict.await.version, 2);
    }
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.waiting, stats.leased, stats.approved), (0, 0, 10));
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_decision_whose_answers_are_lost_runs_once_and_so_does_its_undoing() {
    let (desk, proxy) = behind_a_proxy().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut ids = Vec::new();
    for n in 0..25 {
        let request = nth("gazette", n);
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    let request = order("gazette", these(&ids), Verdict::Spam);
    proxy.cut_the_next_answer_with("DONE");
    assert_unavailable(&ada.bulk(request.clone()).await.unwrap_err());
    let result = until("Ada is told", BOUND, async || {
        ada.bulk(request.clone()).await.ok()
    });
    assert_eq!(numbers(result.await.counts), [25, 0, 0, 0, 0]);

    proxy.cut_the_next_answer_with("DONE");
    let undo = async || ada.undo_bulk("gazette", &request.operation_id).await;
    assert_unavailable(&undo().await.unwrap_err());
    let undone = until("Ada is told", BOUND, async || undo().await.ok());
    assert_eq!(undo_numbers(undone.await.counts), [25, 0, 0, 0]);
    let events = blog.all_events("gazette").await;
    assert_eq!(events.len(), 3 * 25, "each change once");
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.waiting, stats.pending, stats.spam), (25, 25, 0));
    desk.finish().await;
}
