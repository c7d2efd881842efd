//! Through a server on loopback that publishes the provider's keys.

use std::time::Duration;

use replydesk::access::token::{Tokens, error::TokenError};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::harness::{refusals::told, until::until};

use super::{
    provider::{Signer, claims, document, with},
    publisher::{Answer, Publisher, status},
    setup::{Files, desk, parsed, refused},
};

const BOUND: Duration = Duration::from_secs(10);

/// Tokens whose keys are kept fresh, without a service around them.
struct Kept {
    tokens: Tokens,
    _keeping: JoinSet<()>,
}

impl Kept {
    /// Read every 50 ms; too old after so long.
    async fn by(publisher: &Publisher, max_stale: Duration) -> Self {
        let files = Files::with_keys("");
        let mut settings = parsed(&files.settings_for("tokens.jwks_url", &publisher.url()));
        settings.freshness.refresh = Duration::from_millis(50);
        settings.freshness.max_stale = max_stale;
        let (tokens, keeper) = Tokens::open(settings).await.unwrap();
        let mut keeping = JoinSet::new();
        keeping.spawn(keeper.keep(CancellationToken::new()));
        Self {
            tokens,
            _keeping: keeping,
        }
    }
}

fn fresh(signer: &Signer, number: usize) -> String {
    let person = claims("ada", &["operators"]);
    signer.token(&with(person, "jti", json!(number)))
}

/// Asked twice from now on: what the first answer did is done.
async fn read_again(publisher: &Publisher) {
    let before = publisher.asked();
    until("it is asked twice", BOUND, async || {
        (publisher.asked() >= before + 2).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_known_at_once_and_strangers_cannot_make_the_service_ask_on() {
    let (old, new) = (Signer::rs256("old"), Signer::es256("new"));
    let publisher = Publisher::start(Answer::Document(document(&[&old]))).await;
    let files = Files::with_keys("");
    let desk = desk(1, &files.settings_for("tokens.jwks_url", &publisher.url())).await;
    let person = claims("ada", &["gazette-desk"]);
    let ada = desk.client(0, &old.token(&person));
    until("the keys are read", BOUND, async || {
        ada.events("gazette", "").await.ok()
    })
    .await;
    assert_eq!(publisher.asked(), 1);
    publisher.answer(Answer::Document(document(&[&old, &new])));
    let rotated = desk.client(0, &new.token(&person));
    rotated.events("gazette", "").await.unwrap();
    assert_eq!(publisher.asked(), 2);
    let mut strangers = JoinSet::new();
    for number in 0..50 {
        let token = Signer::es256(&format!("x{number}")).token(&person);
        let stranger = desk.client(0, &token);
        strangers.spawn(async move { stranger.events("gazette", "").await.unwrap_err() });
    }
    while let Some(refused) = strangers.join_next().await {
        assert_eq!(refused.unwrap().code(), Code::Unauthenticated);
    }
    // Not for this service, or of no form: nobody is asked about them at all.
    let foreign = with(person, "iss", json!("https://id.eve.example"));
    let eve = desk.client(0, &Signer::es256("y").token(&foreign));
    assert!(eve.events("gazette", "").await.is_err());
    assert_eq!(publisher.asked(), 2, "half a minute has not passed");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_at_the_start_keeps_nobody_with_a_key_out() {
    let signer = Signer::es256("a");
    let publisher = Publisher::start(status("503 Service Unavailable")).await;
    let files = Files::with_keys("");
    let mut settings = files.settings_for("tokens.jwks_url", &publisher.url());
    settings.push(("tokens.refresh_s", "1".to_owned()));
    let desk = desk(1, &settings).await;
    let ada = desk.client(0, &signer.token(&claims("ada", &["operators"])));
    let away = ada.events("gazette", "").await.unwrap_err();
    assert_eq!(
        told(&away),
        (Code::Unavailable, "TOKEN_KEYS_AWAY".to_owned())
    );
    desk.admin_at(desk.replicas[0].address)
        .events("gazette", "")
        .await
        .unwrap();
    publisher.answer(Answer::Document(document(&[&signer])));
    until("the provider is back", BOUND, async || {
        ada.events("gazette", "").await.ok()
    })
    .await;
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_provider_answers_changes_nothing() {
    let signer = Signer::es256("a");
    let good = Answer::Document(document(&[&signer]));
    let publisher = Publisher::start(good.clone()).await;
    let kept = Kept::by(&publisher, Duration::from_secs(3_600)).await;
    read_again(&publisher).await;
    let mut private = signer.jwk();
    private["d"] = json!("AAAA");
    let elsewhere = Publisher::start(Answer::Document(document(&[&Signer::es256("b")]))).await;
    for (number, broken) in [
        status("500 Internal Server Error"),
        status("204 No Content"),
        status(&format!("302 Found\r\nlocation: {}", elsewhere.url())),
        Answer::Bytes(b"SSH-2.0-OpenSSH\r\n".to_vec()),
        Answer::Bytes(Vec::new()),
        Answer::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\":".to_vec()),
        Answer::Bytes([b"HTTP/1.1 200 OK\r\nx: ".as_slice(), &[b'x'; 100_000]].concat()),
        Answer::Document("<html>Sign in</html>".to_owned()),
        Answer::Document(json!({"keys": [private]}).to_string()),
        Answer::Document(json!({"keys": []}).to_string()),
        Answer::Document(" ".repeat(300_000)),
        Answer::Endless,
    ]
    .into_iter()
    .enumerate()
    {
        publisher.answer(broken);
        read_again(&publisher).await;
        // Not remembered, so the key is looked for.
        let token = fresh(&signer, number);
        assert!(kept.tokens.authenticate(&token).await.is_ok(), "{number}");
    }
    assert_eq!(elsewhere.asked(), 0, "redirects are not followed");
    // A key that the provider takes out goes with the first good answer.
    publisher.answer(Answer::Document(document(&[&Signer::es256("b")])));
    read_again(&publisher).await;
    let gone = refused(&kept.tokens, &fresh(&signer, 0)).await;
    assert_eq!(gone, TokenError::UnknownKey);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_provider_is_waited_for_no_longer_than_its_deadline() {
    let signer = Signer::es256("a");
    let publisher = Publisher::start(Answer::Document(document(&[&signer]))).await;
    let kept = Kept::by(&publisher, Duration::from_secs(3_600)).await;
    read_again(&publisher).await;
    publisher.answer(Answer::Silence);
    read_again(&publisher).await;
    let before = std::time::Instant::now();
    let token = fresh(&signer, 1);
    kept.tokens.authenticate(&token).await.unwrap();
    assert!(
        before.elapsed() < Duration::from_secs(1),
        "who has a known key waits for nobody"
    );
    publisher.answer(Answer::Document(document(&[&Signer::es256("b")])));
    let name = "the keys are read again";
    until(name, BOUND, async || {
        kept.tokens.authenticate(&token).await.err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_too_old_open_nothing_until_they_are_read_again() {
    let signer = Signer::es256("a");
    let good = Answer::Document(document(&[&signer]));
    let publisher = Publisher::start(good.clone()).await;
    let kept = Kept::by(&publisher, Duration::from_millis(500)).await;
    let token = fresh(&signer, 1);
    let let_in = async || kept.tokens.authenticate(&token).await.ok();
    until("the keys are read", BOUND, let_in).await;
    publisher.answer(status("500 Internal Server Error"));
    // The token is remembered; that helps nobody once the keys are too old.
    let refused = until("the keys are too old", BOUND, async || {
        kept.tokens.authenticate(&token).await.err()
    });
    assert_eq!(refused.await, TokenError::KeysAway);
    publisher.answer(good);
    until("the keys are read again", BOUND, let_in).await;
}
