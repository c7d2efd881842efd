//! The path of a submission: throttle, parse, observe, score, policy, seal, and one atomic write. `desk` reads in that
//! order. What becomes of a comment later by its author's and its readers' will is in `changes` and `revision`.

pub mod changes;
pub mod desk;
pub mod error;
pub mod preparation;
pub mod receipt;
pub mod revision;
pub mod throttle;
