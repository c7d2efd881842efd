//! What moderators decide changes the next score, on every replica in the same way.

mod damage;
mod imports;
mod log;
mod together;

pub use together::{Faults, agree};

use std::time::{Duration, Instant};

use replydesk::proto::v1::{self, Verdict};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits},
    learning::{LEARNT_WITHIN, digest_of, learnt_from_log, lessons_in_log, same_digest},
    until::until,
};

const SITE: &str = "gazette";

/// A comment handed in and decided on; its name.
async fn decided(blog: &Client, moderator: &Client, body: &str, verdict: Verdict) -> String {
    let request = comment(SITE, "bridge", "Jo Reader", body);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    decide(moderator, SITE, &id, 1, verdict).await;
    id
}

/// Some comments, each decided on once.
async fn decide_some(blog: &Client, moderator: &Client, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let verdict = if n.is_multiple_of(2) {
            Verdict::Spam
        } else {
            Verdict::Approve
        };
        let body = format!("Comment {n} about the turbo flange number {}", n * 7919);
        decided(blog, moderator, &body, verdict).await;
    }
}

async fn decide(moderator: &Client, site: &str, id: &str, version: u32, verdict: Verdict) {
    let request = v1::DecideCommentRequest {
        site: site.to_owned(),
        comment_id: id.to_owned(),
        version,
        verdict: verdict.into(),
        ..Default::default()
    };
    moderator.decide(request).await.unwrap();
}

/// How likely a replica says that this is spam; nothing is stored.
async fn probability(blog: &Client, body: &str) -> f64 {
    let mut request = comment(SITE, "bridge", "Somebody Else", body);
    request.validate_only = true;
    let answer = blog.submit(request).await.unwrap();
    answer.score.unwrap().spam_probability
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_changes_the_next_score_on_every_replica() {
    let desk = Desk::with(2, &[]).await;
    let here = desk.site(SITE, everything_waits()).await;
    let there = here.through(desk.replicas[1].address);
    let ada = desk.moderator(1, SITE, "ada").await;
    let mut slowest = Duration::ZERO;
    for (n, topic) in [
        "turbo flange",
        "copper kettle",
        "velvet ladder",
        "marble spoon",
    ]
    .iter()
    .enumerate()
    {
        let body = format!("The {topic} wants a new gasket, ask my cousin about a {topic}.");
        // The submission alone changes a score, too: now somebody has said nearly the same.
        let request = comment(SITE, "bridge", "Jo Reader", &format!("{body} Today."));
        let id = request.comment_id.clone();
        here.submit(request).await.unwrap();
        let before = probability(&here, &body).await;
        assert_eq!(probability(&there, &body).await, before);
        decide(&ada, SITE, &id, 1, Verdict::Spam).await;
        let since = Instant::now();
        let mut after = [before; 2];
        while after.contains(&before) {
            after = [
                probability(&here, &body).await,
                probability(&there, &body).await,
            ];
            assert!(since.elapsed() < LEARNT_WITHIN, "{after:?}");
        }
        slowest = slowest.max(since.elapsed());
        assert!(after[0] > before, "{before} -> {after:?}");
        assert_eq!(after[0], after[1]);
        same_digest(&desk.until_learnt(&desk.addresses(), n as u64 + 1).await);
    }
    println!(
        "from decision to score on both, at most: {} ms",
        slowest.as_millis()
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_decision_is_corrected() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let body = "The turbo flange of the bridge wants a new gasket, ask my cousin.";
    let before = probability(&blog, body).await;

    let id = decided(&blog, &ada, &format!("{body} Today."), Verdict::Approve).await;
    decide(&ada, SITE, &id, 2, Verdict::Spam).await;
    decide(&ada, SITE, &id, 3, Verdict::Spam).await;
    desk.until_learnt(&desk.addresses(), 3).await;
    let as_spam = probability(&blog, body).await;
    assert!(as_spam > before + 0.02, "{before} -> {as_spam}");
    // An editorial rejection says nothing about spam, and takes back what was said.
    decide(&ada, SITE, &id, 4, Verdict::Reject).await;
    decide(&ada, SITE, &id, 5, Verdict::Reject).await;
    decide(&ada, SITE, &id, 6, Verdict::Approve).await;
    decide(&ada, SITE, &id, 7, Verdict::Reject).await;
    let stand = desk.until_learnt(&desk.addresses(), 6).await;
    let after = probability(&blog, body).await;
    assert!(
        after < (before + as_spam) / 2.0,
        "{before} -> {as_spam} -> {after}"
    );

    let store = desk.redis.store().await;
    let said: Vec<(bool, bool)> = lessons_in_log(&store)
        .await
        .iter()
        .map(|lesson| {
            (
                lesson.label == replydesk::spam::lesson::Label::Spam,
                lesson.taken_back,
            )
        })
        .collect();
    let (ham, spam) = (false, true);
    let (taught, back) = (false, true);
    assert_eq!(
        said,
        [
            (ham, taught),
            (ham, back),
            (spam, taught),
            (spam, back),
            (ham, taught),
            (ham, back)
        ]
    );
    assert_eq!(stand[0].digest, digest_of(&learnt_from_log(&store).await));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_how_right_the_model_was() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let before = desk.model(desk.addresses()[0]).await.validation.unwrap();
    assert_eq!((before.decisions, before.log_loss), (0, None));
    decide_some(&blog, &ada, 0..6).await;
    let stand = desk.until_learnt(&desk.addresses(), 6).await;
    let told = stand[0].validation.clone().unwrap();

    let store = desk.redis.store().await;
    let model = learnt_from_log(&store).await;
    let expected = model.validation();
    assert_eq!(told.decisions, 6);
    assert_eq!(told.log_loss, expected.log_loss());
    assert_eq!(told.mistakes, expected.mistakes());
    assert_eq!(told.calibration_error, expected.calibration_error());
    assert_eq!(told.ranges.len(), 10);
    for (told, expected) in told.ranges.iter().zip(expected.ranges) {
        assert_eq!(told.decisions, expected.decisions);
        assert_eq!(told.observed, expected.observed());
        assert!(
            told.predicted
                .is_none_or(|said| said >= told.from && said <= told.from + 0.1)
        );
    }
    let of_spam: f64 = told
        .ranges
        .iter()
        .filter_map(|range| {
            Some(range.observed? * f64::from(u32::try_from(range.decisions).unwrap()))
        })
        .sum();
    assert!((of_spam - 3.0).abs() < 1e-9, "every second one was spam");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_does_not_share_teaches_only_itself() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        share_learning: Some(false),
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let other = desk.site("herald", everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let body = "The turbo flange of the bridge wants a new gasket, ask my cousin.";
    let elsewhere = || async {
        let mut request = comment("herald", "bridge", "Somebody Else", body);
        request.validate_only = true;
        other
            .submit(request)
            .await
            .unwrap()
            .score
            .unwrap()
            .spam_probability
    };
    let (before, before_elsewhere) = (probability(&blog, body).await, elsewhere().await);
    decided(&blog, &ada, &format!("{body} Today."), Verdict::Spam).await;
    desk.until_learnt(&desk.addresses(), 1).await;
    assert!(probability(&blog, body).await > before + 0.02);
    assert_eq!(elsewhere().await, before_elsewhere);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_trains_on_when_the_trainer_leaves() {
    // Such a lease would outlast the test: it must be given back.
    let mut desk = Desk::with(1, &[("learning.lease_ms", "60000")]).await;
    let first = desk.replicas[0].address;
    until("it trains", LEARNT_WITHIN, async || {
        desk.model(first).await.trains.then_some(())
    })
    .await;
    let second = desk.add_replica().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let blog = blog.through(desk.replicas[second].address);
    let ada = desk.moderator(0, SITE, "ada").await;
    let ada = ada.through(desk.replicas[second].address);
    assert!(!desk.model(desk.replicas[second].address).await.trains);
    desk.replicas[0].stop().await;
    decide_some(&blog, &ada, 0..2).await;
    let stand = desk.until_learnt(&[desk.replicas[second].address], 2).await;
    assert!(stand[0].trains);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_trainer_keeps_its_lease() {
    let settings = [("learning.lease_ms", "1500"), ("learning.poll_ms", "60000")];
    let desk = Desk::with(2, &settings).await;
    let lease = || -> (Vec<u8>, u64) {
        let read = ["HMGET", "{replydesk}:model", "holder", "until"];
        desk.redis
            .ask::<Option<(Vec<u8>, u64)>>(&read)
            .unwrap_or_default()
    };
    until("there is a trainer", LEARNT_WITHIN, async || {
        (lease().1 > 0).then_some(())
    })
    .await;
    let (holder, _) = lease();
    for _ in 0..6 {
        let (_, since) = lease();
        let renewed = async || (lease().1 > since).then(lease);
        let (now, _) = until("it is renewed", LEARNT_WITHIN, renewed).await;
        assert_eq!(now, holder, "the same trainer");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_teaches_every_replica() {
    let desk = Desk::with(2, &[("learning.poll_ms", "100")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let body = "The turbo flange of the bridge wants a new gasket, ask my cousin.";
    let before = probability(&blog, body).await;
    let imported = |n: u32| v1::ImportedComment {
        source_id: format!("old-{n}"),
        body: format!("{body} Today number {n}."),
        state: v1::CommentState::Spam.into(),
        ..Default::default()
    };
    let comments: Vec<_> = (0..4).map(imported).collect();
    let answer = desk.admin().import(SITE, &comments).await.unwrap();
    assert_eq!(answer.lessons, 4, "{answer:?}");
    same_digest(&desk.until_learnt(&desk.addresses(), 4).await);
    let after = probability(&blog, body).await;
    assert!(after > before + 0.02, "{before} -> {after}");
    desk.finish().await;
}
