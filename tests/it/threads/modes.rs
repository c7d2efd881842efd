//! A thread that is moderated in its own way for a while.

use std::time::Duration;

use replydesk::proto::v1::{self, CommentState, ModerationMode, ReasonCode};
use tonic::Code;

use super::{HOUR_MS, THREAD, ahead, close, field, moderate, now_ms, said, set, thread};
use crate::harness::{
    Desk,
    comments::{automatic, nth},
    refusals::violations,
    until::until,
};

/// Whatever the model makes of texts that are much alike.
fn all_approved() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999),
        spam_at: Some(1.0),
        ..automatic()
    }
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
    // Keys, policy and scripts are known from here on: only reads come before the one write.
    close(&ada, true).await;
    blog.submit(said("Before it.")).await.unwrap();
    thread(&ada).await;
    let held = async |scripts: usize| {
        until("a script waits", Duration::from_secs(5), async || {
            let clients: String = desk.redis.ask(&["CLIENT", "LIST"]);
            let waits = |line: &&str| line.contains(" flags=b") && line.contains("cmd=evalsha");
            (clients.lines().filter(waits).count() >= scripts).then_some(())
        })
        .await;
    };
    // Scripts wait, reads don't: first Ada's change, and then the comment that was judged without it.
    let _: () = desk.redis.ask(&["CLIENT", "PAUSE", "60000", "WRITE"]);
    let set = moderate(&ada, ModerationMode::Pre, ahead(Duration::from_secs(3_600)));
    let late = async {
        held(1).await;
        let answer = blog.submit(said("While it is set."));
        let release = async {
            held(2).await;
            let _: () = desk.redis.ask(&["CLIENT", "UNPAUSE"]);
        };
        tokio::join!(answer, release).0
    };
    let (set, late) = tokio::join!(set, late);
    set.unwrap();
    let late = late.unwrap();
    let told: Vec<ReasonCode> = late.reasons.iter().map(v1::Reason::code).collect();
    assert_eq!(late.state(), CommentState::Pending);
    assert_eq!(
        told,
        [ReasonCode::PreModeration, ReasonCode::ThreadModerated]
    );
    desk.finish().await;
}
