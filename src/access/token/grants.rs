//! What a person may do, by what their token says of them: rows of claim, value, role and sites.
//!
//! All rows whose claim has the row's value fit. The most senior role among them holds, with the sites of the rows that
//! give that role; rows of a lesser role then give nothing. So nobody has a role on a site that no row gives it on.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    access::{role::Role, scope::SiteScope, token::error::TokenError},
    comment::ids::SiteId,
};

mod file;

pub use file::GrantsError;

/// The rows; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants(Arc<[Grant]>);

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant {
    claim: ClaimPath,
    value: String,
    role: Role,
    sites: GrantedSites,
}

/// Where a row's role is good.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GrantedSites {
    All,
    These(BTreeSet<SiteId>),
    /// Those that this claim of the token lists.
    Claimed(ClaimPath),
}

/// The way to a claim: its name, or the names of objects and then its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ClaimPath(Vec<String>);

impl ClaimPath {
    fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        let mut value = claims.get(first)?;
        for name in rest {
            value = value.as_object()?.get(name)?;
        }
        Some(value)
    }
}

/// How senior a role is among those that a token can give; `None` for those that it can't. Rank 0 is a line of its own.
fn rank(role: Role) -> Option<u8> {
    match role {
        // Programs have keys.
        Role::Submitter => None,
        // Who opens contact data is nobody else, so that no one person both decides and reveals.
        Role::PrivacyOfficer => Some(0),
        Role::Moderator => Some(1),
        Role::SeniorModerator => Some(2),
        Role::Admin => Some(3),
    }
}

impl Grants {
    /// The role and sites that claims give.
    ///
    /// # Errors
    /// No row fits, or the claims that rows look at are not what rows can look at.
    pub(super) fn of(&self, claims: &Map<String, Value>) -> Result<(Role, SiteScope), TokenError> {
        let mut fitting = Vec::new();
        for grant in self.0.iter() {
            if grant.fits(claims)? {
                fitting.push(grant);
            }
        }
        let ranked = fitting.iter().filter_map(|grant| rank(grant.role));
        let highest = ranked.clone().max().ok_or(TokenError::NoGrant)?;
        if highest > 0 && ranked.min() == Some(0) {
            return Err(TokenError::Ambiguous);
        }
        let holding: Vec<_> = fitting
            .into_iter()
            .filter(|grant| rank(grant.role) == Some(highest))
            .collect();
        let role = holding.first().ok_or(TokenError::NoGrant)?.role;
        Ok((role, scope(&holding, claims)?))
    }
}

impl Grant {
    fn fits(&self, claims: &Map<String, Value>) -> Result<bool, TokenError> {
        match self.claim.find(claims) {
            None => Ok(false),
            Some(found) => Ok(texts(found)
                .ok_or(TokenError::Roles)?
                .contains(&self.value.as_str())),
        }
    }
}

fn scope(grants: &[&Grant], claims: &Map<String, Value>) -> Result<SiteScope, TokenError> {
    let mut sites = BTreeSet::new();
    for grant in grants {
        match &grant.sites {
            GrantedSites::All => return Ok(SiteScope::All),
            GrantedSites::These(these) => sites.extend(these.iter().cloned()),
            GrantedSites::Claimed(path) => sites.extend(claimed(path, claims)?),
        }
    }
    if sites.len() > SiteScope::MAX_SITES {
        return Err(TokenError::TooManySites);
    }
    // An empty set would be all sites.
    if sites.is_empty() {
        return Err(TokenError::Sites);
    }
    Ok(SiteScope::of(sites))
}

fn claimed(path: &ClaimPath, claims: &Map<String, Value>) -> Result<Vec<SiteId>, TokenError> {
    let found = path.find(claims).and_then(texts);
    let names = found.filter(|names| !names.is_empty());
    let sites = names.ok_or(TokenError::Sites)?.into_iter().map(str::parse);
    sites
        .collect::<Result<_, _>>()
        .map_err(|_| TokenError::Sites)
}

/// A text, or a list of texts; `None` for anything else.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) => several.iter().map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
