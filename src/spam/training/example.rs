//! A comment as the trainer sees it.

use crate::spam::{
    content::Content,
    dataset::Labelled,
    features::{Family, Parts},
    shape::Shape,
};

/// Each collection counts as this many comments, however many it has: a large one must not drown the others.
pub const CALIBRE: f64 = 4_000.0;

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

/// Reads a collection; each counts alike.
#[must_use]
pub fn of_collection(rows: &[Labelled]) -> Vec<Example> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of comments are far below 2^53"
    )]
    let calibre = CALIBRE / rows.len().max(1) as f64;
    rows.iter().map(|row| Example::of(row, calibre)).collect()
}
