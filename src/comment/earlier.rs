//! What a comment said before it was changed.

use crate::comment::{
    state::{CommentState, Outcome, Timestamp, Version},
    stored::CommentContent,
};

/// How a text was replaced. The numbers are those of `scripts/parts/versions.lua`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Replacement {
    /// Its author wrote it anew.
    Revision = 1,
    /// A moderator blacked out a part of it.
    Redaction = 2,
}

impl Replacement {
    /// The one with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Revision, Self::Redaction]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// What a comment said before it was changed, with how it was judged then; without contact data.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierVersion {
    /// The first version that said so.
    pub first: Version,
    /// The last one.
    pub last: Version,
    /// How it was replaced.
    pub replaced_by: Replacement,
    /// Where the comment stood at last.
    pub state: CommentState,
    /// What policy had decided.
    pub outcome: Outcome,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was replaced.
    pub replaced_at: Timestamp,
    /// What it said, and how that was judged.
    pub content: CommentContent,
}

/// Whose text a comment had at a version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TextAt<'a> {
    /// What it says now.
    Now,
    /// What it said before.
    Earlier(&'a EarlierVersion),
    /// It is no longer kept.
    Gone,
}

/// The text that its author had written by a version: what a moderator blacked out was said nevertheless. `earlier` are all
/// that are kept, the newest first.
#[must_use]
pub fn text_at(earlier: &[EarlierVersion], version: Version) -> TextAt<'_> {
    let covers = |text: &EarlierVersion| text.first <= version && version <= text.last;
    // What is behind this place came before the text of that version.
    let behind = match earlier.iter().position(covers) {
        Some(place) => place + 1,
        None if earlier.first().is_none_or(|newest| newest.last < version) => 0,
        None => return TextAt::Gone,
    };
    let redactions = earlier[behind..]
        .iter()
        .take_while(|text| text.replaced_by == Replacement::Redaction);
    match (behind + redactions.count()).checked_sub(1) {
        Some(place) => TextAt::Earlier(&earlier[place]),
        None => TextAt::Now,
    }
}

/// What stands in the place of what was blacked out.
pub const BLACKED_OUT: &str = "[…]";

/// A body without these texts, wherever they occur; `None` if one of them does not. Overlapping ones are blacked out
/// together.
#[must_use]
pub fn without(body: &str, texts: &[String]) -> Option<String> {
    let mut spans = Vec::new();
    for text in texts {
        let before = spans.len();
        let mut from = 0;
        while let Some(at) = body.get(from..).and_then(|rest| rest.find(text.as_str())) {
            let start = from + at;
            spans.push((start, start + text.len()));
            from = start + body[start..].chars().next().map_or(1, char::len_utf8);
        }
        if spans.len() == before {
            return None;
        }
    }
    spans.sort_unstable();
    let mut left = String::with_capacity(body.len());
    let mut end = None;
    for (start, stop) in spans {
        let shown_from = end.unwrap_or(0);
        if end.is_none_or(|end| start > end) {
            left.push_str(&body[shown_from..start]);
            left.push_str(BLACKED_OUT);
        }
        end = Some(shown_from.max(stop));
    }
    left.push_str(&body[end.unwrap_or(0)..]);
    Some(left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_blacked_out_is_gone_and_the_rest_stays() {
        for (body, texts, left) in [
            (
                "call 555 or 555 now",
                &["555"][..],
                Some("call […] or […] now"),
            ),
            ("abcdef", &["bcd", "cde"], Some("a[…]f")),
            ("abcdef", &["abc", "def"], Some("[…]")),
            ("aaaa", &["aaa"], Some("[…]")),
            ("größe", &["ö"], Some("gr[…]ße")),
            ("all", &["all"], Some("[…]")),
            ("all", &["al", "x"], None),
        ] {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            assert_eq!(without(body, &texts).as_deref(), left, "{body} {texts:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_left(body in "[ab]{0,30}", texts in proptest::collection::vec("[ab]{1,3}", 1..4)) {
            if let Some(left) = without(&body, &texts) {
                for text in &texts {
                    prop_assert!(!left.split(BLACKED_OUT).any(|part| part.contains(text.as_str())), "{left}");
                }
            }
        }
    }
}
