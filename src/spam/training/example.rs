//! A comment as the trainer sees it.

use crate::spam::{
    content::Content,
    dataset::Labelled,
    features::{Family, Parts},
    shape::Shape,
};

/// A collection of so many comments counts as so many.
pub const CALIBRE: f64 = 4_000.0;

/// A collection counts by its size to this power: a large one must not drown the others, nor 300 messages count as much
/// as 9,500 comments. 0 would let each count alike, 1 each comment.
const BY_SIZE: f64 = 0.15;

/// A label counts by its share of a collection to this power: how much spam a collector took says little. 1 would leave
/// the labels as they are, 0 let both count alike.
const BY_LABEL: f64 = 0.7;

/// One comment as the solver sees it.
#[derive(Debug, Clone)]
pub struct Example {
    pub(super) spam: bool,
    /// How many comments it counts as.
    pub(super) calibre: f64,
    /// Distinct slots, by family.
    pub(super) slots: Vec<u32>,
    ends: [usize; Family::ALL.len()],
    pub(super) shapes: [f64; Shape::ALL.len()],
}

impl Example {
    /// Reads a comment.
    #[must_use]
    pub fn of(row: &Labelled, calibre: f64) -> Self {
        let content = Content::of_text(&row.text, &row.author);
        let mut by_family: [Vec<u32>; Family::ALL.len()] = Default::default();
        Parts::of(&content).each(|feature| {
            let slot = u32::try_from(feature.slot()).unwrap_or(u32::MAX);
            by_family[feature.family as usize].push(slot);
        });
        let mut slots = Vec::new();
        let ends = by_family.map(|mut family| {
            family.sort_unstable();
            family.dedup();
            slots.append(&mut family);
            slots.len()
        });
        Self {
            spam: row.spam,
            calibre,
            slots,
            ends,
            shapes: Shape::ALL.map(|shape| shape.value(&content)),
        }
    }

    /// Takes a family's features away.
    pub(super) fn forget(&mut self, family: Family) {
        let place = family as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        let end = self.ends[place];
        self.slots.drain(start..end);
        self.ends[place..]
            .iter_mut()
            .for_each(|at| *at -= end - start);
    }

    /// Its slots, family by family, with what one of them counts.
    pub(super) fn families(&self) -> impl Iterator<Item = (f64, &[u32])> {
        let starts = std::iter::once(0).chain(self.ends);
        Family::ALL
            .into_iter()
            .zip(starts.zip(self.ends))
            .map(|(family, (start, end))| {
                let slots = self.slots.get(start..end).unwrap_or(&[]);
                (family.value(slots.len()), slots)
            })
    }
}

/// Reads a collection, and lets its comments count by its size and labels.
#[must_use]
pub fn of_collection(rows: &[Labelled]) -> Vec<Example> {
    let of_spam = rows.iter().filter(|row| row.spam).count();
    let both = [rows.len() - of_spam, of_spam].map(|of| calibre(rows.len(), of));
    let calibre = |row: &Labelled| both[usize::from(row.spam)];
    rows.iter()
        .map(|row| Example::of(row, calibre(row)))
        .collect()
}

/// What one of `of` comments with the same label counts, in a collection of `all`.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of comments are far below 2^53"
)]
fn calibre(all: usize, of: usize) -> f64 {
    let (all, of) = (all.max(1) as f64, of.max(1) as f64);
    let by_size = libm::pow(all / CALIBRE, BY_SIZE - 1.0);
    if of < all {
        by_size * libm::pow(2.0 * of / all, BY_LABEL - 1.0)
    } else {
        by_size
    }
}
