//! `replydesk privacy fingerprint`.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::json;
use zeroize::Zeroizing;

use super::key_files::cannot_read;
use crate::{
    cli::{failure::Failure, output},
    privacy::{
        hashing::Pepper,
        keys::{OfficerPrivateKey, OfficerPublicKey, is_private_key},
    },
};

/// Each is one line; more than this is another file.
const LARGEST: u64 = 4_096;

/// Say what files hold, a pepper or a key of the officer's, and print the fingerprint that messages name it by.
///
/// A key pair has one fingerprint, whichever half is in the file. What is secret is not printed. Needs no service.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk privacy fingerprint keys/pepper keys/privacy.pub
  replydesk privacy fingerprint --json old/privacy.key new/privacy.key")]
pub struct Args {
    /// Files with a pepper, a public key (rdpub1_…) or a private key (rdpriv1_…).
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print a JSON object a file.
    #[arg(long)]
    json: bool,
}

/// What a file holds.
struct Named {
    kind: &'static str,
    words: &'static str,
    fingerprint: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for path in &args.files {
        let named = name(path)?;
        if args.json {
            output::json(&json!({
                "file": path,
                "kind": named.kind,
                "fingerprint": named.fingerprint,
            }))?;
        }
        let file = path.display().to_string();
        rows.push(vec![named.fingerprint, named.words.to_owned(), file]);
    }
    if args.json {
        return Ok(());
    }
    output::say(output::table(&["FINGERPRINT", "OF", "FILE"], &rows))
}

fn name(path: &Path) -> Result<Named, Failure> {
    let cannot = |error| cannot_read(path, &error);
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(cannot)?;
    file.take(LARGEST)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    parse(text.trim()).map_err(|why| Failure::usage(format!("{} holds {why}", path.display())))
}

/// By how the text begins; whatever has no mark of its own was to be a pepper.
fn parse(text: &str) -> Result<Named, String> {
    if is_private_key(text) {
        let key: Result<OfficerPrivateKey, _> = text.parse();
        let key = key.map_err(|why| format!("a private key that {why}"))?;
        return Ok(Named {
            kind: "private_key",
            words: "private key",
            fingerprint: key.public().fingerprint(),
        });
    }
    if text.starts_with("rdpub1_") {
        let key: Result<OfficerPublicKey, _> = text.parse();
        let key = key.map_err(|why| format!("a public key that {why}"))?;
        return Ok(Named {
            kind: "public_key",
            words: "public key",
            fingerprint: key.fingerprint(),
        });
    }
    if text.starts_with("rd_") {
        return Err("an access key, which its id names: `replydesk key list`".to_owned());
    }
    let pepper: Result<Pepper, _> = text.parse();
    let pepper = pepper
        .map_err(|why| format!("neither a key of the officer's nor a pepper, which {why}"))?;
    Ok(Named {
        kind: "pepper",
        words: "pepper",
        fingerprint: pepper.fingerprint(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_what_it_is_and_by_nothing_secret() {
        let private = OfficerPrivateKey::generate().unwrap();
        let pepper = Pepper::generate().unwrap();
        let pair = private.public().fingerprint();
        for (text, kind, fingerprint) in [
            (private.to_text().as_str(), "private_key", &pair),
            (&private.public().to_text(), "public_key", &pair),
            (&pepper.to_text(), "pepper", &pepper.fingerprint()),
        ] {
            let named = parse(text).map_err(|why| format!("{kind}: {why}")).unwrap();
            assert_eq!((named.kind, &named.fingerprint), (kind, fingerprint));
        }
        let text = private.to_text();
        for (text, says) in [
            (
                &text[..text.len() - 1],
                "a private key that must be rdpriv1_",
            ),
            ("rdpub1_canary", "a public key that must be rdpub1_"),
            ("rd_canary", "an access key"),
            (
                "canary canary",
                "neither a key of the officer's nor a pepper",
            ),
            ("", "neither a key of the officer's nor a pepper"),
        ] {
            let why = parse(text).err().unwrap();
            assert!(why.starts_with(says), "{why}");
            assert!(!why.contains("canary") && !why.contains(&private.to_text()[10..30]));
        }
    }
}
