//! The file of grants, in TOML: read strictly, and everything that is wrong with it is named.

use std::{collections::BTreeSet, fmt, str::FromStr};

use toml::{Table, Value};

use super::{ClaimPath, Grant, GrantedSites, Grants, rank};
use crate::access::{role::Role, scope::SiteScope};

/// The most rows.
const MAX_GRANTS: usize = 200;
/// The most names on the way to a claim.
const MAX_PATH: usize = 8;
/// The longest name or value, in bytes.
const MAX_TEXT_BYTES: usize = 512;
/// What a row can have.
const MEMBERS: [&str; 6] = [
    "claim",
    "value",
    "role",
    "sites",
    "all_sites",
    "sites_claim",
];

/// What is wrong with a file of grants; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantsError(Vec<String>);

impl fmt::Display for GrantsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is wrong: {}", self.0.join("; "))
    }
}

impl std::error::Error for GrantsError {}

/// Gathers what is wrong with one row.
struct Row<'a> {
    number: usize,
    members: &'a Table,
    wrong: &'a mut Vec<String>,
}

impl FromStr for Grants {
    type Err = GrantsError;

    fn from_str(text: &str) -> Result<Self, GrantsError> {
        let table: Table = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            GrantsError(vec![format!(
                "line {line} is not valid TOML: {}",
                error.message()
            )])
        })?;
        let mut wrong: Vec<String> = table
            .keys()
            .filter(|key| *key != "grants")
            .map(|key| format!("`{key}` is unknown (there are [[grants]] only)"))
            .collect();
        let rows = match table.get("grants") {
            Some(Value::Array(rows)) if (1..=MAX_GRANTS).contains(&rows.len()) => rows.as_slice(),
            Some(_) | None => {
                wrong.push(format!("there must be 1 to {MAX_GRANTS} [[grants]]"));
                &[]
            }
        };
        let mut grants = Vec::with_capacity(rows.len());
        for (row, number) in rows.iter().zip(1..) {
            let Some(members) = row.as_table() else {
                wrong.push(format!("grant {number} must be a table"));
                continue;
            };
            let wrong = &mut wrong;
            let row = Row {
                number,
                members,
                wrong,
            };
            grants.extend(row.read());
        }
        contradictions(&grants, &mut wrong);
        if wrong.is_empty() {
            Ok(Self(grants.into_iter().map(|(_, grant)| grant).collect()))
        } else {
            Err(GrantsError(wrong))
        }
    }
}

/// Two rows for one value: with one role they can be one row, with two nobody could tell which was meant.
fn contradictions(grants: &[(usize, Grant)], wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (number, grant) in grants {
        if !seen.insert((&grant.claim, &grant.value)) {
            wrong.push(format!(
                "grant {number} has claim and value of another: make one of them"
            ));
        }
    }
}

impl Row<'_> {
    fn read(mut self) -> Option<(usize, Grant)> {
        for key in self.members.keys() {
            if !MEMBERS.contains(&key.as_str()) {
                let known = MEMBERS.join(", ");
                self.refuse(&format!("`{key}` is unknown (there are {known})"));
            }
        }
        let claim = self.path("claim");
        if claim.is_none() && !self.members.contains_key("claim") {
            self.refuse("`claim` is missing");
        }
        let value = self.value();
        let role = self.role();
        let sites = self.sites();
        let grant = Grant {
            claim: claim?,
            value: value?,
            role: role?,
            sites: sites?,
        };
        Some((self.number, grant))
    }

    fn refuse(&mut self, what: &str) {
        self.wrong.push(format!("grant {}: {what}", self.number));
    }

    fn value(&mut self) -> Option<String> {
        let text = self.members.get("value").and_then(Value::as_str);
        let good = text.filter(|text| (1..=MAX_TEXT_BYTES).contains(&text.len()));
        if good.is_none() {
            self.refuse("`value` must be a text of 1 to 512 bytes");
        }
        good.map(str::to_owned)
    }

    fn role(&mut self) -> Option<Role> {
        let word = self.members.get("role").and_then(Value::as_str);
        let role = word.and_then(Role::from_word);
        let good = role.filter(|role| rank(*role).is_some());
        if good.is_none() {
            let words: Vec<_> = Role::ALL
                .into_iter()
                .filter(|role| rank(*role).is_some())
                .map(Role::word)
                .collect();
            self.refuse(&format!("`role` must be one of {}", words.join(", ")));
        }
        good
    }

    fn sites(&mut self) -> Option<GrantedSites> {
        let given = ["sites", "all_sites", "sites_claim"];
        let given: Vec<_> = given
            .into_iter()
            .filter(|key| self.members.contains_key(*key))
            .collect();
        match given[..] {
            ["sites"] => self.listed(),
            ["all_sites"] => {
                let all = self.members.get("all_sites").and_then(Value::as_bool);
                if all != Some(true) {
                    self.refuse("`all_sites` must be true, or not stand there");
                }
                all.filter(|all| *all).map(|_| GrantedSites::All)
            }
            ["sites_claim"] => self.path("sites_claim").map(GrantedSites::Claimed),
            _ => {
                self.refuse(
                    "one of `sites`, `all_sites = true` and `sites_claim` must stand there",
                );
                None
            }
        }
    }

    fn listed(&mut self) -> Option<GrantedSites> {
        let listed = self.members.get("sites").and_then(Value::as_array);
        let fitting = listed.filter(|sites| (1..=SiteScope::MAX_SITES).contains(&sites.len()));
        let parsed: Option<BTreeSet<_>> = fitting.and_then(|sites| {
            let site = |site: &Value| site.as_str()?.parse().ok();
            sites.iter().map(site).collect()
        });
        if parsed.is_none() {
            self.refuse(&format!(
                "`sites` must be a list of 1 to {} names of sites",
                SiteScope::MAX_SITES
            ));
        }
        parsed.map(GrantedSites::These)
    }

    /// A text is one claim's name; a list is the way to a claim within objects.
    fn path(&mut self, member: &str) -> Option<ClaimPath> {
        let names = match self.members.get(member)? {
            Value::String(name) if name.contains('.') && !name.contains("://") => {
                let parts: Vec<_> = name.split('.').map(|part| format!("\"{part}\"")).collect();
                self.refuse(&format!(
                    "`{member}` could be meant in two ways: write [{}] for a claim within an object, \
                     [\"{name}\"] for a claim of that name",
                    parts.join(", ")
                ));
                return None;
            }
            Value::String(name) => Some(vec![name.clone()]),
            Value::Array(names) => names
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect(),
            Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Table(_) => None,
        };
        let fits = |name: &String| (1..=MAX_TEXT_BYTES).contains(&name.len());
        let good =
            names.filter(|names| (1..=MAX_PATH).contains(&names.len()) && names.iter().all(fits));
        if good.is_none() {
            self.refuse(&format!(
                "`{member}` must be a claim's name, or a list of 1 to {MAX_PATH} names that leads to it"
            ));
        }
        good.map(ClaimPath)
    }
}
