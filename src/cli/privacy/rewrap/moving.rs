//! One site's data keys, page by page: opened, wrapped anew, handed back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use prost_types::Timestamp;
use tonic::Status;

use crate::{
    cli::{
        client::{Connection, explain::explain, once, timely},
        failure::Failure,
    },
    privacy::{
        keyring::Keyring,
        keys::{OfficerKeyId, OfficerPublicKey},
        rewrapping::{RewrapError, rewrap},
        wrapped::{DataKeyId, WrappedDataKey},
    },
    proto::v1::{ListDataKeysRequest, ListDataKeysResponse, ReplaceDataKeysRequest},
};

/// How many data keys are looked at, and at most replaced, in one call.
const PAGE: i32 = 100;
const BATCH: usize = 100;

/// Looks from the beginning, each of which finds what the one before it could not have met. Replicas that still seal to
/// the old key could feed them for ever.
const MOST_LOOKS: u32 = 10;

/// What moves them.
pub(super) struct Mover {
    pub(super) from: Keyring,
    pub(super) to: OfficerPublicKey,
    pub(super) connection: Connection,
    /// Count what would be moved, and move nothing.
    pub(super) only_look: bool,
}

/// What became of a site's data keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// In this look.
    pub(super) seen: u64,
    /// By this run; when it only looks, what it would have.
    pub(super) moved: u64,
    /// Wrapped to the new key when this run met them first.
    pub(super) moved_before: u64,
    /// Meanwhile.
    pub(super) destroyed: u64,
    /// By the officer key that opens them.
    pub(super) not_given: BTreeMap<String, u64>,
    /// What does not open with the key that it names.
    pub(super) damaged: u64,
    /// When the append-only file forgets the old ones.
    pub(super) log_rewrite_due_at: Option<Timestamp>,
    /// Other officer keys that a replica said within a minute it seals to, at the beginning or the end of the last look:
    /// what is stored while a look lasts may be missed by it.
    pub(super) also_sealed_to: BTreeSet<String>,
}

impl Tally {
    /// Whether something could not be moved.
    pub(super) fn is_left(&self) -> bool {
        !self.not_given.is_empty() || self.damaged > 0
    }
}

/// A look from the beginning to the end.
#[derive(Default)]
struct Look {
    /// Some are met twice.
    met: HashSet<DataKeyId>,
    moved: u64,
    at_the_new_key: u64,
    tally: Tally,
}

impl Mover {
    /// Moves a site's data keys until a look finds none to move. Tells how far it is after each page.
    ///
    /// # Errors
    /// What the service said, and what to do.
    pub(super) async fn site(
        &self,
        site: &str,
        progress: impl Fn(&Tally),
    ) -> Result<Tally, Failure> {
        let mut sum = Tally::default();
        for number in 0..MOST_LOOKS {
            let look = self.look(site, &sum, &progress).await?;
            if number == 0 {
                sum.moved_before = look.at_the_new_key;
            }
            sum.moved += look.moved;
            sum.destroyed += look.tally.destroyed;
            // What is left over is what the last look has left.
            (sum.not_given, sum.damaged) = (look.tally.not_given, look.tally.damaged);
            sum.also_sealed_to = look.tally.also_sealed_to;
            let due = look.tally.log_rewrite_due_at;
            sum.log_rewrite_due_at = due.or(sum.log_rewrite_due_at);
            if look.moved == 0 || self.only_look {
                return Ok(sum);
            }
        }
        Err(Failure::new(format!(
            "{site}: {} data keys moved, and there are always more: does a replica still seal to the old key? Give each the new one, and run it again",
            sum.moved
        )))
    }

    async fn look(
        &self,
        site: &str,
        before: &Tally,
        progress: &impl Fn(&Tally),
    ) -> Result<Look, Failure> {
        let mut look = Look::default();
        let mut request = ListDataKeysRequest {
            site: site.to_owned(),
            page_size: PAGE,
            page_token: String::new(),
        };
        loop {
            let page = once(
                self.connection
                    .privacy()
                    .list_data_keys(timely(request.clone())),
            )
            .await;
            let page = page.map_err(|status| of(site, &status))?;
            self.refuse_another_key(&page)?;
            for (from, wrapped) in self.rewrapped(&page, &mut look)? {
                self.hand_back(site, from, wrapped, &mut look).await?;
            }
            look.tally.moved = before.moved + look.moved;
            progress(&look.tally);
            look.tally.also_sealed_to.extend(page.also_sealed_to);
            if page.next_page_token.is_empty() {
                return Ok(look);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The service would refuse what it does not seal to; and what it seals to meanwhile would be left behind. A look says
    /// so too, or it would promise what the run refuses.
    fn refuse_another_key(&self, page: &ListDataKeysResponse) -> Result<(), Failure> {
        let ours = self.to.fingerprint();
        if page.seals_to == ours {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the service seals to the officer key {}, and the new public key is {ours}: configure that one on every replica first (privacy.public_key_file, and the other as privacy.previous_public_key_file)",
            page.seals_to
        )))
    }

    /// Of a page, what has to move, wrapped anew, by the officer key that it was wrapped to.
    fn rewrapped(
        &self,
        page: &ListDataKeysResponse,
        look: &mut Look,
    ) -> Result<BTreeMap<String, Vec<Vec<u8>>>, Failure> {
        let mut moving: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for told in &page.data_keys {
            let Ok(key) = WrappedDataKey::parse(&told.wrapped) else {
                look.tally.damaged += 1;
                continue;
            };
            if !look.met.insert(key.id()) {
                continue;
            }
            look.tally.seen += 1;
            if key.officer() == self.to.id() {
                look.at_the_new_key += 1;
                continue;
            }
            match rewrap(&self.from, &self.to, &key) {
                Ok(anew) => {
                    let of = moving.entry(key.officer().to_string()).or_default();
                    of.push(anew.as_bytes().to_vec());
                }
                Err(RewrapError::OtherOfficer { needed }) => left(&mut look.tally, needed),
                Err(RewrapError::Changed) => look.tally.damaged += 1,
                Err(error @ RewrapError::Wrap(_)) => return Err(Failure::new(error.to_string())),
            }
        }
        Ok(moving)
    }

    async fn hand_back(
        &self,
        site: &str,
        from: String,
        wrapped: Vec<Vec<u8>>,
        look: &mut Look,
    ) -> Result<(), Failure> {
        if self.only_look {
            look.moved += wrapped.len() as u64;
            return Ok(());
        }
        for batch in wrapped.chunks(BATCH) {
            let request = ReplaceDataKeysRequest {
                site: site.to_owned(),
                wrapped_to: from.clone(),
                wrapped: batch.to_vec(),
            };
            let replaced = once(self.connection.privacy().replace_data_keys(timely(request))).await;
            let replaced = replaced.map_err(|status| of(site, &status))?;
            look.moved += u64::from(replaced.replaced);
            look.tally.destroyed += u64::from(replaced.destroyed);
            if replaced.log_rewrite_due_at.is_some() {
                look.tally.log_rewrite_due_at = replaced.log_rewrite_due_at;
            }
        }
        Ok(())
    }
}

/// With the name of the site, of which a run has several.
fn of(site: &str, status: &Status) -> Failure {
    explain(status).about(site)
}

fn left(tally: &mut Tally, needed: OfficerKeyId) {
    *tally.not_given.entry(needed.to_string()).or_default() += 1;
}
