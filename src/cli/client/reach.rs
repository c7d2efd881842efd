//! Where the service is and which key opens it: the flags that all client commands share.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tonic::metadata::{Ascii, MetadataValue};
use zeroize::Zeroizing;

use crate::{
    access::{key::AccessKey, token::error::MAX_TOKEN_BYTES},
    cli::{
        client::protection::{Protection, TlsFiles},
        failure::Failure,
    },
};

/// The key's own variable. Never a flag: the command line of a process is there for everyone on the machine to read.
const KEY_VARIABLE: &str = "REPLYDESK_KEY";

/// Names a file with the key.
const KEY_FILE_VARIABLE: &str = "REPLYDESK_KEY_FILE";

/// Where `replydesk serve` leaves the admin key that its embedded default made.
const EMBEDDED_KEY: &str = "data/secrets/admin.key";

/// A key file is one line, of a token at most; more than this is another file.
const LARGEST_KEY_FILE: u64 = MAX_TOKEN_BYTES as u64 + 16;

/// How to reach the service.
#[derive(Debug, Clone, clap::Args)]
pub struct Reach {
    /// The service's address.
    #[arg(
        long,
        global = true,
        env = "REPLYDESK_ADDRESS",
        default_value = "http://127.0.0.1:50051",
        value_name = "ADDRESS",
        help_heading = "Connection"
    )]
    pub address: String,

    /// A file with the access key, or with a token of the newsroom's identity provider. Without it: the variable
    /// REPLYDESK_KEY, then the file that REPLYDESK_KEY_FILE names, then data/secrets/admin.key if it is there and no
    /// --certificate is given.
    // Not clap's `env`: a flag is stronger than REPLYDESK_KEY, the variable is weaker.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Connection")]
    pub key_file: Option<PathBuf>,

    #[command(flatten)]
    files: TlsFiles,
}

impl Reach {
    /// The address and the key that these flags and the environment name.
    ///
    /// # Errors
    /// A key file that cannot be read, or a key that cannot be one.
    pub fn target(&self) -> Result<Target, Failure> {
        let mut target = Target::new(self.address.trim_end_matches('/'));
        target.protection = Protection::read(&self.files)?;
        match self.key()? {
            Some(key) => target.with_key(&key),
            None => Ok(target),
        }
    }

    fn key(&self) -> Result<Option<String>, Failure> {
        if let Some(file) = &self.key_file {
            return read_key(file).map(Some);
        }
        if let Some(key) = std::env::var_os(KEY_VARIABLE) {
            let key = key.into_string().map_err(|_| not_a_key(KEY_VARIABLE))?;
            return Ok(Some(key));
        }
        if let Some(file) = std::env::var_os(KEY_FILE_VARIABLE) {
            return read_key(Path::new(&file)).map(Some);
        }
        let embedded = Path::new(EMBEDDED_KEY);
        // A key beside a certificate would win over it, and this one nobody named.
        if embedded.exists() && self.files.certificate.is_none() {
            return read_key(embedded).map(Some);
        }
        Ok(None)
    }
}

fn read_key(file: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::usage(format!(
            "cannot read the key file {}: {error}",
            file.display()
        ))
    };
    if fs::metadata(file).map_err(cannot)?.len() > LARGEST_KEY_FILE {
        return Err(too_long(&file.display().to_string()));
    }
    fs::read_to_string(file).map_err(cannot)
}

fn not_a_key(origin: &str) -> Failure {
    Failure::usage(format!(
        "{origin} holds neither an access key nor a token; a key looks like rd_<id>_<secret>, and `replydesk key create` \
         makes one; a token (JWT) has three parts with full stops between them"
    ))
}

fn too_long(origin: &str) -> Failure {
    Failure::usage(format!(
        "{origin} is longer than an access key or a token may be ({MAX_TOKEN_BYTES} bytes); is a token too long, have the \
         identity provider put fewer claims into it"
    ))
}

/// Three parts of base64url: the service says what is wrong with it, if anything is.
fn looks_like_a_token(text: &str) -> bool {
    let of_alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(of_alphabet);
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

/// An address and, mostly, a key.
#[derive(Debug, Clone)]
pub struct Target {
    address: String,
    bearer: Option<MetadataValue<Ascii>>,
    protection: Protection,
}

impl Target {
    /// An address without a key.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            bearer: None,
            protection: Protection::default(),
        }
    }

    /// The same address with this key, or this token of the identity provider's.
    ///
    /// # Errors
    /// The text is neither: it does not start with `rd_` nor looks like a token, or has a typing error, which a key's
    /// checksum tells.
    pub fn with_key(mut self, key: &str) -> Result<Self, Failure> {
        const ORIGIN: &str = "what was given as the key";
        let key = key.trim();
        if key.len() > MAX_TOKEN_BYTES {
            return Err(too_long(ORIGIN));
        }
        if key.starts_with("rd_") {
            let parsed: Result<AccessKey, _> = key.parse();
            parsed.map_err(|why| Failure::usage(format!("{ORIGIN}: {why}")))?;
        } else if !looks_like_a_token(key) {
            return Err(not_a_key(ORIGIN));
        }
        let value = Zeroizing::new(format!("Bearer {key}"));
        let value = value.parse::<MetadataValue<Ascii>>();
        let mut value = value.map_err(|_| not_a_key(ORIGIN))?;
        value.set_sensitive(true);
        self.bearer = Some(value);
        Ok(self)
    }

    /// Such as `http://127.0.0.1:50051`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn protection(&self) -> &Protection {
        &self.protection
    }

    pub(super) fn bearer(&self) -> Option<&MetadataValue<Ascii>> {
        self.bearer.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_never_shows_its_key() {
        let key = AccessKey::generate().expect("random numbers").expose();
        let target = Target::new("http://127.0.0.1:1")
            .with_key(&format!("{}\n", *key))
            .expect("a key");
        assert!(!format!("{target:?}").contains(&key[20..]));
    }

    #[test]
    fn a_token_is_taken_as_a_key_is() {
        let target = Target::new("x").with_key("eyJhbGciOiJFUzI1NiJ9.e30.canary-_9\n");
        let target = target.expect("a token");
        assert!(target.bearer().is_some() && !format!("{target:?}").contains("canary"));
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_being_repeated() {
        let mut typo = AccessKey::generate().expect("random numbers").expose();
        let last = typo.pop();
        typo.push(if last == Some('a') { 'b' } else { 'a' });
        for (text, says) in [
            ("", "replydesk key create"),
            ("canary", "replydesk key create"),
            ("rd_can.ary.x", "an access key reads rd_"),
            ("can.ary", "replydesk key create"),
            ("can.a ry.sig", "replydesk key create"),
            ("can.ary.", "replydesk key create"),
            ("can.ary.sig.more", "replydesk key create"),
            ("rd_can ary", "an access key reads rd_"),
            ("rd_canäry", "an access key reads rd_"),
            (&typo, "typing error"),
            (&format!("{}.e30.x", "canary".repeat(5_000)), "fewer claims"),
        ] {
            let failure = Target::new("x").with_key(text).expect_err(text).to_string();
            assert!(!failure.contains("canary") && !failure.contains(&typo[3..]));
            assert!(failure.contains(says), "{failure}");
        }
    }
}
