//! A text's distinct features: found first, then looked up and added up.
//!
//! In two steps, because the second is a short loop whose look-ups don't wait for each other or for the hashes of the
//! next feature.

use std::cell::RefCell;

use crate::spam::{
    features::{Family, Feature, MOST_FEATURES, Parts},
    lesson::SiteTag,
    model::Model,
    weights::Weights,
};

const FAMILIES: usize = Family::ALL.len();

/// The units of a text's distinct features.
pub(super) struct Gathered {
    /// For each part and family. At most 2^16 * [`MOST_FEATURES`], which i32 holds.
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
        let with_own = move |slot| shared.units(slot) + own.units(slot);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.find(parts);
            for family in [Family::Word, Family::Pair, Family::Link] {
                gathered.add(scratch, family, with_own);
            }
            // No site has copies of its own of these.
            gathered.add(scratch, Family::Chars, move |slot| shared.units(slot));
            scratch.forget();
        });
        gathered
    }

    /// Adds up what a family's features are worth that weren't seen yet. Without a branch on what was seen: it would be
    /// guessed wrong for one feature in ten.
    #[inline(always)]
    fn add(&mut self, scratch: &mut Scratch, family: Family, units: impl Fn(usize) -> i32) {
        let (parts, seen) = (self.units.as_mut_slice(), scratch.seen.as_mut_slice());
        let mut count = 0;
        for found in &scratch.found[family as usize] {
            let slot = found.slot as usize;
            if let Some(seen) = seen.get_mut(slot / 64)
                && let Some(part) = parts.get_mut(found.owner as usize)
            {
                let bit = 1 << (slot % 64);
                let new = *seen & bit == 0;
                *seen |= bit;
                count += usize::from(new);
                // All bits for a new one, none for one that was seen.
                part[family as usize] += units(slot) & -i32::from(new);
            }
        }
        self.counts[family as usize] = count;
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::NEW) };
}

/// Memory that needn't be made for each text.
struct Scratch {
    /// Which slots the text has: a bit each, all zero between texts. 131 KB.
    seen: Vec<u64>,
    /// The features of each family that a text has, some maybe more than once.
    found: [Vec<Found>; FAMILIES],
}

#[derive(Clone, Copy)]
struct Found {
    slot: u32,
    owner: u32,
}

impl Scratch {
    const NEW: Self = Self {
        seen: Vec::new(),
        found: [const { Vec::new() }; FAMILIES],
    };

    fn find(&mut self, parts: &Parts) {
        self.seen.resize(Weights::SLOTS.div_ceil(64), 0);
        let found = &mut self.found;
        parts.each_but_chars(
            #[inline(always)]
            |feature| found[feature.family as usize].push(Found::of(feature)),
        );
        let chars = &mut found[Family::Chars as usize];
        chars.reserve(MOST_FEATURES);
        parts.each_of_chars(
            #[inline(always)]
            |feature| chars.push(Found::of(feature)),
        );
    }

    fn forget(&mut self) {
        for found in &mut self.found {
            for found in found.iter() {
                if let Some(seen) = self.seen.get_mut(found.slot as usize / 64) {
                    *seen = 0;
                }
            }
            found.clear();
        }
    }
}

impl Found {
    #[inline(always)]
    fn of(feature: Feature) -> Self {
        Self {
            slot: u32::try_from(feature.slot()).unwrap_or(u32::MAX),
            owner: feature.owner,
        }
    }
}
