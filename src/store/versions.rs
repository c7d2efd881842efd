//! What a comment said before it was changed: a list of at most ten values, the newest first, written by
//! `scripts/parts/versions.lua`.
//!
//! | bytes (little endian) | what |
//! |---|---|
//! | 0 | how it was replaced |
//! | 1-4, 5-8 | the first and the last version that said so |
//! | 9 | the state at last |
//! | 10 | the outcome |
//! | 11-18, 19-26 | when it was written and replaced, milliseconds |
//! | 27-34 | a digest of the request that replaced it, so that its repetition is known |
//! | 35- | `CommentRecord`, without contact data |

use crate::{
    comment::{
        earlier::{EarlierVersion, Replacement},
        ids::{CommentId, SiteId},
        state::{CommentState, Outcome, Timestamp, Version},
        stored::{CommentContent, StoredComment},
    },
    store::{connection::Store, error::StoreError, keys, record},
};

const HEAD: usize = 35;

const UNREADABLE: StoreError = StoreError::Corrupt {
    what: "an earlier version of a comment",
};

impl Store {
    /// What some comments said before, the newest first; empty for those that were never changed. One round trip; each can
    /// have ten texts of 64 KB.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for a version that we did not write.
    pub async fn earlier_versions(
        &self,
        site: &SiteId,
        comments: &[CommentId],
    ) -> Result<Vec<Vec<EarlierVersion>>, StoreError> {
        if comments.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = redis::Pipeline::with_capacity(comments.len());
        for comment in comments {
            let range = pipe
                .cmd("LRANGE")
                .arg(keys::earlier_versions(site, comment));
            range.arg(0).arg(-1);
        }
        let found: Vec<Vec<Vec<u8>>> = self.pipeline(&pipe).await?;
        let versions = |values: &Vec<Vec<u8>>| values.iter().map(|value| decode(value)).collect();
        found.iter().map(versions).collect()
    }
}

/// A comment's text as the list keeps it. What it is sealed with is for the comment alone.
pub(super) fn kept(comment: &StoredComment) -> Vec<u8> {
    record::encode_content(&CommentContent {
        sealed_contact: Vec::new(),
        ip: None,
        other_ip: None,
        ..comment.content.clone()
    })
}

fn decode(value: &[u8]) -> Result<EarlierVersion, StoreError> {
    let (head, content) = value.split_first_chunk::<HEAD>().ok_or(UNREADABLE)?;
    let version = |at| Version::new(record::u32_at(head, at)).ok_or(UNREADABLE);
    Ok(EarlierVersion {
        replaced_by: Replacement::from_number(head[0]).ok_or(UNREADABLE)?,
        first: version(1)?,
        last: version(5)?,
        state: CommentState::from_number(head[9]).ok_or(UNREADABLE)?,
        outcome: Outcome::from_number(head[10]).ok_or(UNREADABLE)?,
        written_at: Timestamp(record::i64_at(head, 11)),
        replaced_at: Timestamp(record::i64_at(head, 19)),
        content: record::decode_record(content)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_value_makes_decoding_panic(value in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = decode(&value);
        }
    }
}
