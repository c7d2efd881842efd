//! What is computed from a comment's new text, and from who reports a comment.

use super::{Preparation, Prepared, fingerprints, first_eight, share, sketch_parts};
use crate::{
    admission::error::SubmitError,
    comment::{
        draft::{Draft, Fields},
        fields::RequiredFields,
        ids::SiteId,
        observed::{Fingerprints, Observed},
        reason::Reason,
        score::Score,
        stored::{CommentContent, StoredComment, ThreadDetails},
        submission::Submission,
    },
    spam::{content::Content, signals::Signals},
};

/// A comment's new text, and all that follows from it alone.
pub struct PreparedRevision {
    /// As a submission of the same author; without contact data, which nobody here can open.
    pub prepared: Prepared,
    /// What the earlier text is recognised by.
    before: Fingerprints,
}

impl Preparation {
    /// Parses a comment's new text as a submission's, and computes all that follows from it alone.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn prepare_revision(
        &self,
        site: &SiteId,
        comment: &StoredComment,
        thread: &ThreadDetails,
        body: &str,
    ) -> Result<PreparedRevision, SubmitError> {
        // What a site requires was asked for when the comment came.
        let required = RequiredFields {
            display_name: false,
            email: false,
            website: false,
        };
        let draft = draft(site, comment, thread, body);
        let hash = self.hashers.current.content(&draft);
        let (digest, draw) = hash.as_bytes().split_at(8);
        let submission = Submission::parse(&draft, &required)?;
        let content = Content::of(&submission);
        let author = comment.content.author;
        let recognised = |submission: &Submission, content: &Content| Fingerprints {
            author,
            said: None,
            sketch: sketch_parts(submission, content, None),
            ..fingerprints(&self.hashers, submission, content)
        };
        let prints = recognised(&submission, &content);
        let old = Submission {
            body: comment
                .content
                .body
                .verbatim()
                .parse()
                .unwrap_or_else(|_| submission.body.clone()),
            ..submission.clone()
        };
        let before = recognised(&old, &Content::of(&old));
        Ok(PreparedRevision {
            before,
            prepared: Prepared {
                prints,
                thread: thread.clone(),
                contact: None,
                other: None,
                named: Vec::new(),
                digest: first_eight(digest),
                draw: share(first_eight(draw)),
                submission,
                content,
                only_check: false,
            },
        })
    }
}

fn draft(site: &SiteId, comment: &StoredComment, thread: &ThreadDetails, body: &str) -> Draft {
    let content = &comment.content;
    let parent = content.parent.map(|parent| parent.to_string());
    Draft {
        site: site.clone(),
        validate_only: false,
        fields: Fields {
            comment_id: comment.id.to_string(),
            parent_id: parent.unwrap_or_default(),
            thread_id: content.thread.as_str().to_owned(),
            thread_url: thread.url.clone(),
            thread_title: thread.title.clone(),
            thread_language: thread.language.clone(),
            display_name: content.display_name.verbatim().to_owned(),
            website: content.website.clone(),
            account_id: content.account_id.clone(),
            body: body.to_owned(),
            ..Fields::default()
        },
    }
}

impl PreparedRevision {
    /// What was seen around the new text, without the comment itself: it is one of its author's, and of those that say
    /// nearly the same or lead to the same places if its earlier text did.
    #[must_use]
    pub fn without_itself(&self, mut seen: Observed, comment: &StoredComment) -> Observed {
        let (now, before) = (&self.prepared.prints, &self.before);
        let parts = now.sketch.iter().zip(&before.sketch);
        let same = parts.filter(|(now, before)| now == before).count();
        if same > 0 && same * 2 >= now.sketch.len() {
            seen.near_duplicates = seen.near_duplicates.saturating_sub(1);
        }
        if now
            .link_hosts
            .iter()
            .any(|host| before.link_hosts.contains(host))
        {
            seen.link_host_recent = seen.link_host_recent.saturating_sub(1);
        }
        if comment.content.author.is_some() {
            seen.history = seen.history.without(comment.state);
        }
        seen
    }

    /// The signals of the new text. Address and form are what they were when the comment came.
    #[must_use]
    pub fn signals(&self, seen: &Observed, comment: &StoredComment) -> Signals {
        let before = Signals::from_bytes(&comment.content.signals).unwrap_or_default();
        let Prepared {
            submission,
            content,
            prints,
            ..
        } = &self.prepared;
        Signals::of(submission, content, seen).on_revision(&before, prints.author.is_some(), seen)
    }

    /// The comment with the new text, as that was judged.
    #[must_use]
    pub fn describe(
        &self,
        comment: &StoredComment,
        signals: Signals,
        score: Score,
        reasons: Vec<Reason>,
    ) -> CommentContent {
        CommentContent {
            sealed_contact: comment.content.sealed_contact.clone(),
            ip: comment.content.ip,
            other_ip: comment.content.other_ip,
            ..self.prepared.describe(signals, score, reasons)
        }
    }
}
