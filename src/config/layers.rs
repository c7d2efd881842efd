//! The layers on top of each other: for each setting the strongest value and its source.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

use crate::config::{problem::Problem, settings::Setting, sources::Source};

/// A value before it is parsed. May be a secret, so `Debug` tells nothing.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) text: Zeroizing<String>,
    pub(super) source: Source,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given([redacted], {})", self.source)
    }
}

/// What was given, and what was given wrongly.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) given: BTreeMap<&'static str, Given>,
    pub(super) problems: Vec<Problem>,
}

impl Layers {
    pub(super) fn give(&mut self, setting: &'static Setting, text: &str, source: Source) {
        let text = Zeroizing::new(text.to_owned());
        self.given.insert(setting.key, Given { text, source });
    }

    pub(super) fn refuse(&mut self, key: &str, source: Source, message: impl Into<String>) {
        self.problems.push(Problem {
            key: key.to_owned(),
            source,
            message: message.into(),
        });
    }

    pub(super) fn unknown(&mut self, key: &str, nearest: Option<String>, source: Source) {
        let message = match nearest {
            Some(nearest) => format!("is no setting; did you mean {nearest}?"),
            None => "is no setting; `replydesk serve --print-config` shows them all".to_owned(),
        };
        self.refuse(key, source, message);
    }
}
