//! TLS of our own commands: whom they trust, and what they show.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::cli::failure::Failure;

/// More than any chain has.
const LARGEST_FILE: u64 = 1 << 20;

/// The files that reach an `https://` address. They are PEM.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TlsFiles {
    /// A file with the authority that signed the service's certificate, for an https:// address.
    #[arg(
        id = "ca",
        long = "ca",
        global = true,
        env = "REPLYDESK_CA",
        value_name = "FILE",
        help_heading = "Connection"
    )]
    pub authority: Option<PathBuf>,

    /// A file with a certificate that is shown to the service; it can stand for an access key.
    #[arg(
        long,
        global = true,
        env = "REPLYDESK_CERTIFICATE",
        value_name = "FILE",
        help_heading = "Connection"
    )]
    pub certificate: Option<PathBuf>,

    /// A file with that certificate's private key.
    #[arg(
        long,
        global = true,
        env = "REPLYDESK_CERTIFICATE_KEY",
        value_name = "FILE",
        help_heading = "Connection"
    )]
    pub certificate_key: Option<PathBuf>,
}

/// What these files hold. `Debug` shows none of it.
#[derive(Clone, Default)]
pub struct Protection {
    authority: Option<Certificate>,
    identity: Option<Identity>,
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Protection {
    /// Reads the files.
    ///
    /// # Errors
    /// One cannot be read, or a certificate comes without its key or a key without its certificate.
    pub fn read(files: &TlsFiles) -> Result<Self, Failure> {
        let authority = files.authority.as_deref().map(read).transpose()?;
        let identity = match (&files.certificate, &files.certificate_key) {
            (Some(certificate), Some(key)) => {
                Some(Identity::from_pem(read(certificate)?, read(key)?))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                return Err(Failure::usage(
                    "--certificate and --certificate-key belong together (REPLYDESK_CERTIFICATE, REPLYDESK_CERTIFICATE_KEY)",
                ));
            }
        };
        Ok(Self {
            authority: authority.map(Certificate::from_pem),
            identity,
        })
    }

    /// Whether a certificate is shown, which can stand for a key.
    #[must_use]
    pub fn shows_certificate(&self) -> bool {
        self.identity.is_some()
    }

    /// For an `https://` address.
    ///
    /// # Errors
    /// Nobody is trusted.
    pub(super) fn config(&self, address: &str) -> Result<ClientTlsConfig, Failure> {
        let Some(authority) = &self.authority else {
            return Err(Failure::usage(format!(
                "{address}: whom to trust? Name a file with the authority that signed the service's certificate: \
                 --ca or REPLYDESK_CA"
            )));
        };
        let config = ClientTlsConfig::new().ca_certificate(authority.clone());
        Ok(match &self.identity {
            Some(identity) => config.identity(identity.clone()),
            None => config,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |why: String| Failure::usage(format!("cannot read {}: {why}", path.display()));
    let size = fs::metadata(path).map_err(|error| cannot(error.to_string()))?;
    if size.len() > LARGEST_FILE {
        return Err(cannot("it is larger than 1 MiB".to_owned()));
    }
    fs::read(path).map_err(|error| cannot(error.to_string()))
}
