//! Conversions of sites and policies.

use proptest::prelude::*;

use super::*;
use crate::comment::state::Timestamp;

fn paths(found: &Violations) -> Vec<&str> {
    found.as_slice().iter().map(|v| v.field).collect()
}

fn update(paths: &[&str], site: pb::Site) -> Result<UpdateSite, Violations> {
    update_site(&pb::UpdateSiteRequest {
        site: Some(pb::Site {
            site: "gazette".into(),
            ..site
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        expected_version: 0,
    })
}

#[test]
fn a_site_without_a_policy_has_the_default_one() {
    let request = pb::CreateSiteRequest {
        site: Some(pb::Site {
            site: "gazette".into(),
            ..pb::Site::default()
        }),
    };
    assert_eq!(create_site(&request).unwrap().policy, Policy::default());
}

#[test]
fn all_that_is_wrong_with_a_site_is_named_at_once() {
    let request = pb::CreateSiteRequest {
        site: Some(pb::Site {
            site: "The Gazette".into(),
            display_name: "x".repeat(201),
            policy: Some(pb::Policy {
                mode: 9,
                approve_at: Some(f64::NAN),
                service_level: Some(prost_types::Duration {
                    seconds: -1,
                    nanos: 0,
                }),
                hold_words: vec!["?".into()],
                priority: Some(pb::PriorityWeights {
                    reports: Some(1.5),
                    standing: Some(f64::NAN),
                    ..pb::PriorityWeights::default()
                }),
                rejection_reasons: vec![pb::RejectionReason::default()],
                close_threads_after_days: Some(3_651),
                follow_wave_hours: Some(169),
                retention: Some(pb::Retention {
                    text_days: Some(29),
                    ..pb::Retention::default()
                }),
                ..pb::Policy::default()
            }),
            ..pb::Site::default()
        }),
    };
    assert_eq!(
        paths(&create_site(&request).unwrap_err()),
        [
            "site.site",
            "site.display_name",
            "site.policy.mode",
            "site.policy.service_level",
            "site.policy.approve_at",
            "site.policy.hold_words",
            "site.policy.priority.reports",
            "site.policy.priority.standing",
            "site.policy.rejection_reasons",
            "site.policy.close_threads_after_days",
            "site.policy.follow_wave_hours",
            "site.policy.retention.text_days",
        ]
    );
    let empty = create_site(&pb::CreateSiteRequest { site: None });
    assert_eq!(paths(&empty.unwrap_err()), ["site.site"]);
}

#[test]
fn a_mask_says_what_is_taken() {
    let all = PolicyField::ALL.to_vec();
    for (mask, name, fields) in [
        (&[][..], true, all.clone()),
        (&["display_name"], true, vec![]),
        (&["policy"], false, all),
        (
            &["policy.mode", "policy.limits", "policy.mode"],
            false,
            vec![PolicyField::Mode, PolicyField::Limits],
        ),
    ] {
        let change = update(mask, pb::Site::default()).unwrap().change;
        assert_eq!(change.display_name.is_some(), name, "{mask:?}");
        let taken = change.policy.map(|(_, fields)| fields).unwrap_or_default();
        assert_eq!(taken, fields, "{mask:?}");
    }
}

#[test]
fn an_unknown_path_in_a_mask_is_refused() {
    let found = update(&["policy.mode", "policy.colour", "x"], pb::Site::default()).unwrap_err();
    assert_eq!(paths(&found), ["update_mask", "update_mask"]);
    let first = &found.as_slice()[0].description;
    assert!(first.starts_with("path 2 is none of display_name, policy, policy.mode, policy."));
}

#[test]
fn what_the_mask_leaves_out_is_not_looked_at() {
    let site = pb::Site {
        display_name: "x".repeat(201),
        ..pb::Site::default()
    };
    assert!(update(&["policy.mode"], site.clone()).is_ok());
    assert_eq!(
        paths(&update(&["display_name"], site).unwrap_err()),
        ["site.display_name"]
    );
}

#[test]
fn a_site_goes_over_the_wire_whole() {
    let policy = Policy::from_toml("mode = 'post'\nhold_words = ['Casino']\n").unwrap();
    let site = Site {
        id: "gazette".parse().unwrap(),
        display_name: "The Gazette".parse().unwrap(),
        policy: policy.clone(),
        policy_version: 3,
        created_at: Timestamp(1_700_000_000_123),
    };
    let message = site_to_proto(&site);
    assert_eq!(policy::policy(message.policy.as_ref()).unwrap(), policy);
    assert_eq!(message.created_at.unwrap().nanos, 123_000_000);
}

fn retention() -> impl Strategy<Value = pb::Retention> {
    let days = || prop::option::of(0u32..4_000);
    (days(), days(), days()).prop_map(|(contact_days, text_days, audit_days)| pb::Retention {
        contact_days,
        text_days,
        audit_days,
    })
}

fn masking() -> impl Strategy<Value = pb::Masking> {
    any::<[Option<bool>; 2]>().prop_map(|[email_addresses, phone_numbers]| pb::Masking {
        email_addresses,
        phone_numbers,
    })
}

fn weights() -> impl Strategy<Value = pb::PriorityWeights> {
    any::<[Option<f64>; 4]>().prop_map(|[uncertainty, reports, thread_heat, standing]| {
        pb::PriorityWeights {
            uncertainty,
            reports,
            thread_heat,
            standing,
        }
    })
}

fn messages() -> impl Strategy<Value = pb::Policy> {
    let limit = || {
        let numbers = any::<(u32, u32)>();
        prop::option::of(numbers.prop_map(|(per_minute, burst)| pb::Limit { per_minute, burst }))
    };
    let limits =
        (limit(), limit(), limit(), limit()).prop_map(|(author, ip_address, thread, site)| {
            pb::Limits {
                author,
                ip_address,
                thread,
                site,
            }
        });
    let words = || prop::collection::vec(any::<String>(), 0..6);
    let reason = ("[a-z]{0,3}|[ -~]{0,9}", any::<String>())
        .prop_map(|(code, text)| pb::RejectionReason { code, text });
    let queue = (
        prop::option::of(weights()),
        prop::collection::vec(reason, 0..4),
        prop::option::of(0u32..4_000),
        prop::option::of(0u32..200),
        any::<(Option<bool>, Option<bool>)>(),
        any::<Option<f64>>(),
        prop::option::of(retention()),
        prop::option::of(masking()),
    );
    let span =
        any::<(i64, i32)>().prop_map(|(seconds, nanos)| prost_types::Duration { seconds, nanos });
    (
        -1..5,
        any::<Option<f64>>(),
        any::<Option<f64>>(),
        any::<Option<u32>>(),
        (words(), words()),
        prop::option::of(limits),
        prop::option::of(span),
        any::<Option<bool>>(),
        queue,
    )
        .prop_map(
            |(
                mode,
                approve_at,
                spam_at,
                max_links,
                words,
                limits,
                service_level,
                share_learning,
                queue,
            )| pb::Policy {
                mode,
                approve_at,
                spam_at,
                hold_first_comment: None,
                max_links,
                hold_words: words.0,
                reject_words: words.1,
                required: None,
                limits,
                service_level,
                share_learning,
                priority: queue.0,
                rejection_reasons: queue.1,
                close_threads_after_days: queue.2,
                follow_wave_hours: queue.3,
                moderator_statistics: queue.4.0,
                appeals: queue.4.1,
                sampled_share: queue.5,
                retention: queue.6,
                masking: queue.7,
            },
        )
}

proptest! {
    #[test]
    fn any_policy_is_refused_or_goes_over_the_wire_unchanged(message in messages()) {
        match policy::policy(Some(&message)) {
            Ok(parsed) => {
                let back = policy::policy_to_proto(&parsed);
                prop_assert_eq!(policy::policy(Some(&back)).unwrap(), parsed);
            }
            Err(found) => prop_assert!(!found.is_empty()),
        }
    }
}
