//! What is wrong with a call about an author is said, all of it, and changes nothing.

use std::time::Duration;

use replydesk::proto::v1::{
    self, PendingAction, SetAuthorStandingRequest as Request, Standing, SubjectKind,
    subject::NamedBy,
};
use tonic::Code;

use super::{SITE, lenient, own};
use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    refusals::{told, violations},
};

const DAY: Duration = Duration::from_secs(86_400);

type Spoil = fn(&mut Request);

fn by(request: &mut Request, named: NamedBy) {
    request.subject = Some(v1::Subject {
        named_by: Some(named),
    });
}

/// What is done to a ban of a comment's author, and the fields that are named.
#[rustfmt::skip]
const OF_AUTHOR: &[(Spoil, &[&str])] = &[
    (|r| r.subject = None, &["subject"]),
    (|r| r.subject = Some(v1::Subject { named_by: None }), &["subject"]),
    (|r| r.standing = 0, &["standing"]),
    (|r| r.standing = 9, &["standing"]),
    (|r| r.reason = "x".repeat(201), &["reason"]),
    (|r| r.reason = "a\nb".to_owned(), &["reason"]),
    (|r| r.until = Some(prost_types::Timestamp { seconds: 1, nanos: 0 }), &["until"]),
    (|r| { r.set_standing(Standing::Normal); r.until = from_now(DAY); }, &["until"]),
    (|r| { r.set_standing(Standing::Held); r.set_pending(PendingAction::Spam); }, &["pending"]),
    (|r| r.pending = 7, &["pending"]),
    (|r| r.pending_token = "7".to_owned(), &["pending_token"]),
    (|r| by(r, of("x", SubjectKind::Author)), &["subject.comment.comment_id"]),
    (|r| by(r, NamedBy::Email("nobody".to_owned())), &["subject.email"]),
    (|r| by(r, NamedBy::AccountId(String::new())), &["subject.account_id"]),
    (|r| by(r, NamedBy::StandingId("0102".to_owned())), &["subject.standing_id"]),
    (|r| { by(r, NamedBy::AccountId("a".to_owned())); r.add_strike = true; }, &["add_strike"]),
    (
        |r| { by(r, of("x", SubjectKind::Unspecified)); r.standing = 0; r.reason = "\u{7}".to_owned(); r.pending = 9; },
        &["subject.comment.comment_id", "standing", "reason", "pending"],
    ),
];

/// The same of its IP address, without an end.
#[rustfmt::skip]
const OF_ADDRESS: &[(Spoil, &[&str])] = &[
    (|_| {}, &["until"]),
    (|r| r.until = from_now(31 * DAY), &["until"]),
    (
        |r| { r.set_standing(Standing::Trusted); r.until = from_now(DAY); r.add_strike = true; },
        &["standing", "add_strike"],
    ),
];

#[tokio::test]
async fn what_is_wrong_with_a_standing_is_said_at_once_and_changes_nothing() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let first = own(1);
    let id = first.comment_id.clone();
    blog.submit(first).await.unwrap();
    let ban = |named| standing(SITE, named, Standing::Banned);
    for (kind, table) in [
        (SubjectKind::Author, OF_AUTHOR),
        (SubjectKind::IpAddress, OF_ADDRESS),
    ] {
        for (spoil, fields) in table {
            let mut request = ban(of(&id, kind));
            spoil(&mut request);
            let refused = mira.stand(request.clone()).await.unwrap_err();
            let invalid = (Code::InvalidArgument, "INVALID_FIELDS".to_owned());
            assert_eq!(told(&refused), invalid);
            let found = violations(&refused).into_iter().map(|(field, _)| field);
            let found: Vec<String> = found.collect();
            assert_eq!(found, *fields, "{request:?}");
        }
    }
    let missing = "018f0000-0000-7000-8000-00000000ffff";
    for (named, code, reason) in [
        (
            of(missing, SubjectKind::Author),
            Code::NotFound,
            "COMMENT_NOT_FOUND",
        ),
        (
            domain_of(&id, "elsewhere.example"),
            Code::FailedPrecondition,
            "NO_SUCH_SUBJECT",
        ),
        (
            domain_of(&id, ""),
            Code::FailedPrecondition,
            "NO_SUCH_SUBJECT",
        ),
    ] {
        let refused = mira.stand(ban(named)).await.unwrap_err();
        assert_eq!(told(&refused), (code, reason.to_owned()));
    }
    for (note, id) in [(" ", id.as_str()), ("x", "x")] {
        let refused = mira.note(SITE, id, note).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    assert_eq!(mira.standings(SITE, 0, "").await.standings, []);
    desk.finish().await;
}

#[tokio::test]
async fn a_comment_without_author_address_or_website_names_none() {
    let desk = Desk::start().await;
    let nothing_required = v1::Policy {
        required: Some(v1::RequiredFields {
            display_name: Some(false),
            email: Some(false),
            website: Some(false),
        }),
        ..lenient()
    };
    let blog = desk.site(SITE, nothing_required).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut bare = own(1);
    bare.author = None;
    bare.transport = None;
    bare.body = "Nobody said it".to_owned();
    let id = bare.comment_id.clone();
    blog.submit(bare).await.unwrap();
    for kind in [
        SubjectKind::Author,
        SubjectKind::IpAddress,
        SubjectKind::LinkDomain,
        SubjectKind::Website,
    ] {
        let mut ban = standing(SITE, of(&id, kind), Standing::Banned);
        ban.until = from_now(DAY);
        let refused = mira.stand(ban).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::FailedPrecondition, "NO_SUCH_SUBJECT".to_owned())
        );
    }
    let refused = mira.note(SITE, &id, "who?").await.unwrap_err();
    assert_eq!(told(&refused).1, "NO_SUCH_SUBJECT");
    let author = mira.context(SITE, &id).await.unwrap().author.unwrap();
    assert_eq!(author, v1::AuthorDetails::default());
    desk.finish().await;
}
