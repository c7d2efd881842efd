//! What the service says of tokens at its most talkative.

use std::time::Duration;

use serde_json::json;

use super::{
    provider::{Signer, claims, document, with},
    setup::{Files, desk},
};

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_the_log_whether_it_was_good_or_not() {
    let signer = Signer::es256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let mut desk = desk(1, &files.settings()).await;
    let talkative = ("log.level".to_owned(), "trace".to_owned());
    desk.settings.push(talkative);
    let mut process = desk.process().await;
    let person = with(
        claims("canary-subject", &["operators"]),
        "jti",
        json!("canary-id"),
    );
    let good = signer.token(&person);
    let forged = Signer::es256("a").token(&person);
    let expired = signer.token(&with(person.clone(), "exp", json!(1_000)));
    process.client(&good).events("gazette", "").await.unwrap();
    for bad in [
        &forged,
        &expired,
        &format!("{good}A"),
        &good.replace('.', ".."),
    ] {
        assert!(process.client(bad).events("gazette", "").await.is_err());
    }
    process.signal("TERM");
    process.ended(Duration::from_secs(20)).await;
    let log = String::from_utf8_lossy(&process.log()).into_owned();
    assert!(log.contains("TRACE"), "it is talkative");
    for token in [&good, &forged, &expired] {
        for part in token.split('.') {
            assert!(!log.contains(part), "a part of a token is in the log");
        }
    }
    assert!(!log.contains("canary-id"), "a claim is in the log");
    desk.finish().await;
}
