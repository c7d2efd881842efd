//! Access keys on the wire.

use std::collections::BTreeSet;

use crate::{
    access::{
        issue::{KeyInfo, Label, NewKey},
        key::AccessKey,
        role::Role,
        rotate::{Overlap, Replacement, Rotated},
        scope::SiteScope,
    },
    comment::{
        fields::is_blank,
        ids::{IdError, KeyId, OperationId, SiteId},
        violation::Violations,
    },
    grpc::convert::{
        time::{timestamp, timestamp_to_proto},
        words::duration_from,
    },
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
        last_used_at: key.used_at.map(timestamp_to_proto),
        replaces: key.replaces.map(|id| id.to_string()).unwrap_or_default(),
        replaced_by: key.replaced_by.map(|id| id.to_string()).unwrap_or_default(),
    }
}

/// The reply that shows a new key's text.
#[must_use]
pub fn created_to_proto(info: &KeyInfo, key: &AccessKey) -> pb::CreateKeyResponse {
    pb::CreateKeyResponse {
        key: Some(key_to_proto(info)),
        access_key: key.expose().to_string(),
    }
}

/// The reply that shows the text of a key that replaces another.
#[must_use]
pub fn rotated_to_proto(rotated: &Rotated) -> pb::RotateKeyResponse {
    pb::RotateKeyResponse {
        key: Some(key_to_proto(&rotated.successor)),
        access_key: rotated.access_key.expose().to_string(),
        replaced: Some(key_to_proto(&rotated.replaced)),
    }
}

/// The key that `RotateKey` is to replace, and how.
///
/// # Errors
/// Every violation at once.
pub fn rotate_key(request: &pb::RotateKeyRequest) -> Result<Replacement, Violations> {
    let mut found = Violations::new();
    let key = found.take("key_id", request.key_id.parse::<KeyId>());
    let operation = found.take("operation_id", request.operation_id.parse::<OperationId>());
    let overlap = match &request.overlap {
        None => Some(Overlap::default()),
        Some(given) => {
            let overlap = duration_from(given).and_then(Overlap::new);
            found.take("overlap", overlap.ok_or("must be from 0 to 30 days"))
        }
    };
    let expires_at = request
        .expires_at
        .as_ref()
        .and_then(|at| found.take("expires_at", timestamp(at)));
    match (key, operation, overlap) {
        (Some(key), Some(operation), Some(overlap)) if found.is_empty() => Ok(Replacement {
            key,
            operation,
            overlap,
            expires_at,
        }),
        (_, _, _) => Err(found),
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
    fn a_rotation_names_all_that_is_wrong_and_overlaps_from_none_to_thirty_days() {
        let request = |seconds, nanos| pb::RotateKeyRequest {
            key_id: "0123456789abcdef".to_owned(),
            operation_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            overlap: Some(prost_types::Duration { seconds, nanos }),
            expires_at: None,
        };
        let month = 30 * 86_400;
        for (seconds, nanos, fits) in [
            (0, 0, true),
            (month, 0, true),
            (month, 1, false),
            (-1, 0, false),
            (0, -1, false),
            (1, 1_000_000_000, false),
            (i64::MAX, 0, false),
        ] {
            let read = rotate_key(&request(seconds, nanos));
            assert_eq!(read.is_ok(), fits, "{seconds} {nanos}");
        }
        let absent = pb::RotateKeyRequest {
            overlap: None,
            ..request(0, 0)
        };
        assert_eq!(rotate_key(&absent).unwrap().overlap, Overlap::default());
        let wrong = pb::RotateKeyRequest {
            key_id: "rd_0123456789abcdef".to_owned(),
            operation_id: String::new(),
            expires_at: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
            ..request(-1, 0)
        };
        let found = rotate_key(&wrong).unwrap_err();
        let fields: Vec<&str> = found.as_slice().iter().map(|v| v.field).collect();
        assert_eq!(fields, ["key_id", "operation_id", "overlap", "expires_at"]);
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
