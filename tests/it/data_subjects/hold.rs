//! A legal hold refuses an erasure, says why, and ends.

use replydesk::proto::v1::{self, AuditAction, CommentState, data_subject::NamedBy};
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

/// Two entries are of the same subject if they name the same author, whom nothing else names.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_who_is_held_exported_and_held_no_more_by_what_is_no_address() {
    let room = Newsroom::open().await;
    room.ada(0, None).await;
    room.ada(1, Some("reader-7")).await;
    room.other(1).await;
    let known = async |named: NamedBy, held| {
        let request = v1::SetLegalHoldRequest {
            site: "gazette".to_owned(),
            subject: Some(v1::DataSubject {
                named_by: Some(named),
            }),
            held,
            reason: "district court, 12 O 345/26".to_owned(),
        };
        let set = room.officer.privacy.clone().set_legal_hold(request).await;
        set.unwrap().into_inner().authors_known
    };
    assert_eq!(known(with_email(ADA), true).await, 2);
    assert_eq!(known(with_account("nobody-9"), true).await, 0);
    room.officer.export(with_email(ADA)).await.unwrap();
    room.officer.export(with_account("nobody-8")).await.unwrap();
    assert_eq!(known(with_email(ADA), false).await, 2);
    assert_eq!(known(with_account("nobody-9"), false).await, 0);
    room.officer.erase(with_email(ADA), false).await.unwrap();
    let entries = room.officer.whole_audit("gazette").await.into_iter();
    let subjects: Vec<_> = entries
        .filter(|entry| entry.actor == "olga")
        .map(|entry| entry.subject)
        .collect();
    let [
        held,
        nobody,
        exported,
        unknown,
        ended,
        ended_nobody,
        begun,
        done,
    ] = &subjects[..]
    else {
        panic!("{subjects:?}");
    };
    let names: Vec<_> = held.split(", ").collect();
    assert!(
        names.len() == 2 && names.iter().all(|name| name.len() == "author ".len() + 16),
        "{held}"
    );
    assert_eq!((exported, ended), (held, held));
    assert_eq!(nobody, ended_nobody);
    assert!(nobody.starts_with("author ") && !held.contains(nobody));
    // Who is not known is not made known by asking, and who is erased has no name any more.
    assert!([unknown, begun, done].iter().all(|none| none.is_empty()));
    let names = [&names[..], &[nobody]].concat();
    for key in room.desk.redis.keys() {
        let kind: String = redis::cmd("TYPE")
            .arg(&key)
            .query(&mut room.desk.redis.look())
            .unwrap();
        if kind == "hash" {
            let called: Option<String> = redis::cmd("HGET")
                .arg(&key)
                .arg("ref")
                .query(&mut room.desk.redis.look())
                .unwrap();
            let called = called.map(|called| format!("author {called}"));
            assert!(called.is_none_or(|called| !names.contains(&&*called)));
        }
    }
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_of_very_many_accounts_is_named_in_part() {
    let room = Newsroom::open().await;
    for n in 0..25 {
        room.ada(n, Some(&format!("reader-{n}"))).await;
    }
    assert!(room.officer.hold(with_email(ADA), true).await.unwrap());
    let entries = room.officer.whole_audit("gazette").await;
    let held = entries
        .iter()
        .find(|entry| entry.action() == AuditAction::LegalHoldSet);
    let subject = &held.unwrap().subject;
    assert_eq!(subject.matches("author ").count(), 20);
    assert!(subject.ends_with(" and 6 more"), "{subject}");
    room.desk.finish().await;
}
