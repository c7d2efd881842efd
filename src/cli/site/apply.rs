//! `replydesk site apply`: replaces a policy by a file's.

use std::io::{IsTerminal, Write};

use crate::{
    cli::client::{Connection, explain::explain, once, timely},
    cli::{failure::Failure, output, style::Paint, untrusted},
    grpc::convert::site::policy::policy_to_proto,
    policy::{Policy, changes},
    proto::v1::{Site, UpdateSiteRequest},
};

use super::{policy_diff, policy_text};

/// Shows what would change, asks, and applies it to the version that was shown.
///
/// # Errors
/// The service refuses it, somebody changed the policy meanwhile, or the answer is no.
pub async fn apply(
    connection: &Connection,
    name: &str,
    wanted: &Policy,
    yes: bool,
    json: bool,
) -> Result<(), Failure> {
    let current = super::get(connection, name).await?;
    let changes = changes::changes(&policy_text::of(&current)?, wanted);
    if changes.is_empty() {
        return if json {
            super::show(&current, json)
        } else {
            output::say("nothing to change")
        };
    }
    if !json {
        output::say(format!(
            "{}, policy version {}:",
            untrusted::line(name),
            current.policy_version
        ))?;
        output::say(policy_diff::render(&changes, Paint::for_stdout()))?;
    }
    if !yes && !agreed()? {
        return Err(Failure::new("nothing was changed"));
    }
    let request = UpdateSiteRequest {
        site: Some(Site {
            site: name.to_owned(),
            policy: Some(policy_to_proto(wanted)),
            ..Site::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["policy".to_owned()],
        }),
        expected_version: current.policy_version,
    };
    let response = once(connection.sites().update_site(timely(request))).await;
    let site = response
        .map_err(|status| explain(&status))?
        .site
        .unwrap_or_default();
    if json {
        return super::show(&site, json);
    }
    output::say(format!(
        "applied: policy version {}, in force within a second",
        site.policy_version
    ))
}

fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "nobody to ask here; add --yes to apply it, nothing was changed",
        ));
    }
    eprint!("Apply? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
