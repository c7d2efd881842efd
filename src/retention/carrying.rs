//! After a change of the pepper: standings of domains and websites get their new names too. Submissions carry those that they
//! meet; the others are carried here, or they would end with the overlap.

use std::collections::HashMap;

use super::Retention;
use crate::{
    comment::ids::SiteId,
    store::{error::StoreError, standing_list::StandingPlace},
};

/// Standings in one step.
const PAGE: usize = 100;
/// Steps for a site in one round; the next goes on from there.
const MOST_PAGES: usize = 10;

/// How far each site's standings were gone through.
#[derive(Default)]
pub(super) struct Carrying {
    places: HashMap<SiteId, StandingPlace>,
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
        let mut place = carrying.places.remove(site);
        let mut carried = 0;
        for _ in 0..MOST_PAGES {
            let (page, next) = self.store.list_standings(site, place, PAGE).await?;
            carried += self.recognition.carry(site, &page).await?;
            place = next;
            if place.is_none() {
                break;
            }
        }
        if let Some(place) = place {
            carrying.places.insert(site.clone(), place);
        }
        if carried > 0 {
            tracing::info!(site = %site, standings = carried, "retention.carried");
        }
        Ok(())
    }
}
