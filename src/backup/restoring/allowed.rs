//! What a backup and its target must be like.

use super::RestoreError;
use crate::{
    backup::Checked,
    store::{identity::Identity, restore::TargetState},
};

/// Whether the configured secrets are the backup's.
pub(super) fn fits(checked: &Checked, identity: &Identity) -> Result<(), RestoreError> {
    let head = &checked.head;
    if !identity.pepper.knows(&head.pepper) {
        return Err(RestoreError::OtherPepper {
            backup: head.pepper.clone(),
            configured: identity.pepper.current.clone(),
        });
    }
    if !identity.privacy_key.knows(&head.privacy_key) {
        return Err(RestoreError::OtherPrivacyKey {
            backup: head.privacy_key.clone(),
            configured: identity.privacy_key.current.clone(),
        });
    }
    Ok(())
}

/// Whether this backup may go to a Redis that is like this.
pub(super) fn may(checked: &Checked, state: &TargetState, erase: bool) -> Result<(), RestoreError> {
    let (head, end) = (&checked.head, &checked.end);
    if state.listeners > 0 {
        return Err(RestoreError::InUse(state.listeners));
    }
    let theirs = state.identity.get("pepper");
    if let Some(theirs) = theirs.filter(|theirs| **theirs != head.pepper) {
        return Err(RestoreError::OtherInstallation(theirs.clone()));
    }
    if state.is_restoring && !erase {
        return Err(RestoreError::Unfinished);
    }
    if state.keys > 0 && !erase {
        return Err(RestoreError::NotEmpty(state.keys));
    }
    if end.rdb_version > state.rdb_version {
        return Err(RestoreError::OlderServer {
            server: checked
                .sources
                .first()
                .map(|s| s.server.clone())
                .unwrap_or_default(),
            needs: end.rdb_version,
            takes: state.rdb_version,
        });
    }
    // The dump has 11 bytes more than the value.
    let largest = end.largest_value_bytes + 11;
    if largest > state.max_value_bytes {
        return Err(RestoreError::ValueTooLarge {
            largest,
            most: state.max_value_bytes,
        });
    }
    if state.max_memory_bytes > 0 && end.used_memory_bytes > state.max_memory_bytes {
        return Err(RestoreError::TooLittleMemory {
            needs: end.used_memory_bytes,
            has: state.max_memory_bytes,
        });
    }
    Ok(())
}
