//! Authors as moderators deal with them: how they stand, what is noted on them, and what is pending of one who is banned.
//!
//! Nobody has to see an address for it: a moderator names a comment, and what is kept are keyed hashes. See
//! `docs/decisions/0015-standing-by-keyed-hash.md`.

pub mod change;
pub mod naming;
mod pending;
mod resolving;

use crate::{
    access::caller::Caller,
    authors::{
        change::{Change, Changed},
        naming::{MOST_DOMAINS, Named, Of, other_subjects},
        resolving::{Resolved, said_last, to_be_set},
    },
    comment::{
        ids::{CommentId, SiteId},
        standing::Standing,
        state::Timestamp,
        stored::StoredComment,
        subject::{Subject, SubjectKind, SubjectNames},
        written::Written,
    },
    policy::sites::SiteError,
    queue::{Queue, ruling::Note},
    recognition::Recognition,
    store::{
        authors::{AuthorNote, Noted},
        confirmation::Confirmation,
        connection::Store,
        error::StoreError,
        standing::{NewStanding, StandingSet, Stands},
        standing_list::StandingPlace,
    },
};

/// How many of an author's comments are shown beside one.
pub const LAST_COMMENTS: usize = 10;

/// What moderators know and say of authors. Cheap to clone.
#[derive(Clone)]
pub struct Authors {
    /// Where it is kept.
    pub store: Store,
    /// What an OK waits for.
    pub confirmation: Confirmation,
    /// What knows an address again.
    pub recognition: Recognition,
    /// What decides on comments.
    pub queue: Queue,
}

/// Why a call about an author was refused. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AuthorRefusal {
    /// No such comment.
    #[error("no such comment on this site")]
    NoComment,
    /// The comment came without that.
    #[error("the comment has no {} to be known by", .0.word())]
    NoSubject(SubjectKind),
    /// The comment leads to other domains, or to several and none was named.
    #[error("the comment leads to: {}; name one of them as domain", .0.join(", "))]
    OtherDomains(Vec<String>),
    /// A list told it, and it is in force no more.
    #[error(
        "nothing is said by this standing_id any more: it was lifted or has ended; name a comment instead"
    )]
    NoStanding,
    /// The site has as many standings as are kept.
    #[error("the site has 100,000 standings: lift some first")]
    TooMany,
    /// The site is gone, or cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store failed. The change may be made: the same call again will tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is known of a comment's author, and of what else the comment is known by.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorDetails {
    /// The author; `None` without identity.
    pub author: Option<Stands>,
    /// Newest first.
    pub notes: Vec<AuthorNote>,
    /// The author's last comments, newest first, at most [`LAST_COMMENTS`].
    pub comments: Vec<StoredComment>,
    /// IP address, website and domains that are held or banned.
    pub others: Vec<Stands>,
}

impl Authors {
    /// Redis's time, by which ends are judged.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }

    /// Sets how a subject stands, and deals with what is pending of it. Safe to repeat.
    ///
    /// # Errors
    /// As [`AuthorRefusal`] says.
    pub async fn set(
        &self,
        site: &SiteId,
        caller: &Caller,
        change: &Change,
    ) -> Result<Changed, AuthorRefusal> {
        let resolved = self
            .resolve(site, &change.named, Some(change.standing))
            .await?;
        let names = resolved.names;
        let mut changed = false;
        for subject in to_be_set(names) {
            changed |= self
                .set_one(site, caller, change, &resolved, subject)
                .await?;
        }
        self.keep(site, &change.named, &names.first).await?;
        let dealt = match change.pending {
            Some(verdict) => {
                self.deal_with_pending(site, caller, &names, verdict, change.pending_from)
                    .await?
            }
            None => pending::Dealt::default(),
        };
        Ok(Changed {
            stands: self.stands(site, &names).await?,
            changed,
            dealt_with: dealt.decided,
            pending_left: dealt.left,
            next: dealt.next,
        })
    }

    async fn set_one(
        &self,
        site: &SiteId,
        caller: &Caller,
        change: &Change,
        resolved: &Resolved,
        subject: SubjectNames,
    ) -> Result<bool, AuthorRefusal> {
        let new = NewStanding {
            site,
            subject,
            standing: change.standing,
            until: change.until,
            reason: change.reason.as_str(),
            actor: &caller.actor(),
            words: &change.in_words(),
            named_by: resolved.named_by,
            shown: &resolved.shown,
            add_strike: change.add_strike,
        };
        match self.confirmation.of(self.store.set_standing(&new)).await? {
            StandingSet::Done { changed } => Ok(changed),
            StandingSet::Full => Err(AuthorRefusal::TooMany),
            StandingSet::NoSite => Err(SiteError::NotFound.into()),
        }
    }

    /// How a subject stands, with the notes on an author.
    ///
    /// # Errors
    /// As [`AuthorRefusal`] says.
    pub async fn get(
        &self,
        site: &SiteId,
        named: &Named,
    ) -> Result<(Stands, Vec<AuthorNote>), AuthorRefusal> {
        let resolved = self.resolve(site, named, None).await?;
        let stands = self.stands(site, &resolved.names).await?;
        let notes = match &resolved.names.first {
            Subject::Author(author) => self.store.author_notes(site, author).await?,
            Subject::IpAddress(_) | Subject::LinkDomain(_) | Subject::Website(_) => Vec::new(),
        };
        Ok((stands, notes))
    }

    /// A page of standings in force, the last set first, each with the name beside the comment that named it; and where the
    /// next begins, if there may be one.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list(
        &self,
        site: &SiteId,
        from: Option<StandingPlace>,
        count: usize,
    ) -> Result<(Vec<(Stands, Written)>, Option<StandingPlace>), StoreError> {
        let (page, next) = self.store.list_standings(site, from, count).await?;
        let named_by = |stands: &Stands| stands.set.as_ref()?.named_by;
        let ids: Vec<CommentId> = page.iter().filter_map(named_by).collect();
        let comments = self.store.comments(site, &ids).await?;
        let names: Vec<(CommentId, Written)> = comments
            .into_iter()
            .flatten()
            .map(|comment| (comment.id, comment.content.display_name))
            .collect();
        let name = |stands: &Stands| {
            let id = named_by(stands);
            let name = names.iter().find(|(known, _)| Some(*known) == id);
            name.map(|(_, name)| name.clone()).unwrap_or_default()
        };
        let in_force = page
            .into_iter()
            .filter(|stands| stands.standing() != Standing::Normal);
        Ok((
            in_force
                .map(|stands| (stands.clone(), name(&stands)))
                .collect(),
            next,
        ))
    }

    /// Notes something on a comment's author. Safe to repeat.
    ///
    /// # Errors
    /// As [`AuthorRefusal`] says.
    pub async fn note(
        &self,
        site: &SiteId,
        caller: &Caller,
        comment: CommentId,
        note: &Note,
    ) -> Result<(AuthorNote, bool), AuthorRefusal> {
        let named = Named::ByComment(comment, Of::Author);
        let Subject::Author(author) = self.resolve(site, &named, None).await?.names.first else {
            return Err(AuthorRefusal::NoSubject(SubjectKind::Author));
        };
        let text = note.as_str();
        let actor = caller.actor();
        let noted = self.store.add_author_note(site, &author, text, &actor);
        match self.confirmation.of(noted).await? {
            Noted::Done { at, replayed } => {
                let note = AuthorNote {
                    text: text.to_owned(),
                    moderator: caller.label.to_string(),
                    at,
                };
                Ok((note, replayed))
            }
            Noted::NoSite => Err(SiteError::NotFound.into()),
        }
    }

    /// What is known of a comment's author. Three reads, and two where the pepper was replaced.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn around(
        &self,
        site: &SiteId,
        comment: &StoredComment,
    ) -> Result<AuthorDetails, StoreError> {
        let author = comment.content.author;
        let mut subjects: Vec<Subject> = author.map(Subject::Author).into_iter().collect();
        let hashers = self.recognition.both();
        let others = other_subjects(hashers, site, &comment.content, MOST_DOMAINS);
        subjects.extend(others.iter().flat_map(SubjectNames::iter));
        let mut stands = self.store.standings(site, &subjects).await?;
        let mut known = stands.split_off(usize::from(author.is_some())).into_iter();
        let others = others
            .iter()
            .filter_map(|names| said_last(known.by_ref().take(names.iter().count())));
        let (notes, comments) = match author {
            Some(author) => (
                self.store.author_notes(site, &author).await?,
                self.store
                    .author_comments(site, &author, 0, LAST_COMMENTS)
                    .await?,
            ),
            None => (Vec::new(), Vec::new()),
        };
        Ok(AuthorDetails {
            author: stands.pop(),
            notes,
            comments,
            others: others
                .filter(|stands| stands.standing() != Standing::Normal)
                .collect(),
        })
    }

    async fn stands(&self, site: &SiteId, names: &SubjectNames) -> Result<Stands, StoreError> {
        let subjects: Vec<Subject> = names.iter().collect();
        let found = self.store.standings(site, &subjects).await?;
        said_last(found.into_iter()).ok_or(StoreError::Corrupt { what: "a standing" })
    }
}
