//! Keys made in the place of others.

use crate::{
    comment::{
        audit::Actor,
        ids::{KeyId, OperationId},
        state::Timestamp,
    },
    store::{
        access_keys::{self, FIELDS, KeyRecord, MAX_KEYS, RawRecord},
        connection::Store,
        error::StoreError,
        events, keys,
        script::{Script, ScriptCall, audited_script},
    },
};

static ROTATE: Script = audited_script!("key_rotate.lua");

/// A key that is to be made in the place of another.
pub struct Rotation {
    /// The other, as it was read.
    pub key: KeyId,
    /// Its record then.
    pub record: KeyRecord,
    /// The new key's id, unless the operation made one before.
    pub successor: KeyId,
    /// SHA-256 of the new key's secret.
    pub secret_sha256: [u8; 32],
    /// From when on the new key is no good; `None` for when the other was to end.
    pub expires_at: Option<Timestamp>,
    /// How long the other stays good at most, in milliseconds; 0 takes it back.
    pub overlap_ms: u64,
    /// What a repetition is known by.
    pub operation: OperationId,
}

/// What became of a rotation.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyRotated {
    /// There is a successor, and it has the secret.
    To {
        /// Its id: the one given, or that of the first time.
        id: KeyId,
        /// Its record.
        successor: Box<KeyRecord>,
        /// The other's, as it is now.
        replaced: Box<KeyRecord>,
    },
    /// The id is taken: 64 random bits met others.
    Exists,
    /// There are [`MAX_KEYS`] already.
    TooMany,
    /// It would have expired already.
    Expired,
    /// There is no such key.
    Unknown,
    /// The key is expired or revoked.
    Over,
    /// The successor that this operation made was used.
    Used(KeyId),
    /// Another operation made this successor, which is good.
    Replaced(KeyId),
}

impl Store {
    /// Makes a key of the same role, sites and label in the place of another. Repeated under the same operation, it makes
    /// no third one, but gives the successor this secret.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn rotate_access_key(
        &self,
        rotation: &Rotation,
        actor: &Actor,
    ) -> Result<KeyRotated, StoreError> {
        let rights = access_keys::rights(&rotation.record);
        let details = |after: &str| access_keys::audit_details(actor, rotation.key, &rights, after);
        let end = match rotation.overlap_ms {
            0 => "revoked".to_owned(),
            ms => format!("good for {} s more at most", ms.div_ceil(1_000)),
        };
        let expires = rotation.expires_at.map(|at| at.0.to_string());
        let call = ScriptCall::new()
            .key(keys::access_key(rotation.key))
            .key(keys::access_key(rotation.successor))
            .key(keys::access_keys())
            .key(keys::global_audit())
            .key(keys::global_counters())
            .key(keys::access_key_prefix())
            .arg(rotation.successor.to_string())
            .arg(rotation.key.to_string())
            .arg(MAX_KEYS)
            .arg(&rotation.secret_sha256[..])
            .arg(expires.unwrap_or_default())
            .arg(rotation.overlap_ms)
            .arg(&rotation.operation.as_bytes()[..])
            .arg(events::random_bits())
            .arg(details(&format!(
                "replaced by key {}; {end}",
                rotation.successor
            )))
            .arg(details("its successor has another secret"))
            .arg(&FIELDS);
        let reply: Reply = self.call(&ROTATE, &call).await?;
        rotated(reply)
    }
}

type Reply = (i64, String, Option<RawRecord>, Option<RawRecord>);

fn rotated((code, id, replaced, successor): Reply) -> Result<KeyRotated, StoreError> {
    let corrupt = || StoreError::Corrupt {
        what: "a reply of key_rotate.lua",
    };
    let named = || id.parse().map_err(|_| corrupt());
    let read = |raw: Option<RawRecord>| {
        let found = raw.map(access_keys::record).transpose()?.flatten();
        found.map(Box::new).ok_or_else(corrupt)
    };
    Ok(match code {
        0 => KeyRotated::To {
            id: named()?,
            successor: read(successor)?,
            replaced: read(replaced)?,
        },
        1 => KeyRotated::Exists,
        2 => KeyRotated::TooMany,
        3 => KeyRotated::Expired,
        4 => KeyRotated::Unknown,
        5 => KeyRotated::Over,
        6 => KeyRotated::Used(named()?),
        7 => KeyRotated::Replaced(named()?),
        _ => return Err(corrupt()),
    })
}
