//! What is pending of a banned subject is dealt with in the same call.

use std::time::Duration;

use replydesk::proto::v1::{
    self, CommentState, PendingAction, Standing, SubjectKind, event::Cause,
    work_queue_response::Message as Down,
};

use super::{SITE, own};
use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    clients::Client,
    comments::everything_waits,
};

/// How many comments of the site are in each state: pending, rejected, spam.
async fn states(blog: &Client, ids: &[String]) -> [usize; 3] {
    let mut states = Vec::new();
    for id in ids {
        states.push(blog.get(SITE, id).await.state());
    }
    [
        CommentState::Pending,
        CommentState::Rejected,
        CommentState::Spam,
    ]
    .map(|one| states.iter().filter(|state| **state == one).count())
}

async fn submit(blog: &Client, request: v1::SubmitCommentRequest) -> String {
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

#[tokio::test]
async fn every_pending_comment_of_an_author_is_rejected_and_the_feed_says_so() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(1, SITE, "mira").await;
    let otto = desk.moderator(0, SITE, "otto").await;
    let mut ids = Vec::new();
    // More than two batches.
    for n in 0..130 {
        let mut request = own(n);
        request.author = own(1).author;
        ids.push(submit(&blog, request).await);
    }
    let other = submit(&blog, own(200)).await;
    let approved = v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: ids[60].clone(),
        version: 1,
        verdict: v1::Verdict::Approve.into(),
        ..Default::default()
    };
    mira.decide(approved).await.unwrap();
    // Another moderator holds some of them.
    let mut work = otto.work(SITE, 5).await.unwrap();
    for _ in 0..5 {
        work.item().await;
    }

    let mut ban = standing(SITE, of(&ids[7], SubjectKind::Author), Standing::Banned);
    ban.reason = "the same advertisement, again and again".to_owned();
    let done = mira.stand(ban.clone()).await.unwrap();
    assert!(done.changed);
    assert_eq!((done.dealt_with, done.pending_left), (129, 0));
    assert_eq!(done.next_pending_token, "");
    for _ in 0..5 {
        let said = work.next().await.unwrap();
        assert!(matches!(said, Some(Down::Withdrawn(_))), "{said:?}");
    }
    // What otto is given now is what is left.
    assert_eq!(work.item().await.comment.unwrap().comment_id, other);
    drop(work);

    let decided = blog.all_events(SITE).await.into_iter().filter(|event| {
        let Some(Cause::Decided(cause)) = &event.cause else {
            return false;
        };
        event.state() == CommentState::Rejected && cause.moderator == "mira" && event.version == 2
    });
    let mut rejected: Vec<String> = decided.map(|event| event.comment_id).collect();
    rejected.sort();
    let kept = ids.remove(60);
    ids.sort();
    assert_eq!(rejected, ids, "each once");
    assert_eq!(blog.get(SITE, &kept).await.state(), CommentState::Approved);

    let again = mira.stand(ban).await.unwrap();
    assert!(!again.changed);
    assert_eq!((again.dealt_with, again.standing), (0, done.standing));
    desk.finish().await;
}

#[tokio::test]
async fn what_shares_an_address_a_domain_or_a_website_is_found_among_all() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for (round, kind) in [
        SubjectKind::IpAddress,
        SubjectKind::LinkDomain,
        SubjectKind::Website,
    ]
    .into_iter()
    .enumerate()
    {
        let first = own(1_000 + round);
        let (mut theirs, mut others) = (Vec::new(), Vec::new());
        for n in 0..70 {
            let n = 100 * (round + 1) + n;
            let mut request = own(n);
            if n % 2 == 0 {
                others.push(submit(&blog, request).await);
                continue;
            }
            if kind == SubjectKind::IpAddress {
                request.transport.clone_from(&first.transport);
            } else if kind == SubjectKind::LinkDomain {
                request.body = first.body.replace("Point", &format!("{n}"));
            } else {
                let website = first.author.as_ref().unwrap().website.clone();
                request.author.as_mut().unwrap().website = website;
            }
            theirs.push(submit(&blog, request).await);
        }
        let shop = format!("shop{}.example", 1_000 + round);
        let named = if kind == SubjectKind::LinkDomain {
            domain_of(&theirs[0], &shop)
        } else {
            of(&theirs[0], kind)
        };
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = from_now(Duration::from_secs(86_400));
        ban.pending = PendingAction::Spam.into();
        let done = mira.stand(ban).await.unwrap();
        assert_eq!((done.dealt_with, done.pending_left), (35, 0), "{kind:?}");
        assert_eq!(states(&blog, &theirs).await, [0, 0, 35], "{kind:?}");
        assert_eq!(states(&blog, &others).await, [35, 0, 0], "{kind:?}");
    }
    desk.finish().await;
}

#[tokio::test]
async fn what_is_pending_may_stay_and_is_dealt_with_later() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    // One comment only: its author has no index of comments yet.
    let ids = [submit(&blog, own(1)).await];
    let mut ban = standing(SITE, of(&ids[0], SubjectKind::Author), Standing::Banned);
    ban.pending = PendingAction::Leave.into();
    assert_eq!(mira.stand(ban.clone()).await.unwrap().dealt_with, 0);
    assert_eq!(states(&blog, &ids).await, [1, 0, 0]);
    ban.pending = PendingAction::Unspecified.into();
    let done = mira.stand(ban).await.unwrap();
    assert_eq!((done.changed, done.dealt_with), (false, 1));
    assert_eq!(states(&blog, &ids).await, [0, 1, 0]);
    desk.finish().await;
}
