//! ReplyDesk: the service behind *Leave a Reply*.
//!
//! The path of a comment, and where to read it:
//!
//! 1. [`grpc`] looks at the key, and turns the message into a draft.
//! 2. [`admission`] throttles, parses, and asks [`store`] what is known around it: one read.
//! 3. [`spam`] scores it, [`policy`] decides, [`privacy`] seals what nobody may see.
//! 4. [`store`] writes it: one atomic script. The blog has its answer.
//! 5. [`queue`] gives it to a moderator under a lease, and carries out the verdict.
//! 6. [`feed`] tells the blog, once and in order; [`audit`] tells who did what.
//!
//! [`comment`] is the domain that all of them speak; it knows neither tonic nor redis. `docs/ARCHITECTURE.md` has the
//! whole map and what always holds.

// It panics when the reader goes away; `cli::output` doesn't.
#![warn(clippy::print_stdout)]

// In the order of the path, from the edge to the ground.
pub mod cli;

pub mod app;

pub mod grpc;

pub mod admission;

pub mod import;

pub mod spam;

pub mod policy;

pub mod backtest;

pub mod authors;

pub mod retention;

pub mod data_subjects;

pub mod data_keys;

pub mod recognition;

pub mod queue;

pub mod feed;

pub mod audit;

pub mod privacy;

pub mod access;

pub mod store;

pub mod comment;

// What they stand on when they start and run.
pub mod backup;
pub mod config;
pub mod doctor;
pub mod fresh;
pub mod health;
pub mod metrics;
pub mod ops;
pub mod secrets;
pub mod shutdown;
pub mod telemetry;
pub mod tls;

/// The generated messages and services.
pub mod proto {
    #![allow(missing_docs, reason = "generated; the protos are the documentation")]
    #![allow(clippy::all, clippy::pedantic, reason = "generated")]

    /// The public API.
    pub mod v1 {
        use std::fmt;

        tonic::include_proto!("replydesk.v1");

        /// An address must not be printed by whoever prints a request.
        impl fmt::Debug for AuthorInput {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        /// The same for a reader who reports.
        impl fmt::Debug for Reporter {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        /// The same for where a request came from.
        impl fmt::Debug for Transport {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        /// The same for how support staff name an author.
        impl fmt::Debug for Subject {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        /// The same for how the privacy officer names a data subject.
        impl fmt::Debug for DataSubject {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        impl fmt::Debug for data_subject::NamedBy {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        impl fmt::Debug for subject::NamedBy {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        /// The compiled protos, for reflection.
        pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/replydesk.bin"));
    }

    /// What the store packs into Redis.
    pub mod store {
        tonic::include_proto!("replydesk.store.v1");
    }
}

#[cfg(test)]
mod tests {
    use super::proto::v1;

    #[test]
    fn a_printed_request_shows_no_contact_data() {
        let request = v1::SubmitCommentRequest {
            author: Some(v1::AuthorInput {
                email: "reader@example.org".to_owned(),
                ..Default::default()
            }),
            transport: Some(v1::Transport {
                ip_address: "203.0.113.7".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let printed = format!("{request:?}");
        assert!(
            !printed.contains("reader@") && !printed.contains("203.0"),
            "{printed}"
        );
    }
}
