//! Threads: closed by a person or by age, moderated in their own way for a while, counted many at a time.

mod audit;
mod modes;

use std::time::{Duration, SystemTime};

use replydesk::proto::v1::{self, ModerationMode, ThreadClosedBy, Verdict};
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits, nth},
    refusals::{metadata, told, violations},
};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const THREAD: &str = "{gazette}:t:tram";

fn said(text: &str) -> v1::SubmitCommentRequest {
    comment("gazette", "tram", "Jo Reader", text)
}

fn ahead(span: Duration) -> Option<prost_types::Timestamp> {
    Some((SystemTime::now() + span).into())
}

async fn close(client: &Client, reopen: bool) {
    let request = v1::CloseThreadRequest {
        site: "gazette".to_owned(),
        thread_id: "tram".to_owned(),
        reopen,
    };
    let closed = client.sites.clone().close_thread(request).await.unwrap();
    assert_eq!(closed.into_inner().closed, !reopen);
}

async fn thread(client: &Client) -> v1::ThreadSettings {
    let request = v1::GetThreadRequest {
        site: "gazette".to_owned(),
        thread_id: "tram".to_owned(),
    };
    let found = client.sites.clone().get_thread(request).await.unwrap();
    found.into_inner().thread.unwrap()
}

async fn moderate(
    client: &Client,
    mode: ModerationMode,
    until: Option<prost_types::Timestamp>,
) -> Result<v1::ThreadSettings, Status> {
    let request = v1::SetThreadPolicyRequest {
        site: "gazette".to_owned(),
        thread_id: "tram".to_owned(),
        mode: mode.into(),
        until,
    };
    let set = client.sites.clone().set_thread_policy(request).await?;
    Ok(set.into_inner().thread.unwrap())
}

async fn count(client: &Client, threads: &[&str]) -> Result<Vec<v1::CountedThread>, Status> {
    let request = v1::CountCommentsRequest {
        site: "gazette".to_owned(),
        thread_ids: threads.iter().map(|name| (*name).to_owned()).collect(),
    };
    let counted = client.comments.clone().count_comments(request).await?;
    Ok(counted.into_inner().threads)
}

/// A field of the thread's hash.
fn field(desk: &Desk, name: &str) -> Option<i64> {
    desk.redis.ask(&["HGET", THREAD, name])
}

fn set(desk: &Desk, name: &str, value: i64) {
    let _: i64 = desk.redis.ask(&["HSET", THREAD, name, &value.to_string()]);
}

fn now_ms(desk: &Desk) -> i64 {
    let (seconds, micros): (i64, i64) = desk.redis.ask(&["TIME"]);
    seconds * 1_000 + micros / 1_000
}

fn closed_by(refused: &Status) -> String {
    let thread_closed = (Code::FailedPrecondition, "THREAD_CLOSED".to_owned());
    assert_eq!(told(refused), thread_closed);
    metadata(refused, "closed_by")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_closes_by_age_and_who_opens_it_keeps_it_open() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        close_threads_after_days: Some(2),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    let first = said("The first word.");
    blog.submit(first.clone()).await.unwrap();
    let began = field(&desk, "f").unwrap();
    assert!((0..10_000).contains(&(now_ms(&desk) - began)));
    // Nearly two days old, it takes comments; later ones leave its beginning alone.
    set(&desk, "f", began - 47 * HOUR_MS);
    blog.submit(said("In time.")).await.unwrap();
    assert_eq!(field(&desk, "f"), Some(began - 47 * HOUR_MS));
    assert_eq!(thread(&ada).await.closed_by(), ThreadClosedBy::Unspecified);

    set(&desk, "f", began - 49 * HOUR_MS);
    let before = desk.redis.keys();
    let late = said("Too late.");
    for only_check in [true, false] {
        let late = v1::SubmitCommentRequest {
            validate_only: only_check,
            ..late.clone()
        };
        assert_eq!(closed_by(&blog.submit(late).await.unwrap_err()), "age");
    }
    assert_eq!(desk.redis.keys(), before, "nothing was stored or charged");
    let stands = thread(&ada).await;
    assert_eq!(stands.closed_by(), ThreadClosedBy::Age);
    assert_eq!(
        stands.first_comment_at.unwrap().seconds,
        (began - 49 * HOUR_MS) / 1_000
    );
    // What was taken once is still answered.
    assert!(blog.submit(first).await.unwrap().replayed);

    close(&ada, false).await;
    assert_eq!(
        closed_by(&blog.submit(late.clone()).await.unwrap_err()),
        "moderator"
    );
    assert_eq!(thread(&ada).await.closed_by(), ThreadClosedBy::Moderator);
    close(&ada, true).await;
    blog.submit(late).await.unwrap();
    let stands = thread(&ada).await;
    assert_eq!(stands.closed_by(), ThreadClosedBy::Unspecified);
    assert!(stands.kept_open);
    assert_eq!(stands.counts.unwrap().pending, 3);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_in_the_future_does_not_keep_a_thread_open() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        close_threads_after_days: Some(1),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    blog.submit(said("Before the clock jumped back."))
        .await
        .unwrap();
    set(&desk, "f", now_ms(&desk) + 9_000 * HOUR_MS);
    blog.submit(said("After it.")).await.unwrap();
    assert!(field(&desk, "f").unwrap() <= now_ms(&desk));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_of_many_threads_are_counted_in_one_call() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    for (n, verdict) in [
        (0, None),
        (7, Some(Verdict::Approve)),
        (14, Some(Verdict::Approve)),
        (21, Some(Verdict::Spam)),
        (1, Some(Verdict::Reject)),
    ] {
        let request = nth("gazette", n);
        let comment_id = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        if let Some(verdict) = verdict {
            let decide = v1::DecideCommentRequest {
                site: "gazette".to_owned(),
                comment_id,
                version: 1,
                verdict: verdict.into(),
                ..Default::default()
            };
            ada.decide(decide).await.unwrap();
        }
    }
    let counted = count(&blog, &["unheard of", "article-1", "article-0"])
        .await
        .unwrap();
    let numbers = |counted: &v1::CountedThread| {
        let counts = counted.counts.unwrap();
        let name = counted.thread_id.clone();
        (
            name,
            [
                counts.pending,
                counts.approved,
                counts.rejected,
                counts.spam,
            ],
        )
    };
    assert_eq!(
        counted.iter().map(numbers).collect::<Vec<_>>(),
        [
            ("unheard of".to_owned(), [0, 0, 0, 0]),
            ("article-1".to_owned(), [0, 0, 1, 0]),
            ("article-0".to_owned(), [1, 2, 0, 1]),
        ]
    );
    let many: Vec<String> = (0..201).map(|n| format!("article-{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(count(&blog, &many[..200]).await.unwrap().len(), 200);
    let long = "x".repeat(201);
    for (threads, wrong) in [
        (&many[..], 1),
        (&[], 1),
        (&["a", "b", "a"], 1),
        (&["", "a", &long, "a"], 3),
        (&[""; 9], 6),
    ] {
        let refused = count(&blog, threads).await.unwrap_err();
        let found = violations(&refused);
        assert_eq!(found.len(), wrong, "{found:?}");
        assert!(found.iter().all(|(field, _)| field == "thread_ids"));
    }
    desk.finish().await;
}
