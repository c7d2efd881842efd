//! A site's policy as TOML for people and as JSON for scripts; what may be in it, the policy itself knows.

use std::{fs, path::Path};

use crate::{
    cli::{failure::Failure, untrusted},
    grpc::convert::site::policy::policy,
    policy::Policy,
    proto::v1::Site,
};

/// Two lists of 5,000 words fit many times.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// A policy from a file.
///
/// # Errors
/// It cannot be read, or is no policy: everything that is wrong, at once.
pub fn read(file: &Path) -> Result<Policy, Failure> {
    let name = file.display();
    let cannot = |error: std::io::Error| Failure::usage(format!("cannot read {name}: {error}"));
    if fs::metadata(file).map_err(cannot)?.len() > LARGEST_FILE {
        return Err(Failure::usage(format!(
            "{name} is larger than 4 MiB: no policy"
        )));
    }
    let text = fs::read_to_string(file).map_err(cannot)?;
    Policy::from_toml(&text).map_err(|error| Failure::usage(format!("{name}: {error}")))
}

/// The policy of a site, with every part that the service left to its default.
///
/// # Errors
/// A service of a later version sent what this one does not know.
pub fn of(site: &Site) -> Result<Policy, Failure> {
    policy(site.policy.as_ref()).map_err(|violations| {
        Failure::new(format!(
            "the service sent a policy that this version of replydesk does not know: {}",
            untrusted::line(&violations.to_string())
        ))
    })
}

/// The same keys as in TOML; null where this version does not know the policy.
#[must_use]
pub fn json(site: &Site) -> serde_json::Value {
    let text = of(site).map(|policy| policy.to_toml()).unwrap_or_default();
    toml::from_str(&text).unwrap_or_default()
}
