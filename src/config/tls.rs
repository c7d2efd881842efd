//! `[tls]`: the server's certificate, and those of its clients.

use std::{convert::Infallible, path::PathBuf, time::Duration};

use crate::config::{
    reader::Reader,
    values::{seconds, word},
};

/// TLS, where it is asked for. Files are named here, and read at the start and whenever they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// The server's certificate with its chain, PEM.
    pub certificate_file: PathBuf,
    /// Its private key, PEM.
    pub private_key_file: PathBuf,
    /// `None`: clients are not asked for certificates.
    pub clients: Option<ClientTls>,
    /// Between two looks at the files.
    pub reload: Duration,
}

/// What is asked of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTls {
    /// Who signs their certificates, PEM.
    pub ca_file: PathBuf,
    /// Whether one without a certificate is turned away.
    pub required: bool,
    /// Whom certificates stand for. `None`: they open the connection, and keys open the calls.
    pub identities_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Demand {
    Off,
    Optional,
    Required,
}

const DEMANDS: &[(&str, Demand)] = &[
    ("off", Demand::Off),
    ("optional", Demand::Optional),
    ("required", Demand::Required),
];

impl TlsConfig {
    /// `Some(None)`: without TLS.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        let certificate = reader.optional("tls.certificate_file", path);
        let private_key = reader.optional("tls.private_key_file", path);
        let clients = clients(reader);
        let reload = reader.take("tls.reload_s", seconds(1..=86_400));
        match (certificate?, private_key?) {
            (Some(certificate_file), Some(private_key_file)) => Some(Some(Self {
                certificate_file,
                private_key_file,
                clients: clients?,
                reload: reload?,
            })),
            (None, None) => {
                for key in ["tls.client_ca_file", "tls.identities_file"] {
                    if reader.is_set(key) {
                        reader.refuse(key, NEEDS_TLS);
                    }
                }
                clients?;
                reload.map(|_| None)
            }
            (Some(_), None) => {
                reader.refuse("tls.certificate_file", "needs tls.private_key_file too");
                None
            }
            (None, Some(_)) => {
                reader.refuse("tls.private_key_file", "needs tls.certificate_file too");
                None
            }
        }
    }
}

const NEEDS_TLS: &str =
    "needs TLS: set tls.certificate_file and tls.private_key_file, or unset this";

fn clients(reader: &mut Reader<'_>) -> Option<Option<ClientTls>> {
    let demand = reader.take("tls.client_certificates", word(DEMANDS));
    let ca_file = reader.optional("tls.client_ca_file", path);
    let identities_file = reader.optional("tls.identities_file", path);
    let (demand, ca_file, identities_file) = (demand?, ca_file?, identities_file?);
    if ca_file.is_none() && demand == Demand::Required {
        reader.refuse(
            "tls.client_certificates",
            "is required, which needs tls.client_ca_file: who signs them",
        );
        return None;
    }
    let asked = ca_file.filter(|_| demand != Demand::Off);
    if asked.is_none() && identities_file.is_some() {
        reader.refuse(
            "tls.identities_file",
            "needs tls.client_ca_file, and tls.client_certificates that are not off",
        );
        return None;
    }
    Some(asked.map(|ca_file| ClientTls {
        ca_file,
        required: demand == Demand::Required,
        identities_file,
    }))
}

fn path(text: &str) -> Result<PathBuf, String> {
    text.parse().map_err(|never: Infallible| match never {})
}
