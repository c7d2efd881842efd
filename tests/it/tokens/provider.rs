//! An identity provider: keys of its own, tokens that it signs, and what it publishes.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://id.newsroom.example/desk";
pub const AUDIENCE: &str = "replydesk";

/// Made for these tests, and used nowhere else: ring makes no RSA keys.
const RSA: &[u8] = include_bytes!("rsa-2048.pk8");

/// A key that signs, and its name.
pub struct Signer {
    pub kid: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding, &'static str),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    pub fn rs256(kid: &str) -> Self {
        let pair = RsaKeyPair::from_pkcs8(RSA).unwrap();
        Self::new(kid, Pair::Rsa(pair, &RSA_PKCS1_SHA256, "RS256"))
    }

    pub fn ps256(kid: &str) -> Self {
        let pair = RsaKeyPair::from_pkcs8(RSA).unwrap();
        Self::new(kid, Pair::Rsa(pair, &RSA_PSS_SHA256, "PS256"))
    }

    /// A fresh one.
    pub fn es256(kid: &str) -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self::new(kid, Pair::Ec(pair))
    }

    /// A fresh one.
    pub fn eddsa(kid: &str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        Self::new(kid, Pair::Ed(pair))
    }

    fn new(kid: &str, pair: Pair) -> Self {
        let kid = kid.to_owned();
        Self { kid, pair }
    }

    pub fn alg(&self) -> &'static str {
        match &self.pair {
            Pair::Rsa(_, _, alg) => alg,
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// What the provider publishes of it.
    pub fn jwk(&self) -> Value {
        let encoded = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let mut jwk = match &self.pair {
            Pair::Rsa(pair, ..) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encoded(&public.n), "e": encoded(&public.e)})
            }
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = (encoded(&point[1..33]), encoded(&point[33..]));
                json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
            }
            Pair::Ed(pair) => {
                let x = encoded(pair.public_key().as_ref());
                json!({"kty": "OKP", "crv": "Ed25519", "x": x})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.alg());
        jwk
    }

    /// A token with these claims, as a provider makes it.
    pub fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": self.alg(), "typ": "JWT", "kid": self.kid});
        self.sign(&header.to_string(), &claims.to_string())
    }

    /// Whatever head and claims, signed.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed = signed_part(header, claims);
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair, encoding, _) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(*encoding, &random, message, &mut signature);
                signed.unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// Head and claims, encoded.
pub fn signed_part(header: &str, claims: &str) -> String {
    let encoded = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    format!("{}.{}", encoded(header), encoded(claims))
}

/// What a provider publishes of these keys.
pub fn document(signers: &[&Signer]) -> String {
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// What the provider says of somebody: good for ten minutes.
pub fn claims(subject: &str, groups: &[&str]) -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now(),
        "exp": now() + 600,
        "groups": groups,
        "email": format!("{subject}@newsroom.example"),
    })
}

/// The same, with one claim as it is said here.
pub fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// Who may what on the newsroom's sites.
pub const GRANTS: &str = r#"
[[grants]]
claim = "groups"
value = "gazette-desk"
role = "moderator"
sites = ["gazette"]

[[grants]]
claim = "groups"
value = "desk-lead"
role = "senior_moderator"
sites_claim = "desk_sites"

[[grants]]
claim = "groups"
value = "operators"
role = "admin"
all_sites = true
"#;
