//! Reads of bulk operations: how one stands, what it changed, and what a wave's later members follow.

use super::fields;
use crate::{
    comment::{
        bulk::{BulkChange, Operation, WaveDecision},
        ids::{CommentId, OperationId, SiteId, WaveId},
        state::{Verdict, Version},
    },
    store::{connection::Store, error::StoreError, keys},
};

/// The comment, version and event of a change: 16, 4 and 8 bytes.
const CHANGE: usize = 28;

impl Store {
    /// An operation as it stands; `None` if there is none of this name. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn bulk_operation(
        &self,
        site: &SiteId,
        operation: OperationId,
    ) -> Result<Option<Operation>, StoreError> {
        let mut get = redis::cmd("HGETALL");
        let found: fields::Fields = self.query(get.arg(keys::bulk(site, operation))).await?;
        if found.is_empty() {
            return Ok(None);
        }
        fields::operation(&found).map(Some)
    }

    /// At most `count` of the changes that an operation made, or that its undoing made, from a place on. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for what we did not write.
    pub async fn bulk_changes(
        &self,
        site: &SiteId,
        operation: OperationId,
        undone: bool,
        from: u64,
        count: usize,
    ) -> Result<Vec<BulkChange>, StoreError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX / CHANGE / 2);
        let mut range = redis::cmd("GETRANGE");
        range
            .arg(keys::bulk_changes(site, operation, undone))
            .arg(from.saturating_mul(CHANGE))
            .arg((from + count).saturating_mul(CHANGE) - 1);
        let found: Vec<u8> = self.query(&range).await?;
        let (changes, rest) = found.as_chunks::<CHANGE>();
        let changes: Option<Vec<BulkChange>> = changes.iter().map(read_change).collect();
        changes
            .filter(|_| rest.is_empty())
            .ok_or(StoreError::Corrupt {
                what: "the changes of a bulk operation",
            })
    }

    /// What later members of a wave follow, if anything. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for what we did not write.
    pub async fn wave_decision(
        &self,
        site: &SiteId,
        wave: WaveId,
    ) -> Result<Option<WaveDecision>, StoreError> {
        let found: Option<Vec<u8>> = self
            .query(redis::cmd("GET").arg(keys::wave_decision(site, wave)))
            .await?;
        let read = |bytes: Vec<u8>| {
            let (operation, verdict) = bytes.split_first_chunk::<16>()?;
            Some(WaveDecision {
                operation: OperationId::from_bytes(*operation),
                verdict: Verdict::from_number(*verdict.first()?)?,
            })
        };
        found
            .map(|bytes| {
                read(bytes).ok_or(StoreError::Corrupt {
                    what: "a wave's decision",
                })
            })
            .transpose()
    }
}

fn read_change(bytes: &[u8; CHANGE]) -> Option<BulkChange> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    let (version, event) = rest.split_first_chunk::<4>()?;
    Some(BulkChange {
        comment: CommentId::from_bytes(*id),
        version: Version::new(u32::from_le_bytes(*version))?,
        event: u64::from_le_bytes(event.try_into().ok()?),
    })
}

/// A wave's decision as its key has it.
pub(in crate::store) fn wave_decision_bytes(decision: &WaveDecision) -> Vec<u8> {
    let mut bytes = decision.operation.as_bytes().to_vec();
    bytes.push(decision.verdict as u8);
    bytes
}
