//! A policy as text: TOML for people, JSON for Redis.

use crate::{
    comment::violation::Violations,
    policy::{Policy, draft::PolicyDraft},
};

/// Every key of the TOML form, as paths. A test holds it against what [`Policy::to_toml`] writes.
const KEYS: [&str; 46] = [
    "mode",
    "approve_at",
    "spam_at",
    "hold_first_comment",
    "max_links",
    "service_level",
    "share_learning",
    "hold_words",
    "reject_words",
    "required",
    "required.display_name",
    "required.email",
    "required.website",
    "limits",
    "limits.author",
    "limits.author.per_minute",
    "limits.author.burst",
    "limits.ip_address",
    "limits.ip_address.per_minute",
    "limits.ip_address.burst",
    "limits.thread",
    "limits.thread.per_minute",
    "limits.thread.burst",
    "limits.site",
    "limits.site.per_minute",
    "limits.site.burst",
    "priority",
    "priority.uncertainty",
    "priority.reports",
    "priority.thread_heat",
    "priority.standing",
    "rejection_reasons",
    "rejection_reasons.code",
    "rejection_reasons.text",
    "close_threads_after_days",
    "follow_wave_hours",
    "moderator_statistics",
    "appeals",
    "sampled_share",
    "retention",
    "retention.contact_days",
    "retention.text_days",
    "retention.audit_days",
    "masking",
    "masking.email_addresses",
    "masking.phone_numbers",
];

/// How many unknown keys are named one by one.
const MAX_COMPLAINTS: usize = 10;

/// Why a TOML text is no policy.
#[derive(Debug, thiserror::Error)]
pub enum TomlError {
    /// Not TOML, or a value of the wrong type; says where.
    #[error("the policy is not valid TOML: {0}")]
    Syntax(String),
    /// Unknown keys and values out of range, all of them.
    #[error(transparent)]
    Violations(#[from] Violations),
}

impl Policy {
    /// A policy from TOML; absent keys have their defaults.
    ///
    /// # Errors
    /// Where it is not TOML; or else every unknown key with the nearest right name, and every value out of range.
    pub fn from_toml(text: &str) -> Result<Self, TomlError> {
        PolicyDraft::from_toml(text)?
            .parse()
            .map_err(TomlError::from)
    }

    /// The whole policy as TOML; [`Policy::from_toml`] reads it back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // A draft has only TOML's own types and text keys: serialising one cannot fail.
        toml::to_string(&PolicyDraft::from(self)).unwrap_or_default()
    }

    /// The bytes that Redis keeps.
    #[must_use]
    pub fn to_stored(&self) -> Vec<u8> {
        // As above: only JSON's own types, and no number that is not finite.
        serde_json::to_vec(&PolicyDraft::from(self)).unwrap_or_default()
    }

    /// From the bytes that Redis keeps. What an older release did not write has its default; what a newer one wrote is
    /// passed over. `None` where it is no policy at all.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        let draft: PolicyDraft = serde_json::from_slice(bytes).ok()?;
        draft.parse().ok()
    }
}

impl PolicyDraft {
    /// A draft from TOML, with its keys checked but not yet its values.
    ///
    /// # Errors
    /// Where it is not TOML; or else every unknown key with the nearest right name.
    pub fn from_toml(text: &str) -> Result<Self, TomlError> {
        let syntax =
            |error: toml::de::Error| TomlError::Syntax(error.to_string().trim().to_owned());
        let table: toml::Table = toml::from_str(text).map_err(syntax)?;
        let mut unknown = Vec::new();
        gather_unknown(&table, "", &mut unknown);
        if unknown.is_empty() {
            return toml::from_str(text).map_err(syntax);
        }
        let mut found = Violations::new();
        for path in unknown.iter().take(MAX_COMPLAINTS) {
            found.add(
                "site.policy",
                format!("has no key `{path}`{}", nearest(path)),
            );
        }
        if unknown.len() > MAX_COMPLAINTS {
            let more = unknown.len() - MAX_COMPLAINTS;
            found.add("site.policy", format!("has none of {more} more keys"));
        }
        Err(found.into())
    }
}

fn gather_unknown(table: &toml::Table, prefix: &str, unknown: &mut Vec<String>) {
    for (key, value) in table {
        let path = format!("{prefix}{key}");
        if !KEYS.contains(&path.as_str()) {
            unknown.push(path);
            continue;
        }
        let entries = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for inner in entries.iter().filter_map(toml::Value::as_table) {
            gather_unknown(inner, &format!("{path}."), unknown);
        }
    }
}

/// The key that was likely meant; nothing where none is near.
fn nearest(path: &str) -> String {
    KEYS.into_iter()
        .map(|key| (strsim::damerau_levenshtein(path, key), key))
        .filter(|(distance, key)| *distance <= key.len().div_ceil(3))
        .min()
        .map(|(_, key)| format!("; did you mean `{key}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
