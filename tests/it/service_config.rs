//! `docs/service-config.json` is what clients load, and says the same as the protos.

use std::collections::BTreeMap;

use prost::Message;
use prost_types::{
    FileDescriptorSet, MethodDescriptorProto, method_options::IdempotencyLevel as Level,
};
use replydesk::proto::v1::DESCRIPTORS;
use serde_json::Value;

fn config() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/service-config.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The entry of each method that is named.
fn entries(config: &Value) -> BTreeMap<String, Value> {
    let mut entries = BTreeMap::new();
    for entry in config["methodConfig"].as_array().unwrap() {
        for name in entry["name"].as_array().unwrap() {
            let service = name["service"].as_str().unwrap();
            let method = format!("{service}/{}", name["method"].as_str().unwrap());
            let twice = entries.insert(method.clone(), entry.clone());
            assert!(twice.is_none(), "{method} is named twice");
        }
    }
    entries
}

fn methods() -> Vec<(String, MethodDescriptorProto)> {
    let mut methods = Vec::new();
    for file in FileDescriptorSet::decode(DESCRIPTORS).unwrap().file {
        for service in &file.service {
            for method in &service.method {
                let name = format!("{}.{}/{}", file.package(), service.name(), method.name());
                methods.push((name, method.clone()));
            }
        }
    }
    methods
}

fn seconds(duration: &Value) -> f64 {
    let text = duration.as_str().unwrap();
    text.strip_suffix('s').unwrap().parse().unwrap()
}

#[test]
fn what_is_safe_to_repeat_is_repeated_and_nothing_else() {
    let config = config();
    let mut entries = entries(&config);
    let methods = methods();
    assert!(!methods.is_empty());
    for (name, method) in methods {
        let entry = entries.remove(&name).unwrap_or_default();
        let level = method
            .options
            .as_ref()
            .map_or(Level::IdempotencyUnknown, |o| o.idempotency_level());
        let is_safe = level != Level::IdempotencyUnknown;
        assert_eq!(entry.get("retryPolicy").is_some(), is_safe, "{name}");
        // A stream lives for as long as its reader wants; a call that answers once does not.
        let is_long = method.server_streaming();
        assert_eq!(entry.get("timeout").is_none(), is_long, "{name}");
        assert!(entry.get("hedgingPolicy").is_none(), "{name}");
    }
    let unknown: Vec<&String> = entries.keys().collect();
    assert!(unknown.is_empty(), "no such methods: {unknown:?}");
}

#[test]
fn what_is_retried_is_an_outage_within_the_bounds_that_clients_keep() {
    let config = config();
    assert!(
        config["loadBalancingConfig"][0]
            .get("round_robin")
            .is_some()
    );
    assert!(config["retryThrottling"]["maxTokens"].as_u64().unwrap() <= 1000);
    for (name, entry) in entries(&config) {
        let Some(policy) = entry.get("retryPolicy") else {
            continue;
        };
        // A limit is waited for as its `RetryInfo` says, which a service config cannot.
        assert_eq!(
            policy["retryableStatusCodes"],
            serde_json::json!(["UNAVAILABLE"]),
            "{name}"
        );
        // gRPC takes more than five for five.
        let attempts = policy["maxAttempts"].as_u64().unwrap();
        assert!((2..=5).contains(&attempts), "{name}");
        let first = seconds(&policy["initialBackoff"]);
        assert!(
            0.0 < first && first <= seconds(&policy["maxBackoff"]),
            "{name}"
        );
        assert!(policy["backoffMultiplier"].as_f64().unwrap() > 1.0);
    }
}
