//! Access keys on the wire.

use std::collections::BTreeSet;

use crate::{
    access::{
        caller::SiteScope,
        issue::{KeyInfo, Label, NewKey},
        key::AccessKey,
        role::Role,
    },
    comment::{
        fields::is_blank,
        ids::{IdError, KeyId, SiteId},
        violation::Violations,
    },
    grpc::convert::time::{timestamp, timestamp_to_proto},
    proto::v1 as pb,
};

/// A key on the wire.
#[must_use]
pub fn key_to_proto(key: &KeyInfo) -> pb::Key {
    pb::Key {
        key_id: key.id.to_string(),
        role: role_to_proto(key.role).into(),
        sites: key.scope.names(),
        label: key.label.clone(),
        created_at: Some(timestamp_to_proto(key.created_at)),
        expires_at: key.expires_at.map(timestamp_to_proto),
        revoked_at: key.revoked_at.map(timestamp_to_proto),
    }
}

/// The one reply that shows a key's text.
#[must_use]
pub fn created_to_proto(info: &KeyInfo, key: &AccessKey) -> pb::CreateKeyResponse {
    pb::CreateKeyResponse {
        key: Some(key_to_proto(info)),
        access_key: key.expose().to_string(),
    }
}

/// The key that `CreateKey` is to make.
///
/// # Errors
/// Every violation at once.
pub fn create_key(request: &pb::CreateKeyRequest) -> Result<NewKey, Violations> {
    let mut found = Violations::new();
    let role = found.take("role", role(request.role));
    let scope = found.take("sites", scope(&request.sites));
    let label = found.take("label", label(&request.label));
    let expires_at = request
        .expires_at
        .as_ref()
        .and_then(|at| found.take("expires_at", timestamp(at)));
    match (role, scope, label) {
        (Some(role), Some(scope), Some(label)) if found.is_empty() => Ok(NewKey {
            role,
            scope,
            label,
            expires_at,
        }),
        (_, _, _) => Err(found),
    }
}

/// The key that `RevokeKey` names.
///
/// # Errors
/// Not a key's id.
pub fn revoke_key(request: &pb::RevokeKeyRequest) -> Result<KeyId, Violations> {
    let parsed = request.key_id.parse();
    parsed.map_err(|why: IdError| Violations::one("key_id", why))
}

fn role(number: i32) -> Result<Role, &'static str> {
    match pb::Role::try_from(number) {
        Ok(pb::Role::Submitter) => Ok(Role::Submitter),
        Ok(pb::Role::Moderator) => Ok(Role::Moderator),
        Ok(pb::Role::SeniorModerator) => Ok(Role::SeniorModerator),
        Ok(pb::Role::Admin) => Ok(Role::Admin),
        Ok(pb::Role::PrivacyOfficer) => Ok(Role::PrivacyOfficer),
        Ok(pb::Role::Unspecified) | Err(_) => {
            Err("must be SUBMITTER, MODERATOR, SENIOR_MODERATOR, ADMIN or PRIVACY_OFFICER")
        }
    }
}

fn role_to_proto(role: Role) -> pb::Role {
    match role {
        Role::Submitter => pb::Role::Submitter,
        Role::Moderator => pb::Role::Moderator,
        Role::SeniorModerator => pb::Role::SeniorModerator,
        Role::Admin => pb::Role::Admin,
        Role::PrivacyOfficer => pb::Role::PrivacyOfficer,
    }
}

fn scope(sites: &[String]) -> Result<SiteScope, String> {
    let most = SiteScope::MAX_SITES;
    if sites.len() > most {
        return Err(format!("must be at most {most} sites, or none for all"));
    }
    let mut parsed = BTreeSet::new();
    for (site, position) in sites.iter().zip(1..) {
        let site: SiteId = site
            .parse()
            .map_err(|why| format!("entry {position} {why}"))?;
        parsed.insert(site);
    }
    Ok(SiteScope::of(parsed))
}

fn label(text: &str) -> Result<Label, String> {
    if is_blank(text) {
        return Err("is required: who holds the key, one key per person".to_owned());
    }
    text.parse::<Label>().map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let request = pb::CreateKeyRequest {
            role: 9,
            sites: vec!["gazette".into(), "No Site".into()],
            label: " ".into(),
            expires_at: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
        };
        let found = create_key(&request).unwrap_err();
        let fields: Vec<&str> = found.as_slice().iter().map(|v| v.field).collect();
        assert_eq!(fields, ["role", "sites", "label", "expires_at"]);
    }

    #[test]
    fn no_sites_means_all() {
        let request = pb::CreateKeyRequest {
            role: pb::Role::Moderator.into(),
            label: "ada".into(),
            ..pb::CreateKeyRequest::default()
        };
        let key = create_key(&request).unwrap();
        assert_eq!((key.role, key.scope), (Role::Moderator, SiteScope::All));
    }
}
