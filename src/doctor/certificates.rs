//! The server's certificate: whether it can be used, for how long, and for which names.

use std::time::SystemTime;

use super::Check;
use crate::{
    config::{Config, tls::TlsConfig},
    tls::{certificate::days_left, live::Tls, material},
};

const NAME: &str = "certificate";

/// As the log warns.
const WARN_DAYS: u64 = 14;

/// Looks at `[tls]`.
pub(super) fn look(config: &Config, now: SystemTime) -> Vec<Check> {
    let listen = config.server.listen;
    match &config.tls {
        Some(tls) => server(tls, now),
        None if listen.ip().is_loopback() => {
            vec![Check::ok(NAME, "none: it listens on this machine alone")]
        }
        None => vec![Check::warning(
            NAME,
            format!("none, and it listens on {listen}: keys and addresses travel in plain text"),
            "set tls.certificate_file and tls.private_key_file",
        )],
    }
}

fn server(tls: &TlsConfig, now: SystemTime) -> Vec<Check> {
    // As the service would: key, authorities and identities too.
    if let Err(error) = Tls::load(tls.clone()) {
        let mend = "bring files that belong together; the service would not start";
        return vec![Check::failure(NAME, error.to_string(), mend)];
    }
    let (ends_at, names) = match material::described(tls) {
        Ok(described) => described,
        Err(error) => return vec![Check::failure(NAME, error.to_string(), "bring another")],
    };
    let file = tls.certificate_file.display();
    let left = days_left(ends_at, now);
    let renew = format!("bring a new one to {file}: it is taken without a restart");
    let time = if ends_at <= now {
        Check::failure(NAME, format!("{file} is over: clients turn away"), renew)
    } else if left < WARN_DAYS {
        Check::warning(NAME, format!("{file} ends in {left} days"), renew)
    } else {
        Check::ok(NAME, format!("{file} fits its key and ends in {left} days"))
    };
    let names = if names.is_empty() {
        let mend = "bring one with the service's names as subject alternative names";
        Check::failure(
            NAME,
            format!("{file} names no host: no client takes it"),
            mend,
        )
    } else {
        Check::ok(NAME, format!("{file} is for {}", names.join(", ")))
    };
    vec![time, names]
}
