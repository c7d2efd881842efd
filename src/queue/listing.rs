//! Pages of the queue for those who look. Each costs a bounded read, whatever is asked for.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
        lease::{ItemContext, QueuedItem},
        stored::StoredComment,
    },
    queue::{Queue, filter::Filter},
    store::{
        error::StoreError,
        queue_scan::{Place, QueueEntry},
    },
};

/// A place in a listing: in which of its lanes, and where there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingPlace {
    /// How many lanes are behind it.
    pub lane: usize,
    /// Where in the next one.
    pub place: Place,
}

impl ListingPlace {
    /// Before everything.
    pub const START: Self = Self::in_lane(0);

    const fn in_lane(lane: usize) -> Self {
        let place = Place::START;
        Self { lane, place }
    }
}

/// What to list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// These lanes, one after the other.
    pub lanes: Vec<Lane>,
    /// What must hold of an item.
    pub filter: Filter,
    /// Only by the author of this comment.
    pub same_author_as: Option<CommentId>,
    /// Where to go on.
    pub from: ListingPlace,
    /// How many items.
    pub count: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePage {
    /// In due order, lane by lane.
    pub items: Vec<(QueuedItem, ItemContext)>,
    /// Where to go on; `None` at the end.
    pub next: Option<ListingPlace>,
    /// How many entries of the queue were looked at.
    pub scanned: usize,
    /// It ended because it had looked at as much as a page may: there may be more further on.
    pub window_exhausted: bool,
}

/// Why a queue was not listed.
#[derive(Debug, thiserror::Error)]
pub enum ListRefusal {
    /// There is no comment of this name.
    #[error("there is no such comment on this site")]
    NotFound,
    /// Nobody knows who wrote the comment.
    #[error("names a comment without an author: it came with neither account nor e-mail")]
    NoAuthor,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl QueuePage {
    /// The most entries that a page looks at.
    pub const MOST_SCANNED: usize = 1_000;

    /// The most bytes of comments that a page folds to search in, but for one comment more: some 20 ms of work.
    const MOST_FOLDED: usize = 1 << 20;

    /// The most bytes of comments that a page shows, but for one comment more: clients take no reply above 4 MB unless
    /// told to.
    const MOST_SHOWN: usize = 2 << 20;

    /// How many entries are read at once.
    const CHUNK: usize = 100;
}

/// A page as it is gathered.
struct Scan<'a> {
    filter: &'a Filter,
    count: usize,
    at: ListingPlace,
    found: Vec<QueuedItem>,
    scanned: usize,
    shown: usize,
    folded: usize,
}

/// How a scan goes on after a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Chunk,
    Full,
    Exhausted,
}

impl Scan<'_> {
    /// Without a filter each entry is an item: no more are read than are wanted.
    fn chunk(&self) -> usize {
        let wanted = if self.filter.is_empty() {
            self.count - self.found.len()
        } else {
            QueuePage::CHUNK
        };
        wanted
            .min(QueuePage::CHUNK)
            .min(QueuePage::MOST_SCANNED - self.scanned)
    }

    fn look(&mut self, entry: QueueEntry, comment: Option<StoredComment>, language: &str) -> Next {
        self.at.place = Place::after(entry);
        self.scanned += 1;
        if let Some(comment) = comment {
            if self.filter.text.is_some() {
                self.folded += comment.content.body.verbatim().len();
            }
            if self.filter.holds(&comment, language) {
                self.shown += comment.content.body.verbatim().len();
                self.found.push(QueuedItem {
                    comment,
                    due_at: entry.due_at,
                });
            }
        }
        if self.found.len() == self.count || self.shown > QueuePage::MOST_SHOWN {
            Next::Full
        } else if self.scanned >= QueuePage::MOST_SCANNED || self.folded > QueuePage::MOST_FOLDED {
            Next::Exhausted
        } else {
            Next::Chunk
        }
    }
}

impl Queue {
    /// A page of the queue in due order, lane by lane, with what a moderator wants to know. At most 1,000 entries are looked at, in
    /// chunks of 100 that cost two reads each, three with a language.
    ///
    /// # Errors
    /// As [`ListRefusal`] says.
    pub async fn list(&self, site: &SiteId, listing: &Listing) -> Result<QueuePage, ListRefusal> {
        let filter = self.filter_by_author(site, listing).await?;
        let mut scan = Scan {
            filter: &filter,
            count: listing.count,
            at: listing.from,
            found: Vec::new(),
            scanned: 0,
            shown: 0,
            folded: 0,
        };
        let (next, exhausted) = loop {
            let Some(&lane) = listing.lanes.get(scan.at.lane) else {
                break (None, false);
            };
            let (chunk, place) = (scan.chunk(), scan.at.place);
            let entries = self.store.queue_from(site, lane, place, chunk).await?;
            let last = entries.len() < chunk;
            match self.look_through(site, &mut scan, entries).await? {
                Next::Full => break (Some(scan.at), false),
                Next::Exhausted => break (Some(scan.at), true),
                Next::Chunk if last => scan.at = ListingPlace::in_lane(scan.at.lane + 1),
                Next::Chunk => {}
            }
        };
        let scanned = scan.scanned;
        let comments: Vec<_> = scan.found.iter().map(|item| &item.comment).collect();
        let contexts = self.store.contexts(site, &comments).await?;
        Ok(QueuePage {
            items: scan.found.into_iter().zip(contexts).collect(),
            next,
            scanned,
            window_exhausted: exhausted,
        })
    }

    async fn filter_by_author(
        &self,
        site: &SiteId,
        listing: &Listing,
    ) -> Result<Filter, ListRefusal> {
        let mut filter = listing.filter.clone();
        if let Some(id) = listing.same_author_as {
            let comment = self.store.comment(site, id).await?;
            let comment = comment.ok_or(ListRefusal::NotFound)?;
            let author = comment.content.author.ok_or(ListRefusal::NoAuthor)?;
            filter.author = Some(author);
        }
        Ok(filter)
    }

    async fn look_through(
        &self,
        site: &SiteId,
        scan: &mut Scan<'_>,
        entries: Vec<QueueEntry>,
    ) -> Result<Next, StoreError> {
        let ids: Vec<CommentId> = entries.iter().map(|entry| entry.comment).collect();
        let comments = self.store.comments(site, &ids).await?;
        let languages = if scan.filter.language.is_some() {
            self.store.languages(site, &comments).await?
        } else {
            Vec::new()
        };
        let mut next = Next::Chunk;
        let mut languages = languages.iter().map(String::as_str);
        for (entry, comment) in entries.into_iter().zip(comments) {
            next = scan.look(entry, comment, languages.next().unwrap_or_default());
            if next != Next::Chunk {
                break;
            }
        }
        Ok(next)
    }
}
