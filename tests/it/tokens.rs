//! Tokens of the newsroom's identity provider: who shows a good one gets in as its claims say, and nothing else does.

mod bad;
mod by_command;
mod by_file;
mod by_https;
mod by_log;
mod by_url;
pub mod provider;
mod publisher;
pub mod setup;

use proptest::prelude::*;
use replydesk::access::{role::Role, scope::SiteScope, token::error::TokenError};
use serde_json::json;

use provider::{Signer, claims, document, now, with};
use setup::{refused, tokens};

#[tokio::test]
async fn a_good_token_lets_a_person_in_with_each_algorithm() {
    // One RSA key can do two of them, so each has a set of its own.
    for signer in [
        Signer::rs256("a"),
        Signer::ps256("b"),
        Signer::es256("c"),
        Signer::eddsa("d"),
    ] {
        let tokens = tokens(&document(&[&signer])).await;
        let token = signer.token(&claims("ada", &["gazette-desk"]));
        let first = tokens.authenticate(&token).await.unwrap();
        assert_eq!(first.role, Role::Moderator);
        assert_eq!(first.label.as_ref(), "ada");
        let gazette = SiteScope::of([("gazette".parse().unwrap())].into());
        assert_eq!(first.scope, gazette);
        // From memory now, and the same.
        assert_eq!(tokens.authenticate(&token).await.unwrap(), first);
        let bare = json!({"alg": signer.alg()}).to_string();
        let bare = signer.sign(&bare, &claims("ada", &["operators"]).to_string());
        let lead = tokens.authenticate(&bare).await.unwrap();
        assert_eq!((lead.role, lead.scope), (Role::Admin, SiteScope::All));
        assert_eq!(lead.key_id, first.key_id, "the same person");
    }
}

#[tokio::test]
async fn a_remembered_token_ends_on_time() {
    let signer = Signer::es256("a");
    let tokens = tokens(&document(&[&signer])).await;
    let ending = with(claims("ada", &["operators"]), "exp", json!(now() - 58));
    let token = signer.token(&ending);
    tokens.authenticate(&token).await.unwrap();
    while now() < ending["exp"].as_i64().unwrap() + 60 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(refused(&tokens, &token).await, TokenError::Expired);
}

#[derive(Debug, Clone)]
enum Mutation {
    Flip(prop::sample::Index, u8),
    Replace(prop::sample::Index, char),
    Insert(prop::sample::Index, char),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
}

impl Mutation {
    fn on(&self, token: &str) -> String {
        let mut bytes = token.as_bytes().to_vec();
        let most = bytes.len();
        match self {
            Self::Flip(at, bit) => bytes[at.index(most)] ^= 1 << (bit % 7),
            Self::Replace(at, c) => bytes[at.index(most)] = *c as u8,
            Self::Insert(at, c) => bytes.insert(at.index(most + 1), *c as u8),
            Self::Remove(at) => drop(bytes.remove(at.index(most))),
            Self::Cut(at) => bytes.truncate(at.index(most)),
            Self::Swap(one, other) => bytes.swap(one.index(most), other.index(most)),
        }
        String::from_utf8(bytes).unwrap()
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    let c = || prop::sample::select(b"AQgw019-_.= +/\"{".map(char::from).to_vec());
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        2 => (at(), c()).prop_map(|(at, c)| Mutation::Replace(at, c)),
        1 => (at(), c()).prop_map(|(at, c)| Mutation::Insert(at, c)),
        1 => at().prop_map(Mutation::Remove),
        1 => at().prop_map(Mutation::Cut),
        1 => (at(), at()).prop_map(|(one, other)| Mutation::Swap(one, other)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    /// A hundred mutations a token: each text that differs is refused, though the good one is remembered.
    #[test]
    fn no_mutation_of_a_good_token_is_accepted(
        kind in 0..4_u8,
        subject in "[a-z]{1,12}",
        mutations in prop::collection::vec(prop::collection::vec(mutation(), 1..4), 100),
    ) {
        let signer = match kind {
            0 => Signer::rs256("a"),
            1 => Signer::ps256("a"),
            2 => Signer::es256("a"),
            _ => Signer::eddsa("a"),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let tokens = tokens(&document(&[&signer])).await;
            let good = signer.token(&claims(&subject, &["operators"]));
            prop_assert!(tokens.authenticate(&good).await.is_ok());
            for steps in mutations {
                let text = steps.iter().fold(good.clone(), |text, step| if text.is_empty() { text } else { step.on(&text) });
                if text != good {
                    prop_assert!(tokens.authenticate(&text).await.is_err(), "{steps:?}");
                }
            }
            Ok(())
        })?;
    }
}
