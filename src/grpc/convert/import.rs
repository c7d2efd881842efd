//! Imported comments: proto to domain, and what became of them back.

use crate::{
    comment::{
        draft::Fields,
        imported::ImportDraft,
        state::CommentState,
        violation::{Violation, Violations},
    },
    grpc::convert::time::timestamp,
    import::Tally,
    proto::v1,
};

/// A comment as it came; the domain looks at what it says.
#[must_use]
pub fn draft(comment: v1::ImportedComment) -> ImportDraft {
    let author = comment.author.unwrap_or_default();
    let thread = comment.thread.unwrap_or_default();
    let state = u8::try_from(comment.state).ok();
    ImportDraft {
        source_id: comment.source_id,
        state: state.and_then(CommentState::from_number),
        submitted_at: comment.submitted_at.as_ref().map(timestamp),
        fields: Fields {
            thread_id: thread.thread_id,
            thread_url: thread.url,
            thread_title: thread.title,
            thread_language: thread.language,
            display_name: author.display_name,
            email: author.email,
            website: author.website,
            account_id: author.account_id,
            body: comment.body,
            ..Fields::default()
        },
    }
}

/// What became of a call's comments.
#[must_use]
pub fn tally(tally: Tally) -> v1::ImportCommentsResponse {
    let refusal = |(position, found): (u64, Violations)| v1::RefusedImport {
        position,
        problems: found.as_slice().iter().map(problem).collect(),
    };
    let left_out = tally.left_out.into_iter();
    v1::ImportCommentsResponse {
        imported: tally.imported,
        already_known: tally.already_known,
        not_moderated: tally.not_moderated,
        refused: tally.refused,
        refusals: tally.refusals.into_iter().map(refusal).collect(),
        lessons: tally.lessons,
        new_authors: tally.new_authors,
        left_out: left_out
            .map(|(field, count)| (field.to_owned(), count))
            .collect(),
    }
}

/// `body: is required`.
#[must_use]
pub fn problem(violation: &Violation) -> String {
    format!("{}: {}", violation.field, violation.description)
}
