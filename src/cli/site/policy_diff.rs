//! What applying a policy file would change.

use std::collections::BTreeMap;

use crate::{
    cli::{
        failure::Failure,
        style::{Paint, Tone},
        untrusted,
    },
    policy::Policy,
};

/// One key whose value would change.
#[derive(Debug, PartialEq)]
pub struct Change {
    key: String,
    from: Option<String>,
    to: Option<String>,
}

/// The changes, by key. Words of a list are keys of their own.
///
/// # Errors
/// None that is known: what a policy prints is TOML.
pub fn changes(current: &Policy, wanted: &Policy) -> Result<Vec<Change>, Failure> {
    let mut from = flat(current)?;
    let mut to = flat(wanted)?;
    let mut keys: Vec<String> = from.keys().chain(to.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    let change = |key: String| Change {
        from: from.remove(&key),
        to: to.remove(&key),
        key,
    };
    let all = keys.into_iter().map(change);
    let changed = all.filter(|change| change.from != change.to);
    Ok(reordered(current, wanted)
        .into_iter()
        .chain(changed)
        .collect())
}

/// Moderators see the reasons in their order, which no key tells.
fn reordered(current: &Policy, wanted: &Policy) -> Option<Change> {
    let codes = |policy: &Policy| -> Vec<String> {
        let reasons = policy.rejection_reasons().as_slice().iter();
        reasons
            .map(|reason| reason.code.as_str().to_owned())
            .collect()
    };
    let (from, to) = (codes(current), codes(wanted));
    let sorted = |codes: &[String]| {
        let mut codes = codes.to_vec();
        codes.sort();
        codes
    };
    (from != to && sorted(&from) == sorted(&to)).then(|| Change {
        key: "rejection_reasons".to_owned(),
        from: Some(from.join(", ")),
        to: Some(to.join(", ")),
    })
}

/// One line a change, as a person reads it.
#[must_use]
pub fn render(changes: &[Change], paint: Paint) -> String {
    let line = |change: &Change| {
        let key = untrusted::line(&change.key);
        match (&change.from, &change.to) {
            (Some(from), Some(to)) => {
                let (from, to) = (untrusted::line(from), untrusted::line(to));
                paint.paint(Tone::Notice, &format!("  ~ {key}: {from} -> {to}"))
            }
            (None, Some(to)) => paint.paint(
                Tone::Good,
                format!("  + {key} {}", untrusted::line(to)).trim_end(),
            ),
            (Some(_), None) => paint.paint(Tone::Bad, &format!("  - {key}")),
            (None, None) => String::new(),
        }
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn flat(policy: &Policy) -> Result<BTreeMap<String, String>, Failure> {
    let table: toml::Table = toml::from_str(&policy.to_toml())
        .map_err(|error| Failure::new(format!("cannot compare the policies: {error}")))?;
    let mut flat = BTreeMap::new();
    flatten("", &table, &mut flat);
    Ok(flat)
}

fn flatten(prefix: &str, table: &toml::Table, flat: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, flat),
            toml::Value::Array(entries) => {
                flat.extend(entries.iter().map(|entry| of_entry(&path, entry)));
            }
            toml::Value::String(_)
            | toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_) => {
                flat.insert(path, value.to_string());
            }
        }
    }
}

/// A word is all that there is of its entry; a reason is its code with the text.
fn of_entry(path: &str, entry: &toml::Value) -> (String, String) {
    match (entry.get("code"), entry.get("text")) {
        (Some(code), Some(text)) => (format!("{path} {code}"), text.to_string()),
        (Some(_) | None, Some(_) | None) => (format!("{path} {entry}"), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_one_line() {
        let parse = |text: &str| Policy::from_toml(text).expect("a policy");
        let current = parse(
            "mode = \"pre\"\nmax_links = 2\nhold_words = [\"lottery\", \"casino\"]\n[limits.author]\nper_minute = 5\nburst = 3\n[[rejection_reasons]]\ncode = 'insult'\ntext = 'Be kind.'\n[[rejection_reasons]]\ncode = 'advert'\ntext = 'No adverts.'",
        );
        let wanted = parse(
            "mode = \"automatic\"\napprove_at = 0.1\nhold_words = [\"casino\", \"bitcoin\"]\nclose_threads_after_days = 90\n[limits.author]\nper_minute = 5\nburst = 9\n[priority]\nreports = 1\n[[rejection_reasons]]\ncode = 'insult'\ntext = 'Be polite.'\n[[rejection_reasons]]\ncode = 'off-topic'\ntext = 'Stay on topic.'",
        );
        let found = changes(&current, &wanted).expect("both print");
        insta::assert_snapshot!(render(&found, Paint::off()));
        assert_eq!(changes(&current, &current).expect("both print"), []);
    }

    #[test]
    fn another_order_of_the_reasons_is_a_change() {
        let parse = |codes: [&str; 2]| {
            let reason = |code| format!("[[rejection_reasons]]\ncode = '{code}'\ntext = 'Why.'\n");
            Policy::from_toml(&codes.map(reason).concat()).expect("a policy")
        };
        let found = changes(&parse(["a", "b"]), &parse(["b", "a"])).expect("both print");
        assert_eq!(
            render(&found, Paint::off()),
            "  ~ rejection_reasons: a, b -> b, a"
        );
    }
}
