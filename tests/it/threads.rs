//! Threads: closed by a person or by age, moderated in their own way for a while, counted many at a time.

use std::time::{Duration, SystemTime};

use replydesk::{
    comment::state::Timestamp,
    proto::v1::{
        self, AuditAction, CommentState, ModerationMode, ReasonCode, ThreadClosedBy, Verdict,
        event::Cause,
    },
};
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, comment, everything_waits, nth},
    crowd::{crowd, submit_at_once},
    refusals::{metadata, told, violations},
    until::until,
};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const THREAD: &str = "{gazette}:t:tram";

fn said(text: &str) -> v1::SubmitCommentRequest {
    comment("gazette", "tram", "Jo Reader", text)
}

fn ahead(span: Duration) -> Option<prost_types::Timestamp> {
    Some((SystemTime::now() + span).into())
}

/// Whatever the model makes of texts that are much alike.
fn all_approved() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999),
        spam_at: Some(1.0),
        ..automatic()
    }
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
async fn a_thread_is_moderated_in_its_own_way_until_its_time_is_over() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", all_approved()).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    let outcome = async |n: usize, thread: &str| {
        let mut request = nth("gazette", n);
        request.thread.as_mut().unwrap().thread_id = thread.to_owned();
        let answer = blog.submit(request).await.unwrap();
        let reasons = answer.reasons.iter();
        let told = reasons.filter(|reason| reason.code() == ReasonCode::ThreadModerated);
        let told: Vec<String> = told.map(|reason| reason.detail.clone()).collect();
        (answer.state(), told.join(" "))
    };
    let as_the_site = (CommentState::Approved, String::new());
    assert_eq!(outcome(0, "tram").await, as_the_site);

    let until = ahead(Duration::from_secs(3_600));
    let stands = moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    assert_eq!(stands.mode(), ModerationMode::Pre);
    let millis = |time: Option<prost_types::Timestamp>| {
        time.map(|time| (time.seconds, time.nanos / 1_000_000))
    };
    assert_eq!(millis(stands.mode_until), millis(until));
    assert_eq!(field(&desk, "v"), Some(1));
    let waits = (CommentState::Pending, "pre".to_owned());
    assert_eq!(outcome(1, "tram").await, waits);
    assert_eq!(outcome(2, "bridge").await, as_the_site);
    // The same again changes nothing, so nobody who writes now is judged twice.
    moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    assert_eq!(field(&desk, "v"), Some(1));

    // Over, and from before a clock jumped back.
    for (n, left) in [(3, -1), (4, 31 * 24 * HOUR_MS)] {
        set(&desk, "mu", now_ms(&desk) + left);
        assert_eq!(outcome(n, "tram").await, as_the_site);
        let stands = thread(&ada).await;
        assert_eq!(
            (stands.mode(), stands.mode_until),
            (ModerationMode::Unspecified, None)
        );
    }
    moderate(&ada, ModerationMode::Post, until).await.unwrap();
    assert_eq!(
        outcome(5, "tram").await,
        (CommentState::Approved, "post".to_owned())
    );
    let stands = moderate(&ada, ModerationMode::Unspecified, None).await;
    assert_eq!(stands.unwrap().mode_until, None);
    assert_eq!(outcome(6, "tram").await, as_the_site);
    assert_eq!((field(&desk, "mo"), field(&desk, "v")), (None, Some(3)));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_needs_an_end_that_is_ahead_and_near() {
    let desk = Desk::start().await;
    desk.site("gazette", all_approved()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let day = Duration::from_secs(24 * 60 * 60);
    let past = Some(prost_types::Timestamp {
        seconds: 1_000_000_000,
        nanos: 0,
    });
    for until in [None, past, ahead(31 * day)] {
        let refused = moderate(&ada, ModerationMode::Pre, until)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{until:?}");
        let fields: Vec<String> = violations(&refused).into_iter().map(|v| v.0).collect();
        assert_eq!(fields, ["until"], "{until:?}");
    }
    assert!(!desk.redis.keys().contains(&THREAD.as_bytes().to_vec()));
    moderate(&ada, ModerationMode::Pre, ahead(29 * day))
        .await
        .unwrap();
    desk.finish().await;
}

/// What is on its way was judged by what was so before: it must not be stored as if nothing had been said.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_gets_past_a_mode_that_is_set_while_it_is_judged() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", all_approved()).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    let key = desk
        .key(&["gazette"], v1::Role::Submitter, "busy blog")
        .await;
    let requests = (0..16).map(|client| {
        let in_tram = |n: usize| {
            let mut request = nth("gazette", client * 12 + n);
            request.thread.as_mut().unwrap().thread_id = "tram".to_owned();
            request
        };
        (0..12).map(in_tram).collect()
    });
    let storm = submit_at_once(crowd(&desk, &key, 16), requests.collect());
    let calm_down = async {
        let some = async || {
            let events = blog.events("gazette", "").await.unwrap().events;
            (events.len() > 16).then_some(())
        };
        until("a storm", Duration::from_secs(10), some).await;
        let an_hour = ahead(Duration::from_secs(3_600));
        moderate(&ada, ModerationMode::Pre, an_hour).await.unwrap();
        desk.redis.ask::<usize>(&["HGET", "{gazette}:n", "seq"])
    };
    let (answers, before) = tokio::join!(storm, calm_down);
    assert!(answers.iter().all(Result::is_ok));
    let events = blog.all_events("gazette").await;
    assert_eq!(events.len(), 192);
    assert!(before < 192, "the storm was over too soon");
    for event in &events[before..] {
        let Some(Cause::Submitted(submitted)) = &event.cause else {
            panic!("nobody decided: {event:?}");
        };
        let told = submitted.reasons.iter().map(v1::Reason::code);
        assert!(
            told.collect::<Vec<_>>()
                .contains(&ReasonCode::ThreadModerated)
        );
        assert_eq!(event.state(), CommentState::Pending, "{event:?}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_tells_who_changed_a_thread_and_how_it_was_before() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let (seconds, _): (i64, i64) = desk.redis.ask(&["TIME"]);
    let until = Some(prost_types::Timestamp {
        seconds: seconds + 3_600,
        nanos: 0,
    });
    close(&ada, false).await;
    // Said again, after a lost reply or by another: nothing changes.
    close(&ada, false).await;
    close(&ben, false).await;
    close(&ben, true).await;
    moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    moderate(&ada, ModerationMode::Pre, until).await.unwrap();
    moderate(&ben, ModerationMode::Unspecified, None)
        .await
        .unwrap();
    let entries = ada.whole_audit("gazette").await;
    let told = entries
        .iter()
        .filter(|entry| entry.action() == AuditAction::ThreadChanged);
    let told: Vec<[&str; 4]> = told
        .map(|entry| {
            let (before, after) = (entry.before.as_str(), entry.after.as_str());
            [&entry.actor, &entry.subject, before, after]
        })
        .collect();
    let storm = Timestamp((seconds + 3_600) * 1_000).to_text();
    let storm = format!("moderated pre until {storm}");
    let calm = "moderated as the site";
    assert_eq!(
        told,
        [
            ["ada", "thread tram", "closes by age", "closed"],
            ["ben", "thread tram", "closed", "open whatever its age"],
            ["ada", "thread tram", calm, &storm],
            ["ben", "thread tram", &storm, calm],
        ]
    );
    assert_eq!(field(&desk, "v"), Some(4));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_a_thread_at_the_same_time_loses_no_change() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    for round in 0..20 {
        let until = ahead(Duration::from_secs(3_600 + round));
        let (_, set) = tokio::join!(
            close(&ada, round % 2 == 1),
            moderate(&ben, ModerationMode::Pre, until)
        );
        set.unwrap();
    }
    let entries = ada.whole_audit("gazette").await;
    let told = entries
        .iter()
        .filter(|entry| entry.action() == AuditAction::ThreadChanged);
    assert_eq!(told.count(), 40);
    assert_eq!(field(&desk, "v"), Some(40));
    let stands = thread(&ada).await;
    assert_eq!(
        (stands.mode(), stands.kept_open),
        (ModerationMode::Pre, true)
    );
    desk.finish().await;
}
