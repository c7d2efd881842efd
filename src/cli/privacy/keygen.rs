//! `replydesk privacy keygen`.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{
    cli::{failure::Failure, output},
    privacy::{hashing::Pepper, keys::OfficerPrivateKey},
    secrets::{
        PEPPER, PRIVATE_KEY, PUBLIC_KEY,
        private_file::{create_private, create_public},
    },
};

/// Make the officer's key pair and the pepper, and print the configuration that uses them.
///
/// The private key is the officer's alone: no replica needs it, and whoever has it reads every address. An installation
/// that has data refuses to start with another pair or pepper, unless the one before is configured beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  replydesk privacy keygen --out-dir ./keys")]
pub struct Args {
    /// Where the files go; made if missing. No file is ever replaced.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out_dir: PathBuf,
    /// Make the key pair only.
    #[arg(long)]
    without_pepper: bool,
    /// Print paths and fingerprints as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    // Absolute, so that what is printed holds from wherever it is used.
    let dir = &std::path::absolute(&args.out_dir)?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| Failure::new(format!("{} cannot be made: {error}", dir.display())))?;
    let (public_path, private_path) = (dir.join(PUBLIC_KEY), dir.join(PRIVATE_KEY));
    let pepper_path = (!args.without_pepper).then(|| dir.join(PEPPER));
    // All before the first is written, so that nothing is half done.
    let paths = [
        Some(&public_path),
        Some(&private_path),
        pepper_path.as_ref(),
    ];
    if let Some(there) = paths.into_iter().flatten().find(|path| path.exists()) {
        return Err(refuse_to_replace(there));
    }
    let random = |error| Failure::new(format!("the operating system has no randomness: {error}"));
    let private = OfficerPrivateKey::generate().map_err(random)?;
    let pepper = Pepper::generate().map_err(random)?;
    write(
        create_private(&private_path, &private.to_text()),
        &private_path,
    )?;
    write(
        create_public(&public_path, &private.public().to_text()),
        &public_path,
    )?;
    if let Some(path) = &pepper_path {
        write(create_private(path, &pepper.to_text()), path)?;
    }
    let fingerprint = private.public().fingerprint();
    let pepper = pepper_path.map(|path| (path, pepper.fingerprint()));
    if args.json {
        let report = serde_json::json!({
            "private_key_file": private_path,
            "public_key_file": public_path,
            "public_key": private.public().to_text(),
            "public_key_fingerprint": fingerprint,
            "pepper_file": pepper.as_ref().map(|(path, _)| path),
            "pepper_fingerprint": pepper.as_ref().map(|(_, fingerprint)| fingerprint),
        });
        return output::json(&report);
    }
    let mut text = format!(
        "{}  the private key: to the privacy officer, and away from here\n\
         {}  the public key {fingerprint}: to every replica",
        private_path.display(),
        public_path.display()
    );
    let public_key = private.public().to_text();
    let mut configuration = format!("[privacy]\npublic_key = \"{public_key}\"");
    if let Some((path, fingerprint)) = &pepper {
        let path = path.display().to_string();
        text.push_str(&format!(
            "\n{path}  the pepper {fingerprint}: to every replica, and a backup apart"
        ));
        let path = toml::Value::String(path);
        configuration.push_str(&format!("\npepper_file = {path}"));
    }
    output::say(format!(
        "{text}\n\nConfiguration of every replica:\n\n{configuration}"
    ))
}

fn write(result: std::io::Result<()>, path: &Path) -> Result<(), Failure> {
    result.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            refuse_to_replace(path)
        } else {
            Failure::new(format!("{} cannot be written: {error}", path.display()))
        }
    })
}

fn refuse_to_replace(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} is there already, and what was sealed or hashed with it would be lost: choose another --out-dir",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::keys::OfficerPublicKey;

    fn keygen(dir: &Path, without_pepper: bool) -> Result<(), Failure> {
        run(&Args {
            out_dir: dir.to_owned(),
            without_pepper,
            json: false,
        })
    }

    #[test]
    fn the_files_belong_together_and_are_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("keys");
        keygen(&dir, false).unwrap();
        let text = |name| std::fs::read_to_string(dir.join(name)).unwrap();
        let private: OfficerPrivateKey = text(PRIVATE_KEY).parse().unwrap();
        let public: OfficerPublicKey = text(PUBLIC_KEY).parse().unwrap();
        assert_eq!(private.public(), &public);
        assert!(text(PEPPER).parse::<Pepper>().is_ok());
        std::fs::remove_file(dir.join(PRIVATE_KEY)).unwrap();
        assert_eq!(keygen(&dir, false).unwrap_err().exit_code(), 2);
        assert!(!dir.join(PRIVATE_KEY).exists(), "nothing is half done");
    }

    #[test]
    fn another_key_pair_needs_no_other_pepper() {
        let root = tempfile::tempdir().unwrap();
        keygen(root.path(), true).unwrap();
        assert!(root.path().join(PUBLIC_KEY).exists());
        assert!(!root.path().join(PEPPER).exists());
    }
}
