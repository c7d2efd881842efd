//! After a change of the pepper: standings of domains and websites get their new names too. Submissions carry those that they
//! meet; the others are carried here, or they would end with the overlap.

use std::collections::HashMap;

use super::Retention;
use crate::{comment::ids::SiteId, store::error::StoreError};

/// Standings in one step.
const PAGE: usize = 100;
/// Steps for a site in one round; the next goes on from there.
const MOST_PAGES: usize = 10;

/// How far each site's standings were gone through, by their place in the list.
#[derive(Default)]
pub(super) struct Carrying {
    places: HashMap<SiteId, usize>,
}

impl Retention {
    /// Goes through a bounded part of a site's standings, and from the first again when it was at the last: replicas with the
    /// pepper before may still set some. Whoever lifts one meanwhile moves another past this, to be met the next time.
    pub(super) async fn carry(
        &self,
        carrying: &mut Carrying,
        site: &SiteId,
    ) -> Result<(), StoreError> {
        if !self.recognition.may_carry() {
            return Ok(());
        }
        let mut place = carrying.places.remove(site).unwrap_or_default();
        let mut carried = 0;
        for _ in 0..MOST_PAGES {
            let page = self.store.list_standings(site, place, PAGE).await?;
            carried += self.recognition.carry(site, &page).await?;
            if page.len() < PAGE {
                place = 0;
                break;
            }
            place += PAGE;
        }
        if place > 0 {
            carrying.places.insert(site.clone(), place);
        }
        if carried > 0 {
            tracing::info!(site = %site, standings = carried, "retention.carried");
        }
        Ok(())
    }
}
