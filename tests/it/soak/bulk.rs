//! A wave of 50,000, decided and undone at once, while others hand in comments.

use std::time::{Duration, Instant};

use replydesk::{
    comment::{
        ids::CommentId,
        limits::{Limit, Limits},
        observed::Fingerprints,
        state::Outcome,
        stored::{StoredComment, ThreadDetails},
    },
    proto::v1::{Verdict, bulk_decide_request::Selector},
    store::{
        connection::Store,
        submit::{NewComment, Stored},
    },
};
use tokio::task::JoinSet;

use super::{
    SITE,
    meanwhile::{Meanwhile, judge, slow_scripts},
};
use crate::harness::{
    Desk,
    bulk::{numbers, order, undo_numbers},
    comments::{everything_waits, nth},
    learnt::NOBODY_TRAINS,
};

/// What nobody bulk-decides: submissions of another site, on the same Redis.
const OTHER: &str = "herald";
/// Who fills the wave at once.
const FILLERS: u32 = 8;
fn members() -> u32 {
    std::env::var("SOAK_WAVE").map_or(50_000, |n| n.parse().unwrap())
}

/// Comments like one that came by the API, straight into the store: all in one wave.
async fn fill(store: &Store, like: &StoredComment) {
    let mut filling = JoinSet::new();
    for n in 0..FILLERS {
        let (store, like) = (store.clone(), like.clone());
        filling.spawn(async move {
            for n in (n..members()).step_by(FILLERS as usize) {
                put(&store, &like, n).await;
            }
        });
    }
    filling.join_all().await;
}

async fn put(store: &Store, like: &StoredComment, n: u32) {
    let limit = Limit::new(Limit::MAX, Limit::MAX).unwrap();
    let limits = Limits {
        author: limit,
        ip_address: limit,
        thread: limit,
        site: limit,
    };
    let prints = Fingerprints {
        author: like.content.author,
        sketch: vec![11, 12, 13, 14, 15, 16],
        ..Fingerprints::default()
    };
    let mut content = like.content.clone();
    content.thread = format!("article-{}", n % 20).parse().unwrap();
    let new = NewComment {
        site: &SITE.parse().unwrap(),
        id: CommentId::fresh(),
        digest: [7; 8],
        outcome: Outcome::Pending,
        content: &content,
        thread: &ThreadDetails::default(),
        contact: None,
        prints: &prints,
        thread_words: None,
        wave_decision: None,
        subject_marks: &[],
        named: &[],
        limits: &limits,
        close_threads_after: None,
        judged_at: None,
        due_in: Some(Duration::from_secs(3_600)),
        only_check: false,
    };
    let stored = store.submit(&new).await.unwrap();
    assert!(matches!(stored, Stored::Admitted { .. }), "{stored:?}");
}

/// Digests of what a bulk decision changes and its undoing sets back.
fn places(desk: &Desk) -> Vec<String> {
    let mut ask = redis::cmd("DEBUG");
    ask.arg("DIGEST-VALUE");
    for key in ["q:review", "i:1", "i:2", "i:3", "i:4"] {
        ask.arg(format!("{{{SITE}}}:{key}"));
    }
    ask.query(&mut desk.redis.look()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: run by `make soak`"]
async fn soak_a_wave_of_fifty_thousand_is_decided_and_undone_without_holding_others_up() {
    let settings = [NOBODY_TRAINS, &[("store.timeout_ms", "10000")]].concat();
    let desk = Desk::with(1, &settings).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let other = desk.site(OTHER, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let first = nth(SITE, 0);
    blog.submit(first.clone()).await.unwrap();
    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let (site, id) = (SITE.parse().unwrap(), first.comment_id.parse().unwrap());
    let like = store.comment(&site, id).await.unwrap().unwrap();
    let began = Instant::now();
    fill(&store, &like).await;
    println!(
        "{} comments in {:.1} s",
        members(),
        began.elapsed().as_secs_f32()
    );
    let before = places(&desk);
    let last = ada.stats(SITE).await;
    assert_eq!(last.waiting, u64::from(members()) + 1);

    let meanwhile = Meanwhile::start(&desk, &other, OTHER).await;

    // The wave is named by its first: the second comment of the site.
    let request = order(SITE, Selector::WaveId("2".to_owned()), Verdict::Spam);
    let began = Instant::now();
    let result = ada.bulk(request.clone()).await.unwrap();
    let deciding = (
        began.elapsed(),
        meanwhile.taken(),
        slow_scripts(&desk, "13"),
    );
    assert_eq!(numbers(result.counts), [members(), 0, 0, 0, 0]);
    let stats = ada.stats(SITE).await;
    assert_eq!((stats.waiting, stats.spam), (1, u64::from(members())));

    let _: () = desk.redis.ask(&["SLOWLOG", "RESET"]);
    let began = Instant::now();
    let undone = ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    let undoing = (
        began.elapsed(),
        meanwhile.taken(),
        slow_scripts(&desk, "14"),
    );
    assert_eq!(undo_numbers(undone.counts), [members(), 0, 0, 0]);
    assert_eq!(places(&desk), before, "queue and indexes are as before");
    assert_eq!(ada.stats(SITE).await.pending, last.pending);

    let alone = meanwhile.stop().await;
    for (what, measured) in [("decide", deciding), ("undo", undoing)] {
        judge(what, measured, alone);
    }
    desk.finish().await;
}
