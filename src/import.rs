//! Learning from comments that a newsroom has moderated elsewhere: lessons for the model, and their authors' history.
//! The comments themselves are stored nowhere.

mod teaching;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    task::yield_now,
    time::{Instant, sleep},
};

use crate::{
    comment::{
        ids::{KeyedHash, SiteId},
        imported::{ImportDraft, ImportedComment, Unusable},
        violation::Violations,
    },
    policy::sites::{Site, SiteError, Sites},
    privacy::hashing::Hasher,
    recognition::{Recognition, Seen},
    store::{
        confirmation::Confirmation,
        connection::Store,
        error::StoreError,
        import::{Imported, MAX_BATCH, NewImport},
    },
};

/// A batch is sent when its lessons have this many bytes, whatever their number: a script must not hold up others.
const MAX_BATCH_BYTES: usize = 256 * 1024;

/// The most lessons of a site that wait for the trainer before no more are taken; some 40 MB.
pub const MAX_WAITING: u64 = 20_000;

/// How long a call waits for the trainer in all, and how often it looks.
const WAIT_FOR_TRAINER: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// After reading so many bytes of text, a millisecond of work or less, a call lets others go first. However short, a
/// comment counts as the second number.
const BYTES_IN_A_ROW: usize = 32 * 1024;
const LEAST_BYTES: usize = 1024;

/// How many refused comments a summary names.
pub const MAX_NAMED: usize = 20;

/// Why an import cannot go on. What was taken in stays so; the same again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The site is not there, or cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// Redis failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// As many lessons wait as may wait.
    #[error(
        "{waiting} lessons wait for the trainer, the most that may; what came so far is taken in: send the same again \
         later"
    )]
    TrainerBehind {
        /// How many wait.
        waiting: u64,
    },
}

/// What became of the comments of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken in.
    pub imported: u64,
    /// Taken in before.
    pub already_known: u64,
    /// Nobody had judged them.
    pub not_moderated: u64,
    /// Not usable.
    pub refused: u64,
    /// The first [`MAX_NAMED`] of these: which of the call's comments, from 1, and why.
    pub refusals: Vec<(u64, Violations)>,
    /// What the model learns from.
    pub lessons: u64,
    /// Authors that the site had not seen before.
    pub new_authors: u64,
    /// Fields that were not usable and were left out, how often.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// What takes comments in. Cheap to clone.
#[derive(Clone)]
pub struct Importer {
    /// Where lessons and history go.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// Which sites there are.
    pub sites: Arc<Sites>,
    /// What knows authors again.
    pub recognition: Recognition,
}

/// One call's comments on their way in.
pub struct Intake {
    importer: Importer,
    site: Arc<Site>,
    batch: Vec<Waiting>,
    bytes: usize,
    /// Bytes of text that were read since others could go first.
    in_a_row: usize,
    came: u64,
    tally: Tally,
    /// When the call waits for the trainer no longer; set when it first has to.
    give_up: Option<Instant>,
}

/// Hashes of authors, each with the name that it leads to.
type Aliases = Vec<(KeyedHash, KeyedHash)>;

/// A comment that is taken in with others.
struct Waiting {
    import: NewImport,
    author: Option<Seen>,
    /// Its marker under the pepper before.
    marker_before: Option<u64>,
}

impl Importer {
    /// Starts to take comments in.
    ///
    /// # Errors
    /// No such site.
    pub async fn start(&self, site: &SiteId) -> Result<Intake, ImportError> {
        Ok(Intake {
            importer: self.clone(),
            site: self.sites.get(site).await?,
            batch: Vec::with_capacity(MAX_BATCH),
            bytes: 0,
            in_a_row: 0,
            came: 0,
            tally: Tally::default(),
            give_up: None,
        })
    }
}

impl Intake {
    /// Takes one in, now or with the next ones. What is not usable is counted.
    ///
    /// # Errors
    /// As [`ImportError`] says.
    pub async fn take(&mut self, draft: &ImportDraft) -> Result<(), ImportError> {
        self.came += 1;
        match ImportedComment::parse(&self.site.id, draft) {
            Ok(comment) => self.add(&comment),
            Err(Unusable::NotModerated) => self.tally.not_moderated += 1,
            Err(Unusable::Violations(found)) => self.refuse(found),
        }
        if self.batch.len() >= MAX_BATCH || self.bytes >= MAX_BATCH_BYTES {
            self.flush().await?;
        }
        self.in_a_row += draft.fields.body.len().max(LEAST_BYTES);
        if self.in_a_row >= BYTES_IN_A_ROW {
            self.in_a_row = 0;
            yield_now().await;
        }
        Ok(())
    }

    /// Notes that what came is no comment.
    pub fn refuse_message(&mut self, why: &'static str) {
        self.came += 1;
        self.refuse(Violations::one("message", why));
    }

    /// Sends what is left, and says what became of all.
    ///
    /// # Errors
    /// As [`ImportError`] says.
    pub async fn finish(mut self) -> Result<Tally, ImportError> {
        self.flush().await?;
        Ok(self.tally)
    }

    fn refuse(&mut self, found: Violations) {
        self.tally.refused += 1;
        if self.tally.refusals.len() < MAX_NAMED {
            self.tally.refusals.push((self.came, found));
        }
    }

    fn add(&mut self, comment: &ImportedComment) {
        for field in &comment.left_out {
            *self.tally.left_out.entry(field).or_default() += 1;
        }
        let recognition = &self.importer.recognition;
        let (site, submission) = (&self.site.id, &comment.submission);
        let marker = |hasher: &Hasher| hasher.imported(site, &comment.source_id);
        let marker_before = recognition.other().map(marker);
        let marker = marker(recognition.hasher());
        let lesson = teaching::lesson(&self.site, marker, comment);
        self.bytes += lesson.len();
        self.batch.push(Waiting {
            import: NewImport {
                marker,
                judged: comment.judged,
                submitted_at: comment.submitted_at,
                author: None,
                lesson,
            },
            author: recognition.seen(site, &submission.author, &submission.contact),
            marker_before,
        });
    }

    /// What waits, without that which was imported under the pepper before, and with the authors' names; and the other hashes
    /// that lead to these.
    async fn recognised(&mut self) -> Result<(Vec<NewImport>, Aliases), StoreError> {
        let Importer {
            store, recognition, ..
        } = &self.importer;
        let site = &self.site.id;
        let mut batch = std::mem::replace(&mut self.batch, Vec::with_capacity(MAX_BATCH));
        self.bytes = 0;
        let markers: Vec<u64> = batch.iter().filter_map(|w| w.marker_before).collect();
        let mut known = store.were_imported(site, &markers).await?.into_iter();
        let came = batch.len();
        batch.retain(|_| !known.next().unwrap_or_default());
        self.tally.already_known += (came - batch.len()) as u64;
        let seen: Vec<Option<Seen>> = batch.iter().map(|waiting| waiting.author).collect();
        let authors = recognition.authors(site, &seen).await?;
        let named =
            |(seen, name): (&Option<Seen>, &Option<KeyedHash>)| Some((*seen)?.named((*name)?));
        let aliases = seen
            .iter()
            .zip(&authors)
            .filter_map(named)
            .flatten()
            .collect();
        let named = batch.into_iter().zip(authors);
        let imports = named.map(|(waiting, author)| NewImport {
            author,
            ..waiting.import
        });
        Ok((imports.collect(), aliases))
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        let (batch, aliases) = self.recognised().await?;
        if batch.is_empty() {
            return Ok(());
        }
        let Importer {
            store,
            confirmation,
            recognition,
            ..
        } = &self.importer;
        let imported = confirmation.of(store.import(&self.site.id, &batch)).await?;
        let Imported::Taken {
            fresh,
            known,
            lessons,
            new_authors,
            waiting,
        } = imported
        else {
            return Err(SiteError::NotFound.into());
        };
        recognition.keep(&self.site.id, &aliases).await?;
        self.tally.imported += fresh;
        self.tally.already_known += known;
        self.tally.lessons += lessons;
        self.tally.new_authors += new_authors;
        self.await_trainer(waiting).await
    }

    /// What nobody has learnt yet is bounded: it is memory, and hashes of words.
    async fn await_trainer(&mut self, mut waiting: u64) -> Result<(), ImportError> {
        while waiting >= MAX_WAITING {
            let give_up = *self
                .give_up
                .get_or_insert_with(|| Instant::now() + WAIT_FOR_TRAINER);
            if Instant::now() >= give_up {
                return Err(ImportError::TrainerBehind { waiting });
            }
            sleep(LOOK_EVERY).await;
            waiting = self.importer.store.imported_waiting(&self.site.id).await?;
        }
        Ok(())
    }
}
