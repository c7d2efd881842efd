//! The environment: `REPLYDESK_<SECTION>_<NAME>`, and `REDIS_URL` as everyone spells it.

use std::collections::BTreeMap;

use crate::config::{
    layers::Layers,
    settings::{self, SETTINGS, Setting},
    sources::Source,
};

/// What the commands that call the service read; no settings of the service itself.
const CLIENT_VARIABLES: [&str; 8] = [
    "REPLYDESK_ADDRESS",
    "REPLYDESK_CA",
    "REPLYDESK_CERTIFICATE",
    "REPLYDESK_CERTIFICATE_KEY",
    "REPLYDESK_CONFIG",
    "REPLYDESK_KEY",
    "REPLYDESK_KEY_FILE",
    "REPLYDESK_SITE",
];

pub(super) fn read(env: &BTreeMap<String, String>, layers: &mut Layers) {
    if let (Some(url), Some(setting)) = (env.get("REDIS_URL"), settings::find("store.redis_url")) {
        give(setting, "REDIS_URL", url, layers);
    }
    for (variable, value) in env {
        if !variable.starts_with("REPLYDESK_") {
            continue;
        }
        let setting = SETTINGS.iter().find(|s| s.variable() == *variable);
        match setting {
            Some(setting) => give(setting, variable, value, layers),
            None if CLIENT_VARIABLES.contains(&variable.as_str()) => {}
            None if is_service_link(variable) => {}
            None => {
                let source = Source::Environment(variable.clone());
                layers.unknown(variable, nearest(variable), source);
            }
        }
    }
}

/// An empty variable is an absent one: that is how compose files and manifests spell "not set".
fn give(setting: &'static Setting, variable: &str, value: &str, layers: &mut Layers) {
    if !value.is_empty() {
        layers.give(setting, value, Source::Environment(variable.to_owned()));
    }
}

/// Kubernetes gives every container the addresses of its services, such as `REPLYDESK_SERVICE_HOST` and
/// `REPLYDESK_PORT_50051_TCP` for a service called `replydesk`.
fn is_service_link(variable: &str) -> bool {
    let ends = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];
    let holds = ["_SERVICE_PORT_", "_TCP", "_UDP"];
    ends.iter().any(|end| variable.ends_with(end))
        || holds.iter().any(|part| variable.contains(part))
}

fn nearest(variable: &str) -> Option<String> {
    SETTINGS
        .iter()
        .map(|s| {
            (
                strsim::normalized_damerau_levenshtein(&s.variable(), variable),
                s,
            )
        })
        .filter(|(similarity, _)| *similarity >= 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, setting)| setting.variable())
}
