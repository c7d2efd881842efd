//! The sites that a key is good for.

use std::{collections::BTreeSet, sync::Arc};

use crate::comment::ids::SiteId;

/// The sites that a key is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteScope {
    /// All, those too that are yet to come.
    All,
    /// These; never empty.
    Only(Arc<BTreeSet<SiteId>>),
}

impl SiteScope {
    /// The most sites that a key can be bound to.
    pub const MAX_SITES: usize = 100;

    /// For these sites, or for all if there are none.
    #[must_use]
    pub fn of(sites: BTreeSet<SiteId>) -> Self {
        if sites.is_empty() {
            Self::All
        } else {
            Self::Only(Arc::new(sites))
        }
    }

    /// The sites by name; empty for all.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::Only(sites) => sites.iter().map(ToString::to_string).collect(),
        }
    }

    /// Whether the site is among them.
    #[must_use]
    pub fn contains(&self, site: &SiteId) -> bool {
        match self {
            Self::All => true,
            Self::Only(sites) => sites.contains(site),
        }
    }

    /// Whether all of the other's sites are among them.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(mine), Self::Only(theirs)) => theirs.is_subset(mine),
        }
    }

    /// `*` is all: an empty or lost text must not open every site.
    pub(super) fn from_stored(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        let sites: Result<BTreeSet<SiteId>, _> = text.split(',').map(str::parse).collect();
        sites.ok().map(|sites| Self::Only(Arc::new(sites)))
    }

    pub(super) fn to_stored(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::Only(_) => self.names().join(","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_and_a_lost_one_opens_nothing() {
        for sites in [&[][..], &["gazette"], &["gazette", "herald"]] {
            let sites = sites.iter().map(|site| site.parse().unwrap());
            let scope = SiteScope::of(sites.collect());
            assert_eq!(SiteScope::from_stored(&scope.to_stored()), Some(scope));
        }
        for lost in ["", ",", "*,gazette", "Gazette"] {
            assert_eq!(SiteScope::from_stored(lost), None, "{lost:?}");
        }
    }
}
