//! What a moderator blacks out only moderators see.

use replydesk::proto::v1::{AuditAction, CommentState, Role, Verdict, event::Cause};
use tonic::Code;

use super::{NOBODYS, SITE, entries, lenient, on, submit};
use crate::harness::{
    Desk,
    comments::{comment, everything_waits},
    refusals::{told, violations},
};

const BODY: &str = "Call Mr Grün on 555-0123, or write: Grün, Mill Lane 4. The tram is late again.";
const SHOWN: &str = "Call Mr […] on […], or write: […]. The tram is late again.";
const TEXTS: [&str; 3] = ["Grün", "555-0123", "Grün, Mill Lane 4"];

#[tokio::test(flavor = "multi_thread")]
async fn blogs_see_the_rest_and_moderators_the_original() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let there = ada.through(desk.replicas[1].address);
    let ben = desk.moderator(1, SITE, "ben").await;
    let request = comment(SITE, "tram", "Jo Reader", BODY);
    let id = request.comment_id.clone();
    blog.submit(request.clone()).await.unwrap();
    let redacted = ada.redact(SITE, &id, 1, &TEXTS).await.unwrap();
    assert_eq!(redacted.body, SHOWN);
    assert_eq!(
        (redacted.state(), redacted.version, redacted.replayed),
        (CommentState::Pending, 2, false)
    );
    for client in [&there, &ada] {
        let again = client.redact(SITE, &id, 1, &TEXTS).await.unwrap();
        assert!(again.replayed);
        assert_eq!((again.body.as_str(), again.version), (SHOWN, 2));
        assert_eq!(again.redacted_at, redacted.redacted_at);
    }
    let refused = ben.redact(SITE, &id, 1, &TEXTS).await.unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "STALE_VERSION".to_owned()));
    ada.decide(on(&id, 2, Verdict::Approve)).await.unwrap();

    let stands = blog.get(SITE, &id).await;
    assert_eq!((stands.body.as_str(), stands.version), (SHOWN, 3));
    let told_blog = format!("{stands:?}").to_lowercase();
    for hidden in ["grün", "555", "mill"] {
        assert!(!told_blog.contains(hidden), "{hidden}: {told_blog}");
    }
    let known = blog.submit(request).await.unwrap();
    assert!(known.replayed);
    assert_eq!((known.state(), known.version), (CommentState::Approved, 3));
    let told_blog = format!("{known:?}").to_lowercase();
    assert!(!told_blog.contains("grün"), "{told_blog}");
    let context = ben.context(SITE, &id).await.unwrap();
    assert_eq!(context.earlier_versions[0].body, BODY);
    assert!(context.earlier_versions[0].redacted);
    let events = blog.all_events(SITE).await;
    let Some(Cause::Redacted(cause)) = &events[1].cause else {
        panic!("{events:?}")
    };
    assert_eq!(cause.moderator, "ada");
    assert_eq!(
        entries(&ben.whole_audit(SITE).await, AuditAction::Redacted),
        1
    );
    // Its author can't bring it back past the moderators.
    let revised = blog.revise(SITE, &id, 3, BODY).await.unwrap();
    assert_eq!(revised.state(), CommentState::Pending);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_waits_and_is_ones_own_to_decide_is_blacked_out() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let held = submit(&blog, 0).await;
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    let refused = ben.redact(SITE, &held, 1, &["council"]).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "LEASED_BY_ANOTHER".to_owned())
    );
    // Who holds it keeps it, and decides on the version that is left.
    ada.redact(SITE, &held, 1, &["council"]).await.unwrap();
    let mut left = item.clone();
    left.comment.as_mut().unwrap().version = 2;
    work.decide(&left, Verdict::Approve).await;
    let answer = work.answer().await;
    assert!(format!("{answer:?}").contains("Approve"), "{answer:?}");
    work.leave().await.unwrap();
    let refused = ada.redact(SITE, &held, 3, &["numbers"]).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "NOT_WAITING".to_owned())
    );
    let senior = submit(&blog, 1).await;
    ada.decide(on(&senior, 1, Verdict::Escalate)).await.unwrap();
    let refused = ada.redact(SITE, &senior, 1, &["council"]).await;
    assert_eq!(
        told(&refused.unwrap_err()),
        (Code::FailedPrecondition, "COMMENT_ESCALATED".to_owned())
    );
    let cleo = desk.someone(1, SITE, Role::SeniorModerator, "cleo").await;
    cleo.redact(SITE, &senior, 1, &["council"]).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_blacked_out() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let comment = submit(&blog, 0).await;
    let refused = ada.redact(SITE, NOBODYS, 1, &["x"]).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    let refused = ada.redact(SITE, &comment, 1, &["weasel"]).await;
    assert_eq!(violations(&refused.unwrap_err())[0].0, "texts");
    let long = "x".repeat(2_001);
    for texts in [&[][..], &["x"; 21], &[" "], &[long.as_str()]] {
        let refused = ada.redact(SITE, "x", 0, texts).await.unwrap_err();
        let fields: Vec<String> = violations(&refused).into_iter().map(|(f, _)| f).collect();
        assert_eq!(fields, ["comment_id", "version", "texts"]);
    }
    assert_eq!(blog.all_events(SITE).await.len(), 1);
    desk.finish().await;
}
