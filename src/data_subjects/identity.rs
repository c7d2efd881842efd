//! As whom a data subject is known, and which comments are the subject's.

use super::{DataSubject, DataSubjects, PrivacyRefusal};
use crate::{
    comment::{
        bulk::Target,
        ids::{CommentId, KeyedHash, SiteId},
        state::{CommentState, Timestamp},
        stored::StoredComment,
    },
    privacy::hashing::Hasher,
    store::{error::StoreError, recognition::Intent},
};

/// Comments in one read: each can be 64 KB.
pub(super) const PAGE: usize = 50;

/// As whom a data subject is known: by hashes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The e-mail address, then the accounts that it was used with; or the account.
    pub(super) authors: Vec<KeyedHash>,
    /// How many of these are the e-mail address: one where the subject is known by that, two where it came while only some
    /// replicas had the new pepper.
    pub(super) emails: usize,
    /// The one comment of somebody who is not known by anything.
    pub(super) alone: Option<CommentId>,
    /// What came before then, by somebody who has not come since, is not found: the pepper was replaced.
    pub(super) not_found_before: Option<Timestamp>,
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
        if self.emails == 0 {
            return self.authors.contains(&author);
        }
        let email = comment.content.email;
        self.is_email(&author) || email.is_some_and(|email| self.is_email(&email))
    }

    /// Whether an author is the e-mail address itself.
    pub(super) fn is_email(&self, author: &KeyedHash) -> bool {
        self.authors[..self.emails].contains(author)
    }
}

impl Place {
    /// Which of the subject's authors it is at.
    pub(super) fn author(&self) -> usize {
        self.author
    }

    /// The beginning of the next author's comments.
    pub(super) fn past_author(&self) -> Self {
        Self {
            author: self.author + 1,
            behind: Vec::new(),
        }
    }
}

impl DataSubjects {
    /// As whom a subject is known. A read for 500 accounts.
    pub(super) async fn identify(
        &self,
        site: &SiteId,
        subject: &DataSubject,
        intent: Intent,
    ) -> Result<Identity, PrivacyRefusal> {
        match subject {
            DataSubject::Account(account) => Ok(Identity {
                authors: {
                    let hash = |hasher: &Hasher| hasher.account(site, account);
                    self.recognition.all_of(site, hash, intent).await?
                },
                emails: 0,
                alone: None,
                not_found_before: self.recognition.not_found_before(),
            }),
            DataSubject::Email(email) => {
                let hash = |hasher: &Hasher| hasher.email(site, email);
                let emails = self.recognition.all_of(site, hash, intent).await?;
                let known = self.known_by(site, emails).await?;
                Ok(Identity {
                    not_found_before: self.recognition.not_found_before(),
                    ..known
                })
            }
            DataSubject::AuthorOf(comment) => {
                let found = self.store.comment(site, *comment).await?;
                let found = found.ok_or(PrivacyRefusal::NoComment)?;
                match found.content.author {
                    None => Ok(Identity {
                        authors: Vec::new(),
                        emails: 0,
                        alone: Some(*comment),
                        not_found_before: None,
                    }),
                    Some(author) if found.content.account_id.is_empty() => {
                        self.known_by(site, vec![author]).await
                    }
                    Some(author) => Ok(Identity {
                        authors: vec![author],
                        emails: 0,
                        alone: None,
                        not_found_before: None,
                    }),
                }
            }
        }
    }

    /// Lets who is held be found from now on, whoever asks.
    pub(super) async fn keep(
        &self,
        site: &SiteId,
        subject: &DataSubject,
        name: &KeyedHash,
    ) -> Result<(), StoreError> {
        match subject {
            DataSubject::Account(account) => {
                let hash = |hasher: &Hasher| hasher.account(site, account);
                self.recognition.keep_one(site, hash, name).await
            }
            DataSubject::Email(email) => {
                let hash = |hasher: &Hasher| hasher.email(site, email);
                self.recognition.keep_one(site, hash, name).await
            }
            DataSubject::AuthorOf(_) => Ok(()),
        }
    }

    async fn known_by(
        &self,
        site: &SiteId,
        emails: Vec<KeyedHash>,
    ) -> Result<Identity, PrivacyRefusal> {
        let mut authors = emails.clone();
        for email in &emails {
            for account in self.store.accounts_of(site, email).await? {
                if !authors.contains(&account) {
                    authors.push(account);
                }
            }
        }
        Ok(Identity {
            authors,
            emails: emails.len(),
            alone: None,
            not_found_before: None,
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
                    None => place.past_author(),
                };
                let ids: Vec<_> = picks.picked.iter().map(|picked| picked.id).collect();
                (ids, next)
            }
            (None, Some(alone)) if place.author == 0 => (vec![alone], place.past_author()),
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
