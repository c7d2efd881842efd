//! Reads the files of `[tls]`.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use zeroize::Zeroizing;

use crate::{access::identities::IdentitiesError, tls::error::TlsError};

/// More than any chain has.
const MOST_BYTES: u64 = 1 << 20;

/// A file of a setting, as it was read.
pub(super) struct Content<'a> {
    setting: &'static str,
    path: &'a Path,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Whether every user of the machine can read it.
    pub(super) is_open: bool,
}

impl<'a> Content<'a> {
    pub(super) fn read(setting: &'static str, path: &'a Path) -> Result<Self, TlsError> {
        let failed = |error| TlsError::Read {
            setting,
            path: path.to_owned(),
            error,
        };
        let file = File::open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        let mut bytes = Zeroizing::new(Vec::new());
        let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        if read.map_err(failed)? as u64 > MOST_BYTES {
            return Err(failed(io::Error::other("it is larger than 1 MiB")));
        }
        Ok(Self {
            setting,
            path,
            bytes,
            is_open: mode & 0o007 != 0,
        })
    }

    pub(super) fn wrong(&self, what: impl Into<String>) -> TlsError {
        TlsError::Content {
            setting: self.setting,
            path: self.path.to_owned(),
            what: what.into(),
        }
    }

    pub(super) fn identities(&self, error: IdentitiesError) -> TlsError {
        TlsError::Identities {
            path: self.path.to_owned(),
            error,
        }
    }

    /// At least one certificate.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.bytes).collect();
        let found = read.map_err(|_| self.wrong("is damaged: its PEM cannot be read"))?;
        if found.is_empty() {
            return Err(self.wrong("holds no certificate in PEM"));
        }
        Ok(found)
    }

    pub(super) fn private_key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        PrivateKeyDer::from_pem_slice(&self.bytes).map_err(|_| {
            self.wrong("holds no private key in PEM that can be read; one with a passphrase cannot")
        })
    }
}
