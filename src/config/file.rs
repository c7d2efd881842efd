//! The TOML file: one table a section.

use std::path::Path;

use toml::{Table, Value};
use zeroize::Zeroizing;

use crate::config::{
    layers::Layers,
    settings::{self, SETTINGS},
    sources::Source,
};

/// The largest file that is read; a configuration has a few KiB.
const MOST_BYTES: u64 = 1 << 20;

pub(super) fn read(path: &Path, layers: &mut Layers) {
    let source = Source::File(path.to_owned());
    let text = match read_text(path) {
        Ok(text) => text,
        Err(error) => return layers.refuse("--config", source, format!("cannot be read: {error}")),
    };
    let table: Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            // Not the error's own text: it quotes the line, and the line may hold a secret.
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].lines().count().max(1)
            });
            let message = format!("is not valid TOML at line {line}: {}", error.message());
            return layers.refuse("--config", source, message);
        }
    };
    for (section, value) in &table {
        match value {
            Value::Table(settings) => read_section(section, settings, &source, layers),
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_) => {
                let nearest = settings::nearest(section).map(in_its_section);
                layers.unknown(section, nearest, source.clone());
            }
        }
    }
}

/// Text of at most [`MOST_BYTES`].
pub(super) fn read_text(path: &Path) -> std::io::Result<Zeroizing<String>> {
    use std::io::Read;
    let mut text = Zeroizing::new(String::new());
    let file = std::fs::File::open(path)?;
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MOST_BYTES {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

fn in_its_section(key: &str) -> String {
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    format!("{name} in [{section}]")
}

fn read_section(section: &str, values: &Table, source: &Source, layers: &mut Layers) {
    if !SETTINGS.iter().any(|s| s.section() == section) && values.is_empty() {
        return layers.unknown(section, None, source.clone());
    }
    for (name, value) in values {
        let key = format!("{section}.{name}");
        let Some(setting) = settings::find(&key) else {
            layers.unknown(
                &key,
                settings::nearest(&key).map(str::to_owned),
                source.clone(),
            );
            continue;
        };
        let text = match value {
            Value::String(text) => Zeroizing::new(text.clone()),
            Value::Integer(number) => Zeroizing::new(number.to_string()),
            Value::Boolean(switch) => Zeroizing::new(switch.to_string()),
            Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
                let message = "must be a text, a whole number, true or false";
                layers.refuse(&key, source.clone(), message);
                continue;
            }
        };
        layers.give(setting, &text, source.clone());
    }
}
