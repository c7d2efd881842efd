//! Two who change a comment at once, and replies that are lost.

use std::time::Duration;

use replydesk::proto::v1::{AuditAction, CommentState, Verdict, event::Cause};
use tonic::Code;

use super::{SITE, entries, lenient, on, report, submit};
use crate::{
    harness::{
        Desk,
        comments::everything_waits,
        refusals::{assert_unavailable, told},
        until::until,
    },
    lost_replies::behind_a_proxy,
};

const ROUNDS: usize = 24;
const BOUND: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_retraction_comes_before_a_decision_or_after_it() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let mut decided = 0;
    for n in 0..ROUNDS {
        let comment = submit(&blog, n).await;
        let (verdict, retracted) = tokio::join!(
            ada.decide(on(&comment, 1, Verdict::Approve)),
            blog.retract(SITE, &comment)
        );
        let version = retracted.unwrap().version;
        match verdict {
            Ok(_) => {
                assert_eq!(version, 3);
                decided += 1;
            }
            Err(refused) => {
                assert_eq!(told(&refused).1, "STALE_VERSION");
                assert_eq!(version, 2);
            }
        }
        let stands = blog.get(SITE, &comment).await;
        assert_eq!(
            (stands.state(), stands.version),
            (CommentState::Retracted, version)
        );
    }
    assert_eq!(blog.all_events(SITE).await.len(), 2 * ROUNDS + decided);
    let stats = ada.stats(SITE).await;
    assert_eq!((stats.waiting, stats.pending, stats.approved), (0, 0, 0));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_revision_and_a_decision_on_one_version_one_is_made() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    for n in 0..ROUNDS {
        let comment = submit(&blog, n).await;
        let body = format!("Point {n}: I have thought about it again, and say the opposite.");
        let (verdict, revised) = tokio::join!(
            ada.decide(on(&comment, 1, Verdict::Approve)),
            blog.revise(SITE, &comment, 1, &body)
        );
        let stands = blog.get(SITE, &comment).await;
        assert_eq!(stands.version, 2);
        match (verdict, revised) {
            (Ok(_), Err(refused)) => {
                assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
                assert_eq!(stands.state(), CommentState::Approved);
                assert_ne!(stands.body, body);
            }
            (Err(refused), Ok(_)) => {
                assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
                assert_eq!(stands.state(), CommentState::Pending);
                assert_eq!(stands.body, body);
            }
            other => panic!("both or neither: {other:?}"),
        }
    }
    assert_eq!(blog.all_events(SITE).await.len(), 2 * ROUNDS);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_revision_twice_at_once_is_made_once() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let there = blog.through(desk.replicas[1].address);
    for n in 0..ROUNDS {
        let comment = submit(&blog, n).await;
        let body = format!("Point {n}: I have thought about it again, and say the opposite.");
        let (one, other) = tokio::join!(
            blog.revise(SITE, &comment, 1, &body),
            there.revise(SITE, &comment, 1, &body)
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.replayed != other.replayed);
        assert_eq!(
            (one.version, one.revised_at),
            (other.version, other.revised_at)
        );
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_reports_is_one_item() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let there = blog.through(desk.replicas[1].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..120 {
        let (client, request) = (
            [&blog, &there][reader % 2].clone(),
            report(&comment, reader),
        );
        readers.spawn(async move { client.report(request).await.unwrap() });
    }
    let answers = readers.join_all().await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.queued && !answer.replayed)
    );
    let context = ada.context(SITE, &comment).await.unwrap();
    let reports = context.reports.unwrap();
    assert_eq!((reports.readers, reports.newest.len()), (120, 10));
    assert_eq!(reports.reasons[0].readers, 100, "of the first hundred");
    let audit = ada.whole_audit(SITE).await;
    assert_eq!(entries(&audit, AuditAction::Reported), 1);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_though_nobody_was_told_is_answered_as_the_first_time() {
    let (desk, proxy) = behind_a_proxy().await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    for n in 0..4 {
        let comment = submit(&blog, n).await;
        proxy.cut_the_next_answer_with("REPORTED");
        let lost = blog.report(report(&comment, n)).await;
        assert_unavailable(&lost.unwrap_err());
        let told = until("the report is noted", BOUND, async || {
            blog.report(report(&comment, n)).await.ok()
        });
        assert!(told.await.replayed);

        proxy.cut_the_next_answer_with("REDACTED");
        let lost = ada.redact(SITE, &comment, 1, &["council"]).await;
        assert_unavailable(&lost.unwrap_err());
        let told = until("it is blacked out", BOUND, async || {
            ada.redact(SITE, &comment, 1, &["council"]).await.ok()
        });
        assert!(told.await.replayed);

        let body = format!("Point {n}: on second thoughts I would rather say this.");
        proxy.cut_the_next_answer_with("REVISED");
        let lost = blog.revise(SITE, &comment, 2, &body).await;
        assert_unavailable(&lost.unwrap_err());
        let told = until("it is revised", BOUND, async || {
            blog.revise(SITE, &comment, 2, &body).await.ok()
        });
        assert!(told.await.replayed);

        until("it is rejected", BOUND, async || {
            ada.decide(on(&comment, 3, Verdict::Reject)).await.ok()
        })
        .await;
        proxy.cut_the_next_answer_with("APPEALED");
        let lost = blog.appeal(SITE, &comment, 4, "Why?").await;
        assert_unavailable(&lost.unwrap_err());
        let told = until("the appeal is taken", BOUND, async || {
            blog.appeal(SITE, &comment, 4, "Why?").await.ok()
        });
        assert!(told.await.replayed);

        proxy.cut_the_next_answer_with("RETRACTED");
        assert_unavailable(&blog.retract(SITE, &comment).await.unwrap_err());
        let told = until("it is retracted", BOUND, async || {
            blog.retract(SITE, &comment).await.ok()
        });
        let told = told.await;
        assert!(told.replayed);
        assert_eq!(told.version, 5);
    }
    let events = blog.all_events(SITE).await;
    let versions: Vec<_> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5].repeat(4), "each change once");
    let last = events.last().unwrap();
    assert!(matches!(last.cause, Some(Cause::Retracted(_))));
    desk.finish().await;
}
