//! Contact data is handed out sealed, audited, and not often.

use replydesk::proto::v1::{self, AuditAction};
use tonic::Code;

use super::{ADA, Newsroom};
use crate::harness::{
    privacy::{REASON, opened, with_email},
    refusals::{told, violations, wait},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revealed_opens_at_the_officers_alone_and_is_audited() {
    let room = Newsroom::with(&[("privacy.reveals_per_day", "2")]).await;
    let id = room.ada(0, None).await;
    for left in [1, 0] {
        let revealed = room.officer.reveal(&id).await.unwrap();
        assert_eq!(revealed.reveals_left, left);
        let contact = opened(&room.desk.officer, &revealed.contact.unwrap());
        assert_eq!(
            contact.email.as_ref().map(|email| email.as_str()),
            Some(ADA)
        );
        assert_eq!(
            contact.ip.map(|ip| ip.to_string()).as_deref(),
            Some("203.0.113.9")
        );
    }
    let refused = room.officer.reveal(&id).await.unwrap_err();
    let expected = (Code::ResourceExhausted, "LIMIT_EXCEEDED".to_owned());
    assert_eq!(told(&refused), expected);
    assert!(wait(&refused).as_secs() <= 24 * 3600 && !wait(&refused).is_zero());
    let acts = room.officers_acts().await;
    let act = (
        AuditAction::ContactRevealed,
        REASON.to_owned(),
        String::new(),
    );
    assert_eq!(acts, [act.clone(), act], "what was refused is not there");
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_revealed_says_why_and_changes_nothing() {
    let room = Newsroom::open().await;
    let id = room.ada(0, None).await;
    let ask = |comment_id: &str, reason: &str| {
        let request = v1::RevealContactRequest {
            site: "gazette".to_owned(),
            comment_id: comment_id.to_owned(),
            reason: reason.to_owned(),
        };
        let mut privacy = room.officer.privacy.clone();
        async move { privacy.reveal_contact(request).await.map(drop).unwrap_err() }
    };
    let refused = ask("nothing", "short").await;
    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["comment_id", "reason"]);
    for reason in ["", "ada@example.org asked us", "two\nlines of reason"] {
        assert_eq!(
            ask(&id, reason).await.code(),
            Code::InvalidArgument,
            "{reason:?}"
        );
    }
    let unknown = ask("018f0000-0000-7000-8000-0000000000ff", REASON).await;
    assert_eq!(
        told(&unknown),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    room.officer.erase(with_email(ADA), false).await.unwrap();
    let gone = ask(&id, REASON).await;
    assert_eq!(
        told(&gone),
        (Code::FailedPrecondition, "CONTACT_GONE".to_owned())
    );
    let acts = room.officers_acts().await;
    assert!(
        acts.iter()
            .all(|(action, ..)| *action != AuditAction::ContactRevealed)
    );
    room.desk.finish().await;
}
