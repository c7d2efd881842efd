//! The path of a submission: throttle, parse, observe, score, policy, seal, and one atomic write. `desk` reads in that
//! order.

pub mod desk;
pub mod error;
pub mod preparation;
pub mod receipt;
pub mod throttle;
