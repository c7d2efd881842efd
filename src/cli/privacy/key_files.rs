//! The officer's keys in files.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{
    cli::failure::Failure,
    privacy::{
        keyring::Keyring,
        keys::{KeyError, OfficerPrivateKey, OfficerPublicKey},
    },
};

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

/// The officer's public key in a file.
pub(super) fn read_public_key(path: &Path) -> Result<OfficerPublicKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
    let key = Zeroizing::new(text).parse();
    key.map_err(|error| {
        let path = path.display();
        // At the officer's it is where it belongs, and no leak.
        Failure::usage(if error == KeyError::Private {
            format!(
                "{path} holds a private key: name the file with the new public key (privacy.pub)"
            )
        } else {
            format!("the key in {path} {error}")
        })
    })
}

pub(super) fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{} cannot be read: {error}", path.display()))
}
