//! `replydesk privacy open`.

use std::{
    fs::File,
    io::{BufReader, Read, Write},
    path::PathBuf,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    key_files::{cannot_read, read_keys},
    sealed::{Count, Sealed},
};
use crate::{
    cli::failure::Failure,
    privacy::{keyring::Keyring, opened::OpenedContact},
};

/// Open sealed contact data with the officer's private key.
///
/// Reads JSON objects, one after another, as `privacy reveal` and `privacy export` print them: with "site", "comment_id",
/// "sealed" and "wrapped_data_key" (both base64), or with these in "contact". Needs no service and no network: run it
/// where the private key is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy open --private-key-file privacy.key sealed.json
  replydesk privacy open --private-key-file privacy.key \\
      --private-key-file old.key sealed.json
  replydesk privacy open --private-key-file privacy.key --json export.jsonl

Of an export, --json prints each line whole, with its contact data opened, as an
export with the private key is; what does not open stays sealed in it. Without
--json the contact data alone is printed: authors, comments and the summary are
passed over.")]
pub struct Args {
    /// A file with a private key (rdpriv1_…). Several, each with the flag: what is sealed says which one it takes.
    #[arg(
        long = "private-key-file",
        visible_alias = "key-file",
        value_name = "FILE",
        required = true
    )]
    private_key_files: Vec<PathBuf>,
    /// The file with the sealed data; standard input if it is left out.
    input: Option<PathBuf>,
    /// Print a JSON object a line.
    #[arg(long)]
    json: bool,
}

/// One object of the input.
enum Object {
    /// As `privacy reveal` prints it.
    Alone(Sealed),
    /// A line of an export, and the sealed contact data in it, if there is any.
    Exported(Value, Option<Sealed>),
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let officer = read_keys(&args.private_key_files)?;
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
    let (mut count, mut is_empty) = (Count::default(), true);
    let objects = serde_json::Deserializer::from_reader(BufReader::new(input)).into_iter();
    for (object, number) in objects.zip(1_u64..) {
        is_empty = false;
        let object = object.and_then(read).map_err(|error| {
            Failure::usage(format!(
                "object {number} of the input is neither a line of an export nor JSON with site, comment_id, sealed and wrapped_data_key: {error}"
            ))
        })?;
        match object {
            Object::Alone(sealed) => {
                if let Some(contact) = open_one(officer, &sealed, number, &mut count) {
                    print(output, json, &sealed, &contact)?;
                }
            }
            Object::Exported(mut line, sealed) => {
                let opened = sealed.and_then(|sealed| {
                    let contact = open_one(officer, &sealed, number, &mut count)?;
                    Some((sealed, contact))
                });
                match opened {
                    Some((sealed, contact)) if json => line["contact"] = sealed.told(&contact),
                    Some((sealed, contact)) => print(output, json, &sealed, &contact)?,
                    None => {}
                }
                if json {
                    writeln!(output, "{line}")?;
                }
            }
        }
    }
    if is_empty {
        return Err(Failure::usage("the input holds no JSON object"));
    }
    if count.not_opened() > 0 {
        return Err(Failure::new(count.to_string()));
    }
    if count.opened == 0 {
        eprintln!("replydesk: nothing in the input is sealed");
    }
    Ok(())
}

/// An object by what it has.
fn read(object: Value) -> Result<Object, serde_json::Error> {
    let is_exported = |name| object.get(name).is_some();
    if !["author", "comment", "summary"]
        .into_iter()
        .any(is_exported)
    {
        return Sealed::deserialize(object).map(Object::Alone);
    }
    // Absent, or opened already.
    let contact = object.get("contact");
    let contact = contact.filter(|contact| contact.get("sealed").is_some());
    let sealed = contact.map(Sealed::deserialize).transpose()?;
    Ok(Object::Exported(object, sealed))
}

fn open_one(
    officer: &Keyring,
    sealed: &Sealed,
    number: u64,
    count: &mut Count,
) -> Option<OpenedContact> {
    match sealed.open(officer) {
        Ok(contact) => {
            count.opened += 1;
            Some(contact)
        }
        Err(error) => {
            eprintln!("replydesk: object {number} is not opened: {error}");
            count.failed(&error);
            None
        }
    }
}

fn print(
    output: &mut impl Write,
    json: bool,
    sealed: &Sealed,
    contact: &OpenedContact,
) -> Result<(), Failure> {
    if json {
        writeln!(output, "{}", sealed.told(contact))?;
        return Ok(());
    }
    let ip = contact.ip.map(|ip| ip.to_string());
    writeln!(output, "{}  {}", sealed.site, sealed.comment_id)?;
    for (name, value) in [
        ("e-mail", contact.email.as_ref().map(|email| email.as_str())),
        ("IP address", ip.as_deref()),
        (
            "user agent",
            contact.user_agent.as_ref().map(|agent| agent.as_str()),
        ),
    ] {
        writeln!(output, "  {name:<10}  {}", value.unwrap_or("-"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        comment::{contact::Contact, ids::CommentId},
        privacy::{keys::OfficerPrivateKey, sealing::Sealer},
        proto::v1::SealedContact,
    };

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
        let contact = SealedContact {
            comment_id: id.to_string(),
            sealed: sealed.sealed,
            wrapped_data_key: sealed.wrapped_data_key.to_vec(),
        };
        Sealed::new(told_site, &contact).to_json().to_string()
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
        let expected = "opened 2, not opened 1\n  1 cut, changed or of another site or comment";
        assert_eq!(failure.to_string(), expected);
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
    fn an_export_opens_line_by_line_and_loses_nothing() {
        let (officer, other) = (
            OfficerPrivateKey::generate().unwrap(),
            OfficerPrivateKey::generate().unwrap(),
        );
        let sealed = |officer| -> Value { sealed_json(officer, "daily").parse().unwrap() };
        let lines = [
            serde_json::json!({ "author": { "known_as": "account" } }),
            serde_json::json!({ "comment": { "score": 0.1 }, "contact": sealed(&officer) }),
            serde_json::json!({ "comment": { "score": 0.2 }, "contact": sealed(&other) }),
            serde_json::json!({ "comment": { "score": 0.3 }, "contact": null }),
            serde_json::json!({ "summary": { "authors": 1, "comments": 3 } }),
        ];
        let input = lines.each_ref().map(Value::to_string).join("\n");
        let run = |officer: Vec<OfficerPrivateKey>, input: &str, json| {
            let mut output = Vec::new();
            let officer = Keyring::new(officer).unwrap();
            let ended = open_all(&officer, input.as_bytes(), &mut output, json);
            let ended = ended.map_err(|failure| failure.to_string());
            (ended, String::from_utf8(output).unwrap())
        };
        let (ended, half) = run(vec![officer.clone()], &input, true);
        let needed = other.public().fingerprint();
        let expected = format!(
            "opened 1, not opened 1\n  1 sealed to the officer key {needed}: open with that private key"
        );
        assert_eq!(ended, Err(expected));
        let told: Vec<Value> = half.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(told[1]["contact"]["email"], "reader@example.org");
        assert_eq!(told[1]["comment"], lines[1]["comment"]);
        for n in [0, 2, 3, 4] {
            assert_eq!(told[n], lines[n]);
        }
        // The rest, with the other key.
        let (ended, whole) = run(vec![other.clone()], &half, true);
        assert_eq!(ended, Ok(()));
        assert_eq!(whole.matches("reader@example.org").count(), 2);
        assert_eq!(whole.lines().count(), 5);
        let (ended, told) = run(vec![officer, other], &input, false);
        assert_eq!((ended, told.lines().count()), (Ok(()), 8), "{told}");
    }

    #[test]
    fn input_that_is_none_is_a_usage_error() {
        let officer = Keyring::from(OfficerPrivateKey::generate().unwrap());
        for input in [
            "",
            "not json",
            "{}",
            "[1]",
            r#"{"comment":{},"contact":{"sealed":"x"}}"#,
        ] {
            let failure = open_all(&officer, input.as_bytes(), &mut Vec::new(), false).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{input}");
        }
    }
}
