//! The certificates in force, and the connections that showed one.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    access::{
        certificate::ClientCertificate,
        identities::{Identities, LiveIdentities},
    },
    config::tls::TlsConfig,
    tls::{
        certificate,
        error::TlsError,
        files::Content,
        material::{ALPN, Material, Sources},
    },
};

/// From so many days before its end on, the log warns of a certificate.
const WARN_DAYS: u64 = 14;

/// TLS as it is now. Read without a lock by who accepts; exchanged whole when the files change.
pub struct Tls {
    config: TlsConfig,
    material: ArcSwap<Material>,
    identities: LiveIdentities,
    /// What the files held when they were last looked at, good or bad: the same is not said twice.
    seen: Mutex<Seen>,
    /// Who is connected by a certificate.
    shown: Mutex<Vec<Shown>>,
}

#[derive(Default)]
struct Seen {
    material: [u8; 32],
    identities: Vec<u8>,
}

#[derive(Clone)]
struct Shown {
    certificate: Weak<ClientCertificate>,
    chain: Arc<[CertificateDer<'static>]>,
}

/// What came of a look at the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// They are as they were.
    Unchanged,
    /// What they hold is in force.
    Taken,
    /// They can't be used; what was in force still is.
    Kept,
}

/// Why a client did not get through the handshake.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// TLS says no, or the connection broke.
    #[error("{0}")]
    Failed(#[from] std::io::Error),
    /// It speaks something else.
    #[error("the client does not say that it speaks HTTP/2 (ALPN h2)")]
    NotHttp2,
    /// Its certificate cannot be read.
    #[error("the client's certificate {0}")]
    Certificate(#[from] certificate::CertificateError),
}

impl Tls {
    /// Reads all files. Blocks on the disk.
    ///
    /// # Errors
    /// The first file that cannot be used, with its setting. A certificate that is over is used, and complained of.
    pub fn load(config: TlsConfig) -> Result<Self, TlsError> {
        let sources = Sources::read(&config)?;
        let material = sources.build()?;
        let identities = LiveIdentities::default();
        let mut seen = Seen {
            material: sources.digest(),
            identities: Vec::new(),
        };
        if let Some(file) = identities_file(&config)? {
            identities.replace(parse_identities(&file)?);
            seen.identities = file.bytes.to_vec();
        }
        warn_of_open_key(&sources);
        let tls = Self {
            material: ArcSwap::from_pointee(material),
            identities,
            seen: Mutex::new(seen),
            shown: Mutex::new(Vec::new()),
            config,
        };
        tls.tell("tls.loaded");
        Ok(tls)
    }

    /// Whom clients' certificates stand for.
    #[must_use]
    pub fn identities(&self) -> LiveIdentities {
        self.identities.clone()
    }

    /// When the server's certificate is over.
    #[must_use]
    pub fn ends_at(&self) -> SystemTime {
        self.material.load().ends_at()
    }

    /// Between two looks at the files.
    #[must_use]
    pub fn reload_every(&self) -> Duration {
        self.config.reload
    }

    /// Shakes hands with a client by the certificates of now. Takes as long as the client lets it.
    ///
    /// # Errors
    /// As [`HandshakeError`] says.
    pub async fn shake_hands(
        &self,
        stream: TcpStream,
    ) -> Result<(TlsStream<TcpStream>, Option<Arc<ClientCertificate>>), HandshakeError> {
        let material = self.material.load_full();
        let stream = TlsAcceptor::from(material.server()).accept(stream).await?;
        let (_, session) = stream.get_ref();
        if session.alpn_protocol() != Some(ALPN) {
            return Err(HandshakeError::NotHttp2);
        }
        let certificate = match session.peer_certificates() {
            Some([]) | None => None,
            Some(chain) => Some(self.shown(chain, &material)?),
        };
        Ok((stream, certificate))
    }

    /// Keeps in mind who showed what, for when another authority is trusted.
    fn shown(
        &self,
        chain: &[CertificateDer<'_>],
        by: &Arc<Material>,
    ) -> Result<Arc<ClientCertificate>, HandshakeError> {
        let chain: Vec<_> = chain.iter().map(|c| c.clone().into_owned()).collect();
        let first = chain.first().ok_or(certificate::CertificateError)?;
        let certificate = Arc::new(certificate::of_client(first)?);
        let shown = Shown {
            certificate: Arc::downgrade(&certificate),
            chain: chain.into(),
        };
        let mut all = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|shown| shown.certificate.strong_count() > 0);
        all.push(shown.clone());
        drop(all);
        // Who was let in by what has been replaced meanwhile may have been missed by the replacement.
        let now = self.material.load();
        if !Arc::ptr_eq(&now, by) && !now.trusts(&shown.chain, SystemTime::now()) {
            certificate.distrust();
        }
        Ok(certificate)
    }

    /// Looks whether the files changed, and takes what they hold if it can be used; both parts apart. Blocks on the disk.
    pub fn look(&self) -> (Looked, Looked) {
        let material = self.look_at_certificates();
        let identities = self.look_at_identities();
        for (looked, what) in [(&material, "certificates"), (&identities, "identities")] {
            if let Err(error) = looked {
                tracing::error!(what, error = %error, "tls.reload_failed");
            }
        }
        (
            material.unwrap_or(Looked::Kept),
            identities.unwrap_or(Looked::Kept),
        )
    }

    fn look_at_certificates(&self) -> Result<Looked, TlsError> {
        let sources = Sources::read(&self.config)?;
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let digest = sources.digest();
            if std::mem::replace(&mut seen.material, digest) == digest {
                return Ok(Looked::Unchanged);
            }
        }
        let material = sources.build()?;
        warn_of_open_key(&sources);
        self.material.store(Arc::new(material));
        self.distrust();
        self.tell("tls.reloaded");
        Ok(Looked::Taken)
    }

    fn look_at_identities(&self) -> Result<Looked, TlsError> {
        let Some(file) = identities_file(&self.config)? else {
            return Ok(Looked::Unchanged);
        };
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.identities == *file.bytes {
                return Ok(Looked::Unchanged);
            }
            seen.identities = file.bytes.to_vec();
        }
        let identities = parse_identities(&file)?;
        let named = identities.len();
        self.identities.replace(identities);
        tracing::info!(named, "tls.identities_reloaded");
        Ok(Looked::Taken)
    }

    /// Whose authority is trusted no more stands for nobody from now on.
    fn distrust(&self) {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let shown: Vec<Shown> = shown.clone();
        let (material, now) = (self.material.load(), SystemTime::now());
        for shown in shown {
            if let Some(certificate) = shown.certificate.upgrade()
                && !material.trusts(&shown.chain, now)
            {
                certificate.distrust();
            }
        }
    }

    /// Says how long the certificate lasts: louder the closer its end.
    pub fn tell(&self, event: &str) {
        let now = SystemTime::now();
        let ends_at = self.material.load().ends_at();
        let days_left = certificate::days_left(ends_at, now);
        if ends_at <= now {
            let what = "the certificate is over: clients refuse it; replace the files, no restart is needed";
            tracing::error!(event, what, "tls.certificate_over");
        } else if days_left < WARN_DAYS {
            tracing::warn!(event, days_left, "tls.certificate_ends_soon");
        } else {
            tracing::info!(event, days_left, "tls.certificate");
        }
    }
}

fn identities_file(config: &TlsConfig) -> Result<Option<Content<'_>>, TlsError> {
    let clients = config.clients.as_ref();
    let path = clients.and_then(|clients| clients.identities_file.as_deref());
    path.map(|path| Content::read("tls.identities_file", path))
        .transpose()
}

fn parse_identities(file: &Content<'_>) -> Result<Identities, TlsError> {
    let text = std::str::from_utf8(&file.bytes).map_err(|_| file.wrong("is not UTF-8"))?;
    Identities::parse(text).map_err(|error| file.identities(error))
}

fn warn_of_open_key(sources: &Sources<'_>) {
    if sources.key_is_open() {
        let what = "every user of the machine can read tls.private_key_file; if none should, chmod 640 or less";
        tracing::warn!(what, "tls.private_key_open");
    }
}
