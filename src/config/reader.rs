//! What each section reads its settings with: values parse, problems gather.

use crate::{
    config::{
        layers::{Given, Layers},
        problem::Problem,
        settings::{self, Kind},
        sources::Source,
    },
    privacy::keys::{KeyError, is_private_key},
};

/// Reads settings, the strongest layer's value or the default, and keeps what is wrong.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self {
            layers,
            problems: Vec::new(),
        }
    }

    /// A setting that has a default. `None` after a problem.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let default = settings::find(key).and_then(|s| s.default);
        let text = match self.layers.given.get(key) {
            Some(given) => given.text.as_str(),
            None => default.unwrap_or_default(),
        };
        self.parse(key, text, parse)
    }

    /// A setting that may be absent. `None` after a problem.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.given(key) {
            Some(given) => self.parse(key, &given.text, parse).map(Some),
            None => Some(None),
        }
    }

    /// Whether anybody set it, to more than nothing.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.given(key).is_some()
    }

    /// Notes a problem that concerns more than one value.
    pub(super) fn refuse(&mut self, key: &str, message: impl Into<String>) {
        let source = self
            .given(key)
            .map_or(Source::Default, |g| g.source.clone());
        self.problems.push(Problem {
            key: key.to_owned(),
            source,
            message: message.into(),
        });
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    fn given(&self, key: &str) -> Option<&'a Given> {
        self.layers
            .given
            .get(key)
            .filter(|given| !given.text.is_empty())
    }

    fn parse<T>(
        &mut self,
        key: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        // Whatever the setting: some would take any text, and a pepper would be made of it.
        if is_private_key(text) {
            self.refuse(key, KeyError::Private.to_string());
            return None;
        }
        let parsed = parse(text.trim());
        let quotable = settings::find(key)
            .is_some_and(|s| matches!(s.kind, Kind::Text | Kind::Number | Kind::Switch))
            // Where people put the private key or the key itself by mistake.
            && !matches!(
                key,
                "privacy.public_key" | "privacy.previous_public_key" | "access.admin_key_hash"
            );
        parsed
            .map_err(|message| {
                let shown: String = text.chars().take(80).collect();
                let message = if quotable {
                    format!("{message}; it is {shown:?}")
                } else {
                    message
                };
                self.refuse(key, message);
            })
            .ok()
    }
}
