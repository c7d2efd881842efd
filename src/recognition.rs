//! As whom people are known. With one pepper since ever that is a hash, made here; after a change of the pepper, an author
//! keeps the name that comments, bans and counts have, and the present pepper's hash is an alias of it. See
//! `docs/decisions/0024-a-new-pepper-makes-aliases.md`.

use crate::{
    comment::{
        contact::{Contact, EmailAddress},
        ids::{AccountId, IpHash, KeyedHash, SiteId},
        observed::Fingerprints,
        state::Timestamp,
        subject::Subject,
        submission::Author,
    },
    privacy::hashing::{Hasher, Hashers},
    store::{
        connection::Store, error::StoreError, identity::Claimed, recognition::Renamed,
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

    /// A logged-in reader. A read where the pepper was replaced, else none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn account(
        &self,
        site: &SiteId,
        account: &AccountId,
    ) -> Result<KeyedHash, StoreError> {
        self.one(site, |hasher| hasher.account(site, account)).await
    }

    /// A mailbox. As [`Recognition::account`].
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn email(
        &self,
        site: &SiteId,
        email: &EmailAddress,
    ) -> Result<KeyedHash, StoreError> {
        self.one(site, |hasher| hasher.email(site, email)).await
    }

    /// All names that hashes of one thing can mean, the likeliest first: two for who wrote while only some replicas had the
    /// new pepper. At most three reads.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn all_of(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let name = self.one(site, &hash).await?;
        let before = match self.other() {
            Some(other) => self.store.authors_of(site, &[hash(other)]).await?,
            None => Vec::new(),
        };
        let mut names = vec![name];
        for other in before {
            if other != name && self.store.knows_author(site, &other).await? {
                names.push(other);
            }
        }
        Ok(names)
    }

    /// An author's hash under the present pepper, and under the one before while that is configured; `None` where there is
    /// nothing to know the author by.
    #[must_use]
    pub fn seen(&self, site: &SiteId, author: &Author, contact: &Contact) -> Option<Seen> {
        let by = |hasher: &Hasher| hasher.author(site, author, contact);
        Some(Seen {
            now: by(&self.hashers.current)?,
            before: self.other().and_then(by),
        })
    }

    /// The names of some authors, in their order; `None` stays `None`. At most one read.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn authors(
        &self,
        site: &SiteId,
        seen: &[Option<Seen>],
    ) -> Result<Vec<Option<KeyedHash>>, StoreError> {
        let known: Vec<Seen> = seen.iter().copied().flatten().collect();
        let mut names = self.names(site, &known, &[]).await?.into_iter();
        let name = |seen: &Option<Seen>| seen.and_then(|_| names.next());
        Ok(seen.iter().map(name).collect())
    }

    /// The author and the e-mail address that a submission is known by; moves the standings of what else it is known by.
    /// `None` where nothing can be known otherwise than by the hashes that it has.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn submission(
        &self,
        site: &SiteId,
        now: &Fingerprints,
        before: Option<&Fingerprints>,
    ) -> Result<Option<Names>, StoreError> {
        if !self.is_needed() {
            return Ok(None);
        }
        let seen = |of: fn(&Fingerprints) -> Option<KeyedHash>| {
            Some(Seen {
                now: of(now)?,
                before: before.and_then(of),
            })
        };
        let (author, email) = (seen(|prints| prints.author), seen(|prints| prints.email));
        let known: Vec<Seen> = author.into_iter().chain(email).collect();
        let renamed = before.map(|before| renamed(subjects(now), subjects(before)));
        let renamed = renamed.unwrap_or_default();
        let names = self.names(site, &known, &renamed).await?;
        let mut names = names.into_iter();
        Ok(Some(Names {
            author: author.and_then(|_| names.next()),
            email: email.and_then(|_| names.next()),
        }))
    }

    /// Makes sure, once a comment is stored under names, that their hashes still lead to them: an erasure may have taken the
    /// aliases away meanwhile, and the next one must find this comment. A round trip where there are any.
    ///
    /// # Errors
    /// As [`StoreError`] says; the comment is stored then, and its repetition makes sure anew.
    pub async fn keep(
        &self,
        site: &SiteId,
        named: &[(KeyedHash, KeyedHash)],
    ) -> Result<(), StoreError> {
        let named = named.iter().map(|(hash, name)| Renamed {
            now: *hash,
            before: *name,
        });
        let named: Vec<_> = named.collect();
        self.store.recognise(site, &named, &[]).await?;
        Ok(())
    }

    /// What standings can be said of besides authors, by present names; moves standings that are kept by those before. A read
    /// while a pepper before is configured, else none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn subjects(
        &self,
        site: &SiteId,
        of: impl Fn(&Hasher) -> Vec<Subject>,
    ) -> Result<Vec<Subject>, StoreError> {
        let now = of(self.hasher());
        if let Some(other) = self.other() {
            let renamed = renamed(now.iter().copied(), of(other).into_iter());
            self.store.recognise(site, &[], &renamed).await?;
        }
        Ok(now)
    }

    /// The hashes that standings of IP addresses are kept by, for those that comments have. A read where the pepper was
    /// replaced or is about to be, else none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn ip_addresses(
        &self,
        site: &SiteId,
        of_comments: &[IpHash],
    ) -> Result<Vec<IpHash>, StoreError> {
        if self.is_needed() {
            self.store.ip_addresses_of(site, of_comments).await
        } else {
            Ok(of_comments.to_vec())
        }
    }

    /// The same of one.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn ip_address(
        &self,
        site: &SiteId,
        of_comment: Option<IpHash>,
    ) -> Result<Option<IpHash>, StoreError> {
        let found = self.ip_addresses(site, of_comment.as_slice()).await?;
        Ok(found.first().copied())
    }

    /// Whether a pepper before is configured, so that there may be standings to [`Recognition::rename`].
    #[must_use]
    pub fn may_rename(&self) -> bool {
        self.hashers.other.is_some() && self.hashers.other_is_previous
    }

    /// Moves those standings of domains and websites that are kept by the pepper before: what they are said of is beside
    /// them, so nobody has to come with it. How many were. A call of the store where there are any, else none.
    ///
    /// # Errors
    /// As [`StoreError`] says; the same call again is harmless.
    pub async fn rename(&self, site: &SiteId, standings: &[Stands]) -> Result<usize, StoreError> {
        let Some(previous) = self.other().filter(|_| self.may_rename()) else {
            return Ok(0);
        };
        let renamed = |stands: &Stands| {
            let shown = stands.set.as_ref()?.shown.as_str();
            let by = |hasher: &Hasher| match stands.subject {
                Subject::LinkDomain(_) => Some(Subject::LinkDomain(hasher.link_host(site, shown))),
                Subject::Website(_) => Some(Subject::Website(hasher.website_at(site, shown))),
                Subject::Author(_) | Subject::IpAddress(_) => None,
            };
            let (now, before) = (by(self.hasher())?, by(previous)?);
            (before == stands.subject).then_some(Renamed { now, before })
        };
        let renamed: Vec<_> = standings.iter().filter_map(renamed).collect();
        self.store.recognise(site, &[], &renamed).await?;
        Ok(renamed.len())
    }

    fn is_needed(&self) -> bool {
        self.pepper_replaced_at.is_some() || self.hashers.other.is_some()
    }

    async fn one(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
    ) -> Result<KeyedHash, StoreError> {
        let seen = Seen {
            now: hash(&self.hashers.current),
            before: self.other().map(hash),
        };
        let names = self.names(site, &[seen], &[]).await?;
        Ok(names.first().copied().unwrap_or(seen.now))
    }

    async fn names(
        &self,
        site: &SiteId,
        seen: &[Seen],
        subjects: &[Renamed<Subject>],
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let now: Vec<KeyedHash> = seen.iter().map(|seen| seen.now).collect();
        if self.hashers.other.is_some() {
            let renamed = |seen: &Seen| {
                let Seen { now, before } = *seen;
                before.map(|before| Renamed { now, before })
            };
            let authors: Vec<_> = seen.iter().filter_map(renamed).collect();
            return self.store.recognise(site, &authors, subjects).await;
        }
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
    before: Option<KeyedHash>,
}

/// As whom a submission's author and e-mail address are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The author.
    pub author: Option<KeyedHash>,
    /// The e-mail address that an account was used with.
    pub email: Option<KeyedHash>,
}

/// What a standing can be said of besides the author.
fn subjects(prints: &Fingerprints) -> impl Iterator<Item = Subject> {
    let ip = prints.ip.map(|ip| Subject::IpAddress(IpHash::of(&ip)));
    let website = prints.website.map(Subject::Website);
    let domains = prints.link_domains.iter().copied().map(Subject::LinkDomain);
    ip.into_iter().chain(website).chain(domains)
}

fn renamed(
    now: impl Iterator<Item = Subject>,
    before: impl Iterator<Item = Subject>,
) -> Vec<Renamed<Subject>> {
    now.zip(before)
        .map(|(now, before)| Renamed { now, before })
        .collect()
}
