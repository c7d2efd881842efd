//! What is known of the authors, once their comments are erased.

use super::{Early, Erasure, Walk};
use crate::{
    comment::{ids::KeyedHash, stored::StoredComment},
    data_subjects::PrivacyRefusal,
    store::{erasure::Forgotten, error::StoreError},
};

impl Erasure {
    /// Forgets the authors that nothing is left of; whether nothing of the subject is.
    pub(super) async fn forget_authors(&self) -> Result<bool, Early> {
        let (subjects, site) = (&self.subjects, &self.site);
        let (emails, accounts) = self.identity.authors.split_at(self.identity.emails);
        let mut gone = true;
        for account in accounts {
            // An account's other comments are of another address, if it was found by one.
            gone &= self.forget(account).await? || !emails.is_empty();
        }
        for email in emails {
            let forgetting = subjects.store.forget_accounts_of(site, email, accounts);
            subjects.confirmation.of(forgetting).await?;
            gone &= self.forget(email).await?;
        }
        // What came meanwhile.
        let left = self.next_left().await?;
        Ok(gone && !left)
    }

    /// Forgets an author; whether no comment is left.
    async fn forget(&self, author: &KeyedHash) -> Result<bool, Early> {
        let (subjects, site) = (&self.subjects, &self.site);
        // Each kind of replica limits reports by a hash of its own.
        let hashers = subjects.recognition.hashers();
        let reporters: Vec<_> = hashers
            .map(|hasher| hasher.reporter(site, author))
            .collect();
        let forgetting = subjects.store.forget_author(site, author, &reporters);
        match subjects.confirmation.of(forgetting).await? {
            Forgotten::Done => Ok(true),
            Forgotten::Left => Ok(false),
            Forgotten::Held => Err(self.held(&[]).await?.into()),
        }
    }

    async fn next_left(&self) -> Result<bool, StoreError> {
        let mut walk = Walk::default();
        while let Some(comments) = self.next(&mut walk).await? {
            if !comments.is_empty() {
                return Ok(true);
            }
        }
        Ok(walk.is_cut)
    }

    /// Why it is held, now that it is.
    pub(super) async fn held(&self, batch: &[StoredComment]) -> Result<PrivacyRefusal, StoreError> {
        let of_batch = batch.iter().filter_map(|comment| comment.content.author);
        for author in self.identity.authors.iter().copied().chain(of_batch) {
            let (_, held) = self
                .subjects
                .store
                .author_since(&self.site, &author)
                .await?;
            if let Some(why) = held {
                return Ok(PrivacyRefusal::Held { why });
            }
        }
        // It ended meanwhile.
        Ok(PrivacyRefusal::Held { why: String::new() })
    }
}
