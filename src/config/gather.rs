//! Gathers what was given: from the file, the environment and the flags.

use crate::config::{
    environment, file,
    layers::Layers,
    password,
    settings::{self, Kind},
    sources::{Source, Sources},
};

/// Weakest first, so that the stronger one replaces it.
pub(super) fn gather(sources: &Sources) -> Layers {
    let mut layers = Layers::default();
    if let Some(path) = &sources.file {
        file::read(path, &mut layers);
    }
    environment::read(&sources.env, &mut layers);
    for (key, value) in &sources.flags {
        flag(&mut layers, key, value);
    }
    layers
}

fn flag(layers: &mut Layers, key: &str, value: &str) {
    let Some(setting) = settings::find(key) else {
        return layers.unknown(key, settings::nearest(key).map(str::to_owned), Source::Flag);
    };
    let holds_secret = match setting.kind {
        Kind::Secret => true,
        Kind::Url => password::is_in(value),
        Kind::Text | Kind::Number | Kind::Switch => false,
    };
    if holds_secret {
        let message = format!(
            "is a secret, and flags are seen by every user of the machine; set {} or a file instead",
            setting.variable()
        );
        return layers.refuse(key, Source::Flag, message);
    }
    layers.give(setting, value, Source::Flag);
}
