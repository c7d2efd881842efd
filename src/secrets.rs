//! The secrets of the embedded default, made at its first start. With a shared Redis nothing is made here: there they
//! are configured, the same for every replica.
//!
//! `DATA/secrets/` appears whole or not at all: it is written under another name, synced, and renamed. Where two starts
//! race, the second finds the first one's and uses those.

use std::{
    fmt, fs, io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::privacy::{
    hashing::Pepper,
    keys::{OfficerPrivateKey, OfficerPublicKey},
};

pub mod private_file;

use private_file::create_private;

/// The directory, in the data directory.
pub const DIRECTORY: &str = "secrets";
/// The pepper's file.
pub const PEPPER: &str = "pepper";
/// The officer's public key's file.
pub const PUBLIC_KEY: &str = "privacy.pub";
/// The officer's private key's file: may be moved away, and should be.
pub const PRIVATE_KEY: &str = "privacy.key";
/// The admin key's file.
pub const ADMIN_KEY: &str = "admin.key";

/// Why the secrets cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The disk, or permissions.
    #[error("{path} cannot be {verb}: {error}", path = .path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// `read`, `made`, …
        verb: &'static str,
        /// Why.
        error: io::Error,
    },
    /// One is gone while others are there.
    #[error(
        "{path} is missing, though other secrets of this data directory are there. Bring it back from a backup: \
         without it, what is stored cannot be matched or administered",
        path = .path.display()
    )]
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// Others can read it.
    #[error(
        "{path} can be read by others (mode {mode:o}). If nobody did, run: chmod {right:o} {path}",
        path = .path.display()
    )]
    Open {
        /// Which file or directory.
        path: PathBuf,
        /// What it has.
        mode: u32,
        /// What it should have.
        right: u32,
    },
    /// Not what was once written.
    #[error("{path} {reason}. Bring it back from a backup", path = .path.display())]
    Spoilt {
        /// Which file.
        path: PathBuf,
        /// What is wrong; never the content.
        reason: String,
    },
    /// No randomness.
    #[error("secrets cannot be made: the operating system has no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

/// A file that was just made, for the message at the first start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is and what to do with it.
    pub what: &'static str,
}

/// The secrets of a data directory. `Debug` shows none.
#[derive(Clone)]
pub struct Secrets {
    /// The key of all hashes.
    pub pepper: Pepper,
    /// To whom contact data is sealed.
    pub public_key: OfficerPublicKey,
    /// Whether the private key still lies beside it; it belongs elsewhere, and a warning is due.
    pub private_key_is_here: bool,
    /// The admin key's text.
    pub admin_key: Zeroizing<String>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Secrets {
    /// Reads the secrets of a data directory, or makes them where there are none, and says which files it made.
    /// `admin_key` makes the text of a fresh admin key. Blocks on the disk.
    ///
    /// # Errors
    /// As [`SecretsError`] says. A set that is incomplete, readable by others or spoilt is refused, never mended.
    pub fn load_or_make(
        data_dir: &Path,
        admin_key: impl FnOnce() -> Result<Zeroizing<String>, getrandom::Error>,
    ) -> Result<(Self, Vec<MadeFile>), SecretsError> {
        let dir = data_dir.join(DIRECTORY);
        let made = if fs::symlink_metadata(&dir).is_ok() {
            Vec::new()
        } else {
            make(data_dir, &dir, admin_key)?
        };
        Ok((load(&dir)?, made))
    }
}

fn make(
    data_dir: &Path,
    dir: &Path,
    admin_key: impl FnOnce() -> Result<Zeroizing<String>, getrandom::Error>,
) -> Result<Vec<MadeFile>, SecretsError> {
    let private = OfficerPrivateKey::generate()?;
    let public = Zeroizing::new(private.public().to_text());
    let files = [
        (
            ADMIN_KEY,
            admin_key()?,
            "the admin key: it stays here; make further keys with `replydesk key create`",
        ),
        (
            PEPPER,
            Pepper::generate()?.to_text(),
            "the pepper: keep a backup apart from the data",
        ),
        (
            PUBLIC_KEY,
            public,
            "the privacy officer's public key: contact data is sealed to it",
        ),
        (
            PRIVATE_KEY,
            private.to_text(),
            "the privacy officer's private key: move it to the officer; whoever has it reads every address",
        ),
    ];
    let making = data_dir.join(format!(".secrets-{:016x}", getrandom::u64()?));
    let at = |path: &Path, verb| {
        let path = path.to_owned();
        move |error| SecretsError::Io { path, verb, error }
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(at(data_dir, "made"))?;
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&making)
        .map_err(at(&making, "made"))?;
    let written = files.iter().try_for_each(|(name, text, _)| {
        let path = making.join(name);
        create_private(&path, text).map_err(at(&path, "written"))
    });
    let renamed = written.and_then(|()| {
        sync_directory(&making).map_err(at(&making, "synced"))?;
        // Onto a directory that is not empty this fails: another start was first.
        fs::rename(&making, dir).map_err(at(dir, "made"))?;
        sync_directory(data_dir).map_err(at(data_dir, "synced"))
    });
    let made = |(name, _, what): &(&str, _, &'static str)| MadeFile {
        path: dir.join(name),
        what,
    };
    match renamed {
        Ok(()) => Ok(files.iter().map(made).collect()),
        Err(error) => {
            // Ours was never used. What is left of it after a crash is never used either.
            let _ = fs::remove_dir_all(&making);
            if dir.join(ADMIN_KEY).exists() {
                Ok(Vec::new())
            } else {
                Err(error)
            }
        }
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

fn load(dir: &Path) -> Result<Secrets, SecretsError> {
    refuse_open(dir, 0o700)?;
    let pepper = read(&dir.join(PEPPER), |text| text.parse::<Pepper>())?;
    let public_key = read(&dir.join(PUBLIC_KEY), |text| {
        text.parse::<OfficerPublicKey>()
    })?;
    let admin_key = read(&dir.join(ADMIN_KEY), |text| match text.trim() {
        "" => Err("is empty"),
        key => Ok(Zeroizing::new(key.to_owned())),
    })?;
    let private_path = dir.join(PRIVATE_KEY);
    let private_key_is_here = private_path.exists();
    if private_key_is_here {
        let private = read(&private_path, |text| text.parse::<OfficerPrivateKey>())?;
        if private.public() != &public_key {
            return Err(SecretsError::Spoilt {
                path: private_path,
                reason: format!("does not belong to {PUBLIC_KEY} beside it"),
            });
        }
    }
    Ok(Secrets {
        pepper,
        public_key,
        private_key_is_here,
        admin_key,
    })
}

fn read<T, E: fmt::Display>(
    path: &Path,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, SecretsError> {
    refuse_open(path, 0o600)?;
    let text = fs::read_to_string(path).map_err(|error| SecretsError::Io {
        path: path.to_owned(),
        verb: "read",
        error,
    })?;
    let text = Zeroizing::new(text);
    parse(&text).map_err(|error| SecretsError::Spoilt {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn refuse_open(path: &Path, right: u32) -> Result<(), SecretsError> {
    let path = path.to_owned();
    match fs::metadata(&path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Err(SecretsError::Open {
            path,
            mode: found.permissions().mode() & 0o7777,
            right,
        }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(SecretsError::Missing { path })
        }
        Err(error) => Err(SecretsError::Io {
            path,
            verb: "read",
            error,
        }),
    }
}

#[cfg(test)]
mod tests;
