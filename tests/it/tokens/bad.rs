//! Bad tokens: each is refused for what is wrong with it, and the refusal repeats nothing.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use replydesk::access::token::{Tokens, error::TokenError};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    provider::{Signer, claims, document, now, signed_part, with},
    setup::{refused, tokens},
};

/// A provider with three keys, two of which can have signed a token that names none.
struct Desk {
    tokens: Tokens,
    rsa: Signer,
    ec: Signer,
}

impl Desk {
    async fn start() -> Self {
        let (rsa, ec) = (Signer::rs256("rsa"), Signer::es256("ec"));
        let document = document(&[&rsa, &ec, &Signer::es256("ec-next")]);
        let tokens = tokens(&document).await;
        Self { tokens, rsa, ec }
    }

    fn good(&self) -> Value {
        claims("ada", &["operators"])
    }
}

fn hs256(secret: &[u8], header: &str, claims: &str) -> String {
    let signed = signed_part(header, claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    let signature = mac.finalize().into_bytes();
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn flipped(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut bytes = BASE64URL_NOPAD.decode(parts[part].as_bytes()).unwrap();
    // Within the claims: a letter of the subject, so that they are still JSON.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let at = text.find("ada").unwrap_or(bytes.len() / 2);
    bytes[at] ^= 1;
    parts[part] = BASE64URL_NOPAD.encode(&bytes);
    parts.join(".")
}

#[tokio::test]
async fn a_signature_that_is_not_a_keys_own_is_refused() {
    let desk = Desk::start().await;
    let (good, claims) = (desk.rsa.token(&desk.good()), desk.good().to_string());
    assert!(desk.tokens.authenticate(&good).await.is_ok());
    let head = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid}).to_string();
    let unsigned = signed_part(&head("none", "rsa"), &claims);
    let public = desk.rsa.jwk();
    let modulus = BASE64URL_NOPAD.decode(public["n"].as_str().unwrap().as_bytes());
    let stranger = Signer::es256("ec");
    let (_, signature) = good.rsplit_once('.').unwrap();
    let other = desk.rsa.token(&super::claims("eve", &["operators"]));
    let (other, _) = other.rsplit_once('.').unwrap();
    let mut own_key = json!({"alg": "ES256", "kid": "ec", "jku": "https://eve.example"});
    own_key["jwk"] = stranger.jwk();
    for (what, token, error) in [
        (
            "alg none, no signature",
            format!("{unsigned}."),
            TokenError::Algorithm,
        ),
        (
            "alg none, the good signature",
            format!("{unsigned}.{signature}"),
            TokenError::Algorithm,
        ),
        (
            "HS256 with the public key's document",
            hs256(
                public.to_string().as_bytes(),
                &head("HS256", "rsa"),
                &claims,
            ),
            TokenError::Algorithm,
        ),
        (
            "HS256 with the modulus",
            hs256(&modulus.unwrap(), &head("HS256", "rsa"), &claims),
            TokenError::Algorithm,
        ),
        (
            "HMAC under the name of RS256",
            hs256(
                public.to_string().as_bytes(),
                &head("RS256", "rsa"),
                &claims,
            ),
            TokenError::Signature,
        ),
        (
            "a stranger's key of that name",
            stranger.token(&desk.good()),
            TokenError::Signature,
        ),
        (
            "a key in the head",
            stranger.sign(&own_key.to_string(), &claims),
            TokenError::Signature,
        ),
        (
            "an algorithm the key is not for",
            desk.rsa.sign(&head("PS256", "rsa"), &claims),
            TokenError::UnknownKey,
        ),
        (
            "a key of another type",
            desk.ec.sign(&head("ES256", "rsa"), &claims),
            TokenError::UnknownKey,
        ),
        (
            "an unknown key",
            Signer::es256("gone").token(&desk.good()),
            TokenError::UnknownKey,
        ),
        (
            "no kid, two keys",
            desk.ec.sign(r#"{"alg":"ES256"}"#, &claims),
            TokenError::NoKeyNamed,
        ),
        (
            "another's claims",
            format!("{other}.{signature}"),
            TokenError::Signature,
        ),
        (
            "a bit of the signature",
            flipped(&good, 2),
            TokenError::Signature,
        ),
        (
            "a bit of the claims",
            flipped(&good, 1),
            TokenError::Signature,
        ),
        (
            "half a signature",
            good[..good.len() - 102].to_owned(),
            TokenError::Signature,
        ),
        (
            "no signature",
            good[..good.len() - signature.len() - 1].to_owned(),
            TokenError::Malformed,
        ),
        ("padding", format!("{good}=="), TokenError::Malformed),
        (
            "a member twice",
            desk.rsa
                .sign(r#"{"alg":"RS256","kid":"rsa","kid":"ec"}"#, &claims),
            TokenError::Malformed,
        ),
        (
            "a claim twice",
            desk.rsa.sign(
                &head("RS256", "rsa"),
                &claims.replacen('{', "{\"sub\":\"eve\",", 1),
            ),
            TokenError::Malformed,
        ),
        (
            "claims that are a list",
            desk.rsa.sign(&head("RS256", "rsa"), "[]"),
            TokenError::Malformed,
        ),
        (
            "claims that are a text",
            desk.rsa.sign(&head("RS256", "rsa"), "\"a\""),
            TokenError::Malformed,
        ),
        (
            "deep claims",
            desk.rsa.sign(&head("RS256", "rsa"), &"[".repeat(4_000)),
            TokenError::Malformed,
        ),
        (
            "8 KiB and more",
            desk.rsa
                .token(&with(desk.good(), "x", json!("x".repeat(8_192)))),
            TokenError::TooLong,
        ),
    ] {
        assert_eq!(refused(&desk.tokens, &token).await, error, "{what}");
    }
    assert!(desk.tokens.authenticate(&good).await.is_ok(), "unharmed");
}

#[tokio::test]
async fn claims_that_are_not_for_this_service_now_are_refused() {
    let desk = Desk::start().await;
    for (name, value, error) in [
        ("iss", json!("https://id.eve.example"), TokenError::Issuer),
        ("aud", json!("blog"), TokenError::Audience),
        ("aud", json!(["blog", "shop"]), TokenError::Audience),
        ("exp", json!(now() - 61), TokenError::Expired),
        ("exp", json!(1e300), TokenError::Claim("exp")),
        ("exp", json!(-5), TokenError::Claim("exp")),
        ("exp", json!("2099-01-01"), TokenError::Claim("exp")),
        ("nbf", json!(now() + 120), TokenError::NotYet),
        ("iat", json!(now() + 120), TokenError::NotYet),
        ("iat", json!(now() - 50_000), TokenError::TooOld),
        (
            "sub",
            json!("ada@newsroom.example"),
            TokenError::NamedByAddress,
        ),
        ("sub", json!(["ada"]), TokenError::Claim("sub")),
        ("groups", json!(["readers"]), TokenError::NoGrant),
        ("groups", json!(7), TokenError::Roles),
        ("groups", json!(["desk-lead"]), TokenError::Sites),
    ] {
        let claims = with(desk.good(), name, value.clone());
        let found = refused(&desk.tokens, &desk.ec.token(&claims)).await;
        assert_eq!(found, error, "{name} {value}");
    }
    let lead = with(desk.good(), "groups", json!(["desk-lead"]));
    for sites in [
        json!([]),
        json!("*"),
        json!(["gazette", 7]),
        json!({"gazette": 1}),
    ] {
        let token = desk.ec.token(&with(lead.clone(), "desk_sites", sites));
        assert_eq!(refused(&desk.tokens, &token).await, TokenError::Sites);
    }
    let both = desk
        .ec
        .token(&with(lead, "desk_sites", json!(["gazette", "herald"])));
    let caller = desk.tokens.authenticate(&both).await.unwrap();
    assert_eq!(caller.scope.names(), ["gazette", "herald"]);
}
