//! Which items of the queue somebody wants to see.

use std::ops::RangeInclusive;

use crate::comment::{
    folding::{Folded, fold},
    ids::KeyedHash,
    reason::ReasonCode,
    stored::StoredComment,
};

/// What all must hold of an item; the default holds of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// The article's language.
    pub language: Option<LanguageRange>,
    /// It came with one of these; empty for any, also none.
    pub reasons: Vec<ReasonCode>,
    /// The score that it came with, from 0 to 1.
    pub score: Option<RangeInclusive<f64>>,
    /// Who wrote it.
    pub author: Option<KeyedHash>,
    /// What stands in its text or its author's name.
    pub text: Option<SearchText>,
}

impl Filter {
    /// Whether it holds of each item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it holds of a comment under an article in this language (empty if unknown). The text is looked at last:
    /// folding it is what costs.
    #[must_use]
    pub fn holds(&self, comment: &StoredComment, language: &str) -> bool {
        let content = &comment.content;
        let spoken = self.language.as_ref();
        spoken.is_none_or(|wanted| wanted.has(language))
            && self
                .author
                .is_none_or(|wanted| content.author == Some(wanted))
            && (self.reasons.is_empty()
                || content
                    .reasons
                    .iter()
                    .any(|reason| self.reasons.contains(&reason.code)))
            && self
                .score
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&content.score.probability.get()))
            && self.text.as_ref().is_none_or(|wanted| {
                wanted.is_in(content.display_name.verbatim())
                    || wanted.is_in(content.body.verbatim())
            })
    }
}

/// A language and all its regions and scripts: `de` has `de`, `de-AT` and `DE-ch`, as a basic language range of RFC 4647.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageRange(String);

impl LanguageRange {
    /// Whether a tag is in it; the empty one is in none.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        let (tag, own) = (tag.as_bytes(), self.0.as_bytes());
        tag.get(..own.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(own))
            && matches!(tag.get(own.len()), None | Some(b'-'))
    }
}

impl std::str::FromStr for LanguageRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if text.len() <= 35 && text.split('-').all(part) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a language tag such as de or de-AT")
        }
    }
}

/// Something to search for, folded as word lists are: case, accents and disguises don't matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(Folded);

impl SearchText {
    /// Whether it stands in a text, within words too.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        fold(text).text.contains(&self.0.text)
    }
}

impl std::str::FromStr for SearchText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.len() > 200 {
            return Err("must be at most 200 bytes");
        }
        let folded = fold(text);
        if folded.text.is_empty() {
            return Err("must have at least one letter or digit");
        }
        Ok(Self(folded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{
        history::History,
        ids::CommentId,
        reason::Reason,
        score::{Probability, Score},
        state::{CommentState, Outcome, Timestamp, Version},
        stored::CommentContent,
    };

    fn comment() -> StoredComment {
        StoredComment {
            id: CommentId::fresh(),
            state: CommentState::Pending,
            version: Version::FIRST,
            outcome: Outcome::Pending,
            submitted_at: Timestamp(7),
            digest: [0; 8],
            wave: None,
            content: CommentContent {
                thread: "tram".parse().unwrap(),
                parent: None,
                display_name: "Zoë Grün".into(),
                website: String::new(),
                account_id: String::new(),
                body: "Win big at the 𝐜𝐚𝐬𝐢𝐧𝐨, says Straßenbahn.".into(),
                author: Some(KeyedHash::from_bytes([1; 16])),
                ip: None,
                other_ip: None,
                email: None,
                sealed_contact: Vec::new(),
                reasons: vec![
                    Reason::new(ReasonCode::FirstComment, ""),
                    Reason::new(ReasonCode::ScoreUncertain, "0.5"),
                ],
                score: Score {
                    probability: Probability::from_percent(50),
                    contributions: Vec::new(),
                    model: 0,
                    lessons: 0,
                },
                signals: Vec::new(),
            },
            was_changed: false,
            was_purged: false,
            lane: None,
            history: History::default(),
        }
    }

    #[test]
    fn each_part_of_a_filter_must_hold() {
        let other = KeyedHash::from_bytes([2; 16]);
        let text = |text: &str| Filter {
            text: Some(text.parse().unwrap()),
            ..Filter::default()
        };
        let language = |text: &str| Filter {
            language: Some(text.parse().unwrap()),
            ..Filter::default()
        };
        let score = |score| Filter {
            score: Some(score),
            ..Filter::default()
        };
        let reasons = |reasons: &[ReasonCode]| Filter {
            reasons: reasons.to_vec(),
            ..Filter::default()
        };
        let author = |author| Filter {
            author: Some(author),
            ..Filter::default()
        };
        let both = Filter {
            author: Some(other),
            ..text("casino")
        };
        let comment = comment();
        for (filter, holds) in [
            (Filter::default(), true),
            (text("CASINO"), true),
            (text("asin"), true),
            (text("big at"), true),
            (text("zoe gr"), true),
            (text("tram"), false),
            (language("de"), true),
            (language("DE-at"), true),
            (language("de-CH"), false),
            (language("d"), false),
            (language("en"), false),
            (score(0.5..=0.5), true),
            (score(0.0..=0.49), false),
            (score(0.51..=1.0), false),
            (reasons(&[ReasonCode::ScoreUncertain]), true),
            (
                reasons(&[ReasonCode::HeldWord, ReasonCode::FirstComment]),
                true,
            ),
            (reasons(&[ReasonCode::HeldWord]), false),
            (author(KeyedHash::from_bytes([1; 16])), true),
            (author(other), false),
            (both, false),
        ] {
            assert_eq!(filter.holds(&comment, "de-AT"), holds, "{filter:?}");
        }
        let mut nameless = comment;
        nameless.content.author = None;
        assert!(!author(other).holds(&nameless, "de-AT"));
        assert!(!language("de").holds(&nameless, ""));
    }

    #[test]
    fn what_is_no_language_and_no_text_is_refused() {
        for wrong in ["", "-", "de-", "de_AT", "deutschland", "d e", "de-ÄT"] {
            assert!(wrong.parse::<LanguageRange>().is_err(), "{wrong:?}");
        }
        for wrong in [
            String::new(),
            "\u{200b}".to_owned(),
            "…".to_owned(),
            "a".repeat(201),
        ] {
            assert!(wrong.parse::<SearchText>().is_err(), "{wrong:?}");
        }
    }
}
