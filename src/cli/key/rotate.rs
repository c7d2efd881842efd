//! `replydesk key rotate`.

use std::time::Duration;

use tonic::{Code, Status};

use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        clock,
        failure::Failure,
        json, output, untrusted,
    },
    comment::ids::OperationId,
    proto::v1::{Key, RotateKeyRequest},
};

/// Make a key in the place of another, which stays good for a while. It is shown this once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  (umask 077; replydesk key rotate 0123456789abcdef > blog.key)
  replydesk key rotate 0123456789abcdef --overlap 1h --expires 90d --json
  replydesk key rotate 0123456789abcdef --overlap 0s    # it was stolen

Role, sites and label stay. The old key never lives longer than it would have.")]
pub(super) struct Args {
    /// The key's id, as `key list` shows it.
    key_id: String,
    /// How long the old key stays good: 1h, 7d; 0s revokes it at once. At most 30d.
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = clock::parse_span)]
    overlap: Duration,
    /// When the new key ends: 90d, 12h; without it, when the old one would have.
    #[arg(long, value_name = "SPAN", value_parser = clock::parse_ahead)]
    expires: Option<prost_types::Timestamp>,
    /// Ask again for what an interrupted rotation of this name did.
    #[arg(long, value_name = "UUID")]
    operation: Option<OperationId>,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there.
pub(super) async fn run(args: Args, json: bool) -> Result<(), Failure> {
    let operation = args.operation.unwrap_or_else(OperationId::fresh);
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = RotateKeyRequest {
        key_id: args.key_id,
        operation_id: operation.to_string(),
        // What does not fit is no span that the service takes.
        overlap: Some(prost_types::Duration::try_from(args.overlap).unwrap_or(
            prost_types::Duration {
                seconds: i64::MAX,
                nanos: 0,
            },
        )),
        expires_at: args.expires,
    };
    let rotated = once(connection.sites().rotate_key(timely(request))).await;
    let rotated = rotated.map_err(|status| failed(&status, operation))?;
    let (key, replaced) = (
        rotated.key.unwrap_or_default(),
        rotated.replaced.unwrap_or_default(),
    );
    if json {
        let mut value = json::key(&key);
        value["access_key"] = rotated.access_key.into();
        value["replaced"] = json::key(&replaced);
        return output::json(&value);
    }
    eprintln!("replydesk: {}", end_of(&replaced));
    super::show_key(&key, &rotated.access_key)
}

fn end_of(replaced: &Key) -> String {
    let id = untrusted::line(&replaced.key_id);
    match (&replaced.revoked_at, &replaced.expires_at) {
        (Some(_), _) | (None, None) => format!("key {id} is revoked"),
        (None, Some(end)) => format!("key {id} is good until {} UTC", clock::readable(Some(end))),
    }
}

/// What may have been done, and whose reply is lost, is asked for again under its name.
fn failed(status: &Status, operation: OperationId) -> Failure {
    let failure = explain(status);
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown => {
            Failure::new(format!(
                "{failure}\n  the key may have been made: ask again with --operation {operation}"
            ))
        }
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss
        | Code::Unauthenticated => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_reply_names_the_operation_to_ask_for_again() {
        let operation = OperationId::fresh();
        let lost = failed(&Status::unavailable("gone"), operation).to_string();
        assert!(lost.contains(&format!("--operation {operation}")), "{lost}");
        let refused = failed(&Status::not_found("no such key"), operation).to_string();
        assert!(!refused.contains("--operation"), "{refused}");
    }
}
