//! `SiteService`: requests to what the domain understands, and sites back. Policies, threads and keys have files of their
//! own.

pub mod key;
pub mod policy;
pub mod thread;

use crate::{
    comment::{ids::SiteId, violation::Violations},
    grpc::convert::time::timestamp_to_proto,
    policy::{
        Policy,
        field::PolicyField,
        sites::{Site, SiteChange, SiteName},
    },
    proto::v1 as pb,
};

/// A site that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSite {
    /// Its name.
    pub id: SiteId,
    /// The name that people read.
    pub display_name: SiteName,
    /// What it wants.
    pub policy: Policy,
}

/// A change of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateSite {
    /// Which.
    pub id: SiteId,
    /// What to change.
    pub change: SiteChange,
    /// The version that the change was made on; `None` takes the current one.
    pub expected: Option<u32>,
}

/// A site on the wire.
#[must_use]
pub fn site_to_proto(site: &Site) -> pb::Site {
    pb::Site {
        site: site.id.to_string(),
        display_name: site.display_name.as_str().to_owned(),
        policy: Some(policy::policy_to_proto(&site.policy)),
        policy_version: site.policy_version,
        created_at: Some(timestamp_to_proto(site.created_at)),
    }
}

/// The site that `CreateSite` is to make.
///
/// # Errors
/// Every violation at once.
pub fn create_site(request: &pb::CreateSiteRequest) -> Result<NewSite, Violations> {
    let mut found = Violations::new();
    let absent = pb::Site::default();
    let site = request.site.as_ref().unwrap_or(&absent);
    let id = found.take("site.site", site.site.parse());
    let display_name = found.take("site.display_name", site.display_name.parse());
    let policy = policy::policy(site.policy.as_ref());
    match (id, display_name, policy) {
        (Some(id), Some(display_name), Ok(policy)) => Ok(NewSite {
            id,
            display_name,
            policy,
        }),
        (_, _, policy) => {
            if let Err(wrong) = policy {
                append(&mut found, &wrong);
            }
            Err(found)
        }
    }
}

/// The site that `GetSite` asks for.
///
/// # Errors
/// Not a site's name.
pub fn get_site(request: &pb::GetSiteRequest) -> Result<SiteId, Violations> {
    let parsed = request.site.parse();
    parsed.map_err(|why: crate::comment::ids::IdError| Violations::one("site", why))
}

/// What `UpdateSite` is to change.
///
/// # Errors
/// Every violation of the mask and of the parts that it names, at once. That the parts fit together is known only with
/// the rest of the policy, in [`Sites::update`](crate::policy::sites::Sites::update).
pub fn update_site(request: &pb::UpdateSiteRequest) -> Result<UpdateSite, Violations> {
    let mut found = Violations::new();
    let absent = pb::Site::default();
    let site = request.site.as_ref().unwrap_or(&absent);
    let id = found.take("site.site", site.site.parse());
    let mask = mask(&mut found, request.update_mask.as_ref());
    let mut change = SiteChange::default();
    if mask.display_name {
        change.display_name = found.take("site.display_name", site.display_name.parse());
    }
    if !mask.policy.is_empty() {
        let (whole, wrong) = policy::draft(site.policy.as_ref());
        append(&mut found, &wrong);
        change.policy = Some((whole, mask.policy));
    }
    match id {
        Some(id) if found.is_empty() => Ok(UpdateSite {
            id,
            change,
            expected: Some(request.expected_version).filter(|version| *version != 0),
        }),
        Some(_) | None => Err(found),
    }
}

struct Mask {
    display_name: bool,
    policy: Vec<PolicyField>,
}

fn mask(found: &mut Violations, given: Option<&prost_types::FieldMask>) -> Mask {
    let mut mask = Mask {
        display_name: false,
        policy: Vec::new(),
    };
    let paths = given.map_or(&[][..], |mask| &mask.paths);
    if paths.is_empty() {
        mask.display_name = true;
        mask.policy = PolicyField::ALL.to_vec();
    }
    let mut unknown = 0;
    for (path, position) in paths.iter().zip(1..) {
        let field = path.strip_prefix("policy.").and_then(PolicyField::named);
        match (path.as_str(), field) {
            ("display_name", _) => mask.display_name = true,
            ("policy", _) => mask.policy = PolicyField::ALL.to_vec(),
            (_, Some(field)) if mask.policy.contains(&field) => {}
            (_, Some(field)) => mask.policy.push(field),
            (_, None) => {
                unknown += 1;
                if unknown == 1 {
                    let known = PolicyField::ALL.map(PolicyField::name).join(", policy.");
                    let why =
                        format!("path {position} is none of display_name, policy, policy.{known}");
                    found.add("update_mask", why);
                }
            }
        }
    }
    if unknown > 1 {
        found.add("update_mask", format!("{unknown} paths are unknown in all"));
    }
    mask
}

fn append(found: &mut Violations, more: &Violations) {
    for violation in more.as_slice() {
        found.add(violation.field, &violation.description);
    }
}

#[cfg(test)]
mod tests;
