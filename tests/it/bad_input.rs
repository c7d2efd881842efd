//! What is bad in the ways that people and attackers think of first: through a real server, each is refused for what is
//! wrong with it, and the refusal shows nothing of it. (Sealed data that was tampered with: `privacy_leak::tampered`.)

use replydesk::proto::v1::{self, Role};
use serde_json::json;
use tonic::{Code, Status};

use crate::{
    harness::{
        Desk,
        authors::{of, standing},
        clients::Client,
        comments::{everything_waits, no_limits, nth},
        refusals::{told, violations},
    },
    tokens::{
        provider::{Signer, claims, document, now, signed_part, with},
        setup::{self, Files},
    },
};

/// What no refusal may show.
const CANARY: &str = "canary";

/// Refused with this code, says this, and shows nothing.
fn assert_says(what: &str, refused: &Status, code: Code, says: &str) {
    assert_eq!(refused.code(), code, "{what}: {refused:?}");
    let message = refused.message();
    assert!(message.contains(says), "{what}: {message}");
    let details = String::from_utf8_lossy(refused.details());
    let shows = message.contains(CANARY) || details.contains(CANARY);
    assert!(!shows, "{what}: {refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_told_what_is_wrong_with_it() {
    let signer = Signer::es256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let desk = setup::desk(1, &files.settings()).await;
    let good = claims(CANARY, &["operators"]);
    let signed = |name: &str, value| signer.token(&with(good.clone(), name, value));
    let unsigned = signed_part(r#"{"alg":"none"}"#, &good.to_string());
    for (what, token, says) in [
        (
            "expired",
            signed("exp", json!(now() - 3_600)),
            "has expired",
        ),
        (
            "wrong audience",
            signed("aud", json!(CANARY)),
            "another audience",
        ),
        (
            "wrong issuer",
            signed("iss", json!(CANARY)),
            "another issuer",
        ),
        ("alg none", format!("{unsigned}."), "signature algorithm"),
        (
            "too long",
            signed("x", json!(CANARY.repeat(1_500))),
            "longer than 8192 bytes",
        ),
    ] {
        let refused = desk.client(0, &token).events("gazette", "").await;
        assert_says(what, &refused.unwrap_err(), Code::Unauthenticated, says);
    }
    let admitted = desk.client(0, &signer.token(&good));
    admitted.events("gazette", "").await.unwrap();
    drop(admitted);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_typing_error_is_told_so_wherever_the_error_is() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], Role::Moderator, "ada").await;
    let secret = key.rfind('_').unwrap() + 1;
    for at in [secret, secret + 30, key.len() - 2] {
        let mut mistyped = key.clone().into_bytes();
        mistyped[at] = if mistyped[at] == b'a' { b'b' } else { b'a' };
        let mistyped = String::from_utf8(mistyped).unwrap();
        let refused = desk.client(0, &mistyped).events("gazette", "").await;
        let refused = refused.unwrap_err();
        assert_says("a typo", &refused, Code::Unauthenticated, "typing error");
        assert!(!refused.message().contains(&mistyped[secret..]));
    }
    desk.finish().await;
}

/// The n-th comment, from this address.
async fn from(blog: &Client, n: usize, ip: &str) -> Result<v1::SubmitCommentResponse, Status> {
    let mut request = nth("gazette", n);
    request.transport.as_mut().unwrap().ip_address = ip.to_owned();
    blog.submit(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_the_clothes_of_another_version_has_the_same_limit_and_ban() {
    let desk = Desk::start().await;
    let one = Some(v1::Limit {
        per_minute: 1,
        burst: 2,
    });
    let limits = v1::Limits {
        ip_address: one,
        ..no_limits()
    };
    let policy = v1::Policy {
        limits: Some(limits),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    from(&blog, 0, "203.0.113.7").await.unwrap();
    from(&blog, 1, "::ffff:203.0.113.7").await.unwrap();
    for ip in ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107"] {
        let refused = from(&blog, 2, ip).await.unwrap_err();
        assert_says(ip, &refused, Code::ResourceExhausted, "");
        assert!(!format!("{refused:?}").contains("203.0.113"), "{refused:?}");
    }
    // A ban of the one is a ban of the other.
    let mut request = nth("gazette", 3);
    request.transport.as_mut().unwrap().ip_address = "::ffff:203.0.113.8".to_owned();
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    let named = of(&id, v1::SubjectKind::IpAddress);
    let mut ban = standing("gazette", named, v1::Standing::Banned);
    ban.until = crate::harness::authors::from_now(std::time::Duration::from_secs(600));
    let moderator = desk
        .someone(0, "gazette", Role::SeniorModerator, "grace")
        .await;
    moderator.stand(ban).await.unwrap();
    let banned = from(&blog, 4, "203.0.113.8").await.unwrap();
    assert_eq!(banned.outcome(), v1::Outcome::Rejected, "{banned:?}");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_ten_kilobytes_is_a_violation_wherever_one_is_taken() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let officer = desk
        .someone(0, "gazette", Role::PrivacyOfficer, "olga")
        .await;
    let long = format!("{}@readers.example", CANARY.repeat(1_706));
    let mut request = nth("gazette", 0);
    request.author.as_mut().unwrap().email.clone_from(&long);
    let refused = blog.submit(request).await.unwrap_err();
    let named = crate::harness::privacy::with_email(&long);
    let exported = officer.export(named).await.unwrap_err();
    for (field, refused) in [("author.email", refused), ("subject.email", exported)] {
        assert_says(field, &refused, Code::InvalidArgument, "at most 254 bytes");
        let says = "must be at most 254 bytes".to_owned();
        assert_eq!(violations(&refused), [(field.to_owned(), says)]);
        assert!(!told(&refused).1.is_empty());
    }
    desk.finish().await;
}
