//! Which connections carried the calls of a piece of work: what is to be confirmed by replicas must be asked of the very
//! server that took it.

use std::{cell::RefCell, sync::Arc};

use super::node::Node;

/// One connection to one primary.
#[derive(Clone)]
pub(in crate::store) struct Carrier {
    /// The primary.
    pub(in crate::store) node: Arc<Node>,
    /// Which of the connections to it.
    pub(in crate::store) generation: u64,
}

tokio::task_local! {
    static CARRIERS: RefCell<Vec<Carrier>>;
}

/// Does the work, and tells which connections carried its calls. What the work hands to other tasks is not seen.
pub(in crate::store) async fn carried<T>(work: impl Future<Output = T>) -> (T, Vec<Carrier>) {
    let kept = async {
        let done = work.await;
        (done, CARRIERS.with(RefCell::take))
    };
    CARRIERS.scope(RefCell::default(), kept).await
}

/// Notes who is about to carry a call, where somebody wants to know.
pub(super) fn note(node: &Arc<Node>, generation: u64) {
    // Outside of `carried` nobody does.
    let _ = CARRIERS.try_with(|carriers| {
        let mut carriers = carriers.borrow_mut();
        let is_known = carriers
            .iter()
            .any(|carrier| carrier.generation == generation && Arc::ptr_eq(&carrier.node, node));
        if !is_known {
            carriers.push(Carrier {
                node: Arc::clone(node),
                generation,
            });
        }
    });
}
