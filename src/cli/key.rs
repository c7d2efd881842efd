//! `replydesk key`: access keys, over the API and offline.

mod generate;
mod list;
mod rotate;

use clap::{Subcommand, ValueEnum};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    proto::v1::{
        self, CreateKeyRequest, CreateKeyResponse, Key, ListSitesRequest, RevokeKeyRequest,
    },
};

use super::{clock, failure::Failure, json, output, untrusted, words};

/// Create, list, rotate and revoke access keys. One key per person: its label is the name in the audit.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk key create --role submitter --site daily --label 'blog back end'
  replydesk key create --role moderator --site daily --label Ada --expires 90d
  (umask 077; replydesk key rotate 0123456789abcdef --overlap 1h > blog.key)
  replydesk key revoke 0123456789abcdef
  replydesk key generate --role admin        # offline, before a service runs")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Print JSON, one line a key.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create a key. It is shown this once.
    #[command(
        after_help = "Example:\n  replydesk key create --role submitter --site daily --label 'blog back end'"
    )]
    Create {
        /// What it may do.
        #[arg(long)]
        role: Role,
        /// A site that it is good for; repeat it for more.
        #[arg(long = "site", value_name = "SITE")]
        sites: Vec<String>,
        /// Good for every site, those yet to come too.
        #[arg(long, conflicts_with = "sites")]
        all_sites: bool,
        /// Who holds it.
        #[arg(long)]
        label: String,
        /// When it ends: 90d, 12h; without it, never.
        #[arg(long, value_name = "SPAN", value_parser = clock::parse_ahead)]
        expires: Option<prost_types::Timestamp>,
        #[command(flatten)]
        reach: Reach,
    },
    Rotate(rotate::Args),
    /// List keys, without their secrets.
    #[command(after_help = "Example:\n  replydesk key list --json")]
    List {
        #[command(flatten)]
        reach: Reach,
    },
    /// Revoke a key, everywhere within a second.
    #[command(after_help = "Example:\n  replydesk key revoke 0123456789abcdef")]
    Revoke {
        /// The key's id, as `key list` shows it.
        key_id: String,
        #[command(flatten)]
        reach: Reach,
    },
    Generate(generate::Args),
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Hand in comments, read the feed.
    Submitter,
    /// Work the queue.
    Moderator,
    /// Work the queue, and decide what others escalated.
    #[value(alias = "senior_moderator")]
    SeniorModerator,
    /// Everything, sites and keys too, but no contact data.
    Admin,
    /// Reveal contact data, export and erase data subjects.
    #[value(alias = "privacy_officer")]
    PrivacyOfficer,
}

impl From<Role> for v1::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Submitter => Self::Submitter,
            Role::Moderator => Self::Moderator,
            Role::SeniorModerator => Self::SeniorModerator,
            Role::Admin => Self::Admin,
            Role::PrivacyOfficer => Self::PrivacyOfficer,
        }
    }
}

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let json = args.json;
    match args.verb {
        Verb::Create {
            role,
            sites,
            all_sites,
            label,
            expires,
            reach,
        } => {
            if sites.is_empty() && !all_sites {
                return Err(Failure::usage(
                    "say what the key is good for: --site SITE (repeat it for more), or --all-sites",
                ));
            }
            let connection = Connection::open(&reach.target()?).await?;
            warn_of_unknown(&connection, &sites).await;
            let request = CreateKeyRequest {
                role: v1::Role::from(role).into(),
                sites,
                label,
                expires_at: expires,
            };
            let created = create(&connection, request).await?;
            show_created(&created, json)
        }
        Verb::Rotate(args) => rotate::run(args, json).await,
        Verb::List { reach } => list::run(&Connection::open(&reach.target()?).await?, json).await,
        Verb::Revoke { key_id, reach } => {
            let connection = Connection::open(&reach.target()?).await?;
            revoke(&connection, key_id, json).await
        }
        // Offline: needs neither an address nor a key.
        Verb::Generate(args) => generate::run(&args, json),
    }
}

/// A key for a site that is yet to be made is no mistake, but a misspelt name is.
async fn warn_of_unknown(connection: &Connection, sites: &[String]) {
    if sites.is_empty() {
        return;
    }
    let known = once(connection.sites().list_sites(timely(ListSitesRequest {}))).await;
    // Who may not list sites is told nothing; creating the key says what else is wrong.
    let Ok(known) = known else { return };
    for site in sites {
        if known.sites.iter().all(|known| known.site != *site) {
            eprintln!(
                "replydesk: there is no site {} yet (`replydesk site list`); the key is good for it once there is one",
                untrusted::line(site)
            );
        }
    }
}

/// Creates a key.
///
/// # Errors
/// As the service says.
pub async fn create(
    connection: &Connection,
    request: CreateKeyRequest,
) -> Result<CreateKeyResponse, Failure> {
    let response = once(connection.sites().create_key(timely(request))).await;
    response.map_err(|status| explain(&status))
}

fn show_created(created: &CreateKeyResponse, json: bool) -> Result<(), Failure> {
    let key = created.key.clone().unwrap_or_default();
    if json {
        let mut value = json::key(&key);
        value["access_key"] = created.access_key.clone().into();
        return output::json(&value);
    }
    show_key(&key, &created.access_key)
}

fn show_key(key: &Key, access_key: &str) -> Result<(), Failure> {
    // The key alone on standard output, so that `> blog.key` makes a key file.
    eprintln!("replydesk: {}", describe(key));
    eprintln!("replydesk: this is the only time the key is shown; hand it over in a safe way:");
    output::say(untrusted::line(access_key))
}

fn describe(key: &Key) -> String {
    let sites = if key.sites.is_empty() {
        "all sites".to_owned()
    } else {
        untrusted::line(&key.sites.join(", "))
    };
    format!(
        "key {} for {}: {} on {sites}",
        untrusted::line(&key.key_id),
        untrusted::line(&key.label),
        words::role(key.role)
    )
}

async fn revoke(connection: &Connection, key_id: String, json: bool) -> Result<(), Failure> {
    let response = once(
        connection
            .sites()
            .revoke_key(timely(RevokeKeyRequest { key_id })),
    )
    .await;
    let key = response
        .map_err(|status| explain(&status))?
        .key
        .unwrap_or_default();
    if json {
        return output::json(&json::key(&key));
    }
    output::say(format!(
        "revoked, everywhere within a second: {}",
        describe(&key)
    ))
}
