//! Arbitrary messages to the privacy officer's RPCs. What would erase the comment that must stay is only looked at.

use proptest::{option, prelude::*};
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
    ]
    .boxed()
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
