//! What each kind of features is worth: trained and measured without it.

use crate::spam::{
    dataset::Labelled,
    features::Family,
    shape::Shape,
    training::{
        Settings,
        held_out::{self, Figures},
    },
};

/// What is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nothing, to compare with.
    Nothing,
    /// A family of hashed features.
    Family(Family),
    /// All counted facts.
    Shapes,
    /// One of them.
    Shape(Shape),
}

impl Part {
    /// All: nothing, each family, the facts together, and one by one.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Nothing];
        all.extend(Family::ALL.map(Self::Family));
        all.push(Self::Shapes);
        all.extend(Shape::ALL.map(Self::Shape));
        all
    }

    /// What it is called in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Family(family) => family.word(),
            Self::Shapes => "counted facts",
            Self::Shape(shape) => shape.word(),
        }
    }
}

/// Measures as [`held_out::measure`] does, without a part.
#[must_use]
pub fn measure(
    collections: &[Vec<Labelled>],
    among: &[Labelled],
    settings: &Settings,
    part: Part,
) -> Vec<Figures> {
    let take = |example: &mut super::example::Example| match part {
        Part::Nothing => {}
        Part::Family(family) => example.forget(family),
        Part::Shapes => example.shapes = [0.0; Shape::ALL.len()],
        Part::Shape(shape) => example.shapes[shape as usize] = 0.0,
    };
    held_out::measure(collections, among, settings, take, |_| {})
}
