//! The identity provider's keys.

use super::Check;
use crate::{access::token::Tokens, config::Config};

const NAME: &str = "identity provider";

/// Reads them once, as the service does.
pub(super) async fn look(config: &Config) -> Option<Check> {
    let settings = config.tokens.settings.clone()?;
    let source = settings.source.to_string();
    Some(match Tokens::open(settings).await {
        Ok((_, keeper)) => match keeper.read().await {
            Ok(()) => Check::ok(NAME, format!("keys can be read from {source}")),
            Err(error) => Check::failure(
                NAME,
                format!("no keys from {source}: {error}"),
                "look at tokens.jwks_url and tokens.ca_file, and whether this machine reaches the provider; until then nobody signs in with a token",
            ),
        },
        Err(error) => Check::failure(NAME, error.to_string(), "mend the setting that it names"),
    })
}
