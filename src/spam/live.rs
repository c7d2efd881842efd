//! The model that this replica scores by now. Reading it takes no lock; a new one takes the place of the old one whole.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use crate::spam::model::Model;

/// A model that is exchanged while scores are computed. Cheap to clone: clones see the same model.
#[derive(Debug, Clone)]
pub struct LiveModel(Arc<ArcSwap<Model>>);

impl LiveModel {
    /// Starts with a model.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(model)))
    }

    /// The model now. Hold it for one score; what was taken stays whole while a new one is published.
    #[must_use]
    pub fn load(&self) -> Guard<Arc<Model>> {
        self.0.load()
    }

    /// Puts another model in its place, for all scores that start from now on.
    pub fn publish(&self, model: Model) {
        self.0.store(Arc::new(model));
    }
}
