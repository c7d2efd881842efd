//! A data subject with 10,000 comments is erased while others hand in comments.

use std::time::Instant;

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{self, CommentState},
};
use tokio::task::JoinSet;

use super::{
    SITE,
    meanwhile::{Meanwhile, judge, slow_scripts},
};
use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    learnt::NOBODY_TRAINS,
    privacy::with_email,
    remains::everything,
};

const OTHER: &str = "herald";
const ADA: &str = "ada.canary@readers.example";
/// Who writes her comments at once.
const WRITERS: usize = 8;
/// Others' comments on the same site.
const OTHERS: usize = 1_000;
/// Keys of `erase.lua`.
const KEYS: &str = "17";

fn comments() -> usize {
    std::env::var("SOAK_ERASED").map_or(10_000, |n| n.parse().unwrap())
}

/// Ada's n-th comment; every third from one of two accounts.
fn adas(n: usize) -> v1::SubmitCommentRequest {
    let mut request = nth(SITE, n);
    let author = request.author.as_mut().unwrap();
    author.display_name = "Ada Canary".to_owned();
    author.email = ADA.to_owned();
    if n.is_multiple_of(3) {
        author.account_id = format!("canary-{}", n % 2);
    }
    request.body = format!("Canary {n}: {}", request.body);
    request
}

async fn fill(blog: &Client) {
    let mut writing = JoinSet::new();
    for n in 0..WRITERS {
        let blog = blog.clone();
        writing.spawn(async move {
            for n in (n..comments()).step_by(WRITERS) {
                blog.submit(adas(n)).await.unwrap();
            }
        });
    }
    writing.join_all().await;
}

async fn in_state(blog: &Client, state: CommentState) -> Vec<v1::Comment> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListCommentsRequest {
            site: SITE.to_owned(),
            states: vec![state.into()],
            page_size: 200,
            page_token,
            ..Default::default()
        };
        let page = blog.comments.clone().list_comments(request).await.unwrap();
        let page = page.into_inner();
        all.extend(page.comments);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_subject_of_ten_thousand_comments_is_erased_without_holding_others_up() {
    let settings = [NOBODY_TRAINS, &[("store.timeout_ms", "10000")]].concat();
    let desk = Desk::with(1, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let other = desk.site(OTHER, everything_waits()).await;
    let officer = desk
        .someone(0, SITE, v1::Role::PrivacyOfficer, "olga")
        .await;
    let mut others = Vec::new();
    for n in 0..OTHERS {
        // Beyond Ada's numbers: what they say is another thing.
        let request = nth(SITE, comments() + n);
        others.push((request.comment_id.clone(), request.body.clone()));
        blog.submit(request).await.unwrap();
    }
    let began = Instant::now();
    fill(&blog).await;
    println!(
        "{} comments in {:.1} s",
        comments(),
        began.elapsed().as_secs_f32()
    );

    let meanwhile = Meanwhile::start(&desk, &other, OTHER).await;
    let began = Instant::now();
    let erased = officer.erase(with_email(ADA), false).await.unwrap();
    let measured = (
        began.elapsed(),
        meanwhile.taken(),
        slow_scripts(&desk, KEYS),
    );
    let alone = meanwhile.stop().await;
    assert_eq!(erased.erased, comments() as u64);
    assert!(erased.summary.unwrap().verified);

    let remains = everything(&mut desk.redis.look());
    let has = |needle: &[u8]| remains.windows(needle.len()).any(|window| window == needle);
    assert!(
        !has(b"Canary") && !has(b"canary"),
        "something of the subject is left"
    );
    let tombstones = in_state(&blog, CommentState::Erased).await;
    assert_eq!(tombstones.len(), comments());
    let mut left: Vec<_> = in_state(&blog, CommentState::Pending)
        .await
        .into_iter()
        .map(|comment| (comment.comment_id, comment.body))
        .collect();
    left.sort();
    others.sort();
    assert_eq!(left, others, "everything else is intact");
    let stats = desk.moderator(0, SITE, "grace").await.stats(SITE).await;
    assert_eq!(
        (stats.pending, stats.waiting),
        (OTHERS as u64, OTHERS as u64)
    );
    // The feed has them all, once.
    let events = blog.all_events(SITE).await;
    let told = events
        .iter()
        .filter(|event| event.state() == CommentState::Erased);
    let mut told: Vec<CommentId> = told
        .map(|event| event.comment_id.parse().unwrap())
        .collect();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), comments());
    judge("erase", measured, alone);
    desk.finish().await;
}
