//! Who writes a comment anew is judged anew.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{
        self, AuditAction, CommentState, Outcome, ReasonCode, Role, Verdict, event::Cause,
        work_queue_response::Message,
    },
};
use tonic::Code;

use super::{NOBODYS, SITE, due, entries, lane_of, lenient, on, report, submit};
use crate::harness::{
    Desk,
    comments::{everything_waits, no_limits, nth},
    refusals::{metadata, quotas, told, violations, wait},
    until::soon,
};

fn codes(reasons: &[v1::Reason]) -> Vec<ReasonCode> {
    reasons.iter().map(v1::Reason::code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_text_is_judged_and_the_old_one_kept_for_moderators() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let there = blog.through(desk.replicas[1].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let request = nth(SITE, 0);
    let comment = request.comment_id.clone();
    blog.submit(request.clone()).await.unwrap();
    let before = blog.get(SITE, &comment).await;

    let body = "Point 0: on second thoughts the council should have looked at it in spring.";
    let revised = blog.revise(SITE, &comment, 1, body).await.unwrap();
    assert_eq!(
        (revised.outcome(), revised.state(), revised.version),
        (Outcome::Approved, CommentState::Approved, 2)
    );
    assert!(!revised.replayed);
    for client in [&there, &blog] {
        let again = client.revise(SITE, &comment, 1, body).await.unwrap();
        assert!(again.replayed);
        assert_eq!(
            (again.version, again.revised_at, again.outcome()),
            (2, revised.revised_at, Outcome::Approved)
        );
    }
    // Another text on a version that has passed is stale, and one that would hold is held.
    let refused = there
        .revise(SITE, &comment, 1, "Another text.")
        .await
        .unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
    assert_eq!(metadata(&refused, "version"), "2");
    let stands = blog.get(SITE, &comment).await;
    assert_eq!((stands.body.as_str(), stands.version), (body, 2));
    assert_eq!(stands.author, before.author);
    assert_eq!(stands.submitted_at, before.submitted_at);
    // The first submission, sent again, is still known.
    let known = blog.submit(request).await.unwrap();
    assert!(known.replayed);
    assert_eq!((known.state(), known.version), (CommentState::Approved, 2));

    let context = ada.context(SITE, &comment).await.unwrap();
    let [earlier] = &context.earlier_versions[..] else {
        panic!("{:?}", context.earlier_versions);
    };
    assert_eq!(earlier.body, before.body);
    assert_eq!((earlier.first_version, earlier.last_version), (1, 1));
    assert_eq!(earlier.state(), CommentState::Approved);
    assert_eq!(
        (earlier.written_at, earlier.replaced_at),
        (before.submitted_at, revised.revised_at)
    );
    assert_eq!(
        context.author_history.unwrap().approved,
        1,
        "one comment still"
    );
    let events = blog.all_events(SITE).await;
    let [_, event] = &events[..] else {
        panic!("{events:?}")
    };
    let Some(Cause::Revised(cause)) = &event.cause else {
        panic!("{event:?}")
    };
    assert_eq!((cause.outcome(), event.version), (Outcome::Approved, 2));
    assert_eq!(
        entries(&ada.whole_audit(SITE).await, AuditAction::Revised),
        1
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policy_decides_on_the_new_text_as_on_a_new_comment() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        hold_words: vec!["weasel".to_owned()],
        reject_words: vec!["stoat".to_owned()],
        ..lenient()
    };
    let blog = desk.site(SITE, policy).await;
    let comment = submit(&blog, 0).await;
    for (version, body, outcome, reason, lane) in [
        (
            1,
            "You weasel of a councillor, look at the numbers again.",
            Outcome::Pending,
            ReasonCode::HeldWord,
            Some(Lane::Review),
        ),
        (
            2,
            "You stoat of a councillor, look at the numbers again.",
            Outcome::Rejected,
            ReasonCode::RejectedWord,
            None,
        ),
        (
            3,
            "You should look at the numbers again, dear councillor.",
            Outcome::Approved,
            ReasonCode::ScoreLow,
            None,
        ),
    ] {
        let revised = blog.revise(SITE, &comment, version, body).await.unwrap();
        assert_eq!(revised.outcome(), outcome, "{body}");
        assert_eq!(codes(&revised.reasons)[0], reason, "{body}");
        assert_eq!(lane_of(&desk, &comment), lane, "{body}");
        assert_eq!(blog.get(SITE, &comment).await.outcome(), outcome);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authors_first_comment_is_no_earlier_one_of_itself() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        hold_first_comment: Some(true),
        ..lenient()
    };
    let blog = desk.site(SITE, policy).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    let revised = blog
        .revise(
            SITE,
            &comment,
            2,
            "Something else altogether, now that I am in.",
        )
        .await
        .unwrap();
    assert_eq!(revised.state(), CommentState::Pending);
    assert_eq!(
        codes(&revised.reasons),
        [ReasonCode::FirstComment, ReasonCode::Revised]
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_moderator_rejected_a_moderator_sees_again_and_the_old_ruling_has_no_force() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    for (n, verdict) in [Verdict::Reject, Verdict::Spam].into_iter().enumerate() {
        let comment = submit(&blog, n).await;
        ada.decide(on(&comment, 1, verdict)).await.unwrap();
        let body = format!("Point {n}: I am sorry, and say it in other words now.");
        let revised = blog.revise(SITE, &comment, 2, &body).await.unwrap();
        assert_eq!(revised.state(), CommentState::Pending);
        assert!(codes(&revised.reasons).contains(&ReasonCode::Revised));
        assert_eq!(lane_of(&desk, &comment), Some(Lane::Review));
        let context = ada.context(SITE, &comment).await.unwrap();
        assert_eq!(context.last_decision, None);
        let refused = ada.undo(SITE, &comment, 2).await.unwrap_err();
        assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
        let decided = ada.decide(on(&comment, 3, Verdict::Approve)).await.unwrap();
        assert_eq!(decided.version, 4);
        let undone = ada.undo(SITE, &comment, 4).await.unwrap();
        assert_eq!(undone.state(), CommentState::Pending, "and not {verdict:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_or_escalated_stays_so() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    blog.report(report(&comment, 0)).await.unwrap();
    let before = due(&desk, Lane::Reported, &comment);
    let revised = blog.revise(SITE, &comment, 1, "I never said that, dear moderator.");
    assert_eq!(revised.await.unwrap().state(), CommentState::Approved);
    assert_eq!(due(&desk, Lane::Reported, &comment), before);
    ada.decide(on(&comment, 2, Verdict::Escalate))
        .await
        .unwrap();
    let revised = blog.revise(SITE, &comment, 2, "Nor that, dear senior moderator.");
    assert_eq!(revised.await.unwrap().state(), CommentState::Pending);
    assert_eq!(due(&desk, Lane::Escalated, &comment), before);
    let cleo = desk.someone(1, SITE, Role::SeniorModerator, "cleo").await;
    cleo.decide(on(&comment, 3, Verdict::Reject)).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_may_be_revised_is() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        limits: Some(v1::Limits {
            author: Some(v1::Limit {
                per_minute: 1,
                burst: 2,
            }),
            ..no_limits()
        }),
        ..lenient()
    };
    let blog = desk.site(SITE, policy).await;
    let comment = submit(&blog, 0).await;
    let body = "Something else that the council should look at in time.";
    let refused = blog.revise(SITE, NOBODYS, 1, body).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let refused = blog.revise(SITE, "x", 0, " \u{200b}").await.unwrap_err();
    let fields: Vec<String> = violations(&refused).into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["comment_id", "version", "body"]);
    for bad in ["a\0b".to_owned(), "x".repeat(65_526)] {
        let refused = blog.revise(SITE, &comment, 1, &bad).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "body");
    }
    let close = |reopen| v1::CloseThreadRequest {
        site: SITE.to_owned(),
        thread_id: "article-0".to_owned(),
        reopen,
    };
    let mut admin = desk.admin().sites;
    admin.close_thread(close(false)).await.unwrap();
    let refused = blog.revise(SITE, &comment, 1, body).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "THREAD_CLOSED".to_owned())
    );
    admin.close_thread(close(true)).await.unwrap();
    // The comment itself and one revision use up two at once.
    blog.revise(SITE, &comment, 1, body).await.unwrap();
    let again = blog.revise(SITE, &comment, 2, "And a third text, at once.");
    let refused = again.await.unwrap_err();
    assert_eq!(quotas(&refused), ["limit:author"]);
    assert!(wait(&refused).as_secs() <= 60);
    assert!(blog.revise(SITE, &comment, 1, body).await.unwrap().replayed);
    blog.retract(SITE, &comment).await.unwrap();
    let refused = blog.revise(SITE, &comment, 3, body).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_RETRACTED".to_owned())
    );
    assert_eq!(blog.all_events(SITE).await.len(), 3);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_earlier_texts_are_kept_and_a_holder_loses_the_item() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    let before = due(&desk, Lane::Review, &comment);
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    for version in 1..=12 {
        let body = format!("This is the text after version {version}, dear council.");
        blog.revise(SITE, &comment, version, &body).await.unwrap();
    }
    let bound = std::time::Duration::from_secs(10);
    let withdrawn = soon("it is withdrawn", bound, async {
        loop {
            if let Some(Message::Withdrawn(withdrawn)) = work.next().await.unwrap() {
                return withdrawn;
            }
        }
    });
    assert_eq!(withdrawn.await.lease_token, item.lease_token);
    work.leave().await.unwrap();
    let context = ada.context(SITE, &comment).await.unwrap();
    let kept = context.earlier_versions.iter().map(|v| v.last_version);
    assert_eq!(kept.collect::<Vec<_>>(), (3..=12).rev().collect::<Vec<_>>());
    assert_eq!(
        due(&desk, Lane::Review, &comment),
        before,
        "at its old place"
    );
    desk.finish().await;
}
