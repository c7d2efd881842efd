//! Readers' reports bring a comment before moderators; a flood of them is one item.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{self, AuditAction, CommentState, Verdict},
};
use tonic::Code;

use super::{NOBODYS, SITE, due, entries, lane_of, lenient, on, report, submit};
use crate::harness::{
    Desk,
    comments::everything_waits,
    refusals::{quotas, told, violations, wait},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_comment_waits_again_and_sooner_with_each_reader() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let there = blog.through(desk.replicas[1].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    assert_eq!(lane_of(&desk, &comment), None);
    let first = blog.report(report(&comment, 0)).await.unwrap();
    assert_eq!((first.queued, first.replayed), (true, false));
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Reported));
    let mut before = due(&desk, Lane::Reported, &comment).unwrap();
    // Again, after a lost reply, on either replica.
    for client in [&blog, &there] {
        let again = client.report(report(&comment, 0)).await.unwrap();
        assert_eq!((again.queued, again.replayed), (true, true));
    }
    assert_eq!(due(&desk, Lane::Reported, &comment), Some(before));
    for reader in 1..5 {
        let reported = there.report(report(&comment, reader)).await.unwrap();
        assert!(reported.queued && !reported.replayed);
        let now = due(&desk, Lane::Reported, &comment).unwrap();
        assert!(now < before, "{reader}: {now} is not before {before}");
        before = now;
    }
    // State and version are as they were, and a flood is one entry.
    let stands = blog.get(SITE, &comment).await;
    assert_eq!(
        (stands.state(), stands.version),
        (CommentState::Approved, 1)
    );
    assert_eq!(blog.all_events(SITE).await.len(), 1);
    assert_eq!(
        entries(&ada.whole_audit(SITE).await, AuditAction::Reported),
        1
    );
    let reports = ada.context(SITE, &comment).await.unwrap().reports.unwrap();
    assert_eq!((reports.readers, reports.newest.len()), (5, 5));
    assert_eq!(reports.reasons[0].readers, 5);
    assert!(reports.newest[4].text.contains("reader 0"));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_moderator_upheld_comes_again_when_twice_as_many_report_it() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    for reader in 0..3 {
        blog.report(report(&comment, reader)).await.unwrap();
    }
    ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    assert_eq!(lane_of(&desk, &comment), None);
    for reader in 3..5 {
        let reported = blog.report(report(&comment, reader)).await.unwrap();
        assert!(
            !reported.queued,
            "{reader} readers are fewer than twice three"
        );
        assert_eq!(lane_of(&desk, &comment), None);
    }
    assert!(blog.report(report(&comment, 5)).await.unwrap().queued);
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Reported));
    // Who was told that it does not wait is told so again.
    let again = blog.report(report(&comment, 3)).await.unwrap();
    assert_eq!((again.queued, again.replayed), (false, true));
    assert_eq!(
        entries(&ada.whole_audit(SITE).await, AuditAction::Reported),
        2
    );
    // Undone, all are unanswered again.
    ada.decide(on(&comment, 2, Verdict::Approve)).await.unwrap();
    ada.undo(SITE, &comment, 3).await.unwrap();
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Reported));
    desk.finish().await;
}

/// More than half as many as are counted: who reports after the answer is told from nobody, and a fresh thousand counts.
#[tokio::test(flavor = "multi_thread")]
async fn an_answered_flood_is_forgotten_and_five_hundred_anew_bring_the_comment_back() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    let all = async |readers: std::ops::Range<usize>| {
        let mut queued = 0;
        for reader in readers {
            let reported = blog.report(report(&comment, reader)).await.unwrap();
            assert!(!reported.replayed, "{reader}");
            queued += usize::from(reported.queued);
        }
        queued
    };
    assert_eq!(all(0..501).await, 501);
    let reports = ada.context(SITE, &comment).await.unwrap().reports.unwrap();
    assert_eq!((reports.readers, reports.newest.len()), (501, 10));
    ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    // A hash that was kept would tell the same reader; here it is a report as any.
    assert_eq!(all(0..1).await, 0);
    let reports = ada.context(SITE, &comment).await.unwrap().reports.unwrap();
    assert_eq!(reports.readers, 1);
    // Twice the five hundred that stand for those who were forgotten.
    assert_eq!(all(1..999).await, 0);
    assert_eq!(lane_of(&desk, &comment), None);
    assert_eq!(all(999..1_000).await, 1);
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Reported));
    // Beyond a thousand nothing is kept.
    let beyond = blog.report(report(&comment, 1_000)).await.unwrap();
    assert_eq!((beyond.queued, beyond.replayed), (true, false));
    let reports = ada.context(SITE, &comment).await.unwrap().reports.unwrap();
    assert_eq!(reports.readers, 1_000);
    assert_eq!(
        entries(&ada.whole_audit(SITE).await, AuditAction::Reported),
        2
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_due_sooner_where_it_waits_and_stays_with_its_holder() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let (one, two) = (submit(&blog, 0).await, submit(&blog, 1).await);
    let before = due(&desk, Lane::Review, &two).unwrap();
    assert!(blog.report(report(&two, 0)).await.unwrap().queued);
    assert!(due(&desk, Lane::Review, &two).unwrap() < before);
    // It overtook the first, and is given out before it.
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    assert_eq!(item.comment.as_ref().unwrap().comment_id, two);
    assert!(blog.report(report(&two, 1)).await.unwrap().queued);
    assert_eq!(lane_of(&desk, &two), None, "Ada still holds it");
    work.decide(&item, Verdict::Approve).await;
    work.answer().await;
    assert_eq!(blog.get(SITE, &two).await.state(), CommentState::Approved);
    // What was escalated stays where it is.
    drop(work);
    ada.decide(on(&one, 1, Verdict::Escalate)).await.unwrap();
    let before = due(&desk, Lane::Escalated, &one).unwrap();
    assert!(blog.report(report(&one, 0)).await.unwrap().queued);
    assert_eq!(due(&desk, Lane::Escalated, &one), Some(before));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_and_waits_moves_to_the_reported_lane() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        mode: v1::ModerationMode::Post.into(),
        ..lenient()
    };
    let blog = desk.site(SITE, policy).await;
    let comment = submit(&blog, 0).await;
    let before = due(&desk, Lane::Review, &comment).unwrap();
    blog.report(report(&comment, 0)).await.unwrap();
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Reported));
    assert!(due(&desk, Lane::Reported, &comment).unwrap() <= before);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_shown_stays_as_it_is() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    for (n, verdict) in [Verdict::Reject, Verdict::Spam].into_iter().enumerate() {
        let comment = submit(&blog, n).await;
        ada.decide(on(&comment, 1, verdict)).await.unwrap();
        let reported = blog.report(report(&comment, 0)).await.unwrap();
        assert_eq!((reported.queued, reported.replayed), (false, false));
        assert_eq!(lane_of(&desk, &comment), None);
        assert_eq!(ada.context(SITE, &comment).await.unwrap().reports, None);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_reports_ten_at_once_and_no_more() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let there = blog.through(desk.replicas[1].address);
    let mut comments = Vec::new();
    for n in 0..11 {
        comments.push(submit(&blog, n).await);
    }
    for (n, comment) in comments[..10].iter().enumerate() {
        let client = if n % 2 == 0 { &blog } else { &there };
        client.report(report(comment, 0)).await.unwrap();
    }
    let refused = there.report(report(&comments[10], 0)).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::ResourceExhausted, "LIMIT_EXCEEDED".to_owned())
    );
    assert_eq!(quotas(&refused), ["limit:reporter"]);
    assert!((1..=360).contains(&wait(&refused).as_secs()), "{refused:?}");
    assert_eq!(lane_of(&desk, &comments[10]), None);
    // What was noted is still answered, and others may report.
    assert!(blog.report(report(&comments[0], 0)).await.unwrap().replayed);
    assert!(blog.report(report(&comments[10], 1)).await.unwrap().queued);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_known_by_account_else_by_address() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let comment = submit(&blog, 0).await;
    let by = |account: &str, email: &str, ip: &str| v1::ReportCommentRequest {
        reporter: Some(v1::Reporter {
            account_id: account.to_owned(),
            email: email.to_owned(),
            ip_address: ip.to_owned(),
        }),
        ..report(&comment, 0)
    };
    for (request, replayed) in [
        (by("jo", "jo@readers.example", "203.0.113.1"), false),
        (by("jo", "other@readers.example", "203.0.113.2"), true),
        (by("", "jo@readers.example", "203.0.113.1"), false),
        (by("", "Jo@Readers.example", "203.0.113.2"), true),
        (by("", "", "203.0.113.1"), false),
        (by("", "", "::ffff:203.0.113.1"), true),
    ] {
        let shown = request.reporter.clone().unwrap();
        let answer = blog.report(request).await.unwrap();
        assert_eq!(answer.replayed, replayed, "{}", shown.email);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_report_changes_nothing() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let comment = submit(&blog, 0).await;
    let before = lane_of(&desk, &comment);
    let refused = blog.report(report(NOBODYS, 0)).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let bad = v1::ReportCommentRequest {
        site: SITE.to_owned(),
        comment_id: "x".to_owned(),
        reporter: None,
        reason: "Not a code".to_owned(),
        text: "x".repeat(501),
    };
    let refused = blog.report(bad).await.unwrap_err();
    let fields: Vec<String> = violations(&refused).into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["comment_id", "reporter", "reason", "text"]);
    let mut bad = report(&comment, 0);
    bad.reporter.as_mut().unwrap().ip_address = "nowhere".to_owned();
    let refused = blog.report(bad).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "reporter.ip_address");
    assert_eq!(lane_of(&desk, &comment), before);
    desk.finish().await;
}
