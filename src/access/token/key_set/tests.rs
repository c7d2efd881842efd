use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use super::*;

fn all() -> Algorithms {
    "RS256,PS256,ES256,EdDSA".parse().unwrap()
}

fn number(bytes: usize) -> String {
    BASE64URL_NOPAD.encode(&vec![0xAB; bytes])
}

fn rsa(kid: &str) -> Value {
    json!({"kty": "RSA", "kid": kid, "n": number(256), "e": "AQAB"})
}

fn ec(kid: &str) -> Value {
    json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": number(32), "y": number(32)})
}

fn ed(kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": number(32)})
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn set(keys: &[Value]) -> Result<KeySet, KeySetError> {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), &all())
}

#[test]
fn a_token_finds_the_key_it_names_if_that_can_have_signed_it() {
    let keys = [
        with(rsa("a"), "alg", json!("RS256")),
        with(rsa("b"), "use", json!("sig")),
        with(ec("c"), "key_ops", json!(["verify"])),
        with(ed("d"), "alg", json!("Ed25519")),
        ed("a"),
    ];
    let set = set(&keys).unwrap();
    assert_eq!((set.usable(), set.passed_over()), (5, 0));
    use Algorithm::{EdDsa, Es256, Ps256, Rs256};
    for (kid, algorithm, error) in [
        (Some("a"), Rs256, None),
        // Its own `alg` says RS256.
        (Some("a"), Ps256, Some(TokenError::UnknownKey)),
        (Some("b"), Ps256, None),
        (Some("b"), Es256, Some(TokenError::UnknownKey)),
        (Some("c"), Es256, None),
        (Some("a"), EdDsa, None),
        (Some("e"), EdDsa, Some(TokenError::UnknownKey)),
        (Some(""), EdDsa, Some(TokenError::UnknownKey)),
        (None, Es256, None),
        (None, Ps256, None),
        (None, Rs256, Some(TokenError::NoKeyNamed)),
        (None, EdDsa, Some(TokenError::NoKeyNamed)),
    ] {
        let found = set.find(kid, algorithm);
        assert_eq!(found.err(), error, "{kid:?} {algorithm:?}");
    }
}

#[test]
fn keys_of_other_kinds_are_passed_over() {
    for other in [
        json!({"kty": "oct", "k": "AAAA"}),
        json!({"kid": "x"}),
        json!({"kty": 7}),
        with(rsa("x"), "use", json!("enc")),
        with(rsa("x"), "key_ops", json!(["encrypt"])),
        with(rsa("x"), "key_ops", json!("verify")),
        with(rsa("x"), "alg", json!("RSA-OAEP")),
        with(rsa("x"), "alg", json!("HS256")),
        with(rsa("x"), "alg", json!("none")),
        // An `alg` that its type can't do.
        with(rsa("x"), "alg", json!("ES256")),
        with(rsa("x"), "kid", json!(7)),
        with(rsa("x"), "n", json!(number(128))),
        with(rsa("x"), "n", json!(number(1_025))),
        with(rsa("x"), "n", json!("AA")),
        with(rsa("x"), "n", json!("not base64!")),
        with(rsa("x"), "e", json!("AQ")),
        with(rsa("x"), "e", json!("AAI")),
        with(rsa("x"), "e", json!("AQAAAAAB")),
        with(ec("x"), "crv", json!("P-384")),
        with(ec("x"), "y", json!(number(31))),
        with(ed("x"), "crv", json!("X25519")),
        with(ed("x"), "x", json!(null)),
    ] {
        let set = set(&[other.clone(), ec("c")]).unwrap();
        assert_eq!((set.usable(), set.passed_over()), (1, 1), "{other}");
    }
    let padded = BASE64URL_NOPAD.encode(&[&[0][..], &[0xAB; 256]].concat());
    assert!(set(&[with(rsa("x"), "n", json!(padded))]).is_ok());
}

#[test]
fn what_is_no_set_of_keys_is_refused_whole() {
    let many: Vec<_> = (0..101).map(|n| ec(&n.to_string())).collect();
    for (keys, error) in [
        (vec![], KeySetError::NoneOfUse { found: 0 }),
        (
            vec![json!({"kty": "oct"})],
            KeySetError::NoneOfUse { found: 1 },
        ),
        (vec![json!("key")], KeySetError::Malformed),
        (vec![ec("a"), ec("a")], KeySetError::Twice),
        (
            vec![rsa("a"), with(rsa("a"), "alg", json!("PS256"))],
            KeySetError::Twice,
        ),
        (
            vec![ec("a"), with(rsa("b"), "d", json!("AQAB"))],
            KeySetError::Private,
        ),
        (
            vec![ec("a"), with(ed("b"), "d", json!("AQAB"))],
            KeySetError::Private,
        ),
        (many, KeySetError::TooMany),
    ] {
        assert_eq!(set(&keys).err(), Some(error), "{keys:?}");
    }
    let big = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(MAX_SET_BYTES));
    for (text, error) in [
        ("", KeySetError::Malformed),
        ("<html>", KeySetError::Malformed),
        ("[]", KeySetError::Malformed),
        ("{\"keys\":{}}", KeySetError::Malformed),
        ("{\"keys\":[],\"keys\":[]}", KeySetError::Malformed),
        (&big, KeySetError::TooLarge),
    ] {
        assert_eq!(KeySet::parse(text.as_bytes(), &all()).err(), Some(error));
    }
}

#[test]
fn only_configured_algorithms_count() {
    let document = json!({"keys": [rsa("a"), ec("b")]}).to_string();
    let set = KeySet::parse(document.as_bytes(), &"ES256".parse().unwrap()).unwrap();
    assert_eq!((set.usable(), set.passed_over()), (1, 1));
    let none = KeySet::parse(document.as_bytes(), &"EdDSA".parse().unwrap());
    assert_eq!(none.err(), Some(KeySetError::NoneOfUse { found: 2 }));
}

#[test]
fn a_key_is_held_while_the_document_has_it_as_it_was() {
    let one = set(&[ec("a"), ed("b")]).unwrap();
    let key = one.find(Some("a"), Algorithm::Es256).unwrap();
    assert!(one.holds(key.fingerprint()));
    for other in [
        ec("c"),
        rsa("a"),
        with(ec("a"), "y", json!(BASE64URL_NOPAD.encode(&[1; 32]))),
    ] {
        assert!(!set(&[other]).unwrap().holds(key.fingerprint()));
    }
}
