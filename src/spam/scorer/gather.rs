//! A text's distinct features: found first, then looked up and added up.
//!
//! In two steps, because the second is a short loop whose look-ups don't wait for each other or for the hashes of the
//! next feature.

use std::cell::RefCell;

use crate::spam::{
    features::{Family, Feature, Parts},
    lesson::SiteTag,
    model::Model,
    weights::Weights,
};

const FAMILIES: usize = Family::ALL.len();

/// The units of a text's distinct features.
pub(super) struct Gathered {
    /// For each part and family. At most 2^16 * `MOST_FEATURES`, which i32 holds.
    pub(super) units: Vec<[i32; FAMILIES]>,
    /// How many distinct features each family has.
    pub(super) counts: [usize; FAMILIES],
}

impl Gathered {
    pub(super) fn of(parts: &Parts, model: &Model, site: SiteTag) -> Self {
        let mut gathered = Self {
            units: vec![[0; FAMILIES]; parts.len()],
            counts: [0; FAMILIES],
        };
        let (own, shared) = (model.of_site(site), model.shared());
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.find(|found| parts.each_but_chars(|feature| found.push(Found::of(feature))));
            gathered.add(scratch, |slot| shared.units(slot) + own.units(slot));
            // No site has copies of its own of these.
            scratch.find(|found| parts.each_of_chars(|feature| found.push(Found::of(feature))));
            gathered.add(scratch, |slot| shared.units(slot));
        });
        gathered
    }

    /// Without a branch on what was seen: it would be guessed wrong for one feature in ten.
    #[inline(always)]
    fn add(&mut self, scratch: &mut Scratch, units: impl Fn(usize) -> i32) {
        let parts = self.units.as_flattened_mut();
        for found in &scratch.found {
            let slot = found.slot as usize;
            let place = found.place as usize;
            if let Some(seen) = scratch.seen.get_mut(slot / 64)
                && let Some(part) = parts.get_mut(place)
            {
                let new = !(*seen >> (slot % 64)) & 1;
                *seen |= 1 << (slot % 64);
                self.counts[place % FAMILIES] += usize::from(new == 1);
                *part += units(slot) * i32::from(new == 1);
            }
        }
        scratch.forget();
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch { seen: Vec::new(), found: Vec::new() }) };
}

/// Memory that needn't be made for each text.
struct Scratch {
    /// Which slots the text has: a bit each, all zero between texts. 131 KB.
    seen: Vec<u64>,
    found: Vec<Found>,
}

/// A feature that a text has, maybe not for the first time.
struct Found {
    slot: u32,
    /// Its owner's number times [`FAMILIES`], and its family's number.
    place: u32,
}

impl Found {
    #[inline(always)]
    fn of(feature: Feature) -> Self {
        Self {
            slot: u32::try_from(feature.slot()).unwrap_or(u32::MAX),
            place: feature.owner * (FAMILIES as u32) + feature.family as u32,
        }
    }
}

impl Scratch {
    fn find(&mut self, fill: impl FnOnce(&mut Vec<Found>)) {
        self.seen.resize(Weights::SLOTS.div_ceil(64), 0);
        fill(&mut self.found);
    }

    fn forget(&mut self) {
        for found in self.found.drain(..) {
            if let Some(seen) = self.seen.get_mut(found.slot as usize / 64) {
                *seen = 0;
            }
        }
    }
}
