//! Each kind of subject, each standing, on two replicas.

use std::time::Duration;

use replydesk::proto::v1::{self, Outcome, ReasonCode, Standing, SubjectKind, subject::NamedBy};

use super::{SITE, lenient, outcome, own};
use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    comments::{automatic, no_limits},
    until::until,
};

const DAY: Duration = Duration::from_secs(86_400);

/// A comment that has this, and nothing else, in common with the first.
fn shares(kind: SubjectKind, n: usize) -> v1::SubmitCommentRequest {
    let mut request = own(n);
    let first = own(1);
    match kind {
        SubjectKind::Author => {
            // The same mailbox, spelt otherwise.
            request.author.as_mut().unwrap().email = "READER.1@Readers.example".to_owned();
        }
        SubjectKind::IpAddress => request.transport = first.transport,
        SubjectKind::LinkDomain => {
            request.body = format!("Number {n}: http://shop1.example is fine.")
        }
        SubjectKind::Website => {
            request.author.as_mut().unwrap().website =
                "http://www.home1.example/me/?x=1".to_owned();
        }
        SubjectKind::Unspecified => unreachable!(),
    }
    request
}

fn named(kind: SubjectKind, id: &str) -> NamedBy {
    if kind == SubjectKind::LinkDomain {
        domain_of(id, "shop1.example")
    } else {
        of(id, kind)
    }
}

#[tokio::test]
async fn each_subject_is_held_banned_and_freed_for_the_next_submission_at_the_other_replica() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let far = desk.client(1, &desk.key(&[SITE], v1::Role::Submitter, "far").await);
    let mira = desk.moderator(0, SITE, "mira").await;
    let first = own(1);
    let id = first.comment_id.clone();
    let admitted = blog.submit(first).await.unwrap();
    assert_eq!(admitted.outcome(), Outcome::Approved, "{admitted:?}");
    let mut n = 10;
    for (kind, detail) in [
        (SubjectKind::Author, ""),
        (SubjectKind::IpAddress, "ip_address"),
        (SubjectKind::LinkDomain, "link_domain"),
        (SubjectKind::Website, "website"),
    ] {
        for (stands, expected, code) in [
            (
                Standing::Banned,
                Outcome::Rejected,
                ReasonCode::AuthorBanned,
            ),
            (Standing::Held, Outcome::Pending, ReasonCode::AuthorHeld),
            (Standing::Normal, Outcome::Approved, ReasonCode::ScoreLow),
        ] {
            let mut request = standing(SITE, named(kind, &id), stands);
            if stands != Standing::Normal {
                request.until = from_now(DAY);
            }
            let set = mira.stand(request).await.unwrap();
            assert!(set.changed);
            assert_eq!(set.standing.unwrap().standing(), stands);
            for client in [&far, &blog] {
                n += 1;
                let came = client.submit(shares(kind, n)).await.unwrap();
                let (found, why, more) = outcome(&came);
                assert_eq!((found, why), (expected, code), "{kind:?} {stands:?}");
                if stands != Standing::Normal {
                    assert_eq!(more, detail);
                }
                let queue = mira.stats(SITE).await.waiting;
                assert!(
                    stands != Standing::Banned || queue == 0,
                    "a ban queues nothing"
                );
                n += 1;
                let other = client.submit(own(n)).await.unwrap();
                assert_eq!(other.outcome(), Outcome::Approved, "others are not touched");
            }
        }
        let held = v1::ListQueueRequest {
            site: SITE.to_owned(),
            ..Default::default()
        };
        let held = mira.moderation.clone().list_queue(held).await.unwrap();
        for item in held.into_inner().items {
            let comment = item.comment.unwrap();
            let decision = v1::DecideCommentRequest {
                site: SITE.to_owned(),
                comment_id: comment.comment_id,
                version: comment.version,
                verdict: v1::Verdict::Approve.into(),
                ..Default::default()
            };
            mira.decide(decision).await.unwrap();
        }
    }
    desk.finish().await;
}

#[tokio::test]
async fn a_ban_ends_by_itself_and_leaves_the_list() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let first = own(1);
    let id = first.comment_id.clone();
    blog.submit(first).await.unwrap();
    for (n, kind) in [SubjectKind::Author, SubjectKind::IpAddress]
        .into_iter()
        .enumerate()
    {
        let mut request = standing(SITE, of(&id, kind), Standing::Banned);
        request.until = from_now(Duration::from_millis(1_500));
        mira.stand(request).await.unwrap();
        let banned = blog.submit(shares(kind, 20 + n)).await.unwrap();
        assert_eq!(banned.outcome(), Outcome::Rejected);
        assert_eq!(mira.standings(SITE, 0, "").await.standings.len(), 1);
        let mut next = 40 + 50 * n;
        until("the ban ends", Duration::from_secs(10), async || {
            next += 1;
            let came = blog.submit(shares(kind, next)).await.unwrap();
            (came.outcome() == Outcome::Approved).then_some(())
        })
        .await;
        let now = mira.standing_of(SITE, of(&id, kind)).await.unwrap();
        assert_eq!(now.standing.unwrap().standing(), Standing::Normal);
        assert_eq!(mira.standings(SITE, 0, "").await.standings, []);
    }
    desk.finish().await;
}

#[tokio::test]
async fn a_trusted_author_is_no_newcomer() {
    let desk = Desk::start().await;
    let strict = v1::Policy {
        approve_at: Some(0.0),
        hold_first_comment: Some(true),
        max_links: Some(0),
        limits: Some(no_limits()),
        hold_words: vec!["casino".to_owned()],
        ..automatic()
    };
    let blog = desk.site(SITE, strict).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let first = own(1);
    let id = first.comment_id.clone();
    let held = blog.submit(first).await.unwrap();
    assert_eq!(held.outcome(), Outcome::Pending);
    let trust = standing(SITE, of(&id, SubjectKind::Author), Standing::Trusted);
    let trusted = mira.stand(trust).await.unwrap();
    assert_eq!((trusted.dealt_with, trusted.pending_left), (0, 0));
    let came = blog.submit(shares(SubjectKind::Author, 2)).await.unwrap();
    let (found, code, _) = outcome(&came);
    assert_eq!(
        (found, code),
        (Outcome::Approved, ReasonCode::AuthorTrusted)
    );
    let mut word = shares(SubjectKind::Author, 3);
    word.body = "The casino by the harbour".to_owned();
    let (found, code, _) = outcome(&blog.submit(word).await.unwrap());
    assert_eq!((found, code), (Outcome::Pending, ReasonCode::HeldWord));
    desk.finish().await;
}

#[tokio::test]
async fn the_fourth_domain_and_the_address_behind_a_shortener_count_too() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut first = own(1);
    first.body = "See https://a.example https://b.example https://c.example https://pills.example \
                  https://bit.ly/x7"
        .to_owned();
    let id = first.comment_id.clone();
    blog.submit(first).await.unwrap();
    for (domain, n) in [("https://pills.example/", 2), ("bit.ly/x7", 3)] {
        let ban = standing(SITE, domain_of(&id, domain), Standing::Banned);
        mira.stand(ban).await.unwrap();
        let mut again = own(n);
        again.body = format!(
            "{n}: https://d.example/{n} https://e.example https://f.example https://{}",
            domain.trim_start_matches("https://")
        );
        let came = blog.submit(again).await.unwrap();
        assert_eq!(came.outcome(), Outcome::Rejected, "{domain}");
    }
    let mut other = own(4);
    other.body = "Another address of theirs: https://bit.ly/x8".to_owned();
    let came = blog.submit(other).await.unwrap();
    assert_eq!(came.outcome(), Outcome::Approved);
    desk.finish().await;
}

#[tokio::test]
async fn support_staff_name_a_reader_by_account_or_address() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let by_mail = own(1);
    let mut by_account = own(2);
    by_account.author.as_mut().unwrap().account_id = "reader-2".to_owned();
    for (request, named, n) in [
        (
            by_mail,
            NamedBy::Email("reader.1@readers.example".to_owned()),
            3,
        ),
        (by_account, NamedBy::AccountId("reader-2".to_owned()), 4),
    ] {
        let mut again = own(n);
        again.author.clone_from(&request.author);
        let id = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        let ban = standing(SITE, named.clone(), Standing::Banned);
        let banned = mira.stand(ban).await.unwrap().standing.unwrap();
        let same = mira.standing_of(SITE, of(&id, SubjectKind::Author)).await;
        assert_eq!(same.unwrap().standing, Some(banned.clone()));
        let came = blog.submit(again).await.unwrap();
        assert_eq!(came.outcome(), Outcome::Rejected);
        // And by the name that a list tells.
        let named = NamedBy::StandingId(banned.standing_id);
        let lifted = mira
            .stand(standing(SITE, named, Standing::Normal))
            .await
            .unwrap();
        assert_eq!(lifted.standing.unwrap().version, 2);
    }
    desk.finish().await;
}
