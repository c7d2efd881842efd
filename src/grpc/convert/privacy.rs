//! The privacy officer's calls: proto to domain and back.

use crate::{
    comment::{
        contact::SealedCopy,
        ids::{CommentId, SiteId},
        state::Timestamp,
        violation::Violations,
        written::{Audience, Written},
    },
    data_subjects::{DataSubject, Erased, ExportedAuthor, ExportedComment, Purpose, Reveal},
    grpc::convert::{audit, authors, review::aftermath, time::timestamp_to_proto as time, words},
    proto::v1::{self, data_subject::NamedBy, export_subject_response::Item},
    retention::{Due, Preview},
    store::data_subjects::HoldSet,
};

/// Which comment's contact data, and why.
///
/// # Errors
/// Every violation at once.
pub fn reveal(request: &v1::RevealContactRequest) -> Result<(CommentId, Purpose), Violations> {
    let mut found = Violations::new();
    let comment = found.take("comment_id", request.comment_id.parse());
    let purpose = found.take("reason", request.reason.parse());
    both(found, comment, purpose)
}

/// Whose data, and why.
///
/// # Errors
/// Every violation at once.
pub fn subject(
    subject: Option<&v1::DataSubject>,
    reason: &str,
) -> Result<(DataSubject, Purpose), Violations> {
    let mut found = Violations::new();
    let named = match subject.and_then(|subject| subject.named_by.as_ref()) {
        Some(NamedBy::Email(email)) => found
            .take("subject.email", email.parse())
            .map(DataSubject::Email),
        Some(NamedBy::AccountId(account)) => found
            .take("subject.account_id", account.parse())
            .map(DataSubject::Account),
        Some(NamedBy::CommentId(comment)) => found
            .take("subject.comment_id", comment.parse())
            .map(DataSubject::AuthorOf),
        None => {
            found.add(
                "subject",
                "must name an email, an account_id or a comment_id",
            );
            None
        }
    };
    let purpose = found.take("reason", reason.parse());
    both(found, named, purpose)
}

fn both<A, B>(found: Violations, one: Option<A>, other: Option<B>) -> Result<(A, B), Violations> {
    match (one, other) {
        (Some(one), Some(other)) if found.is_empty() => Ok((one, other)),
        _ => Err(found),
    }
}

/// Contact data that was handed out.
#[must_use]
pub fn revealed(reveal: Reveal) -> v1::RevealContactResponse {
    v1::RevealContactResponse {
        contact: Some(contact(reveal.contact)),
        reveals_left: reveal.left,
    }
}

fn contact(copy: SealedCopy) -> v1::SealedContact {
    v1::SealedContact {
        comment_id: copy.comment.to_string(),
        sealed: copy.sealed,
        wrapped_data_key: copy.wrapped_data_key,
    }
}

fn item(item: Item) -> v1::ExportSubjectResponse {
    v1::ExportSubjectResponse { item: Some(item) }
}

/// An author of an export.
#[must_use]
pub fn author(author: ExportedAuthor) -> v1::ExportSubjectResponse {
    item(Item::Author(v1::ExportedAuthor {
        is_account: author.is_account,
        standing: Some(authors::standing(author.stands, Written::default())),
        notes: author.notes.into_iter().map(authors::note).collect(),
        first_seen_at: author.since.map(time),
        legal_hold: author.legal_hold.unwrap_or_default(),
    }))
}

/// A comment of an export.
#[must_use]
pub fn comment(site: &SiteId, exported: ExportedComment) -> v1::ExportSubjectResponse {
    let earlier = exported.earlier.into_iter();
    item(Item::Comment(v1::ExportedComment {
        contact: exported.contact.map(contact),
        earlier_versions: earlier.map(aftermath::earlier).collect(),
        decisions: exported.decisions.into_iter().map(audit::entry).collect(),
        comment: Some(words::comment(
            site.as_str(),
            exported.comment,
            exported.context,
            // The subject wrote it.
            Audience::Newsroom,
        )),
    }))
}

/// The end of an export.
#[must_use]
pub fn summary(
    authors: u64,
    comments: u64,
    not_found_before: Option<Timestamp>,
) -> v1::ExportSubjectResponse {
    item(Item::Summary(v1::ExportSummary {
        authors,
        comments,
        not_found_before: not_found_before.map(time),
    }))
}

/// The end of an erasure.
#[must_use]
pub fn erased(erased: Erased) -> v1::EraseSubjectResponse {
    v1::EraseSubjectResponse {
        erased: erased.erased,
        found: erased.found,
        summary: Some(v1::EraseSummary {
            verified: erased.verified,
            log_rewrite_due_at: erased.log_rewrite_due.map(time),
            not_found_before: erased.not_found_before.map(time),
        }),
    }
}

/// What became of a legal hold.
#[must_use]
pub fn held(set: HoldSet, not_found_before: Option<Timestamp>) -> v1::SetLegalHoldResponse {
    v1::SetLegalHoldResponse {
        changed: set.changed,
        authors_known: set.authors_known,
        not_found_before: not_found_before.map(time),
    }
}

/// What retention would forget now.
#[must_use]
pub fn preview(preview: Preview) -> v1::PreviewRetentionResponse {
    let due = |due: Due| v1::RetentionDue {
        comments: due.comments,
        more: due.more,
        oldest_submitted_at: due.oldest.map(time),
    };
    v1::PreviewRetentionResponse {
        texts: Some(due(preview.texts)),
        contacts: Some(due(preview.contacts)),
        data_keys: preview.data_keys,
        at: Some(time(preview.now)),
    }
}
