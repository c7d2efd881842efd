//! What is to be changed of a site, and what was.

use super::{Site, SiteName};
use crate::{
    comment::violation::Violations,
    policy::{
        changes::{self, Change},
        draft::PolicyDraft,
        field::PolicyField,
    },
};

/// What to change of a site.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SiteChange {
    /// The new name.
    pub display_name: Option<SiteName>,
    /// These parts of the policy, from the draft; what is absent there becomes its default.
    pub policy: Option<(PolicyDraft, Vec<PolicyField>)>,
}

impl SiteChange {
    /// The site with this change.
    ///
    /// # Errors
    /// The parts do not fit together.
    pub(super) fn applied_to(&self, before: &Site) -> Result<Site, Violations> {
        let mut after = before.clone();
        if let Some(name) = &self.display_name {
            after.display_name = name.clone();
        }
        if let Some((draft, fields)) = &self.policy {
            let mut whole = PolicyDraft::from(&before.policy);
            for field in fields {
                whole.take(*field, draft);
            }
            after.policy = whole.parse()?;
        }
        Ok(after)
    }
}

/// What is different, for the audit log.
pub(super) fn told(before: &Site, after: &Site) -> (String, String) {
    let mut all = Vec::new();
    if before.display_name != after.display_name {
        all.push(Change {
            key: "display_name".to_owned(),
            from: Some(before.display_name.as_str().to_owned()),
            to: Some(after.display_name.as_str().to_owned()),
        });
    }
    all.extend(changes::changes(&before.policy, &after.policy));
    changes::told(&all)
}
