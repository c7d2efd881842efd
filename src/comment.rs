//! The domain: what a comment is, and what may be said of it. Knows neither tonic nor redis.

pub mod audit;
pub mod bulk;
pub mod contact;
pub mod draft;
pub mod event;
pub mod fields;
pub mod folding;
pub mod history;
pub mod ids;
pub mod imported;
pub mod lane;
pub mod lease;
pub mod limits;
pub mod mode;
pub mod observed;
pub mod reason;
pub mod rejection;
pub(crate) mod scan;
pub mod score;
pub mod standing;
pub mod state;
pub mod stored;
pub mod subject;
pub mod submission;
pub mod thread;
pub mod violation;
