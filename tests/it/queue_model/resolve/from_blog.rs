//! What a blog does here and now.

use super::{
    super::{
        model::{Model, TEXTS},
        revisions::Revision,
        transition::FromBlog,
        words::Sent,
    },
    around,
};

impl Model {
    pub fn resolve_from_blog(&self, what: &FromBlog) -> Option<Sent> {
        match what {
            FromBlog::Submit(new) => Some(Sent::Submit(*new)),
            FromBlog::HandIn { author, thread } => Some(Sent::HandIn(*author, *thread)),
            FromBlog::Check => Some(Sent::Check),
            FromBlog::SubmitAgain { pick, same } => pick
                .checked_rem(self.comments.len())
                .map(|comment| Sent::SubmitAgain(comment, *same)),
            FromBlog::Retract { pick } => Some(Sent::Retract(self.any(*pick))),
            FromBlog::Appeal { pick, among, seen } => {
                let comment = self.one(*pick, *among);
                let known = self.comments.get(comment);
                let version = seen.of(known.map_or(1, |known| known.version));
                Some(Sent::Appeal(comment, version))
            }
            FromBlog::Report {
                pick,
                among,
                reader,
            } => {
                let comment = self.one(*pick, *among);
                Some(Sent::Report(comment, self.reader(comment, *reader)))
            }
            FromBlog::ReportAgain { pick } => around(&self.reported, *pick)
                .map(|(comment, reader)| Sent::Report(*comment, *reader)),
            FromBlog::Revise {
                pick,
                among,
                seen,
                text,
            } => {
                let comment = self.one(*pick, *among);
                let known = self.comments.get(comment);
                Some(Sent::Revise(Revision {
                    comment,
                    version: seen.of(known.map_or(1, |known| known.version)),
                    text: *text,
                }))
            }
            FromBlog::ReviseAgain { pick, same } => around(&self.revised, *pick).map(|made| {
                let text = if *same {
                    made.text
                } else {
                    made.text % (TEXTS - 1) + 1
                };
                Sent::Revise(Revision { text, ..*made })
            }),
        }
    }
}
