//! Proto to domain and back, one file a service.

pub mod audit;
pub mod authors;
pub mod backtest;
pub mod bulk;
pub mod changes;
pub mod comment;
pub mod data_keys;
pub mod import;
pub mod listing;
pub mod model;
pub mod moderation;
pub mod paging;
pub mod privacy;
pub mod review;
pub mod site;
pub mod standings;
pub mod statistics;
pub mod time;
pub mod words;
pub mod work;
