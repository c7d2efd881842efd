//! The integration tests: one binary, real Redis, one file a promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test, and what it is made of, fails by panicking"
)]

mod access;
mod access_keys;
mod access_outages;
mod access_peers;
mod access_rotation;
mod access_usage;
mod api_reference;
mod audit;
mod author_command;
mod backtest;
mod backtest_command;
mod backup;
mod bad_clients;
mod bad_input;
mod bulk;
mod changes;
mod commands;
mod data_subjects;
mod decisions;
mod doctor;
mod drain;
mod durability;
mod ended_standings;
mod fail_over;
mod feed;
mod hardening;
mod harness;
mod idempotency;
mod import;
mod import_command;
mod learning;
mod leases;
mod limits;
mod lost_replies;
mod main_job;
mod masking;
mod officer_key;
mod ops;
mod pepper_blindness;
mod pepper_rotation;
mod poison;
mod policies;
mod privacy_leak;
mod queue_listing;
mod queue_model;
mod quotes;
mod retention;
mod review_context;
mod rpc_inputs;
mod service_config;
mod shutdown;
mod sites;
mod soak;
mod standing;
mod statistics;
mod store_cluster;
mod store_connection;
mod store_embedded;
mod store_preflight;
mod store_proxy;
mod store_replication;
mod store_server;
mod store_wakeups;
mod threads;
mod tls;
mod tls_clients;
mod tls_files;
mod tls_warnings;
mod tokens;
mod trouble;
mod undo;
mod violations;
mod wakeups;
mod waves;
mod work_holding;
mod work_lanes;
mod work_parts;
mod work_sites;
mod work_withdrawn;
