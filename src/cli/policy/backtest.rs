//! `replydesk policy backtest`: asks the service, and prints what came out.

use std::io::{IsTerminal, Write};

use prost_types::FieldMask;
use tonic::Status;

use crate::{
    cli::{
        client::{Connection, explain::explain},
        failure::Failure,
        output,
        site::{self, policy_diff, policy_text},
        style::Paint,
    },
    grpc::convert::site::policy::policy_to_proto,
    policy::changes,
    proto::v1::{
        Backtest, BacktestPolicyRequest,
        backtest_policy_response::{Message, Progress},
    },
};

use super::{report, settings::Settings};

/// Runs it.
///
/// # Errors
/// A setting that is none; the service refuses it or is not there.
pub async fn run(args: super::Backtest) -> Result<(), Failure> {
    let settings = Settings::parse(&args.settings)?;
    let connection = Connection::open(&args.reach.target()?).await?;
    let current = policy_text::of(&site::get(&connection, &args.site).await?)?;
    let proposed = settings.applied_to(&current)?;
    let request = BacktestPolicyRequest {
        site: args.site.clone(),
        policy: (!args.settings.is_empty()).then(|| policy_to_proto(&proposed)),
        update_mask: (!args.settings.is_empty()).then(|| FieldMask {
            paths: settings.names(),
        }),
        last: args.last,
        since: args.since,
        examples: args.examples,
    };
    let result = replay(&connection, request).await;
    let found = result.map_err(|status| explain(&status))?;
    if args.json {
        return output::json(&report::json(&args.site, &found));
    }
    let changes = changes::changes(&current, &proposed);
    let paint = Paint::for_stdout();
    let tried = policy_diff::render(&changes, paint);
    output::say(report::text(&args.site, &tried, &found, paint))
}

async fn replay(
    connection: &Connection,
    request: BacktestPolicyRequest,
) -> Result<Backtest, Status> {
    let replies = connection.sites().backtest_policy(request).await?;
    let mut replies = replies.into_inner();
    let live = std::io::stderr().is_terminal();
    let found = loop {
        match replies.message().await?.and_then(|reply| reply.message) {
            Some(Message::Progress(Progress { replayed, at_most })) => {
                if live {
                    eprint!("\r\u{1b}[2K  replayed {replayed} of at most {at_most}");
                    let _ = std::io::stderr().flush();
                }
            }
            Some(Message::Result(result)) => break Ok(result),
            None => break Err(Status::unavailable("the reply ended before its result")),
        }
    };
    if live {
        eprint!("\r\u{1b}[2K");
    }
    found
}
