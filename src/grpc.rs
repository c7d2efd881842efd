//! The wire: services, and the two places where proto and domain meet: `convert` and `status`.

pub mod audience;
pub mod authors;
pub mod backtests;
pub mod comment;
pub mod convert;
pub mod framework;
pub mod gate;
pub mod imports;
pub mod key_first;
pub mod listener;
pub mod metered;
pub mod moderation;
pub mod presented;
pub mod privacy;
pub mod site;
pub mod status;
pub mod streams;
