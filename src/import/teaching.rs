//! What an imported comment teaches.

use crate::{
    comment::imported::{ImportedComment, Judged},
    policy::sites::Site,
    spam::content::Content,
};

/// The lesson as the trainer reads it; empty where the comment teaches nothing about spam.
///
/// What surrounded the comment when it came is not known, and what is unknown teaches nothing.
pub(super) fn lesson(site: &Site, comment: &ImportedComment) -> Vec<u8> {
    let spam = match comment.judged {
        Judged::Approved => false,
        Judged::Spam => true,
        Judged::Rejected => return Vec::new(),
    };
    // Stands in until `spam::lesson` is there.
    let content = Content::of(&comment.submission);
    let _ = (site, content);
    vec![0, u8::from(spam)]
}
