//! Who calls: a key's holder, role and sites.

use std::sync::Arc;

use crate::{
    access::{
        error::AccessError,
        role::Role,
        scope::SiteScope,
        table::{Method, Reach},
    },
    comment::{
        audit::Actor,
        ids::{KeyId, SiteId},
    },
};

/// Who calls. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The key's public part: the actor in records and audit entries.
    pub key_id: KeyId,
    /// Who holds the key.
    pub label: Arc<str>,
    /// What it is for.
    pub role: Role,
    /// Where it is good.
    pub scope: SiteScope,
}

impl Caller {
    /// The caller, as the audit log names who did something.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            key: self.key_id,
            label: Arc::clone(&self.label),
        }
    }

    /// Whether the caller may act on the site.
    ///
    /// # Errors
    /// [`AccessError::WrongSite`].
    pub fn require(&self, site: &SiteId) -> Result<(), AccessError> {
        if self.scope.contains(site) {
            Ok(())
        } else {
            Err(AccessError::WrongSite)
        }
    }

    /// Whether the caller may act on all sites, those too that are yet to come.
    ///
    /// # Errors
    /// [`AccessError::WrongSite`].
    pub fn require_everywhere(&self) -> Result<(), AccessError> {
        match self.scope {
            SiteScope::All => Ok(()),
            SiteScope::Only(_) => Err(AccessError::WrongSite),
        }
    }

    /// Whether the caller's role is one of these.
    ///
    /// # Errors
    /// [`AccessError::WrongRole`].
    pub fn require_role(&self, roles: &'static [Role]) -> Result<(), AccessError> {
        if roles.contains(&self.role) {
            Ok(())
        } else {
            Err(AccessError::WrongRole {
                has: self.role,
                needs: roles,
            })
        }
    }

    /// Whether the caller may call a method at all: the role is one of its row's, and where it reaches all sites, so does
    /// the caller. Which sites a request names is asked with [`Caller::require`].
    ///
    /// # Errors
    /// [`AccessError::WrongRole`] or [`AccessError::WrongSite`].
    pub fn may_call(&self, method: Method) -> Result<(), AccessError> {
        self.require_role(method.roles())?;
        match method.reach() {
            Reach::All => self.require_everywhere(),
            Reach::Named | Reach::Own => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, sites: &[&str]) -> Caller {
        Caller {
            key_id: KeyId::from_bytes([7; 8]),
            label: "ada".into(),
            role,
            scope: SiteScope::of(sites.iter().map(|site| site.parse().unwrap()).collect()),
        }
    }

    #[test]
    fn a_bound_key_is_good_for_its_sites_only() {
        let (gazette, herald) = ("gazette".parse().unwrap(), "herald".parse().unwrap());
        let bound = caller(Role::Admin, &["gazette"]);
        assert!(bound.require(&gazette).is_ok());
        assert!(matches!(
            bound.require(&herald),
            Err(AccessError::WrongSite)
        ));
        assert!(bound.may_call(Method::UpdateSite).is_ok());
        assert!(matches!(
            bound.may_call(Method::CreateSite),
            Err(AccessError::WrongSite)
        ));
        let everywhere = caller(Role::Admin, &[]);
        assert!(everywhere.require(&herald).is_ok());
        assert!(everywhere.may_call(Method::CreateSite).is_ok());
        assert!(matches!(
            caller(Role::Submitter, &[]).may_call(Method::ListQueue),
            Err(AccessError::WrongRole { .. })
        ));
    }
}
