//! What is different between two policies: for who applies one, and for the audit log.

use std::collections::BTreeMap;

use crate::policy::{Policy, draft::PolicyDraft};

/// The most bytes that either side of [`told`] has: an entry of the audit log must stay small, whatever lists changed.
const MAX_TOLD_BYTES: usize = 2_000;

/// One key whose value differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As a path: `limits.author.burst`. Words of a list are keys of their own, as `hold_words "casino"`.
    pub key: String,
    /// As TOML has it; empty for a word, which is all in its key. `None`: it was not there.
    pub from: Option<String>,
    /// The same, of the other policy. `None`: it is not there any more.
    pub to: Option<String>,
}

/// The changes from a policy to another, by key.
#[must_use]
pub fn changes(current: &Policy, wanted: &Policy) -> Vec<Change> {
    let mut from = flat(current);
    let mut to = flat(wanted);
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
    reordered(current, wanted)
        .into_iter()
        .chain(changed)
        .collect()
}

/// What changed as two texts, before and after, one line a key; what is too much is counted.
#[must_use]
pub fn told(changes: &[Change]) -> (String, String) {
    let side = |value: fn(&Change) -> Option<&String>| {
        let mut text = String::new();
        let mut lines = changes.iter().filter_map(|change| {
            let value = value(change)?;
            let line = format!("{}: {value}", change.key);
            Some(line.trim_end_matches([':', ' ']).to_owned())
        });
        while let Some(line) = lines.next() {
            if text.len() + line.len() > MAX_TOLD_BYTES {
                let more = 1 + lines.count();
                text.push_str(&format!("and {more} more"));
                break;
            }
            text.push_str(&line);
            text.push('\n');
        }
        text.trim_end().to_owned()
    };
    (
        side(|change| change.from.as_ref()),
        side(|change| change.to.as_ref()),
    )
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

fn flat(policy: &Policy) -> BTreeMap<String, String> {
    // A draft has only TOML's own types and text keys.
    let table = toml::Table::try_from(PolicyDraft::from(policy)).unwrap_or_default();
    let mut flat = BTreeMap::new();
    flatten("", &table, &mut flat);
    flat
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
    fn another_order_of_the_reasons_is_a_change() {
        let parse = |codes: [&str; 2]| {
            let reason = |code| format!("[[rejection_reasons]]\ncode = '{code}'\ntext = 'Why.'\n");
            Policy::from_toml(&codes.map(reason).concat()).unwrap()
        };
        let found = changes(&parse(["a", "b"]), &parse(["b", "a"]));
        let expected = Change {
            key: "rejection_reasons".to_owned(),
            from: Some("a, b".to_owned()),
            to: Some("b, a".to_owned()),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn both_sides_are_told_and_never_at_length() {
        let parse = |text: &str| Policy::from_toml(text).unwrap();
        let before = parse("mode = 'pre'\nhold_words = ['casino']");
        let after = parse("mode = 'post'\nhold_first_comment = true\nreject_words = ['bitcoin']");
        let (from, to) = told(&changes(&before, &after));
        assert_eq!(from, "hold_words \"casino\"\nmode: \"pre\"");
        assert_eq!(to, "mode: \"post\"\nreject_words \"bitcoin\"");
        assert_eq!(told(&changes(&before, &before)), Default::default());

        let words: Vec<String> = (1_000..6_000).map(|n| format!("'word {n}'")).collect();
        let long = parse(&format!("hold_words = [{}]", words.join(", ")));
        let (from, to) = told(&changes(&Policy::default(), &long));
        assert_eq!(from, "");
        assert!(to.len() < MAX_TOLD_BYTES + 20, "{}", to.len());
        assert!(to.ends_with("\nand 4913 more"), "{to}");
    }
}
