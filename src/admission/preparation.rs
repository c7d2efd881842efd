//! What is computed from a submission once, whatever has to be tried again: parsing, fingerprints, sealing.

mod fingerprints;
pub mod revision;

use crate::{
    admission::{
        error::SubmitError,
        preparation::fingerprints::{email, fingerprints, other_ip, said, sketch_parts},
    },
    comment::{
        contact::{Contact, SealedContact},
        draft::Draft,
        ids::{IpHash, KeyedHash},
        observed::Fingerprints,
        reason::Reason,
        score::Score,
        stored::{CommentContent, ThreadDetails},
        submission::Submission,
    },
    policy::sites::Site,
    privacy::{
        hashing::{Hasher, Hashers},
        sealing::Sealer,
    },
    recognition::Names,
    spam::{content::Content, signals::Signals},
};

/// What hashes identities and seals contact data.
pub struct Preparation {
    hashers: Hashers,
    sealer: Sealer,
}

/// A submission, and all that follows from it alone.
pub struct Prepared {
    /// As it was parsed.
    pub submission: Submission,
    /// Its text, folded and taken apart.
    pub content: Content,
    /// What it is recognised by.
    pub prints: Fingerprints,
    /// What it says of the article.
    pub thread: ThreadDetails,
    /// The contact data, sealed; `None` where none came.
    pub contact: Option<SealedContact>,
    /// A keyed digest of what was sent.
    pub digest: [u8; 8],
    /// What the other pepper's hashes make of it, while one is configured.
    pub other: Option<OtherHashes>,
    /// The hashes in whose place a name was taken, with that name: none where the pepper was never replaced.
    pub named: Vec<(KeyedHash, KeyedHash)>,
    /// From 0 up to, not including, 1; the same for the same submission.
    pub draw: f64,
    /// Nothing is to be stored.
    pub only_check: bool,
}

/// A submission as replicas with the other pepper know it.
pub struct OtherHashes {
    /// Its author.
    pub author: Option<KeyedHash>,
    /// The e-mail address of an author who is known by an account.
    pub email: Option<KeyedHash>,
    /// Where it came from.
    pub ip: Option<IpHash>,
    /// A keyed digest of what was sent.
    pub digest: [u8; 8],
}

impl Preparation {
    /// With these keys.
    #[must_use]
    pub fn new(hashers: Hashers, sealer: Sealer) -> Self {
        Self { hashers, sealer }
    }

    /// Whether this is the digest of what was sent, by which a retry is known, also under the other pepper.
    #[must_use]
    pub fn is_digest_of(&self, stored: [u8; 8], draft: &Draft) -> bool {
        let other = self.hashers.other.iter();
        let mut hashers = [&self.hashers.current].into_iter().chain(other);
        hashers.any(|hasher| digest(hasher, draft) == stored)
    }

    /// Drops data keys that are past their age.
    pub fn forget_old_keys(&self) {
        self.sealer.forget_old();
    }

    /// Parses, and computes all that follows from the submission alone.
    ///
    /// # Errors
    /// Every violation at once, or that the contact data cannot be sealed.
    pub fn prepare(&self, site: &Site, draft: &Draft) -> Result<Prepared, SubmitError> {
        let hash = self.hashers.current.content(draft);
        let (own_digest, draw) = hash.as_bytes().split_at(8);
        let only_check = draft.validate_only;
        let submission = Submission::parse(draft, site.policy.required())?;
        let content = Content::of(&submission);
        let contact = match &submission.contact {
            contact if *contact == Contact::default() => None,
            contact => Some(self.sealer.seal(&site.id, &submission.id, contact)?),
        };
        let other = self.hashers.other.as_ref().map(|other| OtherHashes {
            author: other.author(&site.id, &submission.author, &submission.contact),
            email: email(other, &submission),
            ip: other_ip(&self.hashers, &submission),
            digest: digest(other, draft),
        });
        Ok(Prepared {
            prints: fingerprints(&self.hashers, &submission, &content),
            other,
            named: Vec::new(),
            thread: ThreadDetails {
                url: submission
                    .thread
                    .url
                    .as_ref()
                    .map(|url| url.as_str().to_owned())
                    .unwrap_or_default(),
                title: submission.thread.title.as_str().to_owned(),
                language: submission.thread.language.as_str().to_owned(),
            },
            contact,
            digest: first_eight(own_digest),
            draw: share(first_eight(draw)),
            submission,
            content,
            only_check,
        })
    }

    /// Takes back the hashes: what they were names for may be gone.
    pub fn unname(&self, prepared: &mut Prepared) {
        for (hash, name) in std::mem::take(&mut prepared.named) {
            let prints = &mut prepared.prints;
            for known in [&mut prints.author, &mut prints.email] {
                if *known == Some(name) {
                    *known = Some(hash);
                }
            }
            prints.said = said(&self.hashers.current, &prepared.submission, prints.author);
        }
    }

    /// Takes the names by which author and e-mail address are known in place of their hashes.
    pub fn name(&self, prepared: &mut Prepared, names: Names) {
        let prints = &mut prepared.prints;
        let pairs = [(prints.author, names.author), (prints.email, names.email)];
        let renamed = pairs
            .into_iter()
            .filter_map(|(hash, name)| Some((hash?, name?)));
        prepared.named = renamed.filter(|(hash, name)| hash != name).collect();
        prints.email = names.email;
        if prints.author != names.author {
            prints.author = names.author;
            prints.said = said(&self.hashers.current, &prepared.submission, names.author);
        }
    }
}

fn digest(hasher: &Hasher, draft: &Draft) -> [u8; 8] {
    first_eight(&hasher.content(draft).as_bytes()[..8])
}

impl Prepared {
    /// The hashes by which others may ask for its author and address, with the names that they have.
    #[must_use]
    pub fn aliases(&self) -> Vec<(KeyedHash, KeyedHash)> {
        let other = self.other.as_ref();
        let others = [
            (other.and_then(|other| other.author), self.prints.author),
            (other.and_then(|other| other.email), self.prints.email),
        ];
        let others = others
            .into_iter()
            .filter_map(|(hash, name)| Some((hash?, name?)))
            .filter(|(hash, name)| hash != name);
        self.named.iter().copied().chain(others).collect()
    }

    /// What it is recognised by when the comment that it answers says this; `None` where that changes nothing.
    #[must_use]
    pub fn prints_without(&self, parent: &str) -> Option<Fingerprints> {
        let sketch = sketch_parts(&self.submission, &self.content, Some(parent));
        (sketch != self.prints.sketch).then(|| Fingerprints {
            sketch,
            ..self.prints.clone()
        })
    }

    /// What is to be stored.
    #[must_use]
    pub fn describe(&self, signals: Signals, score: Score, reasons: Vec<Reason>) -> CommentContent {
        let submission = &self.submission;
        let author = &submission.author;
        CommentContent {
            thread: submission.thread.id.clone(),
            parent: submission.parent,
            display_name: author
                .display_name
                .as_ref()
                .map(|n| n.as_str().into())
                .unwrap_or_default(),
            website: author
                .website
                .as_ref()
                .map(|w| w.as_str().to_owned())
                .unwrap_or_default(),
            account_id: author
                .account
                .as_ref()
                .map(|a| a.as_str().to_owned())
                .unwrap_or_default(),
            body: submission.body.as_str().into(),
            author: self.prints.author,
            ip: self.prints.ip.as_ref().map(IpHash::of),
            other_ip: self.other.as_ref().and_then(|other| other.ip),
            email: self.prints.email,
            sealed_contact: self
                .contact
                .as_ref()
                .map(|contact| contact.sealed.clone())
                .unwrap_or_default(),
            reasons,
            score,
            signals: signals.to_bytes(),
        }
    }
}

fn first_eight(bytes: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&bytes[..8]);
    out
}

/// 64 bits as a number from 0 up to, not including, 1.
fn share(bits: [u8; 8]) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are kept, as many as a float has"
    )]
    let whole = (u64::from_le_bytes(bits) >> 11) as f64;
    whole / (1u64 << 53) as f64
}
