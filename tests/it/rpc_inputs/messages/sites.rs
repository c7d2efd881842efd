//! Arbitrary sites, policies, trials of policies, and imports.

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1;

use super::super::{
    arbitrary::{duration, float, int, site, text, timestamp, uint},
    call::Call,
};
use super::{author, thread};

fn limits() -> impl Strategy<Value = v1::Limits> {
    let limit = || {
        option::of((uint(), uint()).prop_map(|(per_minute, burst)| v1::Limit { per_minute, burst }))
    };
    (limit(), limit(), limit(), limit()).prop_map(|(author, ip_address, thread, site)| v1::Limits {
        author,
        ip_address,
        thread,
        site,
    })
}

fn priority() -> impl Strategy<Value = v1::PriorityWeights> {
    let weight = || option::of(float());
    (weight(), weight(), weight(), weight()).prop_map(
        |(uncertainty, reports, thread_heat, standing)| v1::PriorityWeights {
            uncertainty,
            reports,
            thread_heat,
            standing,
        },
    )
}

fn retention() -> impl Strategy<Value = v1::Retention> {
    let days = || option::of(uint());
    (days(), days(), days()).prop_map(|(contact_days, text_days, audit_days)| v1::Retention {
        contact_days,
        text_days,
        audit_days,
    })
}

fn masking() -> impl Strategy<Value = v1::Masking> {
    any::<[Option<bool>; 2]>().prop_map(|[email_addresses, phone_numbers]| v1::Masking {
        email_addresses,
        phone_numbers,
    })
}

pub fn policy() -> impl Strategy<Value = v1::Policy> {
    let flag = || any::<Option<bool>>();
    let required =
        (flag(), flag(), flag()).prop_map(|(display_name, email, website)| v1::RequiredFields {
            display_name,
            email,
            website,
        });
    let numbers = (
        int(),
        option::of(float()),
        option::of(float()),
        flag(),
        option::of(uint()),
    );
    let rest = (
        vec(text(), 0..4),
        vec(text(), 0..4),
        option::of(required),
        option::of(limits()),
        duration(),
        flag(),
    );
    let reason = (text(), text()).prop_map(|(code, text)| v1::RejectionReason { code, text });
    let queue = (
        option::of(priority()),
        vec(reason, 0..3),
        option::of(uint()),
        option::of(uint()),
        (flag(), flag()),
        option::of(float()),
        option::of(retention()),
        option::of(masking()),
    );
    (numbers, rest, queue).prop_map(
        |(
            (mode, approve_at, spam_at, hold_first_comment, max_links),
            (hold_words, reject_words, required, limits, service_level, share_learning),
            (
                priority,
                rejection_reasons,
                close_threads,
                follow_wave,
                switches,
                sampled_share,
                retention,
                masking,
            ),
        )| v1::Policy {
            mode,
            approve_at,
            spam_at,
            hold_first_comment,
            max_links,
            hold_words,
            reject_words,
            required,
            limits,
            service_level,
            share_learning,
            priority,
            rejection_reasons,
            close_threads_after_days: close_threads,
            follow_wave_hours: follow_wave,
            moderator_statistics: switches.0,
            appeals: switches.1,
            sampled_share,
            retention,
            masking,
        },
    )
}

pub fn a_site(name: BoxedStrategy<String>) -> impl Strategy<Value = v1::Site> {
    (name, text(), option::of(policy()), uint(), timestamp()).prop_map(
        |(site, display_name, policy, policy_version, created_at)| v1::Site {
            site,
            display_name,
            policy,
            policy_version,
            created_at,
        },
    )
}

pub fn update() -> impl Strategy<Value = Call> {
    let mask = option::of(vec(text(), 0..4).prop_map(|paths| prost_types::FieldMask { paths }));
    (option::weighted(0.9, a_site(site())), mask, uint()).prop_map(
        |(site, update_mask, expected_version)| {
            Call::UpdateSite(Box::new(v1::UpdateSiteRequest {
                site,
                update_mask,
                expected_version,
            }))
        },
    )
}

pub fn trial() -> impl Strategy<Value = Call> {
    let mask = prop::sample::select(&["mode", "approve_at", "spam_at", "max_links", "limits"][..]);
    let mask = vec(
        prop_oneof![4 => mask.prop_map(str::to_owned), 1 => text()],
        0..3,
    );
    let mask = option::of(mask.prop_map(|paths| prost_types::FieldMask { paths }));
    let bounds = (int(), timestamp(), int());
    (site(), option::of(policy()), mask, bounds).prop_map(
        |(site, policy, update_mask, (last, since, examples))| {
            Call::BacktestPolicy(Box::new(v1::BacktestPolicyRequest {
                site,
                policy,
                update_mask,
                last,
                since,
                examples,
            }))
        },
    )
}

fn imported() -> impl Strategy<Value = v1::import_comments_request::Message> {
    let names = (text(), prop_oneof![3 => 1..5_i32, 1 => int()], text());
    let parts = (option::of(author()), option::of(thread()), timestamp());
    (names, parts).prop_map(
        |((source_id, state, body), (author, thread, submitted_at))| {
            v1::import_comments_request::Message::Comment(v1::ImportedComment {
                source_id,
                state,
                author,
                thread,
                body,
                submitted_at,
            })
        },
    )
}

/// Mostly with a start that is right, so that the comments are looked at.
pub fn imports() -> impl Strategy<Value = Call> {
    use v1::import_comments_request::{Message, Start};
    let start = || site().prop_map(|site| Message::Start(Start { site }));
    let message = prop_oneof![8 => imported(), 1 => start()];
    let rest = vec(option::weighted(0.9, message), 0..6);
    let first = prop_oneof![6 => start().boxed(), 1 => imported().boxed()];
    (option::weighted(0.95, first), rest).prop_map(|(first, rest)| {
        let messages = std::iter::once(first).chain(rest);
        let messages = messages.map(|message| v1::ImportCommentsRequest { message });
        Call::ImportComments(messages.collect())
    })
}
