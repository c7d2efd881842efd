//! After a change of the pepper: standings of domains and websites by their new names. Submissions move those that they meet;
//! the others are moved here, or they would end with the overlap.

use std::collections::HashMap;

use super::Retention;
use crate::{comment::ids::SiteId, store::error::StoreError};

/// Standings in one step.
const PAGE: usize = 100;
/// Steps for a site in one round; the next goes on from there.
const MOST_PAGES: usize = 10;

/// How far each site's standings were gone through, by their place in the list.
#[derive(Default)]
pub(super) struct Renaming {
    places: HashMap<SiteId, usize>,
}

impl Retention {
    /// Goes through a bounded part of a site's standings, and from the first again when it was at the last: replicas with the
    /// pepper before may still set some. Whoever lifts one meanwhile moves another past this, to be met the next time.
    pub(super) async fn rename(
        &self,
        renaming: &mut Renaming,
        site: &SiteId,
    ) -> Result<(), StoreError> {
        if !self.recognition.may_rename() {
            return Ok(());
        }
        let mut place = renaming.places.remove(site).unwrap_or_default();
        let mut renamed = 0;
        for _ in 0..MOST_PAGES {
            let page = self.store.list_standings(site, place, PAGE).await?;
            renamed += self.recognition.rename(site, &page).await?;
            if page.len() < PAGE {
                place = 0;
                break;
            }
            place += PAGE;
        }
        if place > 0 {
            renaming.places.insert(site.clone(), place);
        }
        if renamed > 0 {
            tracing::info!(site = %site, standings = renamed, "retention.renamed");
        }
        Ok(())
    }
}
