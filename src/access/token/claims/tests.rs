use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000;

fn expected() -> Expected {
    Expected {
        issuer: "https://id.example".parse().unwrap(),
        audience: "replydesk".parse().unwrap(),
        leeway: Duration::from_secs(60),
        max_age: Duration::from_secs(3_600),
        label_claim: None,
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example",
        "aud": "replydesk",
        "sub": "ada",
        "iat": NOW - 10,
        "exp": NOW + 600,
    })
}

fn with(name: &str, value: Value) -> Map<String, Value> {
    let mut claims = claims();
    claims[name] = value;
    claims.as_object().unwrap().clone()
}

fn without(name: &str) -> Map<String, Value> {
    let mut claims = claims().as_object().unwrap().clone();
    claims.remove(name);
    claims
}

#[test]
fn a_person_is_the_same_actor_with_every_token() {
    let check = |claims| expected().check(&claims, NOW).unwrap();
    let ada = check(with("jti", json!("1")));
    assert_eq!(ada.label.as_str(), "ada");
    // printf 'https://id.example|ada' | sha256sum | cut -c1-16
    assert_eq!(ada.key_id.to_string(), "f9eebe64e215aaf3");
    assert_eq!(check(with("exp", json!(NOW + 5))).key_id, ada.key_id);
    assert_ne!(check(with("sub", json!("bob"))).key_id, ada.key_id);
}

#[test]
fn a_token_ends_with_exp_or_with_its_age_whichever_is_first() {
    let until = |claims| expected().check(&claims, NOW).unwrap().until;
    assert_eq!(until(with("exp", json!(NOW + 600))), NOW + 660);
    assert_eq!(until(with("exp", json!(NOW + 86_400))), NOW - 10 + 3_660);
    assert_eq!(until(with("exp", json!(NOW as f64 + 0.5))), NOW + 60);
}

#[test]
fn what_claims_must_be() {
    let good = [
        with("aud", json!(["other", "replydesk"])),
        with("exp", json!(NOW - 59)),
        with("nbf", json!(NOW + 60)),
        with("iat", json!(NOW + 60)),
        with("iat", json!(NOW - 3_659)),
        with("email", json!("ada@newsroom.example")),
    ];
    for claims in good {
        assert!(expected().check(&claims, NOW).is_ok(), "{claims:?}");
    }
    let long = "a".repeat(101);
    for (claims, error) in [
        (without("iss"), TokenError::Claim("iss")),
        (
            with("iss", json!(["https://id.example"])),
            TokenError::Claim("iss"),
        ),
        (
            with("iss", json!("https://id.example/")),
            TokenError::Issuer,
        ),
        (without("aud"), TokenError::Claim("aud")),
        (with("aud", json!("replydesk2")), TokenError::Audience),
        (with("aud", json!([])), TokenError::Audience),
        (
            with("aud", json!(["replydesk", 1])),
            TokenError::Claim("aud"),
        ),
        (
            with("aud", json!({"replydesk": 1})),
            TokenError::Claim("aud"),
        ),
        (without("exp"), TokenError::Claim("exp")),
        (with("exp", json!(NOW - 60)), TokenError::Expired),
        (with("exp", json!(0)), TokenError::Expired),
        (with("exp", json!(-1)), TokenError::Claim("exp")),
        (with("exp", json!(1e300)), TokenError::Claim("exp")),
        (with("exp", json!(u64::MAX)), TokenError::Claim("exp")),
        (
            with("exp", json!((NOW + 600).to_string())),
            TokenError::Claim("exp"),
        ),
        (with("exp", json!(null)), TokenError::Claim("exp")),
        (with("exp", json!(true)), TokenError::Claim("exp")),
        (without("iat"), TokenError::Claim("iat")),
        (with("iat", json!("now")), TokenError::Claim("iat")),
        (with("iat", json!(NOW + 61)), TokenError::NotYet),
        (with("iat", json!(NOW - 3_660)), TokenError::TooOld),
        (with("nbf", json!(NOW + 61)), TokenError::NotYet),
        (with("nbf", json!("now")), TokenError::Claim("nbf")),
        (without("sub"), TokenError::Claim("sub")),
        (with("sub", json!("")), TokenError::Claim("sub")),
        (with("sub", json!(7)), TokenError::Claim("sub")),
        (
            with("sub", json!("ada@newsroom.example")),
            TokenError::NamedByAddress,
        ),
        (with("sub", json!("\u{200B}")), TokenError::Label),
        (with("sub", json!("a\u{7}b")), TokenError::Label),
        (with("sub", json!(long)), TokenError::Label),
    ] {
        let found = expected().check(&claims, NOW);
        assert_eq!(found, Err(error), "{claims:?}");
    }
}

#[test]
fn another_claim_can_name_the_person_but_no_address() {
    let expected = Expected {
        label_claim: Some("name".parse().unwrap()),
        ..expected()
    };
    let named = |value: Value| {
        let mut claims = with("sub", json!("ada@newsroom.example"));
        claims.insert("name".to_owned(), value);
        expected
            .check(&claims, NOW)
            .map(|person| person.label.as_str().to_owned())
    };
    assert_eq!(named(json!("Ada L.")), Ok("Ada L.".to_owned()));
    assert_eq!(named(json!("a@b")), Err(TokenError::NamedByAddress));
    assert_eq!(named(json!(["Ada"])), Err(TokenError::Label));
    assert_eq!(named(json!(" ")), Err(TokenError::Label));
}

#[test]
fn what_can_be_pinned() {
    for (text, right) in [
        ("https://id.example/realms/desk", true),
        ("replydesk", true),
        ("", false),
        ("a b", false),
        ("a\nb", false),
        (&"a".repeat(513), false),
    ] {
        assert_eq!(text.parse::<Pinned>().is_ok(), right, "{text}");
    }
}
