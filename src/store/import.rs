//! Comments that were moderated elsewhere: the typed twin of `import.lua`.

use crate::{
    comment::{
        ids::{KeyedHash, SiteId},
        imported::Judged,
        state::Timestamp,
    },
    store::{
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall},
    },
};

static IMPORT: Script = Script::new("import.lua", include_str!("scripts/import.lua"));

/// The most comments that one call takes: one script must not hold up others.
pub const MAX_BATCH: usize = 100;

/// What is kept of a comment that was moderated elsewhere: not the comment.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// A keyed hash of its name there, by which it is taken in once.
    pub marker: u64,
    /// What people made of it.
    pub judged: Judged,
    /// When it came there, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// Whose history it counts in.
    pub author: Option<KeyedHash>,
    /// What it teaches, as bytes that the trainer understands; empty for nothing.
    pub lesson: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is taken in.
    Taken {
        /// Comments taken in now.
        fresh: u64,
        /// Comments that had been taken in before.
        known: u64,
        /// Of the fresh ones, those that teach something.
        lessons: u64,
        /// Authors that the site had not seen before.
        new_authors: u64,
        /// Lessons that the trainer has not taken yet, from all imports of this site.
        waiting: u64,
    },
    /// The site is gone.
    NoSite,
}

impl Store {
    /// Takes in at most [`MAX_BATCH`] comments: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` they may be taken in, and the same call again will tell.
    pub async fn import(&self, site: &SiteId, batch: &[NewImport]) -> Result<Imported, StoreError> {
        let mut call = ScriptCall::new()
            .key(keys::site(site))
            .key(keys::counters(site))
            .key(keys::imported_lessons(site));
        for new in batch {
            call = call
                .key(keys::imported_markers(site, new.marker))
                .key(
                    new.author
                        .map_or_else(|| keys::site(site), |author| keys::author(site, &author)),
                )
                // An intset holds signed numbers.
                .arg(new.marker.cast_signed().to_string())
                .arg(new.judged.state().number())
                .arg(
                    new.submitted_at
                        .map(|at| at.0.to_string())
                        .unwrap_or_default(),
                )
                .arg(&new.lesson[..])
                .arg(events::random_bits());
        }
        let reply: Reply = self.call(&IMPORT, &call).await?;
        match reply.word()?.as_str() {
            "TAKEN" => Ok(Imported::Taken {
                fresh: reply.get(1)?,
                known: reply.get(2)?,
                lessons: reply.get(3)?,
                new_authors: reply.get(4)?,
                waiting: reply.get(5)?,
            }),
            "NO_SITE" => Ok(Imported::NoSite),
            _ => Err(unexpected()),
        }
    }

    /// How many lessons of imported comments wait for the trainer.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn imported_waiting(&self, site: &SiteId) -> Result<u64, StoreError> {
        self.query(redis::cmd("XLEN").arg(keys::imported_lessons(site)))
            .await
    }
}
