//! What is said of an author holds for what they write anew.

use replydesk::proto::v1::{CommentState, Outcome, ReasonCode, Standing, SubjectKind, Verdict};

use super::{SITE, lane_of, lenient, on, submit};
use crate::harness::{
    Desk,
    authors::{from_now, of, standing},
};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_makes_no_moderator_read_and_is_known_by_the_same_address() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    blog.revise(SITE, &comment, 1, "Something else, for a start.")
        .await
        .unwrap();
    // The revision came without an address; the comment still has one.
    let mut held = standing(SITE, of(&comment, SubjectKind::IpAddress), Standing::Held);
    held.until = from_now(std::time::Duration::from_secs(3_600));
    assert!(ada.stand(held).await.unwrap().changed);

    ada.decide(on(&comment, 2, Verdict::Reject)).await.unwrap();
    let author = of(&comment, SubjectKind::Author);
    ada.stand(standing(SITE, author, Standing::Banned))
        .await
        .unwrap();
    let revised = blog.revise(SITE, &comment, 3, "Read this once more, you there.");
    let revised = revised.await.unwrap();
    assert_eq!(
        (revised.outcome(), revised.state()),
        (Outcome::Rejected, CommentState::Rejected)
    );
    assert_eq!(revised.reasons[0].code(), ReasonCode::AuthorBanned);
    assert_eq!(lane_of(&desk, &comment), None);
    desk.finish().await;
}
