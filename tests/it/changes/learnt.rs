//! What is learnt is the text that was decided on, whatever the comment says by then.

use replydesk::{
    comment::ids::CommentId,
    proto::v1::Verdict,
    spam::{
        content::Content,
        lesson::{Label, Lesson, SiteTag, Subject},
        signals::Signals,
        vector::Vector,
    },
};

use super::{SITE, on};
use crate::harness::{
    Desk,
    comments::{comment, everything_waits},
    learning::{lessons_in_log, same_digest},
    learnt::NOBODY_TRAINS,
};

const SPAM: &str = "Buy cheap copper kettles at the turbo bazaar, dear friends.";
const HAM: &str = "The bridge should be closed for lorries, as it was in spring.";

#[tokio::test(flavor = "multi_thread")]
async fn each_decision_teaches_the_text_of_its_version() {
    let mut desk = Desk::with(2, NOBODY_TRAINS).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let request = comment(SITE, "bridge", "Jo Reader", SPAM);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    ada.decide(on(&id, 1, Verdict::Spam)).await.unwrap();
    blog.revise(SITE, &id, 2, HAM).await.unwrap();
    ada.redact(SITE, &id, 3, &["lorries"]).await.unwrap();
    ada.decide(on(&id, 4, Verdict::Approve)).await.unwrap();
    blog.revise(SITE, &id, 5, "Something else.").await.unwrap();
    // This one's text is gone by the time that somebody learns.
    let gone = comment(
        SITE,
        "bridge",
        "Al Reader",
        "Cheap velvet ladders, call us now.",
    );
    let gone_id = gone.comment_id.clone();
    blog.submit(gone).await.unwrap();
    ada.decide(on(&gone_id, 1, Verdict::Spam)).await.unwrap();
    for version in 2..13 {
        let body = format!("This is the text after version {version}, dear council.");
        blog.revise(SITE, &gone_id, version, &body).await.unwrap();
    }

    desk.settings.retain(|(name, _)| name != "learning.trainer");
    let trains = desk.add_replica().await;
    let address = desk.replicas[trains].address;
    same_digest(&desk.until_learnt(&[address], 2).await);
    let store = desk.redis.store().await;
    let site = SITE.parse().unwrap();
    let comment: CommentId = id.parse().unwrap();
    let earlier = store.earlier_versions(&site, &[comment]).await.unwrap();
    let tag = SiteTag::of(&site);
    let lesson = |body: &str, label| {
        let text = earlier[0]
            .iter()
            .find(|text| text.content.body.verbatim() == body);
        let text = &text.expect(body).content;
        let content = Content::of_text(body, "Jo Reader");
        let signals = Signals::from_bytes(&text.signals).unwrap();
        Lesson {
            site: tag,
            subject: Subject::of(tag, &comment),
            label,
            // What was said of the first text was true of it, and is not taken back.
            taken_back: false,
            shared: true,
            vector: Vector::of(&content, signals),
        }
        .to_bytes()
    };
    let learnt: Vec<_> = lessons_in_log(&store)
        .await
        .iter()
        .map(Lesson::to_bytes)
        .collect();
    // What was blacked out was said nevertheless.
    assert_eq!(learnt, [lesson(SPAM, Label::Spam), lesson(HAM, Label::Ham)]);
    desk.finish().await;
}
