//! Whom hashes mean after the pepper was replaced: the typed twin of `recognise.lua`.

use crate::{
    comment::{
        ids::{IpHash, KeyedHash, SiteId},
        subject::Subject,
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        reply::unexpected,
        script::{Script, ScriptCall},
    },
};

static RECOGNISE: Script = Script::new("recognise.lua", include_str!("scripts/recognise.lua"));

/// So often can the standing of an IP address have moved since a comment was stored. Peppers are replaced less often than
/// aliases end.
const MOST_MOVES: usize = 4;

/// One thing by the hash of the present pepper and by that of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renamed<T> {
    /// By the present pepper.
    pub now: T,
    /// By the one before.
    pub before: T,
}

impl Store {
    /// The authors that these hashes are aliases of, in their order; a hash that is none means itself. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn authors_of(
        &self,
        site: &SiteId,
        hashes: &[KeyedHash],
    ) -> Result<Vec<KeyedHash>, StoreError> {
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let mut read = redis::cmd("MGET");
        for hash in hashes {
            read.arg(keys::author_alias(site, hash));
        }
        let found: Vec<Option<Vec<u8>>> = self.query(&read).await?;
        hashes
            .iter()
            .zip(found)
            .map(|(hash, author)| author.map_or(Ok(*hash), |author| name(&author)))
            .collect()
    }

    /// The hashes that the standings of some IP addresses are kept by, in their order; one that no standing has moved from
    /// means itself. One round trip, and one more where any has moved.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn ip_addresses_of(
        &self,
        site: &SiteId,
        hashes: &[IpHash],
    ) -> Result<Vec<IpHash>, StoreError> {
        let mut names = hashes.to_vec();
        for _ in 0..MOST_MOVES {
            if names.is_empty() {
                break;
            }
            let mut read = redis::cmd("MGET");
            for name in &names {
                read.arg(keys::ip_alias(site, name));
            }
            let found: Vec<Option<Vec<u8>>> = self.query(&read).await?;
            if found.iter().all(Option::is_none) {
                break;
            }
            for (name, moved_to) in names.iter_mut().zip(found) {
                if let Some(moved_to) = moved_to {
                    let bytes = <[u8; 8]>::try_from(moved_to).map_err(|_| unexpected())?;
                    *name = IpHash::from_bytes(bytes);
                }
            }
        }
        Ok(names)
    }

    /// Finds authors, and the subjects of standings, that may be known by hashes of the pepper before. An author's new hash
    /// becomes an alias; a subject's standing moves to the new one. Returns the authors' names, in their order. One round
    /// trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn recognise(
        &self,
        site: &SiteId,
        authors: &[Renamed<KeyedHash>],
        subjects: &[Renamed<Subject>],
    ) -> Result<Vec<KeyedHash>, StoreError> {
        if authors.is_empty() && subjects.is_empty() {
            return Ok(Vec::new());
        }
        let hashes = authors
            .iter()
            .flat_map(|author| [author.now, author.before])
            .flat_map(|hash| *hash.as_bytes());
        let mut call = keys::recognition(site)
            .into_iter()
            .fold(
                ScriptCall::new()
                    .key(keys::standings(site))
                    .key(keys::standing_ends(site)),
                ScriptCall::key,
            )
            .arg(hashes.collect::<Vec<u8>>());
        for subject in subjects {
            call = call
                .key(keys::standing(site, &subject.now))
                .key(keys::standing(site, &subject.before))
                .arg(subject.now.to_bytes())
                .arg(subject.before.to_bytes());
        }
        let found: Vec<Vec<u8>> = self.call(&RECOGNISE, &call).await?;
        found.iter().map(|author| name(author)).collect()
    }

    /// Whether anything is kept of an author, or of the accounts of an e-mail address. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn knows_author(
        &self,
        site: &SiteId,
        author: &KeyedHash,
    ) -> Result<bool, StoreError> {
        let mut exists = redis::cmd("EXISTS");
        exists
            .arg(keys::author(site, author))
            .arg(keys::email_accounts(site, author));
        let known: u64 = self.query(&exists).await?;
        Ok(known > 0)
    }

    /// Which of these were imported before, in their order. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn were_imported(
        &self,
        site: &SiteId,
        markers: &[u64],
    ) -> Result<Vec<bool>, StoreError> {
        if markers.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = redis::Pipeline::with_capacity(markers.len());
        for marker in markers {
            pipe.cmd("SISMEMBER")
                .arg(keys::imported_markers(site, *marker))
                .arg(marker.cast_signed());
        }
        self.pipeline(&pipe).await
    }
}

fn name(bytes: &[u8]) -> Result<KeyedHash, StoreError> {
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| unexpected())?;
    Ok(KeyedHash::from_bytes(bytes))
}
