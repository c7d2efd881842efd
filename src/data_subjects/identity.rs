//! As whom a data subject is known, and which comments are the subject's.

use super::{DataSubject, DataSubjects, PrivacyRefusal};
use crate::{
    comment::{
        bulk::Target,
        ids::{CommentId, KeyedHash, SiteId},
        state::CommentState,
        stored::StoredComment,
    },
    store::error::StoreError,
};

/// Comments in one read: each can be 64 KB.
const PAGE: usize = 50;

/// As whom a data subject is known: by hashes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The account; or the e-mail address, then the accounts that it was used with.
    pub(super) authors: Vec<KeyedHash>,
    /// The e-mail address, where the subject is known by that.
    pub(super) email: Option<KeyedHash>,
    /// The one comment of somebody who is not known by anything.
    pub(super) alone: Option<CommentId>,
}

/// A place in the walk through a subject's comments: which author, and behind which comment.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    author: usize,
    behind: Vec<u8>,
}

impl Identity {
    /// Whether a comment is the subject's: an account may have been used with several addresses.
    pub(super) fn owns(&self, comment: &StoredComment) -> bool {
        if self.alone == Some(comment.id) {
            return true;
        }
        let Some(author) = comment.content.author else {
            return false;
        };
        match self.email {
            Some(email) => author == email || comment.content.email == Some(email),
            None => self.authors.contains(&author),
        }
    }
}

impl DataSubjects {
    /// As whom a subject is known. A read for 500 accounts.
    pub(super) async fn identify(
        &self,
        site: &SiteId,
        subject: &DataSubject,
    ) -> Result<Identity, PrivacyRefusal> {
        match subject {
            DataSubject::Account(account) => Ok(Identity {
                authors: vec![self.hasher.account(site, account)],
                email: None,
                alone: None,
            }),
            DataSubject::Email(email) => self.known_by(site, self.hasher.email(site, email)).await,
            DataSubject::AuthorOf(comment) => {
                let found = self.store.comment(site, *comment).await?;
                let found = found.ok_or(PrivacyRefusal::NoComment)?;
                match found.content.author {
                    None => Ok(Identity {
                        authors: Vec::new(),
                        email: None,
                        alone: Some(*comment),
                    }),
                    Some(author) if found.content.account_id.is_empty() => {
                        self.known_by(site, author).await
                    }
                    Some(author) => Ok(Identity {
                        authors: vec![author],
                        email: None,
                        alone: None,
                    }),
                }
            }
        }
    }

    async fn known_by(&self, site: &SiteId, email: KeyedHash) -> Result<Identity, PrivacyRefusal> {
        let mut authors = vec![email];
        authors.extend(self.store.accounts_of(site, &email).await?);
        Ok(Identity {
            authors,
            email: Some(email),
            alone: None,
        })
    }

    /// The subject's next comments that are not erased, and the place behind them; `None` at the end. A page may be empty
    /// before that.
    pub(super) async fn next_comments(
        &self,
        site: &SiteId,
        identity: &Identity,
        place: Place,
    ) -> Result<Option<(Vec<StoredComment>, Place)>, StoreError> {
        let (ids, next) = match (identity.authors.get(place.author), identity.alone) {
            (Some(author), _) => {
                let target = Target::Author(*author);
                let picks = self.store.pick(site, &target, &place.behind, PAGE).await?;
                let next = match picks.next {
                    Some(behind) => Place {
                        author: place.author,
                        behind,
                    },
                    None => Place {
                        author: place.author + 1,
                        behind: Vec::new(),
                    },
                };
                let ids: Vec<_> = picks.picked.iter().map(|picked| picked.id).collect();
                (ids, next)
            }
            (None, Some(alone)) if place.author == 0 => {
                let next = Place {
                    author: 1,
                    behind: Vec::new(),
                };
                (vec![alone], next)
            }
            (None, _) => return Ok(None),
        };
        let comments = self.store.comments(site, &ids).await?;
        let theirs = comments
            .into_iter()
            .flatten()
            .filter(|comment| comment.state != CommentState::Erased && identity.owns(comment));
        Ok(Some((theirs.collect(), next)))
    }
}
