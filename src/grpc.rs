//! The wire: proto to domain and back.

pub mod convert;
