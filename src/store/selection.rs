//! Walks what a bulk decision is for, in pages. A place in the walk is a text that outlives the walker: whoever goes on
//! from it meets what comes after it, and what has joined since.

use redis::Cmd;

use crate::{
    comment::{
        bulk::Target,
        ids::{CommentId, KeyedHash, SiteId, WaveId},
        lane::Lane,
    },
    store::{connection::Store, error::StoreError, keys, reply::id_bytes},
};

const BAD_PLACE: StoreError = StoreError::Corrupt {
    what: "a bulk operation's place",
};

/// A comment, and the place behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Which.
    pub id: CommentId,
    /// Where to go on.
    pub place: Vec<u8>,
}

/// A page of a walk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    /// The comments; may be none before the end.
    pub picked: Vec<Picked>,
    /// The place behind the page; `None` at the end.
    pub next: Option<Vec<u8>>,
}

type Scored = Vec<(Vec<u8>, f64)>;

impl Store {
    /// At most `count` comments of a target behind a place; from the beginning behind an empty one. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says; `Corrupt` for a place that is none of this target.
    pub async fn pick(
        &self,
        site: &SiteId,
        target: &Target,
        place: &[u8],
        count: usize,
    ) -> Result<Picks, StoreError> {
        match target {
            Target::Ids(ids) => pick_ids(ids, place, count),
            Target::Wave(wave) => {
                let key = keys::wave(site, *wave);
                by_sequence(
                    self.query(&range(key, &after(place)?, 0, count)).await?,
                    count,
                )
            }
            Target::Author(author) => self.pick_author(site, author, place, count).await,
            Target::Lane(lane) => self.pick_lane(site, *lane, place, count).await,
        }
    }

    /// How many comments of a target are behind a place. One read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn count_behind(
        &self,
        site: &SiteId,
        target: &Target,
        place: &[u8],
    ) -> Result<u64, StoreError> {
        let (key, from) = match target {
            Target::Ids(ids) => {
                let done = index(place)?;
                return Ok(ids.len().saturating_sub(done) as u64);
            }
            Target::Wave(wave) => (keys::wave(site, *wave), after(place)?),
            Target::Author(author) => (keys::author_comments(site, author), after(place)?),
            Target::Lane(lane) => {
                let from =
                    lane_place(place)?.map_or("-inf".to_owned(), |(due, _)| format!("({due}"));
                (keys::lane(site, *lane), from)
            }
        };
        self.query(redis::cmd("ZCOUNT").arg(key).arg(from).arg("+inf"))
            .await
    }

    /// Whether somebody is in a wave.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn wave_exists(&self, site: &SiteId, wave: WaveId) -> Result<bool, StoreError> {
        self.query(redis::cmd("EXISTS").arg(keys::wave(site, wave)))
            .await
    }

    /// An author's comments, in the order of arrival.
    async fn pick_author(
        &self,
        site: &SiteId,
        author: &KeyedHash,
        place: &[u8],
        count: usize,
    ) -> Result<Picks, StoreError> {
        let from = after(place)?;
        let mut pipe = redis::Pipeline::with_capacity(2);
        pipe.cmd("HGET").arg(keys::author(site, author)).arg("c");
        pipe.add_command(range(keys::author_comments(site, author), &from, 0, count));
        let (only, page): (Option<Vec<u8>>, Scored) = self.pipeline(&pipe).await?;
        let Some(only) = only else {
            return by_sequence(page, count);
        };
        // An author of one comment has no set.
        let (id, sequence) = only.split_first_chunk::<16>().ok_or(BAD_PLACE)?;
        let sequence = f64::from_le_bytes(sequence.try_into().map_err(|_| BAD_PLACE)?);
        let passed = format!("{sequence:.0}").as_bytes() == place;
        let page = if passed {
            Vec::new()
        } else {
            vec![(id.to_vec(), sequence)]
        };
        by_sequence(page, usize::MAX)
    }

    /// In due order, equal ones by name as Redis orders them. What the walk decides leaves the lane, and what it passes
    /// over stays: so it goes on behind a name, not behind a count.
    async fn pick_lane(
        &self,
        site: &SiteId,
        lane: Lane,
        place: &[u8],
        count: usize,
    ) -> Result<Picks, StoreError> {
        let behind = lane_place(place)?;
        let from = behind.as_ref().map_or("-inf", |(due, _)| due.as_str());
        let mut offset = 0;
        loop {
            let page = range(keys::lane(site, lane), from, offset, count);
            let page: Scored = self.query(&page).await?;
            let is_last = page.len() < count;
            offset += page.len();
            let mut picked = Vec::with_capacity(page.len());
            for (id, due) in page {
                let due = format!("{due:.0}");
                let passed = behind
                    .as_ref()
                    .is_some_and(|(at, name)| *at == due && id[..] <= name[..]);
                if !passed {
                    let place = [due.as_bytes(), b":", &id].concat();
                    let id = CommentId::from_bytes(id_bytes(&id)?);
                    picked.push(Picked { id, place });
                }
            }
            if is_last || !picked.is_empty() {
                let next = picked.last().map(|last| last.place.clone());
                return Ok(Picks {
                    next: next.filter(|_| !is_last),
                    picked,
                });
            }
        }
    }
}

fn range(key: Vec<u8>, from: &str, offset: usize, count: usize) -> Cmd {
    let mut range = redis::cmd("ZRANGEBYSCORE");
    range.arg(key).arg(from).arg("+inf").arg("WITHSCORES");
    range.arg("LIMIT").arg(offset).arg(count);
    range
}

fn pick_ids(ids: &[CommentId], place: &[u8], count: usize) -> Result<Picks, StoreError> {
    let done = index(place)?;
    let rest = ids.iter().zip(1_usize..).skip(done);
    let picked = rest.take(count).map(|(id, behind)| Picked {
        id: *id,
        place: behind.to_string().into_bytes(),
    });
    let picked: Vec<Picked> = picked.collect();
    let end = done + picked.len();
    Ok(Picks {
        next: (end < ids.len()).then(|| end.to_string().into_bytes()),
        picked,
    })
}

/// Those of a page that was asked for so many, with places that are sequences.
fn by_sequence(page: Scored, count: usize) -> Result<Picks, StoreError> {
    let is_last = page.len() < count;
    let pick = |(id, sequence): (Vec<u8>, f64)| {
        Ok(Picked {
            id: CommentId::from_bytes(id_bytes(&id)?),
            place: format!("{sequence:.0}").into_bytes(),
        })
    };
    let picked: Vec<Picked> = page
        .into_iter()
        .map(pick)
        .collect::<Result<_, StoreError>>()?;
    let next = picked.last().map(|last| last.place.clone());
    Ok(Picks {
        next: next.filter(|_| !is_last),
        picked,
    })
}

fn index(place: &[u8]) -> Result<usize, StoreError> {
    if place.is_empty() {
        return Ok(0);
    }
    let text = str::from_utf8(place).map_err(|_| BAD_PLACE)?;
    text.parse().map_err(|_| BAD_PLACE)
}

/// The lower end of a range behind a sequence.
fn after(place: &[u8]) -> Result<String, StoreError> {
    if place.is_empty() {
        return Ok("-inf".to_owned());
    }
    Ok(format!("({}", index(place)?))
}

/// A due time as text, and a name.
fn lane_place(place: &[u8]) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    if place.is_empty() {
        return Ok(None);
    }
    let colon = place.iter().position(|byte| *byte == b':');
    let (due, name) = place.split_at(colon.ok_or(BAD_PLACE)?);
    let due = str::from_utf8(due).map_err(|_| BAD_PLACE)?;
    Ok(Some((due.to_owned(), name[1..].to_vec())))
}
