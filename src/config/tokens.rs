//! `[tokens]`: sign-in with the newsroom's identity provider.

use std::path::PathBuf;

use crate::{
    access::token::{TokenSettings, claims::Expected, keys::Freshness, source::JwksSource},
    config::{
        privacy::from_file,
        reader::Reader,
        values::{parsed, seconds},
    },
};

/// What makes no sense without an issuer.
const BELONGING: [&str; 6] = [
    "tokens.audience",
    "tokens.jwks_url",
    "tokens.jwks_file",
    "tokens.ca_file",
    "tokens.grants_file",
    "tokens.label_claim",
];

/// Sign-in with the newsroom's identity provider.
#[derive(Debug, Clone)]
pub struct TokensConfig {
    /// `None` where `tokens.issuer` is not set: then keys alone let anybody in.
    pub settings: Option<TokenSettings>,
}

impl TokensConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let issuer = reader.optional("tokens.issuer", parsed);
        let audience = reader.optional("tokens.audience", parsed);
        let source = source(reader);
        let ca_file = reader.optional("tokens.ca_file", path);
        let grants = reader.optional("tokens.grants_file", from_file);
        let algorithms = reader.take("tokens.algorithms", parsed);
        let leeway = reader.take("tokens.leeway_s", seconds(0..=300));
        let max_age = reader.take("tokens.max_age_s", seconds(60..=604_800));
        let label_claim = reader.optional("tokens.label_claim", parsed);
        let freshness = freshness(reader);
        if !reader.is_set("tokens.issuer") {
            for key in BELONGING {
                if reader.is_set(key) {
                    reader.refuse(key, "is set, and tokens.issuer is not: set both or none");
                }
            }
            return Some(Self { settings: None });
        }
        require(reader);
        let expected = Expected {
            issuer: issuer??,
            audience: audience??,
            leeway: leeway?,
            max_age: max_age?,
            label_claim: label_claim?,
        };
        let settings = TokenSettings {
            expected,
            algorithms: algorithms?,
            source: source??,
            ca_file: ca_file?,
            freshness: freshness?,
            grants: grants??,
        };
        Some(Self {
            settings: Some(settings),
        })
    }
}

fn require(reader: &mut Reader<'_>) {
    for (key, why) in [
        (
            "tokens.audience",
            "must be set where tokens.issuer is: else tokens for other services would do here",
        ),
        (
            "tokens.grants_file",
            "must be set where tokens.issuer is: else no token gives a role",
        ),
    ] {
        if !reader.is_set(key) {
            reader.refuse(key, why);
        }
    }
    let given = ["tokens.jwks_url", "tokens.jwks_file"].map(|key| reader.is_set(key));
    match given {
        [false, false] => reader.refuse(
            "tokens.jwks_url",
            "or tokens.jwks_file must be set where tokens.issuer is: the keys that check its tokens",
        ),
        [true, true] => reader.refuse(
            "tokens.jwks_file",
            "and tokens.jwks_url are both set: unset one of them",
        ),
        [true, false] | [false, true] => {}
    }
    if reader.is_set("tokens.ca_file") && !reader.is_set("tokens.jwks_url") {
        reader.refuse("tokens.ca_file", "is for tokens.jwks_url, which is not set");
    }
}

fn source(reader: &mut Reader<'_>) -> Option<Option<JwksSource>> {
    let url = reader.optional("tokens.jwks_url", parsed);
    let file = reader.optional("tokens.jwks_file", path);
    let file = file?.map(JwksSource::File);
    Some(url?.map(JwksSource::Url).or(file))
}

fn freshness(reader: &mut Reader<'_>) -> Option<Freshness> {
    let refresh = reader.take("tokens.refresh_s", seconds(1..=86_400));
    let max_stale = reader.take("tokens.max_stale_s", seconds(60..=604_800));
    let (refresh, max_stale) = (refresh?, max_stale?);
    if refresh > max_stale {
        reader.refuse(
            "tokens.max_stale_s",
            "must not be less than tokens.refresh_s: keys would be too old before they are read again",
        );
        return None;
    }
    Some(Freshness { refresh, max_stale })
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.chars().any(char::is_control) {
        return Err("must be a file's path".to_owned());
    }
    Ok(text.into())
}
