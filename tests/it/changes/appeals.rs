//! An author's appeal is answered by another moderator than the one who decided, once and for all.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{self, AuditAction, CommentState, Verdict},
};
use tonic::Code;

use super::{NOBODYS, SITE, entries, lane_of, lenient, on, submit};
use crate::harness::{
    Desk,
    comments::everything_waits,
    refusals::{metadata, told, violations},
};

fn not_appealable(refused: &tonic::Status) -> String {
    assert_eq!(
        told(refused),
        (Code::FailedPrecondition, "NOT_APPEALABLE".to_owned())
    );
    metadata(refused, "why")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_moderator_answers_and_that_is_final() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let there = blog.through(desk.replicas[1].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    for (n, verdict) in [Verdict::Reject, Verdict::Approve].into_iter().enumerate() {
        let comment = submit(&blog, n).await;
        let why = blog
            .appeal(SITE, &comment, 1, "Why not?")
            .await
            .unwrap_err();
        assert_eq!(not_appealable(&why), "state");
        ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
        let text = "I only quoted what\nthe mayor had said.";
        let appealed = blog.appeal(SITE, &comment, 2, text).await.unwrap();
        assert_eq!(
            (appealed.state(), appealed.version, appealed.replayed),
            (CommentState::Rejected, 2, false)
        );
        assert_eq!(lane_of(&desk, &comment), Some(Lane::Appeals));
        for client in [&there, &blog] {
            let again = client.appeal(SITE, &comment, 2, text).await.unwrap();
            assert!(again.replayed);
            assert_eq!(again.appealed_at, appealed.appealed_at);
        }
        let other = there.appeal(SITE, &comment, 2, "Another text").await;
        assert_eq!(not_appealable(&other.unwrap_err()), "appealed");
        let context = ben.context(SITE, &comment).await.unwrap();
        let told_ben = context.appeal.unwrap();
        assert_eq!((told_ben.text.as_str(), told_ben.version), (text, 2));

        let refused = ada.decide(on(&comment, 2, verdict)).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::FailedPrecondition, "SAME_MODERATOR".to_owned())
        );
        let decided = ben.decide(on(&comment, 2, verdict)).await.unwrap();
        assert_eq!(decided.version, 3);
        assert_eq!(lane_of(&desk, &comment), None);
        // The first appeal is still answered as it was; a second is not taken.
        assert!(blog.appeal(SITE, &comment, 2, text).await.unwrap().replayed);
        let more = blog
            .appeal(SITE, &comment, 3, "But why?")
            .await
            .unwrap_err();
        let expected = if verdict == Verdict::Reject {
            "answered"
        } else {
            "state"
        };
        assert_eq!(not_appealable(&more), expected);
    }
    let audit = ben.whole_audit(SITE).await;
    assert_eq!(entries(&audit, AuditAction::Appealed), 2);
    assert_eq!(
        blog.all_events(SITE).await.len(),
        6,
        "an appeal is no event"
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_policy_rejected_anybody_answers() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        reject_words: vec!["council".to_owned()],
        ..lenient()
    };
    let blog = desk.site(SITE, policy).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    assert_eq!(
        blog.get(SITE, &comment).await.state(),
        CommentState::Rejected
    );
    blog.appeal(SITE, &comment, 1, "The council is no bad word.")
        .await
        .unwrap();
    ada.decide(on(&comment, 1, Verdict::Approve)).await.unwrap();
    // Undone, the appeal waits again.
    ada.undo(SITE, &comment, 2).await.unwrap();
    assert_eq!(lane_of(&desk, &comment), Some(Lane::Appeals));
    blog.retract(SITE, &comment).await.unwrap();
    assert_eq!(lane_of(&desk, &comment), None);
    let refused = blog
        .appeal(SITE, &comment, 4, "And now?")
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "COMMENT_RETRACTED".to_owned())
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_takes_no_appeals_takes_none() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        appeals: Some(false),
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Spam)).await.unwrap();
    let refused = blog.appeal(SITE, &comment, 2, "Why?").await.unwrap_err();
    assert_eq!(not_appealable(&refused), "switched_off");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_appeal_changes_nothing() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
    let refused = blog.appeal(SITE, &comment, 1, "Why?").await.unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
    let refused = blog.appeal(SITE, NOBODYS, 1, "Why?").await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let refused = blog.appeal(SITE, "x", 0, &"x".repeat(1_001)).await;
    let fields = violations(&refused.unwrap_err());
    let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["comment_id", "version", "text"]);
    assert_eq!(lane_of(&desk, &comment), None);
    desk.finish().await;
}
