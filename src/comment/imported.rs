//! Comments that were moderated elsewhere: what came in, and what can be learnt from it.

use std::str::FromStr;

use crate::comment::{
    draft::{Draft, Fields},
    fields::{RequiredFields, is_blank},
    ids::SiteId,
    state::{CommentState, Timestamp},
    submission::Submission,
    violation::Violations,
};

/// What a submission must have and an imported comment has not.
const NO_COMMENT: &str = "00000000-0000-4000-8000-000000000000";
/// The same for a comment whose article is not named.
const NO_THREAD: &str = "imported";
/// What was good enough elsewhere is good enough to learn from.
const NOTHING: RequiredFields = RequiredFields {
    display_name: false,
    email: false,
    website: false,
};

/// The name of a comment where it comes from: 1 to 500 bytes, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceId(Box<str>);

impl SourceId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SourceId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let right =
            !text.trim().is_empty() && text.len() <= 500 && !text.chars().any(char::is_control);
        right
            .then(|| Self(text.into()))
            .ok_or("must be 1 to 500 bytes without control characters")
    }
}

/// An imported comment as it came: nothing checked yet. `fields.comment_id` is not used.
#[derive(Debug, Clone, Default)]
pub struct ImportDraft {
    /// Its name where it comes from.
    pub source_id: String,
    /// Where it stands there; `None` where that was not said, or in words that we don't know.
    pub state: Option<CommentState>,
    /// When it came there, or why that is no time.
    pub submitted_at: Option<Result<Timestamp, &'static str>>,
    /// What it says, and by whom.
    pub fields: Fields,
}

/// What people made of a comment elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Shown: no spam.
    Approved,
    /// Not shown, for another reason than spam: says nothing about spam.
    Rejected,
    /// Spam.
    Spam,
}

impl Judged {
    /// The state that the author's history counts it in.
    #[must_use]
    pub fn state(self) -> CommentState {
        match self {
            Self::Approved => CommentState::Approved,
            Self::Rejected => CommentState::Rejected,
            Self::Spam => CommentState::Spam,
        }
    }
}

/// Why nothing can be learnt from a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// Nobody has judged it yet.
    NotModerated,
    /// What is needed is not there, or not right.
    Violations(Violations),
}

/// A comment to learn from.
#[derive(Debug, Clone)]
pub struct ImportedComment {
    /// Its name where it comes from.
    pub source_id: SourceId,
    /// What people made of it.
    pub judged: Judged,
    /// When it came there, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// In the form of a submission, so that it is read as one. Its id and thread id say nothing.
    pub submission: Submission,
    /// Fields that could not be used, and are not there.
    pub left_out: Vec<&'static str>,
}

impl ImportedComment {
    /// Parses what came. Name, state, text and time must be right; of the rest, what is not usable is left out, since old
    /// collections are full of it and the comment says enough without. So are control characters in the text.
    ///
    /// # Errors
    /// [`Unusable`] says why nothing can be learnt from it.
    pub fn parse(site: &SiteId, draft: &ImportDraft) -> Result<Self, Unusable> {
        let mut found = Violations::new();
        let source_id = found.take("source_id", draft.source_id.parse::<SourceId>());
        let judged = match draft.state {
            Some(CommentState::Approved) => Some(Judged::Approved),
            Some(CommentState::Rejected) => Some(Judged::Rejected),
            Some(CommentState::Spam) => Some(Judged::Spam),
            Some(CommentState::Pending) => None,
            Some(CommentState::Retracted | CommentState::Erased) | None => {
                found.add("state", "must be APPROVED, REJECTED, SPAM or PENDING");
                None
            }
        };
        let submitted_at = draft
            .submitted_at
            .and_then(|at| found.take("submitted_at", at));
        let mut left_out = Vec::new();
        let submission = submission(site, &draft.fields, &mut left_out)
            .map_err(|more| {
                more.as_slice()
                    .iter()
                    .for_each(|v| found.add(v.field, &v.description))
            })
            .ok();
        match (source_id, judged, submission) {
            (Some(source_id), Some(judged), Some(submission)) if found.is_empty() => Ok(Self {
                source_id,
                judged,
                submitted_at,
                submission,
                left_out,
            }),
            (_, None, _) if found.is_empty() => Err(Unusable::NotModerated),
            (_, _, _) => Err(Unusable::Violations(found)),
        }
    }
}

/// What came, read as a submission, without the fields that a submission could not have.
fn submission(
    site: &SiteId,
    fields: &Fields,
    left_out: &mut Vec<&'static str>,
) -> Result<Submission, Violations> {
    let mut draft = Draft {
        site: site.clone(),
        fields: Fields {
            comment_id: NO_COMMENT.to_owned(),
            parent_id: String::new(),
            body: without_controls(&fields.body),
            ..fields.clone()
        },
        validate_only: true,
    };
    if is_blank(&draft.fields.thread_id) {
        NO_THREAD.clone_into(&mut draft.fields.thread_id);
    }
    let wrong = match Submission::parse(&draft, &NOTHING) {
        Ok(submission) => return Ok(submission),
        Err(wrong) => wrong,
    };
    for violation in wrong.as_slice() {
        if let Some(field) = optional(&mut draft.fields, violation.field) {
            field.clear();
            left_out.push(violation.field);
        }
    }
    if draft.fields.thread_id.is_empty() {
        NO_THREAD.clone_into(&mut draft.fields.thread_id);
    }
    Submission::parse(&draft, &NOTHING)
}

/// Old databases have control characters, mostly from text that was once read in a wrong encoding. A comment that is to be
/// shown is refused for one; what is only learnt from says the same without.
fn without_controls(body: &str) -> String {
    let lines = body.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    lines.chars().filter(kept).collect()
}

/// The field of this path, if a comment says enough without it.
fn optional<'a>(fields: &'a mut Fields, path: &str) -> Option<&'a mut String> {
    Some(match path {
        "thread.thread_id" => &mut fields.thread_id,
        "thread.url" => &mut fields.thread_url,
        "thread.title" => &mut fields.thread_title,
        "thread.language" => &mut fields.thread_language,
        "author.display_name" => &mut fields.display_name,
        "author.website" => &mut fields.website,
        "author.account_id" => &mut fields.account_id,
        "author.email" => &mut fields.email,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::contact::Contact;

    fn draft(change: impl FnOnce(&mut ImportDraft)) -> ImportDraft {
        let mut draft = ImportDraft {
            source_id: "https://blog.example#7".to_owned(),
            state: Some(CommentState::Approved),
            submitted_at: Some(Ok(Timestamp(1_500_000_000_000))),
            fields: Fields {
                display_name: "Ada".to_owned(),
                email: "ada@example.org".to_owned(),
                body: "Well said".to_owned(),
                ..Fields::default()
            },
        };
        change(&mut draft);
        draft
    }

    fn parse(change: impl FnOnce(&mut ImportDraft)) -> Result<ImportedComment, Unusable> {
        ImportedComment::parse(&"gazette".parse().unwrap(), &draft(change))
    }

    #[test]
    fn what_is_not_needed_is_left_out_where_it_is_wrong() {
        let comment = parse(|draft| {
            draft.fields.website = "http://".to_owned();
            draft.fields.email = "nobody".to_owned();
            draft.fields.display_name = "x".repeat(300);
            draft.fields.thread_id = "a\u{7}".to_owned();
            draft.fields.body = "It\u{92}s\0 well\rsaid\r\n".to_owned();
        })
        .unwrap();
        let mut left_out = comment.left_out;
        left_out.sort_unstable();
        assert_eq!(
            left_out,
            [
                "author.display_name",
                "author.email",
                "author.website",
                "thread.thread_id"
            ]
        );
        assert_eq!(comment.submission.body.as_str(), "Its well\nsaid\n");
        assert_eq!(comment.submission.contact, Contact::default());
    }

    #[test]
    fn what_is_needed_is_named_where_it_is_wrong() {
        type Change = fn(&mut ImportDraft);
        let table: [(Change, &[&str]); 5] = [
            (|draft| draft.source_id.clear(), &["source_id"]),
            (|draft| draft.state = None, &["state"]),
            (|draft| draft.fields.body = " ".to_owned(), &["body"]),
            (
                |draft| draft.submitted_at = Some(Err("no time")),
                &["submitted_at"],
            ),
            (
                |draft| {
                    draft.state = Some(CommentState::Erased);
                    draft.fields.body = "x".repeat(65_526);
                },
                &["state", "body"],
            ),
        ];
        for (change, fields) in table {
            match parse(change) {
                Err(Unusable::Violations(found)) => {
                    let named: Vec<_> = found.as_slice().iter().map(|v| v.field).collect();
                    assert_eq!(named, fields);
                }
                other => panic!("{other:?}"),
            }
        }
        let waiting = parse(|draft| draft.state = Some(CommentState::Pending));
        assert!(matches!(waiting, Err(Unusable::NotModerated)));
    }
}
