//! A policy as TOML: the proto's field names, spans as `4h`, modes as `pre`, `post` and `automatic`.
//!
//! This twin of the proto message parses and prints only; what is a right policy, the service says.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    cli::{clock, failure::Failure, words},
    proto::v1::{Limit, Limits, ModerationMode, Policy, RequiredFields},
};

/// A policy file. What is absent means its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approve_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spam_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_first_comment: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_links: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_level: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hold_words: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reject_words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<RequiredTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsTable>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequiredTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<LimitTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<LimitTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<LimitTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<LimitTable>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitTable {
    per_minute: u32,
    burst: u32,
}

impl PolicyFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no policy: with the line and what is wrong there.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())))?;
        Self::parse(&text)
            .map_err(|failure| Failure::usage(format!("{}: {failure}", file.display())))
    }

    /// Parses TOML.
    ///
    /// # Errors
    /// Not TOML, an unknown key, a wrong type, mode or span.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let file: Self =
            toml::from_str(text).map_err(|error| Failure::usage(error.to_string().trim_end()))?;
        file.clone().into_proto()?;
        Ok(file)
    }

    /// Prints TOML that [`PolicyFile::parse`] reads.
    ///
    /// # Errors
    /// None that is known: every policy has a form in TOML.
    pub fn to_toml(&self) -> Result<String, Failure> {
        toml::to_string_pretty(self)
            .map_err(|error| Failure::new(format!("cannot print the policy: {error}")))
    }

    /// From the API's message.
    #[must_use]
    pub fn from_proto(policy: &Policy) -> Self {
        let limit = |limit: &Limit| LimitTable {
            per_minute: limit.per_minute,
            burst: limit.burst,
        };
        Self {
            mode: words::mode(policy.mode).map(str::to_owned),
            approve_at: policy.approve_at,
            spam_at: policy.spam_at,
            hold_first_comment: policy.hold_first_comment,
            max_links: policy.max_links,
            service_level: policy.service_level.as_ref().map(clock::span),
            hold_words: policy.hold_words.clone(),
            reject_words: policy.reject_words.clone(),
            required: policy.required.as_ref().map(|required| RequiredTable {
                display_name: required.display_name,
                email: required.email,
                website: required.website,
            }),
            limits: policy.limits.as_ref().map(|limits| LimitsTable {
                author: limits.author.as_ref().map(limit),
                ip_address: limits.ip_address.as_ref().map(limit),
                thread: limits.thread.as_ref().map(limit),
                site: limits.site.as_ref().map(limit),
            }),
        }
    }

    /// To the API's message.
    ///
    /// # Errors
    /// A mode or a span that is none.
    pub fn into_proto(self) -> Result<Policy, Failure> {
        let limit = |limit: LimitTable| Limit {
            per_minute: limit.per_minute,
            burst: limit.burst,
        };
        Ok(Policy {
            mode: mode(self.mode.as_deref())?.into(),
            approve_at: self.approve_at,
            spam_at: self.spam_at,
            hold_first_comment: self.hold_first_comment,
            max_links: self.max_links,
            hold_words: self.hold_words,
            reject_words: self.reject_words,
            required: self.required.map(|required| RequiredFields {
                display_name: required.display_name,
                email: required.email,
                website: required.website,
            }),
            limits: self.limits.map(|limits| Limits {
                author: limits.author.map(limit),
                ip_address: limits.ip_address.map(limit),
                thread: limits.thread.map(limit),
                site: limits.site.map(limit),
            }),
            service_level: service_level(self.service_level.as_deref())?,
        })
    }
}

fn mode(word: Option<&str>) -> Result<ModerationMode, Failure> {
    match word {
        None => Ok(ModerationMode::Unspecified),
        Some(word) => words::mode_from(word).ok_or_else(|| {
            Failure::usage(format!("mode = \"{word}\": it is pre, post or automatic"))
        }),
    }
}

fn service_level(text: Option<&str>) -> Result<Option<prost_types::Duration>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |says: String| Failure::usage(format!("service_level: {says}"));
    let span = clock::parse_span(text).map_err(wrong)?;
    let proto = prost_types::Duration::try_from(span);
    proto
        .map(Some)
        .map_err(|_| wrong(format!("`{text}` is too long")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"mode = "automatic"
approve_at = 0.2
spam_at = 0.95
hold_first_comment = true
max_links = 2
service_level = "4h"
hold_words = ["lottery"]

[required]
website = true

[limits.author]
per_minute = 5
burst = 3
"#;

    #[test]
    fn a_policy_survives_the_way_to_the_service_and_back() {
        let file = PolicyFile::parse(EXAMPLE).expect("a policy");
        let again = PolicyFile::from_proto(&file.clone().into_proto().expect("a policy"));
        assert_eq!(again, file);
        let printed = again.to_toml().expect("TOML");
        assert_eq!(PolicyFile::parse(&printed).expect("a policy"), file);
        insta::assert_snapshot!(printed);
    }

    #[test]
    fn a_file_that_is_no_policy_says_where_and_why() {
        for (text, says) in [
            ("mode = \"auto\"", "it is pre, post or automatic"),
            ("service_level = \"soon\"", "no span of time"),
            ("max_link = 3", "unknown field `max_link`"),
            ("max_links = \"3\"", "line 1"),
            ("[limits.author]\nper_minute = 5", "missing field `burst`"),
        ] {
            let failure = PolicyFile::parse(text).expect_err(text).to_string();
            assert!(failure.contains(says), "{text}: {failure}");
        }
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        let policy = PolicyFile::parse("")
            .expect("a policy")
            .into_proto()
            .expect("a policy");
        assert_eq!(policy, Policy::default());
    }
}
