//! A decision is on a version, is carried out once, and is never in the way of the next message.

use std::time::Duration;

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{
        self, CommentState, Verdict, work_queue_request as up, work_queue_request::Message as Up,
        work_queue_response::answer::Result as Answer,
    },
};
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{
    Desk,
    comments::{everything_waits, on, submit},
    refusals::{metadata, told, violations},
    streams::Work,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_decision_is_aborted_and_shows_the_current_state() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
    // Ben saw version 1; even the same verdict is another's. A version that is yet to come is as wrong.
    for (version, verdict) in [
        (1, Verdict::Approve),
        (1, Verdict::Reject),
        (3, Verdict::Approve),
    ] {
        let refused = ben.decide(on(&comment, version, verdict)).await;
        let refused = refused.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::Aborted, "STALE_VERSION".to_owned()),
            "{version} {verdict:?}"
        );
        assert_eq!(metadata(&refused, "state"), "REJECTED");
        assert_eq!(metadata(&refused, "version"), "2");
        assert!(refused.get_details_precondition_failure().is_some());
    }
    let now = blog.get("gazette", &comment).await;
    assert_eq!((now.state(), now.version), (CommentState::Rejected, 2));
    // On what there is now, Ben may.
    let decided = ben.decide(on(&comment, 2, Verdict::Approve)).await.unwrap();
    assert_eq!(
        (decided.state(), decided.version),
        (CommentState::Approved, 3)
    );
    assert_eq!(blog.all_events("gazette").await.len(), 3);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_decision_is_answered_as_the_first_time() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Moderator, "ada").await;
    let ada = [desk.client(0, &key), desk.client(1, &key)];
    let comment = submit(&blog, 0).await;
    let first = ada[0].decide(on(&comment, 1, Verdict::Spam)).await.unwrap();
    assert!(!first.replayed);
    for n in 0..4 {
        let again = ada[n % 2].decide(on(&comment, 1, Verdict::Spam)).await;
        let replay = v1::Decision {
            replayed: true,
            ..first.clone()
        };
        assert_eq!(again.unwrap(), replay);
    }
    // Through a stream too, with a lease that is long over.
    let mut work = ada[1].work("gazette", 1).await.unwrap();
    work.say(decide_on_stream(9, &comment, "0102030405060708", 1))
        .await;
    let Answer::Decision(decision) = work.answer().await else {
        panic!("no decision")
    };
    assert!(decision.replayed);
    assert_eq!(blog.all_events("gazette").await.len(), 2);
    drop(work);
    desk.finish().await;
}

fn decide_on_stream(request_id: u64, comment: &str, token: &str, version: u32) -> Up {
    Up::Decide(up::Decide {
        request_id,
        comment_id: comment.to_owned(),
        lease_token: token.to_owned(),
        version,
        verdict: Verdict::Spam.into(),
        ..Default::default()
    })
}

async fn problem(work: &mut Work, bad: Up) -> (Code, String) {
    work.say(bad).await;
    work.problem().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_message_is_answered_and_never_ends_the_stream() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = work.item().await;
    let (unknown, token) = (CommentId::fresh().to_string(), "0102030405060708");
    let skip = |comment: &str, token: &str| {
        Up::Skip(up::Skip {
            request_id: 4,
            comment_id: comment.to_owned(),
            lease_token: token.to_owned(),
            ..Default::default()
        })
    };
    let restart = Up::Start(up::Start {
        sites: vec!["gazette".to_owned()],
        prefetch: 1,
        ..Default::default()
    });
    use Code::{Aborted, FailedPrecondition, InvalidArgument, NotFound};
    for (bad, code, reason) in [
        (
            decide_on_stream(1, "17", "", 0),
            InvalidArgument,
            "INVALID_FIELDS",
        ),
        (
            decide_on_stream(2, &unknown, token, 1),
            NotFound,
            "COMMENT_NOT_FOUND",
        ),
        (
            decide_on_stream(3, &comment, token, 1),
            FailedPrecondition,
            "NOT_HELD",
        ),
        (skip("17", ""), InvalidArgument, "INVALID_FIELDS"),
        (skip(&comment, token), FailedPrecondition, "LEASE_LOST"),
        (restart, InvalidArgument, "INVALID_FIELDS"),
    ] {
        let answer = problem(&mut work, bad.clone()).await;
        assert_eq!(answer, (code, reason.to_owned()), "{bad:?}");
    }
    // Still at work, and the item still Ada's.
    work.decide(&item, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    let stale = problem(
        &mut work,
        decide_on_stream(8, &comment, &item.lease_token, 1),
    );
    assert_eq!(stale.await, (Aborted, "STALE_VERSION".to_owned()));
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_names_the_message_that_it_answers() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 20).await.unwrap();
    let mut asked = Vec::new();
    for n in 0..20 {
        submit(&blog, n).await;
    }
    for _ in 0..20 {
        let item = work.item().await;
        asked.push(item);
    }
    let mut sent = Vec::new();
    for item in &asked {
        sent.push(work.decide(item, Verdict::Approve).await);
    }
    for (item, request) in asked.iter().zip(sent) {
        match work.next().await.unwrap() {
            Some(v1::work_queue_response::Message::Answer(answer)) => {
                assert_eq!(answer.request_id, request);
                let Some(Answer::Decision(decision)) = answer.result else {
                    panic!("not decided")
                };
                assert_eq!(
                    decision.comment_id,
                    item.comment.as_ref().unwrap().comment_id
                );
            }
            other => panic!("no answer: {other:?}"),
        }
    }
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_does_not_start_right_is_told_why() {
    let desk = Desk::with(1, &[("moderation.lease_ms", "400")]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    for prefetch in [-1, 101] {
        let refused = ada.work("gazette", prefetch).await.err().unwrap();
        assert_eq!(violations(&refused)[0].0, "start.prefetch");
    }
    let refused = ada.work("no site!", 1).await.err().unwrap();
    assert_eq!(violations(&refused)[0].0, "start.sites");
    let start = |first: Option<Up>| {
        let first = first.map(|message| v1::WorkQueueRequest {
            message: Some(message),
        });
        let (up, requests) = tokio::sync::mpsc::channel(1);
        if let Some(first) = first {
            up.try_send(first).unwrap();
        }
        let requests = tokio_stream::wrappers::ReceiverStream::new(requests);
        let mut client = ada.moderation.clone();
        async move {
            let answer = client.work_queue(requests).await;
            drop(up);
            answer.err().unwrap()
        }
    };
    let refused = start(Some(Up::Ping(up::Ping {}))).await;
    assert_eq!(violations(&refused)[0].0, "start");
    let silent = tokio::time::timeout(Duration::from_secs(5), start(None)).await;
    assert_eq!(
        told(&silent.expect("bounded")),
        (Code::DeadlineExceeded, "NO_START".to_owned())
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_an_item_may_decide_it_without_naming_the_lease() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    work.item().await;
    let decided = ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    assert_eq!(decided.state(), CommentState::Approved);
    drop(work);
    desk.finish().await;
}
