//! Through the service, with the provider's keys in a file.

use std::time::Duration;

use replydesk::{
    access::token::Tokens,
    proto::v1::{self, Verdict},
};
use serde_json::json;
use tonic::Code;

use crate::harness::{
    Desk,
    comments::{everything_waits, nth, on, submit},
    refusals::told,
    until::{soon, until},
};

use super::{
    provider::{Signer, claims, document, now, with},
    setup::{Files, desk, parsed},
};

const BOUND: Duration = Duration::from_secs(10);

fn unauthenticated(reason: &str) -> (Code, String) {
    (Code::Unauthenticated, reason.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_carries_the_persons_subject() {
    let signer = Signer::rs256("2026-11");
    let files = Files::with_keys(&document(&[&signer]));
    let desk = desk(2, &files.settings()).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let blog = desk.client(0, &key);
    let (one, two) = (submit(&blog, 0).await, submit(&blog, 1).await);
    let person = claims("auth0|ada", &["gazette-desk"]);
    let ada = desk.client(0, &signer.token(&person));
    ada.decide(on(&one, 1, Verdict::Approve)).await.unwrap();
    // Another replica, another token, the same person.
    let again = with(person, "jti", json!("2"));
    let ada = desk.client(1, &signer.token(&again));
    ada.decide(on(&two, 1, Verdict::Approve)).await.unwrap();
    let entries = ada.whole_audit("gazette").await;
    let actors: Vec<_> = entries
        .iter()
        .filter(|entry| !entry.comment_id.is_empty())
        .map(|entry| (entry.actor.as_str(), entry.key_id.as_str()))
        .collect();
    // printf 'https://id.newsroom.example/desk|auth0|ada' | sha256sum | cut -c1-16
    assert_eq!(actors, [("auth0|ada", "34f44a60ad40444f"); 2]);
    // What travels and rests of the person is the subject alone.
    for key in desk.redis.keys() {
        assert!(!String::from_utf8_lossy(&key).contains("newsroom.example"));
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_grants_say_and_no_more() {
    let signer = Signer::es256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let desk = desk(1, &files.settings()).await;
    desk.site("herald", everything_waits()).await;
    let client = |groups: &[&str]| desk.client(0, &signer.token(&claims("ada", groups)));
    let moderator = client(&["gazette-desk"]);
    moderator.events("gazette", "").await.unwrap();
    for (caller, site, reason) in [
        (&moderator, "herald", "WRONG_SITE"),
        (&client(&["readers"]), "gazette", "NO_GRANT"),
        (&client(&[]), "gazette", "NO_GRANT"),
    ] {
        let refused = caller.events(site, "").await.unwrap_err();
        assert_eq!(told(&refused), (Code::PermissionDenied, reason.to_owned()));
    }
    let blog = moderator.submit(nth("gazette", 0)).await.unwrap_err();
    assert_eq!(told(&blog).1, "WRONG_ROLE");
    client(&["operators"]).events("herald", "").await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_token_does() {
    let signer = Signer::eddsa("a");
    let files = Files::with_keys(&document(&[&signer]));
    let mut settings = files.settings();
    settings.push(("tokens.leeway_s", "0".to_owned()));
    let desk = desk(1, &settings).await;
    let ends = now() + 2;
    let token = signer.token(&with(claims("ada", &["gazette-desk"]), "exp", json!(ends)));
    let ada = desk.client(0, &token);
    let mut work = ada.work("gazette", 1).await.unwrap();
    let mut watch = ada.watch("gazette", "").await.unwrap();
    let ended = [
        soon("the work ends", BOUND, work.next()).await.unwrap_err(),
        soon("the watch ends", BOUND, async {
            loop {
                if let Err(ended) = watch.next().await {
                    break ended;
                }
            }
        })
        .await,
    ];
    assert!(now() >= ends, "not before its time");
    for status in ended {
        assert_eq!(told(&status), unauthenticated("TOKEN_EXPIRED"));
    }
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_leaves_the_file_ends_what_it_signed_and_a_new_one_is_known_at_once() {
    let (old, new) = (Signer::es256("old"), Signer::es256("new"));
    let files = Files::with_keys(&document(&[&old]));
    let mut settings = files.settings();
    settings.push(("tokens.refresh_s", "1".to_owned()));
    let desk = desk(1, &settings).await;
    let person = claims("ada", &["gazette-desk"]);
    let ada = desk.client(0, &old.token(&person));
    let mut work = ada.work("gazette", 1).await.unwrap();
    files.publish(&document(&[&new]));
    let fresh = desk.client(0, &new.token(&person));
    fresh.events("gazette", "").await.unwrap();
    let ended = soon("the work ends", BOUND, work.next()).await.unwrap_err();
    assert_eq!(told(&ended), unauthenticated("UNAUTHENTICATED"));
    let refused = ada.events("gazette", "").await.unwrap_err();
    assert_eq!(told(&refused), unauthenticated("UNAUTHENTICATED"));
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_breaks_later_leaves_the_keys_as_they_were() {
    let signer = Signer::es256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let mut settings = files.settings();
    settings.push(("tokens.refresh_s", "1".to_owned()));
    let desk = desk(1, &settings).await;
    files.publish("{\"keys\": [");
    // A token that names an unknown key has the file read now.
    let stranger = Signer::es256("b").token(&claims("eve", &["operators"]));
    let refused = desk.client(0, &stranger).events("gazette", "").await;
    assert_eq!(
        told(&refused.unwrap_err()),
        unauthenticated("UNAUTHENTICATED")
    );
    let ada = desk.client(0, &signer.token(&claims("ada", &["operators"])));
    ada.events("gazette", "").await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_issuer_is_configured_a_token_is_no_key() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let token = Signer::es256("a").token(&claims("ada", &["operators"]));
    let refused = desk.client(0, &token).events("gazette", "").await;
    let refused = refused.unwrap_err();
    assert_eq!(told(&refused), unauthenticated("UNAUTHENTICATED"));
    assert!(refused.message().contains("rd_"), "{refused}");
    desk.finish().await;
}

#[tokio::test]
async fn a_file_that_is_no_set_of_keys_keeps_the_service_from_starting() {
    let signer = Signer::es256("a");
    let mut private = signer.jwk();
    private["d"] = json!("AAAA");
    for (document, says) in [
        (String::new(), "no JWKS document"),
        (json!({"keys": [private]}).to_string(), "private key"),
        (json!({"keys": []}).to_string(), "none of its 0 keys"),
        ("x".repeat(300_000), "larger than 262144 bytes"),
    ] {
        let files = Files::with_keys(&document);
        let error = Tokens::open(parsed(&files.settings())).await.err().unwrap();
        assert!(error.to_string().contains(says), "{error}");
    }
    let files = Files::with_keys("");
    std::fs::remove_file(files.path("jwks.json")).unwrap();
    let error = Tokens::open(parsed(&files.settings())).await.err().unwrap();
    assert!(error.to_string().contains("No such file"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_refuses_a_forged_token_alike() {
    let signer = Signer::es256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let desk = desk(2, &files.settings()).await;
    let forged = Signer::es256("a").token(&claims("ada", &["operators"]));
    for replica in 0..2 {
        let refused = desk.client(replica, &forged).events("gazette", "").await;
        let refused = refused.unwrap_err();
        assert_eq!(told(&refused), unauthenticated("UNAUTHENTICATED"));
        let message = refused.message().to_owned();
        assert!(message.contains("signature is wrong"), "{message}");
        for secret in ["ada", "id.newsroom", &forged[..20]] {
            assert!(!message.contains(secret), "{message}");
        }
    }
    let good = signer.token(&claims("ada", &["operators"]));
    until("the good one is let in", BOUND, async || {
        desk.client(1, &good).events("gazette", "").await.ok()
    })
    .await;
    desk.finish().await;
}
