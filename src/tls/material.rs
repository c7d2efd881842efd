//! What connections are accepted with: a certificate with its key, and who signs clients' certificates.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, UnixTime},
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};

use crate::{
    config::tls::{ClientTls, TlsConfig},
    tls::{certificate, error::TlsError, files::Content},
};

/// What a client must say that it speaks: gRPC is HTTP/2.
pub(super) const ALPN: &[u8] = b"h2";

/// Certificate, key and verifier of one state of the files.
pub struct Material {
    server: Arc<ServerConfig>,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
    ends_at: SystemTime,
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Material([redacted])")
    }
}

/// The files' content, and a digest that tells whether it changed.
pub(super) struct Sources<'a> {
    certificate: Content<'a>,
    private_key: Content<'a>,
    client_ca: Option<Content<'a>>,
    required: bool,
}

impl<'a> Sources<'a> {
    pub(super) fn read(config: &'a TlsConfig) -> Result<Self, TlsError> {
        let ca = |clients: &'a ClientTls| Content::read("tls.client_ca_file", &clients.ca_file);
        let clients = config.clients.as_ref();
        Ok(Self {
            certificate: Content::read("tls.certificate_file", &config.certificate_file)?,
            private_key: Content::read("tls.private_key_file", &config.private_key_file)?,
            client_ca: clients.map(ca).transpose()?,
            required: clients.is_some_and(|clients| clients.required),
        })
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let files = [Some(&self.certificate), Some(&self.private_key)];
        for file in files.into_iter().chain([self.client_ca.as_ref()]).flatten() {
            digest.update(Sha256::digest(&file.bytes));
        }
        digest.finalize().into()
    }

    /// Whether every user of the machine can read the private key.
    pub(super) fn key_is_open(&self) -> bool {
        self.private_key.is_open
    }

    pub(super) fn build(&self) -> Result<Material, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let chain = self.certificate.certificates()?;
        let ends_at = match chain.first().map(certificate::ends_at) {
            Some(Ok(ends_at)) => ends_at,
            Some(Err(error)) => return Err(self.certificate.wrong(error.to_string())),
            None => return Err(self.certificate.wrong("holds no certificate")),
        };
        let verifier = self.verifier(&provider)?;
        let versions = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| self.certificate.wrong(format!("cannot be used: {error}")))?;
        let clients = match &verifier {
            Some(verifier) => versions.with_client_cert_verifier(Arc::clone(verifier)),
            None => versions.with_no_client_auth(),
        };
        let mut server = clients
            .with_single_cert(chain, self.private_key.private_key()?)
            .map_err(|error| {
                self.private_key
                    .wrong(format!("does not fit tls.certificate_file: {error}"))
            })?;
        server.alpn_protocols = vec![ALPN.to_vec()];
        // A session taken up again would not verify the client's certificate anew, and connections here live long.
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        Ok(Material {
            server: Arc::new(server),
            verifier,
            ends_at,
        })
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
        let Some(file) = &self.client_ca else {
            return Ok(None);
        };
        let mut roots = RootCertStore::empty();
        for certificate in file.certificates()? {
            roots
                .add(certificate)
                .map_err(|error| file.wrong(format!("holds what cannot sign: {error}")))?;
        }
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let builder = if self.required {
            builder
        } else {
            builder.allow_unauthenticated()
        };
        let built = builder.build();
        let built = built.map_err(|error| file.wrong(format!("cannot be used: {error}")))?;
        Ok(Some(built))
    }
}

impl Material {
    pub(super) fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    pub(super) fn ends_at(&self) -> SystemTime {
        self.ends_at
    }

    /// Whether a client's certificate, with what it sent along, is still one that is trusted. Some 100 us.
    pub(super) fn trusts(&self, chain: &[CertificateDer<'_>], now: SystemTime) -> bool {
        let (Some(verifier), Some((certificate, between))) = (&self.verifier, chain.split_first())
        else {
            return false;
        };
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let now = UnixTime::since_unix_epoch(since.unwrap_or(Duration::ZERO));
        verifier
            .verify_client_cert(certificate, between, now)
            .is_ok()
    }
}

/// When the server's certificate ends, and the hosts and addresses that it names. Blocks on the disk.
///
/// # Errors
/// It cannot be read.
pub fn described(config: &TlsConfig) -> Result<(SystemTime, Vec<String>), TlsError> {
    let file = Content::read("tls.certificate_file", &config.certificate_file)?;
    let chain = file.certificates()?;
    let first = chain
        .first()
        .ok_or_else(|| file.wrong("holds no certificate"))?;
    let wrong = |error: certificate::CertificateError| file.wrong(error.to_string());
    let ends_at = certificate::ends_at(first).map_err(wrong)?;
    Ok((ends_at, certificate::hosts(first).map_err(wrong)?))
}
