//! A comment goes from a blog to a moderator and back.

use replydesk::proto::v1::{self, work_queue_response::answer::Result as Answer};

use crate::harness::{
    Desk,
    comments::{comment, everything_waits},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_goes_from_a_blog_to_a_moderator_and_back() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;

    let request = comment(
        "gazette",
        "bridge",
        "Jo Reader",
        "I cycle over this bridge every day. It needs repair.",
    );
    let receipt = blog.submit(request.clone()).await.unwrap();
    assert_eq!(receipt.state(), v1::CommentState::Pending);
    assert_eq!(receipt.version, 1);

    let mut work = ada.work("gazette", 5).await.unwrap();
    let item = work.item().await;
    let seen = item.comment.clone().unwrap();
    assert_eq!(seen.comment_id, request.comment_id);
    assert_eq!(seen.body, request.body);
    assert_eq!(seen.thread.unwrap().title, "About bridge");
    work.decide(&item, v1::Verdict::Approve).await;
    let Answer::Decision(decision) = work.answer().await else {
        panic!("not decided")
    };
    assert_eq!(
        (decision.state(), decision.version),
        (v1::CommentState::Approved, 2)
    );

    let events = blog.all_events("gazette").await;
    let states: Vec<_> = events
        .iter()
        .map(|event| (event.state(), event.version))
        .collect();
    assert_eq!(
        states,
        [
            (v1::CommentState::Pending, 1),
            (v1::CommentState::Approved, 2)
        ]
    );
    assert_eq!(
        blog.get("gazette", &request.comment_id).await.state(),
        v1::CommentState::Approved
    );

    // The same request again is a replay that tells how the comment stands now.
    let again = blog.submit(request).await.unwrap();
    assert!(again.replayed);
    assert_eq!(
        (again.outcome(), again.state()),
        (v1::Outcome::Pending, v1::CommentState::Approved)
    );
    drop(work);
    desk.finish().await;
}
