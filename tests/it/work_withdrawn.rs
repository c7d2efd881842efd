//! What others do to what a moderator holds or sees.

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{
        self, CommentState, Verdict, WithdrawalReason, work_queue_request as up,
        work_queue_request::Message as Up, work_queue_response::answer::Result as Answer,
    },
};
use tonic::Code;

use crate::harness::{
    Desk,
    comments::everything_waits,
    sessions::{AT_ONCE, NO_POLL, next_item, starting, submit, verdict},
    streams::Work,
    until::soon,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_says_why_whichever_replica_did_it() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let decided = submit(&blog, "gazette", 0).await;
    let lost = submit(&blog, "gazette", 1).await;
    let mut at_ada = ada.work("gazette", 2).await.unwrap();
    for _ in 0..2 {
        next_item(&mut at_ada).await;
    }
    ben.decide(verdict(&decided, Verdict::Reject))
        .await
        .unwrap();
    let gone = soon("Ada is told", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::DecidedByAnother);
    assert_eq!(
        (gone.comment_id.as_str(), gone.site.as_str()),
        (decided.as_str(), "gazette")
    );
    assert_eq!((gone.state(), gone.version), (CommentState::Rejected, 2));
    // An escalation ends the lease, and leaves the comment as it was.
    ben.decide(verdict(&lost, Verdict::Escalate)).await.unwrap();
    let gone = soon("Ada is told", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::LeaseOver);
    assert_eq!((gone.comment_id, gone.version), (lost, 0));
    at_ada.leave().await.unwrap();
    desk.finish().await;
}

async fn watch(work: &mut Work, comments: &[(&str, u32)]) {
    let request_id = work.number();
    let comments = comments.iter().map(|(comment, version)| up::Seen {
        comment_id: (*comment).to_owned(),
        version: *version,
        site: String::new(),
    });
    let comments = comments.collect();
    work.say(Up::Watch(up::Watch {
        request_id,
        comments,
    }))
    .await;
    assert!(matches!(work.answer().await, Answer::Watched(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_decisions_on_what_is_seen_arrive_once_and_nothing_else() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    // Ada holds nothing: she looks at the list.
    let start = starting(&["gazette"], 1, &[v1::Lane::Appeals]);
    let mut at_ada = ada.start(start).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(submit(&blog, "gazette", n).await);
    }
    ben.decide(verdict(&ids[0], Verdict::Approve))
        .await
        .unwrap();
    let seen: Vec<_> = ids[..3].iter().map(|id| (id.as_str(), 1)).collect();
    watch(&mut at_ada, &seen).await;
    let before = soon("what has changed before", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(before.comment_id, ids[0]);
    for (comment, said) in [
        (3, Verdict::Spam),
        (1, Verdict::Spam),
        (2, Verdict::Approve),
    ] {
        ben.decide(verdict(&ids[comment], said)).await.unwrap();
    }
    for comment in &ids[1..3] {
        let gone = soon("what others decide", AT_ONCE, at_ada.withdrawn()).await;
        assert_eq!(
            &gone.comment_id, comment,
            "not the one that she does not see"
        );
        assert_eq!(gone.reason(), WithdrawalReason::DecidedByAnother);
        assert_eq!((gone.lease_token.as_str(), gone.version), ("", 2));
    }
    // What is undone has changed too.
    watch(&mut at_ada, &[(&ids[1], 2)]).await;
    let undo = v1::UndoDecisionRequest {
        site: "gazette".to_owned(),
        comment_id: ids[1].clone(),
        version: 2,
        note: String::new(),
    };
    ben.moderation.clone().undo_decision(undo).await.unwrap();
    let gone = soon("what is undone", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::Changed);
    assert_eq!((gone.state(), gone.version), (CommentState::Pending, 3));
    assert_eq!(at_ada.leave().await.unwrap(), []);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_watched_is_bounded_and_named_right() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let seen = |comment_id: String, version, site: &str| up::Seen {
        comment_id,
        version,
        site: site.to_owned(),
    };
    let fresh = || CommentId::fresh().to_string();
    for comments in [
        (0..201).map(|_| seen(fresh(), 1, "")).collect(),
        vec![seen(fresh(), 0, "")],
        vec![seen(fresh(), 1, "herald")],
        vec![seen("17".to_owned(), 1, "")],
    ] {
        let request_id = work.number();
        work.say(Up::Watch(up::Watch {
            request_id,
            comments,
        }))
        .await;
        let refused = work.problem().await;
        assert_eq!(
            refused,
            (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
        );
    }
    work.leave().await.unwrap();
    desk.finish().await;
}
