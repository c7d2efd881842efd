//! What moderators decide changes the next score, on every replica in the same way, whatever crashes.

use std::{collections::HashMap, time::Duration};

use replydesk::proto::v1::{self, Verdict};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits},
    learning::{Reader, digest_of, same_digest, taught_by_feed},
};

const SITE: &str = "gazette";

/// A comment handed in and decided on.
async fn decided(blog: &Client, moderator: &Client, body: &str, verdict: Verdict) -> String {
    let request = comment(SITE, "bridge", "Jo Reader", body);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    decide(moderator, SITE, &id, 1, verdict).await;
    id
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
    let body = "The turbo flange of the bridge wants a new gasket, ask my cousin.";
    let before = probability(&here, body).await;
    assert_eq!(probability(&there, body).await, before);

    decided(&here, &ada, &format!("{body} Today."), Verdict::Spam).await;
    let stand = desk.until_learnt(&desk.addresses(), 1).await;
    same_digest(&stand);
    let after = probability(&here, body).await;
    assert!(after > before + 0.02, "{before} -> {after}");
    assert_eq!(probability(&there, body).await, after);
    desk.finish().await;
}
