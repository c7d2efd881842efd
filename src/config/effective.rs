//! The effective configuration, as it is shown.

use std::{fmt::Write, path::PathBuf};

use crate::config::{
    layers::Layers,
    password,
    settings::{Kind, SETTINGS, Setting},
    sources::Source,
};

/// Each setting as shown, with its source. Holds no secret.
#[derive(Debug)]
pub(super) struct Effective {
    lines: Vec<(&'static Setting, Option<String>, Source)>,
    files: Vec<(&'static str, PathBuf)>,
}

impl Effective {
    pub(super) fn of(layers: &Layers) -> Self {
        let line = |setting: &'static Setting| {
            let given = layers
                .given
                .get(setting.key)
                .filter(|g| !g.text.is_empty() || setting.default.is_some());
            let text = given.map(|g| g.text.as_str()).or(setting.default);
            let source = given.map_or(Source::Default, |g| g.source.clone());
            (setting, text.map(|text| shown(setting.kind, text)), source)
        };
        let file = |setting: &'static Setting| {
            let given = layers.given.get(setting.key)?;
            let is_file = setting.name().ends_with("_file") && !given.text.trim().is_empty();
            is_file.then(|| (setting.key, PathBuf::from(given.text.trim())))
        };
        Self {
            lines: SETTINGS.iter().map(line).collect(),
            files: SETTINGS.iter().filter_map(file).collect(),
        }
    }

    /// The files that are named.
    pub(super) fn files(&self) -> &[(&'static str, PathBuf)] {
        &self.files
    }

    pub(super) fn to_toml(&self) -> String {
        let mut toml = String::new();
        let mut section = "";
        for (setting, value, source) in &self.lines {
            if setting.section() != section {
                section = setting.section();
                let gap = if toml.is_empty() { "" } else { "\n" };
                // Writing to a String cannot fail.
                let _ = writeln!(toml, "{gap}[{section}]");
            }
            let _ = match value {
                Some(value) => writeln!(toml, "{} = {value} # {source}", setting.name()),
                None => writeln!(toml, "# {} is not set: {}", setting.name(), setting.meaning),
            };
        }
        toml
    }
}

fn shown(kind: Kind, text: &str) -> String {
    let text = text.trim();
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    match kind {
        Kind::Number | Kind::Switch => text.to_owned(),
        Kind::Text => quoted(text),
        Kind::Url => quoted(&password::without(text)),
        Kind::Secret => quoted("[redacted]"),
    }
}
