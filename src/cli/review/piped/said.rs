//! A line of standard input, and what it asks for.

use serde::Deserialize;

use crate::proto::v1::Verdict;

/// One line of standard input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    #[serde(default)]
    pub(super) comment_id: String,
    pub(super) verdict: String,
    #[serde(default)]
    pub(super) reason_code: String,
    #[serde(default)]
    pub(super) note: String,
    /// How long a skipped item rests.
    #[serde(default)]
    pub(super) cool_down_seconds: Option<i64>,
}

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Decide(Verdict),
    Skip,
    Note,
    Undo,
    Pause,
    Resume,
}

impl Said {
    /// What the line asks for.
    ///
    /// # Errors
    /// No such word, or nothing to do it to; says which there are.
    pub(super) fn word(&self) -> Result<Word, String> {
        let words = [
            ("approve", Word::Decide(Verdict::Approve)),
            ("reject", Word::Decide(Verdict::Reject)),
            ("spam", Word::Decide(Verdict::Spam)),
            ("escalate", Word::Decide(Verdict::Escalate)),
            ("skip", Word::Skip),
            ("note", Word::Note),
            ("undo", Word::Undo),
            ("pause", Word::Pause),
            ("resume", Word::Resume),
        ];
        let said = self.verdict.to_ascii_lowercase();
        let found = words.into_iter().find(|(word, _)| *word == said);
        let (_, word) = found.ok_or_else(|| {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("verdict must be one of {}", all.join(", "))
        })?;
        let needs_comment = !matches!(word, Word::Pause | Word::Resume);
        if needs_comment && self.comment_id.is_empty() {
            return Err("comment_id is missing".to_owned());
        }
        if word == Word::Note && self.note.is_empty() {
            return Err("a note needs its text in `note`".to_owned());
        }
        Ok(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_understood_says_what_is() {
        let table = [
            (r#"{"verdict":"pause"}"#, Ok(Word::Pause)),
            (
                r#"{"comment_id":"a","verdict":"Escalate"}"#,
                Ok(Word::Decide(Verdict::Escalate)),
            ),
            (r#"{"comment_id":"a","verdict":"undo"}"#, Ok(Word::Undo)),
            (r#"{"verdict":"undo"}"#, Err("comment_id is missing")),
            (
                r#"{"comment_id":"a","verdict":"note"}"#,
                Err("a note needs"),
            ),
            (
                r#"{"comment_id":"a","verdict":"ban"}"#,
                Err("verdict must be one of approve, reject"),
            ),
        ];
        for (line, wanted) in table {
            let said: Said = serde_json::from_str(line).expect(line);
            match (said.word(), wanted) {
                (Ok(word), Ok(wanted)) => assert_eq!(word, wanted, "{line}"),
                (Err(why), Err(wanted)) => assert!(why.contains(wanted), "{line}: {why}"),
                (found, _) => panic!("{line}: {found:?}"),
            }
        }
    }
}
