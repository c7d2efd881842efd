//! `replydesk site`: sites and their policies.

mod apply;
pub mod policy_diff;
pub mod policy_text;

use std::path::PathBuf;

use clap::Subcommand;

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    grpc::convert::site::policy::policy_to_proto,
    proto::v1::{CreateSiteRequest, GetSiteRequest, ListSitesRequest, Site},
};

use super::{clock, failure::Failure, json, output, untrusted, words};

/// Create and look at sites, change their policies. Needs an admin key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk site create daily --display-name 'The Daily'
  replydesk site get daily --toml > daily.toml     # edit it, then:
  replydesk site apply daily daily.toml")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    reach: Reach,
    /// Print JSON, one line a thing.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create a site, with the default policy or one from a file.
    #[command(
        after_help = "Example:\n  replydesk site create daily --display-name 'The Daily' --policy daily.toml"
    )]
    Create {
        /// Its name: 1 to 40 of a-z, 0-9 and -; it never changes.
        site: String,
        /// What people call it.
        #[arg(long, default_value = "", hide_default_value = true)]
        display_name: String,
        /// The policy, as `site get --toml` writes it.
        #[arg(long, value_name = "FILE.toml")]
        policy: Option<PathBuf>,
    },
    /// Show a site with its policy.
    #[command(after_help = "Example:\n  replydesk site get daily --toml > daily.toml")]
    Get {
        /// The site.
        site: String,
        /// Print the policy as TOML, for `site apply`.
        #[arg(long)]
        toml: bool,
    },
    /// List the sites that the key is good for.
    #[command(after_help = "Example:\n  replydesk site list --json")]
    List,
    /// Replace a site's policy by a file's: shows the difference and asks first.
    #[command(after_help = "Example:\n  replydesk site apply daily daily.toml --yes")]
    Apply {
        /// The site.
        site: String,
        /// The policy; what it leaves out goes back to its default.
        file: PathBuf,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there; a file that is no policy.
pub async fn run(args: Args) -> Result<(), Failure> {
    let target = args.reach.target()?;
    let open = || Connection::open(&target);
    let json = args.json;
    match args.verb {
        Verb::Create {
            site,
            display_name,
            policy,
        } => {
            let policy = policy.map(|file| policy_text::read(&file)).transpose()?;
            let policy = policy.as_ref().map(policy_to_proto);
            let site = Site {
                site,
                display_name,
                policy,
                ..Site::default()
            };
            let created = create(&open().await?, site).await?;
            show(&created, json)
        }
        Verb::Get { site, toml } => {
            let site = get(&open().await?, &site).await?;
            if toml {
                return output::say(policy_text::of(&site)?.to_toml().trim_end());
            }
            show(&site, json)
        }
        Verb::List => list(&open().await?, json).await,
        Verb::Apply { site, file, yes } => {
            let wanted = policy_text::read(&file)?;
            apply::apply(&open().await?, &site, &wanted, yes, json).await
        }
    }
}

/// Creates a site.
///
/// # Errors
/// As the service says.
pub async fn create(connection: &Connection, site: Site) -> Result<Site, Failure> {
    let request = CreateSiteRequest { site: Some(site) };
    let response = once(connection.sites().create_site(timely(request))).await;
    let response = response.map_err(|status| explain(&status))?;
    response
        .site
        .ok_or_else(|| Failure::new("the service answered without the site"))
}

/// Asks for a site.
///
/// # Errors
/// As the service says.
pub async fn get(connection: &Connection, site: &str) -> Result<Site, Failure> {
    let request = GetSiteRequest {
        site: site.to_owned(),
    };
    let response = once(connection.sites().get_site(timely(request))).await;
    let response = response.map_err(|status| explain(&status))?;
    response
        .site
        .ok_or_else(|| Failure::new("the service answered without the site"))
}

async fn list(connection: &Connection, json: bool) -> Result<(), Failure> {
    let response = once(connection.sites().list_sites(timely(ListSitesRequest {}))).await;
    let sites = response.map_err(|status| explain(&status))?.sites;
    if json {
        return sites
            .iter()
            .try_for_each(|site| output::json(&json::site(site)));
    }
    if sites.is_empty() {
        return output::say("no sites yet: `replydesk site create NAME` makes one");
    }
    let rows: Vec<Vec<String>> = sites.iter().map(row).collect();
    output::say(output::table(
        &["SITE", "MODE", "POLICY VERSION", "CREATED (UTC)", "NAME"],
        &rows,
    ))
}

fn row(site: &Site) -> Vec<String> {
    let mode = site
        .policy
        .as_ref()
        .and_then(|policy| words::mode(policy.mode));
    vec![
        untrusted::line(&site.site),
        mode.unwrap_or("default").to_owned(),
        site.policy_version.to_string(),
        clock::readable(site.created_at.as_ref()),
        untrusted::line(&site.display_name),
    ]
}

fn show(site: &Site, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&json::site(site));
    }
    output::say(format!(
        "{}  {}\n  created {} UTC, policy version {}\n\n{}",
        untrusted::line(&site.site),
        untrusted::line(&site.display_name),
        clock::readable(site.created_at.as_ref()),
        site.policy_version,
        untrusted::text(policy_text::of(site)?.to_toml().trim_end())
    ))
}
