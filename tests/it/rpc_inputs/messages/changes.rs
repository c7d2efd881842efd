//! Arbitrary reports, retractions, revisions, appeals and redactions.

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1;

use super::super::{
    arbitrary::{comment_id, site, text, uint},
    call::Call,
};

pub fn any() -> BoxedStrategy<Call> {
    let reporter =
        (text(), text(), text()).prop_map(|(account_id, email, ip_address)| v1::Reporter {
            account_id,
            email,
            ip_address,
        });
    let report = (
        site(),
        comment_id(),
        option::weighted(0.9, reporter),
        text(),
        text(),
    );
    let redaction = (
        (site(), comment_id(), uint()),
        (vec(text(), 0..4), text(), text()),
    );
    let on_version = || (site(), comment_id(), uint(), text());
    prop_oneof![
        2 => report.prop_map(|(site, comment_id, reporter, reason, text)| {
            Call::ReportComment(v1::ReportCommentRequest { site, comment_id, reporter, reason, text })
        }),
        // Rarely: the one that is there should stay for the others.
        1 => (site(), text())
            .prop_map(|(site, comment_id)| Call::RetractComment(v1::RetractCommentRequest { site, comment_id })),
        2 => on_version().prop_map(|(site, comment_id, version, body)| {
            Call::ReviseComment(v1::ReviseCommentRequest { site, comment_id, version, body })
        }),
        2 => on_version().prop_map(|(site, comment_id, version, text)| {
            Call::AppealComment(v1::AppealCommentRequest { site, comment_id, version, text })
        }),
        2 => redaction.prop_map(|((site, comment_id, version), (texts, note, lease_token))| {
            Call::RedactComment(v1::RedactCommentRequest { site, comment_id, version, texts, note, lease_token })
        }),
    ]
    .boxed()
}
