//! `replydesk privacy open`.

use std::{
    fs::File,
    io::{BufReader, Read, Write},
    net::IpAddr,
    path::PathBuf,
};

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    cli::failure::Failure,
    comment::ids::{CommentId, SiteId},
    privacy::{
        keyring::Keyring,
        keys::OfficerPrivateKey,
        opened::OpenedContact,
        opening::{OpenError, open_with},
    },
    proto::v1::SealedContact,
};

/// Open sealed contact data with the officer's private key.
///
/// Reads JSON objects, one after another, with "site", "comment_id", "sealed" and "wrapped_data_key" (both base64).
/// Needs no service and no network: run it where the private key is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy open --key-file privacy.key sealed.json
  replydesk privacy open --key-file privacy.key --key-file old.key sealed.json")]
pub struct Args {
    /// A file with a private key (rdpriv1_…). Several, each with the flag: what is sealed says which one it takes.
    #[arg(
        long = "key-file",
        visible_alias = "private-key-file",
        value_name = "FILE",
        required = true
    )]
    key_files: Vec<PathBuf>,
    /// The file with the sealed data; standard input if it is left out.
    input: Option<PathBuf>,
    /// Print a JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Sealed contact data as text.
#[derive(Deserialize, Serialize)]
pub(super) struct Sealed {
    site: String,
    comment_id: String,
    sealed: String,
    wrapped_data_key: String,
}

impl Sealed {
    /// As the service handed it out.
    pub(super) fn new(site: &str, contact: &SealedContact) -> Self {
        Self {
            site: site.to_owned(),
            comment_id: contact.comment_id.clone(),
            sealed: BASE64.encode(&contact.sealed),
            wrapped_data_key: BASE64.encode(&contact.wrapped_data_key),
        }
    }

    /// As `privacy open` reads it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "site": self.site,
            "comment_id": self.comment_id,
            "sealed": self.sealed,
            "wrapped_data_key": self.wrapped_data_key,
        })
    }

    /// What it says, where the private key is.
    pub(super) fn opened(&self, officer: &Keyring) -> Result<serde_json::Value, Failure> {
        let contact = open_one(officer, self).map_err(|error| {
            Failure::new(format!(
                "the contact data of {} is not opened: {error}",
                self.comment_id
            ))
        })?;
        serde_json::to_value(self.told(&contact)).map_err(|error| Failure::new(error.to_string()))
    }

    fn told<'a>(&'a self, contact: &'a OpenedContact) -> Opened<'a> {
        Opened {
            site: &self.site,
            comment_id: &self.comment_id,
            email: contact.email.as_ref().map(|e| e.as_str()),
            ip_address: contact.ip,
            user_agent: contact.user_agent.as_ref().map(|a| a.as_str()),
        }
    }
}

#[derive(Serialize)]
struct Opened<'a> {
    site: &'a str,
    comment_id: &'a str,
    email: Option<&'a str>,
    ip_address: Option<IpAddr>,
    user_agent: Option<&'a str>,
}

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("its {field} {reason}")]
    Field { field: &'static str, reason: String },
    #[error(transparent)]
    Open(#[from] OpenError),
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let officer = read_keys(&args.key_files)?;
    let input: Box<dyn Read> = match &args.input {
        Some(path) => Box::new(File::open(path).map_err(|error| cannot_read(path, &error))?),
        None => Box::new(std::io::stdin()),
    };
    open_all(&officer, input, &mut std::io::stdout().lock(), args.json)
}

fn open_all(
    officer: &Keyring,
    input: impl Read,
    output: &mut impl Write,
    json: bool,
) -> Result<(), Failure> {
    let (mut opened, mut failed) = (0_u64, 0_u64);
    let objects = serde_json::Deserializer::from_reader(BufReader::new(input)).into_iter();
    for (object, number) in objects.zip(1_u64..) {
        let sealed: Sealed = object.map_err(|error| {
            Failure::usage(format!(
                "object {number} of the input is no JSON with site, comment_id, sealed and wrapped_data_key: {error}"
            ))
        })?;
        match open_one(officer, &sealed) {
            Ok(contact) => {
                print(output, json, &sealed, &contact)?;
                opened += 1;
            }
            Err(error) => {
                eprintln!("replydesk: object {number} is not opened: {error}");
                failed += 1;
            }
        }
    }
    match (opened, failed) {
        (0, 0) => Err(Failure::usage("the input holds no JSON object")),
        (_, 0) => Ok(()),
        (_, _) => Err(Failure::new(format!(
            "opened {opened}, not opened {failed}"
        ))),
    }
}

/// The officer's private keys in files.
pub(super) fn read_keys(paths: &[PathBuf]) -> Result<Keyring, Failure> {
    let keys = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
        let key: Result<OfficerPrivateKey, _> = Zeroizing::new(text).parse();
        key.map_err(|error| Failure::usage(format!("the key in {} {error}", path.display())))
    });
    let keys = keys.collect::<Result<_, _>>()?;
    Keyring::new(keys).ok_or_else(|| Failure::usage("a private key is needed"))
}

/// The same where none has to be.
pub(super) fn read_keys_if_any(paths: &[PathBuf]) -> Result<Option<Keyring>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    read_keys(paths).map(Some)
}

pub(super) fn cannot_read(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{} cannot be read: {error}", path.display()))
}

fn open_one(officer: &Keyring, sealed: &Sealed) -> Result<OpenedContact, Unusable> {
    let field = |field, reason: &dyn ToString| Unusable::Field {
        field,
        reason: reason.to_string(),
    };
    let site: SiteId = sealed.site.parse().map_err(|e| field("site", &e))?;
    let id: CommentId = sealed
        .comment_id
        .parse()
        .map_err(|e| field("comment_id", &e))?;
    let bytes = |name, text: &str| {
        BASE64
            .decode(text.as_bytes())
            .map_err(|_| field(name, &"must be base64"))
    };
    let wrapped = bytes("wrapped_data_key", &sealed.wrapped_data_key)?;
    let body = bytes("sealed", &sealed.sealed)?;
    Ok(open_with(officer, &site, &id, &wrapped, &body)?)
}

fn print(
    output: &mut impl Write,
    json: bool,
    sealed: &Sealed,
    contact: &OpenedContact,
) -> Result<(), Failure> {
    let opened = sealed.told(contact);
    if json {
        let line = serde_json::to_string(&opened).map_err(|e| Failure::new(e.to_string()))?;
        writeln!(output, "{line}")?;
        return Ok(());
    }
    let ip = opened.ip_address.map(|ip| ip.to_string());
    writeln!(output, "{}  {}", opened.site, opened.comment_id)?;
    for (name, value) in [
        ("e-mail", opened.email),
        ("IP address", ip.as_deref()),
        ("user agent", opened.user_agent),
    ] {
        writeln!(output, "  {name:<10}  {}", value.unwrap_or("-"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{comment::contact::Contact, privacy::sealing::Sealer};

    fn sealed_json(officer: &OfficerPrivateKey, told_site: &str) -> String {
        let contact = Contact {
            email: "reader@example.org".parse().ok(),
            ip: "203.0.113.7".parse().ok(),
            user_agent: "curl/8.5.0".parse().ok(),
        };
        let id = CommentId::fresh();
        let sealed = Sealer::new(officer.public().clone())
            .seal(&"daily".parse().unwrap(), &id, &contact)
            .unwrap();
        serde_json::json!({
            "site": told_site,
            "comment_id": id.to_string(),
            "sealed": BASE64.encode(&sealed.sealed),
            "wrapped_data_key": BASE64.encode(&sealed.wrapped_data_key),
        })
        .to_string()
    }

    #[test]
    fn what_opens_is_printed_and_what_does_not_is_counted() {
        let officer = OfficerPrivateKey::generate().unwrap();
        let input = [
            sealed_json(&officer, "daily"),
            sealed_json(&officer, "weekly"),
            sealed_json(&officer, "daily"),
        ]
        .join("\n");
        let mut output = Vec::new();
        let officer = Keyring::from(officer);
        let failure = open_all(&officer, input.as_bytes(), &mut output, true).unwrap_err();
        assert_eq!(failure.to_string(), "opened 2, not opened 1");
        let output = String::from_utf8(output).unwrap();
        assert_eq!(output.lines().count(), 2);
        for line in output.lines() {
            let opened: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(opened["email"], "reader@example.org");
            assert_eq!(opened["ip_address"], "203.0.113.7");
            assert_eq!(opened["user_agent"], "curl/8.5.0");
        }
    }

    #[test]
    fn input_that_is_none_is_a_usage_error() {
        let officer = Keyring::from(OfficerPrivateKey::generate().unwrap());
        for input in ["", "not json", "{}", "[1]"] {
            let failure = open_all(&officer, input.as_bytes(), &mut Vec::new(), false).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{input}");
        }
    }
}
