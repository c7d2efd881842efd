//! What an imported comment teaches.

use crate::{
    comment::imported::{ImportedComment, Judged},
    policy::sites::Site,
    spam::{
        content::Content,
        lesson::{Label, Lesson, SiteTag, Subject},
        signals::Signals,
        vector::Vector,
    },
};

/// The lesson as the trainer reads it; empty where the comment teaches nothing about spam.
///
/// What surrounded the comment when it came is not known, and what is unknown teaches nothing.
pub(super) fn lesson(site: &Site, marker: u64, comment: &ImportedComment) -> Vec<u8> {
    let label = match comment.judged {
        Judged::Approved => Label::Ham,
        Judged::Spam => Label::Spam,
        Judged::Rejected => return Vec::new(),
    };
    let content = Content::of(&comment.submission);
    let tag = SiteTag::of(&site.id);
    let lesson = Lesson {
        site: tag,
        // By the keyed marker, not the name: a lesson says as little as it can.
        subject: Subject::named(tag, &marker.to_le_bytes()),
        label,
        taken_back: false,
        shared: true,
        vector: Vector::of(&content, Signals::default()),
    };
    lesson.to_bytes()
}
