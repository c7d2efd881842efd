//! What a comment looks like to the model: which features it has. No text, so a lesson can be made of it.

use crate::spam::{
    content::Content,
    features::{Family, Parts},
    shape::Shape,
    signals::Signals,
};

/// How many families there are.
pub(super) const FAMILIES: usize = Family::ALL.len();

/// Distinct hashed features by family, counted facts, and signals.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    /// Slots among the weights of all families, ascending: those of the first family first.
    pub(super) slots: Vec<u32>,
    /// Where each family's slots end.
    pub(super) ends: [usize; FAMILIES],
    /// The value of each of [`Shape::ALL`].
    pub(super) shapes: [f32; Shape::ALL.len()],
    /// What was seen around it.
    pub(super) signals: Signals,
}

impl Vector {
    /// Of a text and what was seen around it.
    #[must_use]
    pub fn of(content: &Content, signals: Signals) -> Self {
        let mut slots: Vec<u32> = Vec::with_capacity(1_024);
        Parts::of(content).each(|feature| slots.push(bounded(feature.slot())));
        slots.sort_unstable();
        slots.dedup();
        let ends = Family::ALL.map(|family| {
            let end = bounded(family.offset() + family.slots());
            slots.partition_point(|slot| *slot < end)
        });
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a logarithm of a small count; f32 is what lessons keep"
        )]
        let shapes = Shape::ALL.map(|shape| shape.value(content) as f32);
        Self {
            slots,
            ends,
            shapes,
            signals,
        }
    }

    /// Each family with its slots.
    pub(super) fn families(&self) -> impl Iterator<Item = (Family, &[u32])> {
        let starts = std::iter::once(0).chain(self.ends);
        let ranges = Family::ALL.into_iter().zip(starts.zip(self.ends));
        ranges.map(|(family, (start, end))| (family, self.slots.get(start..end).unwrap_or(&[])))
    }
}

fn bounded(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}
