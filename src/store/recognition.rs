//! Whom hashes mean after the pepper was replaced: the typed twin of `recognise.lua`.

use crate::{
    comment::ids::{KeyedHash, SiteId},
    store::{
        connection::Store,
        error::StoreError,
        keys,
        reply::unexpected,
        script::{Script, ScriptCall},
    },
};

static RECOGNISE: Script = Script::new("recognise.lua", include_str!("scripts/recognise.lua"));

/// Why somebody is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// To read what is kept of them.
    Look,
    /// To write something of them: who is known by nothing yet has one name for replicas with either pepper, for a minute.
    /// Once it is written, [`Recognition::keep`](crate::recognition::Recognition::keep) lets that last.
    Write,
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

    /// Finds authors by the hashes of the present pepper and the other. Who is known by the other's keeps that name, and this
    /// one becomes an alias of it. Returns the names, in their order. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn recognise(
        &self,
        site: &SiteId,
        authors: &[(KeyedHash, KeyedHash)],
        intent: Intent,
    ) -> Result<Vec<KeyedHash>, StoreError> {
        if authors.is_empty() {
            return Ok(Vec::new());
        }
        let hashes = authors
            .iter()
            .flat_map(|(now, other)| [*now.as_bytes(), *other.as_bytes()]);
        let call = keys::recognition(site)
            .into_iter()
            .fold(ScriptCall::new(), ScriptCall::key)
            .arg(hashes.collect::<Vec<_>>().as_flattened())
            .arg(match intent {
                Intent::Look => "",
                Intent::Write => "1",
            });
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
