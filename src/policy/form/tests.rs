//! Policies as text.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::policy::{
    ModerationMode,
    draft::{
        LimitDraft, LimitsDraft, MaskingDraft, PriorityDraft, RejectionReasonDraft, RequiredDraft,
        RetentionDraft,
    },
};

fn paths(table: &toml::Table, prefix: &str, into: &mut Vec<String>) {
    for (key, value) in table {
        into.push(format!("{prefix}{key}"));
        let first = value.as_array().and_then(|entries| entries.first());
        if let toml::Value::Table(inner) = first.unwrap_or(value) {
            paths(inner, &format!("{prefix}{key}."), into);
        }
    }
}

#[test]
fn the_known_keys_are_those_that_are_written() {
    let reasons = "[[rejection_reasons]]\ncode = 'insult'\ntext = 'Be kind.'";
    let text = Policy::from_toml(reasons).unwrap().to_toml();
    let mut written = Vec::new();
    paths(&text.parse().unwrap(), "", &mut written);
    let mut known = KEYS.map(str::to_owned).to_vec();
    written.sort();
    known.sort();
    assert_eq!(written, known, "{text}");
}

#[test]
fn an_empty_text_is_the_default_policy() {
    assert_eq!(Policy::from_toml("").unwrap(), Policy::default());
    assert_eq!(Policy::from_stored(b"{}").unwrap(), Policy::default());
}

#[test]
fn people_write_what_they_mean() {
    let policy = Policy::from_toml(
        "mode = 'pre'\nspam_at = 1\nservice_level = '90m'\nhold_words = ['Casino']\n[limits]\nauthor = { per_minute = 1, burst = 2 }\n",
    )
    .unwrap();
    assert_eq!(policy.mode(), ModerationMode::Pre);
    assert_eq!(policy.service_level(), Duration::from_secs(5_400));
    assert_eq!(policy.limits().author.burst(), 2);
    assert_eq!(policy.limits().site, Policy::default().limits().site);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_right_name() {
    let wrong = Policy::from_toml(
        "aprove_at = 0.1\nwhatever = 1\n[required]\nemial = true\n[[rejection_reasons]]\ncode = 'a'\ntxt = 'b'\n",
    );
    let wrong = wrong.unwrap_err().to_string();
    for part in [
        "has no key `aprove_at`; did you mean `approve_at`?",
        "has no key `whatever`;",
        "has no key `required.emial`; did you mean `required.email`?",
        "has no key `rejection_reasons.txt`; did you mean `rejection_reasons.text`?",
    ] {
        let part = part.trim_end_matches(';');
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
}

#[test]
fn all_values_out_of_range_are_named_at_once() {
    let wrong = Policy::from_toml(
        "approve_at = 2\nspam_at = nan\nservice_level = '90d'\nreject_words = ['!']\n[limits]\nsite = { per_minute = 0, burst = 1 }\n[priority]\nreports = -0.1\n[retention]\ncontact_days = 0\ntext_days = 4000\naudit_days = 29\n[[rejection_reasons]]\ncode = 'a'\n",
    );
    let TomlError::Violations(found) = wrong.unwrap_err() else {
        panic!("values are violations");
    };
    let fields: Vec<&str> = found.as_slice().iter().map(|v| v.field).collect();
    assert_eq!(
        fields,
        [
            "site.policy.approve_at",
            "site.policy.spam_at",
            "site.policy.reject_words",
            "site.policy.limits.site",
            "site.policy.service_level",
            "site.policy.priority.reports",
            "site.policy.rejection_reasons",
            "site.policy.retention.contact_days",
            "site.policy.retention.text_days",
            "site.policy.retention.audit_days",
        ]
    );
    let crossed = Policy::from_toml("approve_at = 0.96")
        .unwrap_err()
        .to_string();
    assert!(
        crossed.contains("must be above approve_at, which is 0.96; it is 0.95"),
        "{crossed}"
    );
}

#[test]
fn wrong_types_say_where() {
    for text in [
        "mode = 'sometimes'",
        "max_links = -1",
        "service_level = 4",
        "required = 1",
        "x",
    ] {
        let wrong = Policy::from_toml(text).unwrap_err().to_string();
        assert!(wrong.contains("line 1"), "{wrong}");
    }
}

fn retention() -> impl Strategy<Value = RetentionDraft> {
    let days = (1u32..=365, 0u32..=3_285, 30u32..=3_650);
    prop::option::of(days).prop_map(|days| {
        days.map_or_else(RetentionDraft::default, |(contact, more, audit)| {
            RetentionDraft {
                contact_days: Some(contact),
                text_days: Some(contact + more),
                audit_days: Some(audit),
            }
        })
    })
}

fn masking() -> impl Strategy<Value = MaskingDraft> {
    any::<[Option<bool>; 2]>().prop_map(|[email_addresses, phone_numbers]| MaskingDraft {
        email_addresses,
        phone_numbers,
    })
}

fn policies() -> impl Strategy<Value = Policy> {
    let mode = prop::option::of(prop::sample::select(vec![
        ModerationMode::Pre,
        ModerationMode::Post,
        ModerationMode::Automatic,
    ]));
    let limit = || {
        prop::option::of(
            (1u32..=1_000_000, 1u32..=1_000_000)
                .prop_map(|(per_minute, burst)| LimitDraft { per_minute, burst }),
        )
    };
    let words = || prop::collection::vec("[a-zäß'\"\\\\ ]{0,9}[a-z日]", 0..4);
    let required = (any::<Option<bool>>(), any::<Option<bool>>());
    let limits = (limit(), limit(), limit(), limit());
    let share = || prop::option::of(0.0..=1.0f64);
    let reasons = prop::collection::btree_map("[a-z0-9_-]{1,9}", "[ -~äß日]{0,9}[a-z日]", 0..4);
    let queue = (
        (share(), share(), share(), share()),
        reasons,
        prop::option::of(0u32..=3_650),
        prop::option::of(0u32..=168),
        any::<(Option<bool>, Option<bool>)>(),
        share(),
        retention(),
        masking(),
    );
    (
        mode,
        0.0..0.5f64,
        0.5..=1.0f64,
        any::<Option<u32>>(),
        words(),
        words(),
        required,
        limits,
        1u64..=2_592_000_000,
        queue,
    )
        .prop_map(
            |(mode, low, high, max_links, hold, reject, required, limits, ms, queue)| PolicyDraft {
                mode,
                approve_at: Some(low),
                spam_at: Some(high),
                max_links,
                hold_words: hold,
                reject_words: reject,
                required: RequiredDraft {
                    display_name: None,
                    email: required.0,
                    website: required.1,
                },
                limits: LimitsDraft {
                    author: limits.0,
                    ip_address: limits.1,
                    thread: limits.2,
                    site: limits.3,
                },
                service_level: Some(Duration::from_millis(ms.max(1_000))),
                priority: PriorityDraft {
                    uncertainty: queue.0.0,
                    reports: queue.0.1,
                    thread_heat: queue.0.2,
                    standing: queue.0.3,
                },
                rejection_reasons: queue
                    .1
                    .into_iter()
                    .map(|(code, text)| RejectionReasonDraft { code, text })
                    .collect(),
                close_threads_after_days: queue.2,
                follow_wave_hours: queue.3,
                moderator_statistics: queue.4.0,
                appeals: queue.4.1,
                sampled_share: queue.5,
                retention: queue.6,
                masking: queue.7,
                ..PolicyDraft::default()
            },
        )
        .prop_map(|draft| draft.parse().unwrap())
}

proptest! {
    #[test]
    fn both_forms_read_back_what_they_wrote(policy in policies()) {
        prop_assert_eq!(&Policy::from_toml(&policy.to_toml()).unwrap(), &policy);
        prop_assert_eq!(&Policy::from_stored(&policy.to_stored()).unwrap(), &policy);
    }

    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = (Policy::from_toml(&text).is_ok(), Policy::from_stored(text.as_bytes()));
    }
}
