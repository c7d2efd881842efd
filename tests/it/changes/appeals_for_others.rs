//! To whoever decided, neither the appeal against that nor its answer is left, whatever is done to the comment meanwhile.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{self, Role, Verdict},
};
use tonic::{Code, Status};

use super::{SITE, lane_of, on, submit};
use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    refusals::told,
    sessions::starting,
};

fn for_another<T: std::fmt::Debug>(answer: Result<T, Status>) {
    assert_eq!(
        told(&answer.unwrap_err()),
        (Code::FailedPrecondition, "SAME_MODERATOR".to_owned())
    );
}

/// More than a record keeps deeds.
const WORDS: u32 = 20;

struct Appealed {
    desk: Desk,
    blog: Client,
    /// Who rejected; a senior moderator.
    ada: Client,
    ben: Client,
    comment: String,
}

impl Appealed {
    async fn start() -> Self {
        let desk = Desk::with(2, &[]).await;
        let blog = desk.site(SITE, everything_waits()).await;
        let ada = desk.someone(0, SITE, Role::SeniorModerator, "ada").await;
        let ben = desk.moderator(1, SITE, "ben").await;
        let mut request = nth(SITE, 0);
        request.body = (0..WORDS).map(|n| format!("word-{n}. ")).collect();
        let comment = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        ada.decide(on(&comment, 1, Verdict::Reject)).await.unwrap();
        blog.appeal(SITE, &comment, 2, "Why not?").await.unwrap();
        Self {
            desk,
            blog,
            ada,
            ben,
            comment,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_forgets_neither_decision_nor_appeal() {
    let it = Appealed::start().await;
    // Each is one deed; a record keeps sixteen.
    for n in 0..WORDS {
        let word = format!("word-{n}.");
        let redacted = it.ben.redact(SITE, &it.comment, 2 + n, &[&word]).await;
        redacted.unwrap();
    }
    let version = 2 + WORDS;
    for_another(it.ada.decide(on(&it.comment, version, Verdict::Spam)).await);
    let answered = it.ben.decide(on(&it.comment, version, Verdict::Reject));
    answered.await.unwrap();
    it.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_escalated_appeal_is_not_for_the_senior_who_rejected() {
    let it = Appealed::start().await;
    it.ben
        .decide(on(&it.comment, 2, Verdict::Escalate))
        .await
        .unwrap();
    for_another(it.ada.decide(on(&it.comment, 2, Verdict::Approve)).await);
    let cleo = it
        .desk
        .someone(0, SITE, Role::SeniorModerator, "cleo")
        .await;
    cleo.decide(on(&it.comment, 2, Verdict::Reject))
        .await
        .unwrap();
    let again = it.blog.appeal(SITE, &it.comment, 3, "But why?").await;
    assert_eq!(again.unwrap_err().code(), Code::FailedPrecondition);
    it.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_rejected_undoes_neither_that_nor_the_answer() {
    let it = Appealed::start().await;
    for_another(it.ada.undo(SITE, &it.comment, 2).await);
    assert_eq!(lane_of(&it.desk, &it.comment), Some(Lane::Appeals));
    it.ben
        .decide(on(&it.comment, 2, Verdict::Approve))
        .await
        .unwrap();
    for_another(it.ada.undo(SITE, &it.comment, 3).await);
    it.ben.undo(SITE, &it.comment, 3).await.unwrap();
    assert_eq!(lane_of(&it.desk, &it.comment), Some(Lane::Appeals));
    it.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_own_appeals_keep_nobody_from_other_lanes() {
    let it = Appealed::start().await;
    for n in 1..105 {
        let comment = submit(&it.blog, n).await;
        it.ada
            .decide(on(&comment, 1, Verdict::Reject))
            .await
            .unwrap();
        it.blog.appeal(SITE, &comment, 2, "Why?").await.unwrap();
    }
    let fresh = submit(&it.blog, 200).await;
    it.ada
        .decide(on(&fresh, 1, Verdict::Escalate))
        .await
        .unwrap();
    let lanes = [v1::Lane::Appeals, v1::Lane::Escalated];
    let mut work = it.ada.start(starting(&[SITE], 1, &lanes)).await.unwrap();
    let item = work.item().await;
    assert_eq!(item.comment.unwrap().comment_id, fresh);
    drop(work);
    it.desk.finish().await;
}
