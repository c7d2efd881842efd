//! Arbitrary messages to the privacy officer's RPCs. What would erase the comment that must stay is only looked at.

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1::{self, data_subject::NamedBy};

use super::super::{
    arbitrary::{comment_id, site, text},
    call::Call,
};

pub fn any() -> BoxedStrategy<Call> {
    let asked = || (site(), option::weighted(0.9, subject()), reason());
    prop_oneof![
        1 => (site(), comment_id(), reason()).prop_map(|(site, comment_id, reason)| {
            Call::RevealContact(v1::RevealContactRequest { site, comment_id, reason })
        }),
        1 => asked().prop_map(|(site, subject, reason)| {
            Call::ExportSubject(v1::ExportSubjectRequest { site, subject, reason })
        }),
        1 => asked().prop_map(|(site, subject, reason)| {
            Call::EraseSubject(v1::EraseSubjectRequest { site, subject, reason, validate_only: true })
        }),
        1 => (asked(), proptest::bool::ANY).prop_map(|((site, subject, reason), held)| {
            Call::SetLegalHold(v1::SetLegalHoldRequest { site, subject, reason, held })
        }),
        1 => site().prop_map(|site| Call::PreviewRetention(v1::PreviewRetentionRequest { site })),
        1 => (site(), -1..600, prop_oneof![Just(String::new()), text()]).prop_map(
            |(site, page_size, page_token)| {
                Call::ListDataKeys(v1::ListDataKeysRequest { site, page_size, page_token })
            }
        ),
        1 => (site(), fingerprint(), vec(wrapped(), 0..102)).prop_map(
            |(site, wrapped_to, wrapped)| {
                Call::ReplaceDataKeys(v1::ReplaceDataKeysRequest { site, wrapped_to, wrapped })
            }
        ),
    ]
    .boxed()
}

fn fingerprint() -> BoxedStrategy<String> {
    prop_oneof![Just("0123456789abcdef".to_owned()), text()].boxed()
}

/// Of the right length and version, and wrapped to nobody; or anything.
fn wrapped() -> BoxedStrategy<Vec<u8>> {
    let right = vec(any_byte(), 96).prop_map(|bytes| [&[1][..], &bytes].concat());
    prop_oneof![9 => right, 1 => vec(any_byte(), 0..200)].boxed()
}

fn any_byte() -> impl Strategy<Value = u8> {
    proptest::num::u8::ANY
}

fn reason() -> BoxedStrategy<String> {
    prop_oneof![Just("asked for by the reader".to_owned()), text()].boxed()
}

fn subject() -> BoxedStrategy<v1::DataSubject> {
    prop_oneof![
        prop_oneof![Just("reader.0@readers.example".to_owned()), text()].prop_map(NamedBy::Email),
        text().prop_map(NamedBy::AccountId),
        comment_id().prop_map(NamedBy::CommentId),
    ]
    .prop_map(|named_by| v1::DataSubject {
        named_by: Some(named_by),
    })
    .boxed()
}
