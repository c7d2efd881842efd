//! Parts of a comment to black out, chosen by words.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    cli::style::Tone,
    proto::v1::{RedactCommentRequest, RedactCommentResponse},
};

use super::{Ask, Effect, Hold, Link, Mode, Session};

/// What the service takes in one call.
const MOST_TEXTS: usize = 20;

/// What is chosen so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redaction {
    /// Where the words of the comment stand, in bytes.
    pub words: Vec<Range<usize>>,
    /// The word under the cursor.
    pub word: usize,
    /// The marked words.
    pub marked: BTreeSet<usize>,
}

impl Redaction {
    fn of(body: &str) -> Self {
        let mut words = Vec::new();
        let mut begin = None;
        for (at, letter) in body.char_indices() {
            match (begin, letter.is_whitespace()) {
                (None, false) => begin = Some(at),
                (Some(from), true) => {
                    words.push(from..at);
                    begin = None;
                }
                (None, true) | (Some(_), false) => {}
            }
        }
        words.extend(begin.map(|from| from..body.len()));
        Self {
            words,
            ..Self::default()
        }
    }

    /// What is marked, neighbouring words in one.
    #[must_use]
    pub fn texts(&self, body: &str) -> Vec<String> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut last = None;
        for number in &self.marked {
            let Some(word) = self.words.get(*number) else {
                continue;
            };
            match spans.last_mut() {
                Some(span) if last == number.checked_sub(1) => span.end = word.end,
                Some(_) | None => spans.push(word.clone()),
            }
            last = Some(*number);
        }
        let texts = spans.into_iter().filter_map(|span| body.get(span));
        texts.map(str::to_owned).collect()
    }
}

impl Session {
    pub(super) fn open_redaction(&mut self) {
        let current = self.current.as_ref().filter(|it| it.hold == Hold::Ours);
        let comment = current.and_then(|it| it.item.comment.as_ref());
        match comment.map(|comment| Redaction::of(&comment.body)) {
            Some(redaction) if !redaction.words.is_empty() => {
                self.is_context_focused = false;
                self.mode = Mode::Redact(redaction);
            }
            Some(_) | None => self.note(Tone::Notice, "there is nothing of yours to black out"),
        }
    }

    pub(super) fn redact(&mut self) {
        let (Mode::Redact(redaction), Some(current)) = (&self.mode, &self.current) else {
            return;
        };
        let Some(comment) = &current.item.comment else {
            return;
        };
        let texts = redaction.texts(&comment.body);
        let why_not = if self.link != Link::Up {
            Some("not connected; nothing was blacked out")
        } else if current.hold != Hold::Ours {
            Some("nothing was blacked out: this item is not yours any more")
        } else if texts.is_empty() {
            Some("mark words by space first")
        } else if texts.len() > MOST_TEXTS {
            Some("at most 20 places at once")
        } else {
            None
        };
        if let Some(why_not) = why_not {
            self.note(Tone::Bad, why_not);
            return;
        }
        let ask = Ask::Redact(RedactCommentRequest {
            site: comment.site.clone(),
            comment_id: comment.comment_id.clone(),
            version: comment.version,
            texts,
            note: String::new(),
            lease_token: current.item.lease_token.clone(),
        });
        self.mode = Mode::Item;
        self.note(Tone::Notice, "blacking out …");
        self.outbox.push_back(Effect::Ask(ask));
    }

    /// The comment stays where it is, with what is left of it.
    pub(super) fn redacted(
        &mut self,
        comment_id: &str,
        answer: Result<RedactCommentResponse, String>,
    ) {
        let redacted = match answer {
            Ok(redacted) => redacted,
            Err(why) => {
                self.note(Tone::Bad, format!("nothing was blacked out: {why}"));
                return;
            }
        };
        if self.shown() == Some(comment_id)
            && let Some(current) = &mut self.current
            && let Some(comment) = &mut current.item.comment
        {
            comment.body = redacted.body;
            comment.version = redacted.version;
            comment.state = redacted.state;
        }
        self.note(Tone::Good, "blacked out; now decide on what is left");
    }
}
