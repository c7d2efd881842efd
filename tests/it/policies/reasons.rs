//! The reasons that a site rejects for: which a moderator may name, and what readers are told.

use replydesk::proto::v1::{
    self, CommentState, Verdict, event::Cause, work_queue_request as up,
    work_queue_request::Message as Up, work_queue_response::answer::Result as Answer,
};
use tonic::Code;

use super::SITE;
use crate::harness::{
    Desk,
    bulk::{order, these},
    clients::Client,
    comments::{everything_waits, submit},
    policies::rejection_reasons,
    refusals::{told, violations},
};

/// The blog and a moderator of a site that rejects for these reasons.
async fn with_reasons(desk: &Desk, reasons: &[(&str, &str)]) -> (Client, Client) {
    let policy = v1::Policy {
        rejection_reasons: rejection_reasons(reasons),
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    (blog, desk.moderator(0, SITE, "ada").await)
}

fn on(comment: &str, version: u32, reason_code: &str) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: comment.to_owned(),
        version,
        verdict: Verdict::Reject.into(),
        reason_code: reason_code.to_owned(),
        ..Default::default()
    }
}

async fn told_to_readers(blog: &Client) -> Vec<(String, String)> {
    let events = blog.all_events(SITE).await.into_iter();
    let decided = events.filter_map(|event| match event.cause {
        Some(Cause::Decided(decided)) => Some((decided.reason_code, decided.reason_text)),
        Some(_) | None => None,
    });
    decided.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_names_one_of_the_site_s_reasons_and_its_event_the_text() {
    let desk = Desk::with(2, &[]).await;
    let reasons = [("insult", "Be kind."), ("advert", "No adverts.")];
    let (blog, ada) = with_reasons(&desk, &reasons).await;
    let comments = [submit(&blog, 0).await, submit(&blog, 1).await];
    let wrong = ada.decide(on(&comments[0], 1, "off-topic")).await;
    let wrong = wrong.unwrap_err();
    assert_eq!(
        violations(&wrong),
        [(
            "reason_code".to_owned(),
            "must be empty or one of the site's own: insult, advert".to_owned()
        )]
    );
    let now = blog.get(SITE, &comments[0]).await;
    assert_eq!((now.state(), now.version), (CommentState::Pending, 1));
    let done = ada.decide(on(&comments[0], 1, "insult")).await.unwrap();
    assert_eq!(done.state(), CommentState::Rejected);

    // The same on a stream; the item stays with who got it wrong.
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    let say = |reason_code: &str| {
        Up::Decide(up::Decide {
            request_id: 7,
            comment_id: comments[1].clone(),
            lease_token: item.lease_token.clone(),
            version: 1,
            verdict: Verdict::Reject.into(),
            reason_code: reason_code.to_owned(),
            ..Default::default()
        })
    };
    work.say(say("off-topic")).await;
    let Answer::Problem(problem) = work.answer().await else {
        panic!("off-topic is no reason here");
    };
    assert_eq!(
        (problem.code, problem.reason.as_str()),
        (Code::InvalidArgument.into(), "INVALID_FIELDS")
    );
    assert!(problem.message.contains("insult, advert"), "{problem:?}");
    work.say(say("")).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    drop(work);
    let told = [("insult", "Be kind."), ("", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(told_to_readers(&blog).await, told);
    desk.finish().await;
}

/// Nobody is told why a comment is shown; a reason there would be published, and counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_for_a_rejection_or_spam_alone() {
    let desk = Desk::start().await;
    let (blog, ada) = with_reasons(&desk, &[("insult", "Be kind.")]).await;
    let comment = submit(&blog, 0).await;
    let saying = |verdict: Verdict, version| v1::DecideCommentRequest {
        verdict: verdict.into(),
        ..on(&comment, version, "insult")
    };
    for verdict in [Verdict::Approve, Verdict::Escalate] {
        let refused = ada.decide(saying(verdict, 1)).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "reason_code", "{verdict:?}");
        let mut bulk = order(
            SITE,
            these(std::slice::from_ref(&comment)),
            Verdict::Approve,
        );
        bulk.reason_code = "insult".to_owned();
        let refused = ada.bulk(bulk).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "reason_code");
    }
    assert_eq!(blog.get(SITE, &comment).await.version, 1);
    ada.decide(saying(Verdict::Spam, 1)).await.unwrap();
    ada.decide(saying(Verdict::Reject, 2)).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_was_dropped_changes_no_event_and_no_repetition() {
    let desk = Desk::start().await;
    let (blog, ada) = with_reasons(&desk, &[("insult", "Be kind.")]).await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, "insult")).await.unwrap();
    let others = v1::Policy {
        rejection_reasons: rejection_reasons(&[("rude", "Be polite.")]),
        ..Default::default()
    };
    desk.admin()
        .update_policy(SITE, "rejection_reasons", others, 0)
        .await
        .unwrap();
    // A reply was lost; Ada says it again.
    assert!(
        ada.decide(on(&comment, 1, "insult"))
            .await
            .unwrap()
            .replayed
    );
    let again = ada.decide(on(&comment, 2, "insult")).await.unwrap_err();
    assert_eq!(violations(&again)[0].0, "reason_code");
    let ben = desk.moderator(0, SITE, "ben").await;
    let stale = ben.decide(on(&comment, 1, "insult")).await.unwrap_err();
    assert_eq!(told(&stale), (Code::Aborted, "STALE_VERSION".to_owned()));
    assert_eq!(
        told_to_readers(&blog).await,
        [("insult".to_owned(), "Be kind.".to_owned())]
    );
    desk.finish().await;
}
