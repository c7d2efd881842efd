//! As whom people are known. With one pepper since ever that is a hash, made here; after a change of the pepper, an author
//! keeps the name that comments, bans and counts have, and the present pepper's hash is an alias of it. See
//! `docs/decisions/0024-a-new-pepper-makes-aliases.md`.

use crate::{
    comment::{
        contact::{Contact, EmailAddress},
        ids::{AccountId, KeyedHash, SiteId},
        state::Timestamp,
        subject::Subject,
        submission::Author,
    },
    privacy::hashing::{Hasher, Hashers},
    store::{
        connection::Store, error::StoreError, identity::Claimed, recognition::Intent,
        standing::Stands,
    },
};

/// What knows people again. Cheap to clone.
#[derive(Clone)]
pub struct Recognition {
    store: Store,
    hashers: Hashers,
    pepper_replaced_at: Option<Timestamp>,
    not_found_before: Option<Timestamp>,
}

impl Recognition {
    /// `claimed`: whether the pepper ever was replaced in this Redis's life, so that there may be aliases; and before when
    /// the configured ones find nobody.
    #[must_use]
    pub fn new(store: Store, hashers: Hashers, claimed: &Claimed) -> Self {
        Self {
            store,
            hashers,
            pepper_replaced_at: claimed.pepper_replaced_at,
            not_found_before: claimed.not_found_before,
        }
    }

    /// What it hashes with.
    #[must_use]
    pub fn both(&self) -> &Hashers {
        &self.hashers
    }

    /// With the present pepper.
    #[must_use]
    pub fn hasher(&self) -> &Hasher {
        &self.hashers.current
    }

    /// With the pepper before or the next, while one is configured.
    #[must_use]
    pub fn other(&self) -> Option<&Hasher> {
        self.hashers.other.as_ref()
    }

    /// Each of these.
    pub fn hashers(&self) -> impl Iterator<Item = &Hasher> {
        [self.hasher()].into_iter().chain(self.other())
    }

    /// When the first of the configured peppers came, unless there was none before it: who came before that and not since
    /// is found neither by address nor by account.
    #[must_use]
    pub fn not_found_before(&self) -> Option<Timestamp> {
        self.not_found_before
    }

    /// A logged-in reader who reports. A read where the pepper was replaced, else none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn account(
        &self,
        site: &SiteId,
        account: &AccountId,
    ) -> Result<KeyedHash, StoreError> {
        self.one(site, |hasher| hasher.account(site, account), Intent::Look)
            .await
    }

    /// A mailbox of a reader who reports. As [`Recognition::account`].
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn email(
        &self,
        site: &SiteId,
        email: &EmailAddress,
    ) -> Result<KeyedHash, StoreError> {
        self.one(site, |hasher| hasher.email(site, email), Intent::Look)
            .await
    }

    /// All names that hashes of one thing can mean, the likeliest first: two for who wrote while only some replicas had the
    /// new pepper. One read, and up to four more while two peppers are configured.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn all_of(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
        intent: Intent,
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let mut names = vec![self.one(site, &hash, intent).await?];
        let Some(other) = self.other() else {
            return Ok(names);
        };
        // An alias hides who came to replicas that did not know of it.
        let hashes = [hash(self.hasher()), hash(other)];
        let others = self.store.authors_of(site, &hashes).await?;
        for other in others.into_iter().chain(hashes) {
            if !names.contains(&other) && self.store.knows_author(site, &other).await? {
                names.push(other);
            }
        }
        Ok(names)
    }

    /// An author's hash under the present pepper, and under the other while one is configured; `None` where there is nothing
    /// to know the author by.
    #[must_use]
    pub fn seen(&self, site: &SiteId, author: &Author, contact: &Contact) -> Option<Seen> {
        let by = |hasher: &Hasher| hasher.author(site, author, contact);
        Seen::new(by(&self.hashers.current), self.other().and_then(by))
    }

    /// The names of some authors that come, in their order; `None` stays `None`. At most one round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn authors(
        &self,
        site: &SiteId,
        seen: &[Option<Seen>],
    ) -> Result<Vec<Option<KeyedHash>>, StoreError> {
        let known: Vec<Seen> = seen.iter().copied().flatten().collect();
        let mut names = self.names(site, &known, Intent::Write).await?.into_iter();
        let name = |seen: &Option<Seen>| seen.and_then(|_| names.next());
        Ok(seen.iter().map(name).collect())
    }

    /// The author and the e-mail address that a submission is known by. `None` where nothing can be known otherwise than by
    /// the hashes that it has. At most one round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn submission(
        &self,
        site: &SiteId,
        author: Option<Seen>,
        email: Option<Seen>,
    ) -> Result<Option<Names>, StoreError> {
        if !self.is_needed() {
            return Ok(None);
        }
        let mut names = self.authors(site, &[author, email]).await?.into_iter();
        Ok(Some(Names {
            author: names.next().flatten(),
            email: names.next().flatten(),
        }))
    }

    /// Makes sure, once something is written under names, that other hashes lead to them for as long as it is there: the
    /// alias of a minute ends, and an erasure may have taken the aliases away meanwhile, of which the next one must find
    /// this. A round trip where there are any.
    ///
    /// # Errors
    /// As [`StoreError`] says; it is written then, and its repetition makes sure anew.
    pub async fn keep(
        &self,
        site: &SiteId,
        named: &[(KeyedHash, KeyedHash)],
    ) -> Result<(), StoreError> {
        self.store.recognise(site, named, Intent::Look).await?;
        Ok(())
    }

    /// The same of who is known by a name.
    ///
    /// # Errors
    /// As [`Recognition::keep`].
    pub async fn keep_one(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
        name: &KeyedHash,
    ) -> Result<(), StoreError> {
        let hashes = self.hashers().map(hash).filter(|hash| hash != name);
        let named: Vec<_> = hashes.map(|hash| (hash, *name)).collect();
        self.keep(site, &named).await
    }

    /// Gives those standings of domains and websites that were set before the present pepper came its names too: what they
    /// are said of is beside them, so nobody has to come with it. How many were. A call of the store where there are any,
    /// else none.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn carry(&self, site: &SiteId, standings: &[Stands]) -> Result<u64, StoreError> {
        if !self.may_carry() {
            return Ok(0);
        }
        let names = |stands: &Stands| {
            let shown = stands.set.as_ref()?.shown.as_str();
            let names = match stands.subject {
                Subject::LinkDomain(_) => (self.hashers)
                    .names(|hasher| Subject::LinkDomain(hasher.link_host(site, shown))),
                Subject::Website(_) => {
                    (self.hashers).names(|hasher| Subject::Website(hasher.website_at(site, shown)))
                }
                Subject::Author(_) | Subject::IpAddress(_) => return None,
            };
            Some((names.first, names.other?))
        };
        let carried: Vec<_> = standings.iter().filter_map(names).collect();
        self.store.carry_standings(site, &carried).await
    }

    /// Whether the pepper before is configured, so that there may be standings to [`Recognition::carry`].
    #[must_use]
    pub fn may_carry(&self) -> bool {
        self.hashers.other.is_some() && self.hashers.other_is_previous
    }

    fn is_needed(&self) -> bool {
        self.pepper_replaced_at.is_some() || self.hashers.other.is_some()
    }

    async fn one(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
        intent: Intent,
    ) -> Result<KeyedHash, StoreError> {
        let seen = Seen {
            now: hash(&self.hashers.current),
            other: self.other().map(hash),
        };
        let names = self.names(site, &[seen], intent).await?;
        Ok(names.first().copied().unwrap_or(seen.now))
    }

    async fn names(
        &self,
        site: &SiteId,
        seen: &[Seen],
        intent: Intent,
    ) -> Result<Vec<KeyedHash>, StoreError> {
        if self.hashers.other.is_some() {
            let both = |seen: &Seen| Some((seen.now, seen.other?));
            let both: Vec<_> = seen.iter().filter_map(both).collect();
            return self.store.recognise(site, &both, intent).await;
        }
        let now: Vec<KeyedHash> = seen.iter().map(|seen| seen.now).collect();
        if self.pepper_replaced_at.is_some() {
            return self.store.authors_of(site, &now).await;
        }
        Ok(now)
    }
}

/// One author or address by hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    now: KeyedHash,
    other: Option<KeyedHash>,
}

impl Seen {
    /// By the present pepper's hash, and the other's.
    #[must_use]
    pub fn new(now: Option<KeyedHash>, other: Option<KeyedHash>) -> Option<Self> {
        Some(Self { now: now?, other })
    }

    /// The hashes that are another than a name, each with it.
    pub fn named(self, name: KeyedHash) -> impl Iterator<Item = (KeyedHash, KeyedHash)> {
        let hashes = [self.now].into_iter().chain(self.other);
        hashes
            .filter(move |hash| *hash != name)
            .map(move |hash| (hash, name))
    }
}

/// As whom a submission's author and e-mail address are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The author.
    pub author: Option<KeyedHash>,
    /// The e-mail address that an account was used with.
    pub email: Option<KeyedHash>,
}
