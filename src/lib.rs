//! ReplyDesk: the service behind *Leave a Reply*.

pub mod access;
pub mod admission;
pub mod app;
pub mod cli;
pub mod comment;
pub mod config;
pub mod feed;
pub mod fresh;
pub mod grpc;
pub mod health;
pub mod policy;
pub mod privacy;
pub mod queue;
pub mod secrets;
pub mod shutdown;
pub mod spam;
pub mod store;
pub mod telemetry;

/// The generated messages and services.
pub mod proto {
    #![allow(missing_docs, reason = "generated; the protos are the documentation")]
    #![allow(clippy::all, clippy::pedantic, reason = "generated")]

    /// The public API.
    pub mod v1 {
        tonic::include_proto!("replydesk.v1");

        /// The compiled protos, for reflection.
        pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/replydesk.bin"));
    }

    /// What the store packs into Redis.
    pub mod store {
        tonic::include_proto!("replydesk.store.v1");
    }
}
