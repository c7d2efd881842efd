//! A legal hold refuses an erasure, says why, and ends.

use replydesk::proto::v1::{AuditAction, CommentState};
use tonic::Code;

use super::{ADA, Newsroom};
use crate::harness::{
    privacy::{author_of, with_account, with_email},
    refusals::told,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_refuses_an_erasure_with_its_reason_until_it_ends() {
    let room = Newsroom::open().await;
    let by_email = room.ada(0, None).await;
    let by_account = room.ada(1, Some("reader-7")).await;
    assert!(room.officer.hold(with_email(ADA), true).await.unwrap());
    assert!(!room.officer.hold(with_email(ADA), true).await.unwrap());
    // However the subject is named: the account was used with the address.
    for named in [
        with_email(ADA),
        with_account("reader-7"),
        author_of(&by_email),
        author_of(&by_account),
    ] {
        for only_look in [true, false] {
            let refused = room.officer.erase(named.clone(), only_look).await;
            let refused = refused.unwrap_err();
            let (code, reason) = told(&refused);
            assert_eq!(
                (code, reason.as_str()),
                (Code::FailedPrecondition, "LEGAL_HOLD")
            );
            assert!(
                refused.message().contains("a court asked for it"),
                "{refused:?}"
            );
        }
    }
    for id in [&by_email, &by_account] {
        let state = room.blog.get("gazette", id).await.state();
        assert_eq!(state, CommentState::Approved);
    }
    assert!(room.officer.hold(with_email(ADA), false).await.unwrap());
    let erased = room.officer.erase(with_email(ADA), false).await.unwrap();
    assert_eq!(erased.erased, 2);
    let acts = room.officers_acts().await;
    let holds: Vec<_> = acts
        .iter()
        .filter(|(action, ..)| *action == AuditAction::LegalHoldSet)
        .map(|(_, note, after)| (note.as_str(), after.as_str()))
        .collect();
    assert_eq!(
        holds,
        [
            ("a court asked for it", "held"),
            ("a court asked for it", "")
        ]
    );
    room.desk.finish().await;
}
