//! How the file of identities is read: strictly, and everything wrong is named at once.

use std::collections::{BTreeSet, HashMap};

use toml::{Table, Value};

use super::{Identities, IdentitiesError, MAX_IDENTITIES, key_id};
use crate::{
    access::{caller::Caller, issue::Label, role::Role, scope::SiteScope},
    comment::{fields::is_blank, ids::SiteId},
};

const KEYS: [&str; 4] = ["san", "role", "sites", "label"];
/// A URI of SPIFFE has 2,048 bytes at most, a DNS name 253.
const LONGEST_NAME: usize = 2_048;

pub(super) fn parse(text: &str) -> Result<Identities, IdentitiesError> {
    let table: Table = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            text[..span.start.min(text.len())].lines().count().max(1)
        });
        IdentitiesError(vec![format!(
            "it is not valid TOML at line {line}: {}",
            error.message()
        )])
    })?;
    let mut wrong = Vec::new();
    for key in table.keys().filter(|key| *key != "identity") {
        wrong.push(format!(
            "{key:?} is not known: everything stands in tables [[identity]]"
        ));
    }
    let entries = match table.get("identity") {
        None => &[][..],
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            wrong.push("identity must be tables [[identity]]".to_owned());
            &[]
        }
    };
    if entries.len() > MAX_IDENTITIES {
        wrong.push(format!("it names more than {MAX_IDENTITIES} identities"));
        return Err(IdentitiesError(wrong));
    }
    let mut callers = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let mut entry = Entry::of(at + 1, entry, &mut wrong);
        if let Some((name, caller)) = entry.read()
            && callers.insert(name.clone(), caller).is_some()
        {
            entry.refuse(&format!("names {name:?} again; a name stands for one"));
        }
    }
    if wrong.is_empty() {
        Ok(Identities { callers })
    } else {
        Err(IdentitiesError(wrong))
    }
}

/// One `[[identity]]`, and where to say what is wrong with it.
struct Entry<'a> {
    number: usize,
    values: Option<&'a Table>,
    wrong: &'a mut Vec<String>,
}

impl<'a> Entry<'a> {
    fn of(number: usize, value: &'a Value, wrong: &'a mut Vec<String>) -> Self {
        Self {
            number,
            values: value.as_table(),
            wrong,
        }
    }

    fn refuse(&mut self, what: &str) {
        self.wrong.push(format!("identity {}: {what}", self.number));
    }

    fn read(&mut self) -> Option<(String, Caller)> {
        let Some(values) = self.values else {
            self.refuse("must be a table");
            return None;
        };
        for key in values.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            self.refuse(&format!(
                "{key:?} is not known; there are {}",
                KEYS.join(", ")
            ));
        }
        let name = self.text(values, "san", name);
        let role = self.text(values, "role", role);
        let label = self.text(values, "label", label);
        let scope = self.scope(values);
        let name = name?;
        let caller = Caller {
            key_id: key_id(&name),
            label: label?.as_str().into(),
            role: role?,
            scope: scope?,
        };
        Some((name, caller))
    }

    fn text<T>(
        &mut self,
        values: &Table,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Some(text) = values.get(key).and_then(Value::as_str) else {
            self.refuse(&format!("{key} must be there, and be a text"));
            return None;
        };
        parse(text)
            .map_err(|why| self.refuse(&format!("{key} {why}")))
            .ok()
    }

    fn scope(&mut self, values: &Table) -> Option<SiteScope> {
        let sites = values.get("sites").and_then(Value::as_array);
        let names: Option<Vec<&str>> =
            sites.and_then(|sites| sites.iter().map(Value::as_str).collect());
        let (Some(names), true) = (names, sites.is_some_and(|sites| !sites.is_empty())) else {
            self.refuse("sites must be a list of sites; [\"*\"] is all");
            return None;
        };
        if names == ["*"] {
            return Some(SiteScope::All);
        }
        if names.len() > SiteScope::MAX_SITES {
            self.refuse(&format!(
                "sites must be at most {}, or [\"*\"] for all",
                SiteScope::MAX_SITES
            ));
            return None;
        }
        let mut sites = BTreeSet::new();
        for name in &names {
            match name.parse::<SiteId>() {
                Ok(site) => drop(sites.insert(site)),
                Err(error) => self.refuse(&format!("sites: {name:?} {error}")),
            }
        }
        (!sites.is_empty()).then(|| SiteScope::of(sites))
    }
}

fn name(text: &str) -> Result<String, String> {
    let spelt_right = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > LONGEST_NAME || !spelt_right {
        return Err("must be a DNS name or a URI as the certificate has it".to_owned());
    }
    if text.contains('*') {
        return Err("must be one name: a pattern would let in whom nobody named".to_owned());
    }
    Ok(text.to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("must be one of {}", words.join(", "))
    })
}

fn label(text: &str) -> Result<Label, String> {
    let label: Label = text
        .parse()
        .map_err(|error: crate::comment::fields::FieldError| error.to_string())?;
    if is_blank(label.as_str()) {
        return Err("must say who it is".to_owned());
    }
    Ok(label)
}
