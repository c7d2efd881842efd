//! A plain connection: what follows `SYNC` is no answer that a Redis client could read.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    os::unix::net::UnixStream,
    sync::Arc,
    time::Duration,
};

use redis::ConnectionAddr;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use crate::store::{connection::StoreSettings, error::StoreError, snapshot::SnapshotError};

/// Blocks; a read returns after the pause that was asked for.
pub(super) enum Socket {
    Tcp(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    Unix(UnixStream),
}

impl Socket {
    pub(super) fn connect(
        address: &ConnectionAddr,
        settings: &StoreSettings,
        pause: Duration,
    ) -> Result<Self, SnapshotError> {
        let away = |error: io::Error| StoreError::Away(error.to_string());
        match address {
            ConnectionAddr::Tcp(host, port) => {
                let tcp = tcp(host, *port, settings.connect_timeout, pause).map_err(away)?;
                Ok(Self::Tcp(tcp))
            }
            ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                ..
            } => {
                let tcp = tcp(host, *port, settings.connect_timeout, pause).map_err(away)?;
                Ok(Self::Tls(Box::new(tls(host, tcp, settings)?)))
            }
            ConnectionAddr::TcpTls { .. } => Err(StoreError::Refused(
                "a connection that checks no certificate (#insecure) is not used for snapshots"
                    .to_owned(),
            )
            .into()),
            ConnectionAddr::Unix(path) => {
                let unix = UnixStream::connect(path).map_err(away)?;
                unix.set_read_timeout(Some(pause)).map_err(away)?;
                unix.set_write_timeout(Some(settings.timeout))
                    .map_err(away)?;
                Ok(Self::Unix(unix))
            }
            _ => Err(StoreError::Refused("an address of a kind unknown here".to_owned()).into()),
        }
    }
}

fn tcp(host: &str, port: u16, connect: Duration, pause: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, connect) {
            Ok(tcp) => {
                tcp.set_read_timeout(Some(pause))?;
                tcp.set_write_timeout(Some(connect))?;
                tcp.set_nodelay(true)?;
                return Ok(tcp);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn tls(
    host: &str,
    mut tcp: TcpStream,
    settings: &StoreSettings,
) -> Result<StreamOwned<ClientConnection, TcpStream>, StoreError> {
    let refused = |what: &dyn std::fmt::Display| {
        StoreError::Refused(format!("TLS to it cannot be set up: {what}"))
    };
    let mut roots = RootCertStore::empty();
    match &settings.ca_pem {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| refused(&error))?;
                roots.add(certificate).map_err(|error| refused(&error))?;
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| refused(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| refused(&error))?;
    let pause = tcp.read_timeout().map_err(|error| refused(&error))?;
    // What is shorter would break the handshake off.
    let patient = tcp.set_read_timeout(Some(settings.connect_timeout));
    let shaken = patient.and_then(|()| connection.complete_io(&mut tcp).map(drop));
    let set = shaken.and_then(|()| tcp.set_read_timeout(pause));
    set.map_err(|error| refused(&error))?;
    Ok(StreamOwned::new(connection, tcp))
}

impl Read for Socket {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.read(out),
            Self::Tls(tls) => tls.read(out),
            Self::Unix(unix) => unix.read(out),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
            Self::Unix(unix) => unix.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(tcp) => tcp.flush(),
            Self::Tls(tls) => tls.flush(),
            Self::Unix(unix) => unix.flush(),
        }
    }
}
