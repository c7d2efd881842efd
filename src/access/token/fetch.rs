//! Reads the identity provider's keys: once, bounded in time and size, following no redirect.

use std::{path::Path, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::access::token::{
    key_set::{KeySetError, MAX_SET_BYTES},
    source::{JwksSource, JwksUrl},
};

/// The longest that reading may take, name look-up, TLS and body together.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// The most that the answer's headers may take, in bytes.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Why keys could not be read. Says nothing of the document's content.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The file or the connection.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// What answers there is no HTTP server, or it broke off.
    #[error("the answer broke off: {0}")]
    Http(#[from] hyper::Error),
    /// The address can't be asked for.
    #[error("the address cannot be asked for: {0}")]
    Request(#[from] hyper::http::Error),
    /// Not 200; redirects are not followed.
    #[error("it answered {0}, not 200")]
    Status(StatusCode),
    /// Nothing within [`DEADLINE`].
    #[error("no whole answer within {} s", DEADLINE.as_secs())]
    TimedOut,
    /// The host's name can't be in a certificate.
    #[error("the host has no name that a certificate could have")]
    Name,
    /// `http://localhost` led to another machine.
    #[error("it leads to another machine, where only https:// is allowed")]
    NotLoopback,
    /// What was read is no set of keys.
    #[error(transparent)]
    Document(#[from] KeySetError),
}

/// Why nothing can be trusted to answer for the provider.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file of certificates.
    #[error("tokens.ca_file cannot be read as PEM certificates: {0}")]
    File(String),
    /// Neither a file nor any on the system.
    #[error(
        "no certificate authority is known here: install ca-certificates, or set tokens.ca_file"
    )]
    None,
    /// The TLS library.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Reads documents.
pub(super) struct Fetcher {
    source: JwksSource,
    /// For `https://` alone.
    tls: Option<TlsConnector>,
}

impl Fetcher {
    /// For a source. The certificates of `ca_file`, or else the system's, vouch for the server. Reads files.
    pub(super) fn new(source: JwksSource, ca_file: Option<&Path>) -> Result<Self, TrustError> {
        let tls = match &source {
            JwksSource::Url(url) if url.is_https() => Some(connector(ca_file)?),
            JwksSource::Url(_) | JwksSource::File(_) => None,
        };
        Ok(Self { source, tls })
    }

    /// Where it reads.
    pub(super) fn source(&self) -> &JwksSource {
        &self.source
    }

    /// The document, at most [`MAX_SET_BYTES`], within [`DEADLINE`].
    pub(super) async fn fetch(&self) -> Result<Vec<u8>, FetchError> {
        let read = async {
            match &self.source {
                JwksSource::File(path) => read_file(path).await,
                JwksSource::Url(url) => self.download(url).await,
            }
        };
        timeout(DEADLINE, read)
            .await
            .unwrap_or(Err(FetchError::TimedOut))
    }

    async fn download(&self, url: &JwksUrl) -> Result<Vec<u8>, FetchError> {
        let host = url.host();
        let tcp = TcpStream::connect((host.as_str(), url.port())).await?;
        let Some(tls) = &self.tls else {
            if !tcp.peer_addr()?.ip().is_loopback() {
                return Err(FetchError::NotLoopback);
            }
            return ask(tcp, url).await;
        };
        let name = ServerName::try_from(host).map_err(|_| FetchError::Name)?;
        ask(tls.connect(name, tcp).await?, url).await
    }
}

async fn read_file(path: &Path) -> Result<Vec<u8>, FetchError> {
    let mut document = Vec::new();
    let file = tokio::fs::File::open(path).await?;
    let most = MAX_SET_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut document).await?;
    if document.len() > MAX_SET_BYTES {
        return Err(KeySetError::TooLarge.into());
    }
    Ok(document)
}

/// One GET over a connection of its own.
async fn ask(
    io: impl AsyncRead + AsyncWrite + Unpin,
    url: &JwksUrl,
) -> Result<Vec<u8>, FetchError> {
    let request = Request::get(url.target())
        .header(HOST, url.authority())
        .header(ACCEPT, "application/jwk-set+json, application/json")
        .header(USER_AGENT, concat!("replydesk/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEADER_BYTES)
        .handshake(TokioIo::new(io))
        .await?;
    let exchange = async move {
        let answer = sender.send_request(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), MAX_SET_BYTES).collect();
        match body.await {
            Ok(body) => Ok(body.to_bytes().to_vec()),
            Err(error) => Err(match error.downcast::<hyper::Error>() {
                Ok(error) => FetchError::Http(*error),
                Err(_) => KeySetError::TooLarge.into(),
            }),
        }
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        biased;
        answer = &mut exchange => answer,
        // What came before the connection ended is still there to be read.
        _ = &mut connection => exchange.await,
    }
}

fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, TrustError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(file) => {
            let wrong = |error: &dyn std::fmt::Display| TrustError::File(error.to_string());
            let certificates = CertificateDer::pem_file_iter(file).map_err(|e| wrong(&e))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|e| wrong(&e))?;
                roots.add(certificate).map_err(|e| wrong(&e))?;
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
    }
    if roots.is_empty() {
        return Err(TrustError::None);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
