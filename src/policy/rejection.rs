//! The reasons that a site rejects for, each with the text that the reader is told.

use std::sync::Arc;

use crate::comment::{
    fields::is_blank,
    rejection::{ReasonCodeText, RejectionReason},
};

/// The most reasons of a site: a moderator chooses from them at a glance.
pub const MAX_REASONS: usize = 50;
/// How many entries are complained about one by one: an error must fit into the head of a reply.
const MAX_COMPLAINTS: usize = 5;
/// After so many bytes of codes, the others are only counted: for the same reason.
const MAX_TOLD_BYTES: usize = 500;

/// A site's reasons, in the order in which moderators should see them. Codes differ from each other. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectionReasons(Arc<[RejectionReason]>);

impl RejectionReasons {
    /// From codes and texts.
    ///
    /// # Errors
    /// What is wrong, one text for each entry (the first five) or for the list.
    pub fn parse<'a>(
        given: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<String>> {
        if given.len() > MAX_REASONS {
            let found = given.len();
            return Err(vec![format!(
                "must have at most {MAX_REASONS} entries; this one has {found}"
            )]);
        }
        let (mut reasons, mut wrong) = (Vec::<RejectionReason>::new(), Vec::new());
        for ((code, text), position) in given.zip(1..) {
            match parse_entry(code, text) {
                Ok(reason) if reasons.iter().any(|known| known.code == reason.code) => {
                    wrong.push(format!(
                        "entry {position} has a code that an earlier one has"
                    ));
                }
                Ok(reason) => reasons.push(reason),
                Err(why) => wrong.push(format!("entry {position} {why}")),
            }
        }
        if wrong.len() > MAX_COMPLAINTS {
            let more = wrong.len() - MAX_COMPLAINTS;
            wrong.truncate(MAX_COMPLAINTS);
            wrong.push(format!("{more} more entries are wrong in such ways"));
        }
        if wrong.is_empty() {
            Ok(Self(reasons.into()))
        } else {
            Err(wrong)
        }
    }

    /// Each of them; empty where the site has no list, and any code goes.
    #[must_use]
    pub fn as_slice(&self) -> &[RejectionReason] {
        &self.0
    }

    /// What the reader is told for a code: `Some("")` where nothing is, `None` where the site has a list without it.
    #[must_use]
    pub fn text_of(&self, code: &ReasonCodeText) -> Option<&str> {
        if code.as_str().is_empty() || self.0.is_empty() {
            return Some("");
        }
        let found = self.0.iter().find(|reason| reason.code == *code);
        found.map(|reason| reason.text.as_str())
    }

    /// The codes, for people: `off-topic, insult`. Of a long list only the first ones.
    #[must_use]
    pub fn codes(&self) -> String {
        let mut told = String::new();
        for (reason, named) in self.0.iter().zip(0..) {
            if told.len() > MAX_TOLD_BYTES {
                let more = self.0.len() - named;
                return format!("{told} and {more} more");
            }
            if named > 0 {
                told.push_str(", ");
            }
            told.push_str(reason.code.as_str());
        }
        told
    }
}

fn parse_entry(code: &str, text: &str) -> Result<RejectionReason, String> {
    if code.is_empty() {
        return Err("needs a code".to_owned());
    }
    if is_blank(text) {
        return Err("needs a text: what the reader is told".to_owned());
    }
    Ok(RejectionReason {
        code: code.parse().map_err(|why| format!("code {why}"))?,
        text: text.trim().parse().map_err(|why| format!("text {why}"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(given: &[(&str, &str)]) -> Result<RejectionReasons, Vec<String>> {
        RejectionReasons::parse(given.iter().copied())
    }

    fn code(text: &str) -> ReasonCodeText {
        text.parse().unwrap()
    }

    #[test]
    fn with_a_list_only_its_codes_count() {
        let reasons = parse(&[
            ("off-topic", " Please stay on topic. "),
            ("insult", "Be kind."),
        ]);
        let reasons = reasons.unwrap();
        for (given, told) in [
            ("", Some("")),
            ("off-topic", Some("Please stay on topic.")),
            ("insult", Some("Be kind.")),
            ("insults", None),
        ] {
            assert_eq!(reasons.text_of(&code(given)), told, "{given}");
        }
        assert_eq!(reasons.codes(), "off-topic, insult");
        let long: Vec<String> = (10..60).map(|n| format!("{}{n}", "x".repeat(62))).collect();
        let long = RejectionReasons::parse(long.iter().map(|code| (code.as_str(), "Why.")));
        let told = long.unwrap().codes();
        assert!(told.ends_with("x17 and 42 more"), "{told}");
        let none = RejectionReasons::default();
        assert_eq!(none.text_of(&code("anything")), Some(""));
    }

    #[test]
    fn all_that_is_wrong_is_named() {
        let long = "x".repeat(501);
        let wrong = parse(&[
            ("fine", "Fine."),
            ("", "No code."),
            ("Off Topic", "Spelt wrong."),
            ("blank", " \u{200B} "),
            ("long", &long),
            ("fine", "Again."),
        ]);
        assert_eq!(
            wrong.unwrap_err(),
            [
                "entry 2 needs a code",
                "entry 3 code must be at most 64 of a-z, 0-9, - and _",
                "entry 4 needs a text: what the reader is told",
                "entry 5 text must be at most 500 characters; this one has 501",
                "entry 6 has a code that an earlier one has",
            ]
        );
        let empty = [("", ""); 50];
        assert_eq!(parse(&empty).unwrap_err().len(), MAX_COMPLAINTS + 1);
        let many: Vec<String> = (0..51).map(|n| format!("code-{n}")).collect();
        let many = RejectionReasons::parse(many.iter().map(|code| (code.as_str(), "Why.")));
        assert_eq!(
            many.unwrap_err(),
            ["must have at most 50 entries; this one has 51"]
        );
    }
}
