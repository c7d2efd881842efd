//! From how a moderator names a subject to the hashes that its standing is kept by.

use crate::{
    authors::{
        AuthorRefusal, Authors,
        naming::{MOST_LINKS, Named, Of, domains_of, ip_address, which},
    },
    comment::{
        fields::Website,
        ids::{CommentId, KeyedHash, SiteId},
        standing::Standing,
        stored::StoredComment,
        subject::{Subject, SubjectNames},
    },
    privacy::hashing::Hasher,
    store::{error::StoreError, recognition::Intent, standing::Stands},
};

/// A subject, and how it was named.
pub(super) struct Resolved {
    /// An author's other name is that of a second history.
    pub(super) names: SubjectNames,
    pub(super) named_by: Option<CommentId>,
    /// The domain or the website.
    pub(super) shown: String,
}

impl From<SubjectNames> for Resolved {
    fn from(names: SubjectNames) -> Self {
        Self {
            names,
            named_by: None,
            shown: String::new(),
        }
    }
}

impl Authors {
    /// Whom or what a moderator names. `standing`: which is to be set, if any.
    pub(super) async fn resolve(
        &self,
        site: &SiteId,
        named: &Named,
        standing: Option<Standing>,
    ) -> Result<Resolved, AuthorRefusal> {
        let (comment, of) = match named {
            Named::Account(account) => {
                let hash = |hasher: &Hasher| hasher.account(site, account);
                return self.author(site, hash, standing).await;
            }
            Named::Email(email) => {
                let hash = |hasher: &Hasher| hasher.email(site, email);
                return self.author(site, hash, standing).await;
            }
            Named::Known(subject) => return self.known(site, *subject, standing).await,
            Named::ByComment(comment, of) => (*comment, of),
        };
        let found = self.store.comment(site, comment).await?;
        let found = found.ok_or(AuthorRefusal::NoComment)?;
        self.resolve_in(site, &found, of)
    }

    async fn author(
        &self,
        site: &SiteId,
        hash: impl Fn(&Hasher) -> KeyedHash,
        standing: Option<Standing>,
    ) -> Result<Resolved, AuthorRefusal> {
        let intent = match standing {
            Some(_) => Intent::Write,
            None => Intent::Look,
        };
        let names = self.recognition.all_of(site, &hash, intent).await?;
        let mut names = names.into_iter().map(Subject::Author);
        let first = names.next();
        let names = SubjectNames {
            first: first.unwrap_or_else(|| Subject::Author(hash(self.recognition.hasher()))),
            other: names.next(),
        };
        Ok(names.into())
    }

    /// Lets an author who was named by account or address be found by these from now on, whoever asks.
    pub(super) async fn keep(
        &self,
        site: &SiteId,
        named: &Named,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        let Subject::Author(name) = subject else {
            return Ok(());
        };
        match named {
            Named::Account(account) => {
                let hash = |hasher: &Hasher| hasher.account(site, account);
                self.recognition.keep_one(site, hash, name).await
            }
            Named::Email(email) => {
                let hash = |hasher: &Hasher| hasher.email(site, email);
                self.recognition.keep_one(site, hash, name).await
            }
            Named::ByComment(..) | Named::Known(_) => Ok(()),
        }
    }

    /// A subject by its own name, with the domain or website that was told when its standing was set.
    async fn known(
        &self,
        site: &SiteId,
        subject: Subject,
        standing: Option<Standing>,
    ) -> Result<Resolved, AuthorRefusal> {
        let names = SubjectNames::from(subject);
        let shown = match subject {
            Subject::Author(_) => String::new(),
            Subject::IpAddress(_) | Subject::LinkDomain(_) | Subject::Website(_) => {
                match (self.stands(site, &names).await?.set, standing) {
                    (Some(set), _) => set.shown,
                    (None, None | Some(Standing::Normal)) => String::new(),
                    // What it was said of is known no more.
                    (None, Some(_)) => return Err(AuthorRefusal::NoStanding),
                }
            }
        };
        Ok(Resolved {
            shown,
            ..names.into()
        })
    }

    fn resolve_in(
        &self,
        site: &SiteId,
        comment: &StoredComment,
        of: &Of,
    ) -> Result<Resolved, AuthorRefusal> {
        let content = &comment.content;
        let hashers = self.recognition.both();
        let (names, shown) = match of {
            Of::Author => {
                let author = content.author.map(|author| Subject::Author(author).into());
                (author, String::new())
            }
            Of::IpAddress => (ip_address(content), String::new()),
            Of::Website => {
                let website: Option<Website> = content.website.parse().ok();
                let shown = website.as_ref().map(Website::place);
                let names = website.map(|website| {
                    hashers.names(|hasher| Subject::Website(hasher.website(site, &website)))
                });
                (names, shown.unwrap_or_default())
            }
            Of::LinkDomain(domain) => {
                let domain = which(domain, domains_of(content, 2 * MOST_LINKS))?;
                let names =
                    hashers.names(|hasher| Subject::LinkDomain(hasher.link_host(site, &domain)));
                (Some(names), domain)
            }
        };
        let kind = Named::ByComment(comment.id, of.clone()).kind();
        Ok(Resolved {
            names: names.ok_or(AuthorRefusal::NoSubject(kind))?,
            named_by: Some(comment.id),
            shown,
        })
    }
}

/// What has a standing of its own: each history of an author, any other subject by all its names at once.
pub(super) fn to_be_set(names: SubjectNames) -> impl Iterator<Item = SubjectNames> {
    let (one, two) = match (names.first, names.other) {
        (Subject::Author(_), Some(second)) => (names.first.into(), Some(second.into())),
        (_, _) => (names, None),
    };
    [one].into_iter().chain(two)
}

/// Of what is said of one subject by its names: the last.
pub(super) fn said_last(stands: impl Iterator<Item = Stands>) -> Option<Stands> {
    // Of two that are the same, the first.
    stands.reduce(|one, other| {
        let set_at = |stands: &Stands| stands.set.as_ref().map(|set| set.set_at);
        if set_at(&other) > set_at(&one) {
            other
        } else {
            one
        }
    })
}
