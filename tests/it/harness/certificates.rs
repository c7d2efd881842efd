//! Certificates made as a test needs them, and the files that a replica reads them from.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType,
};
use replydesk::secrets::private_file::create_private;
use tempfile::TempDir;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::{Desk, clients::Client};

/// Who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, PEM.
pub struct Issued {
    pub certificate: String,
    pub key: String,
}

impl Issued {
    pub fn identity(&self) -> Identity {
        Identity::from_pem(&self.certificate, &self.key)
    }
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// For 127.0.0.1, good for 90 days.
    pub fn server(&self) -> Issued {
        self.server_until(SystemTime::now() + Duration::from_secs(90 * 86_400))
    }

    /// For 127.0.0.1.
    pub fn server_until(&self, end: SystemTime) -> Issued {
        let ip = SanType::IpAddress("127.0.0.1".parse().unwrap());
        self.issue(vec![ip], end, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// For a client of this name, a URI if it looks like one.
    pub fn client(&self, name: &str) -> Issued {
        self.client_until(name, SystemTime::now() + Duration::from_secs(86_400))
    }

    pub fn client_until(&self, name: &str, end: SystemTime) -> Issued {
        let text = name.to_owned().try_into().unwrap();
        let name = if name.contains("://") {
            SanType::URI(text)
        } else {
            SanType::DnsName(text)
        };
        self.issue(vec![name], end, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(
        &self,
        names: Vec<SanType>,
        end: SystemTime,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Issued {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.subject_alt_names = names;
        params.not_before = (SystemTime::now() - Duration::from_secs(86_400)).into();
        params.not_after = end.into();
        params.extended_key_usages = vec![purpose];
        Issued {
            certificate: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A directory with what `[tls]` names.
pub struct Files(TempDir);

impl Files {
    /// A server's certificate.
    pub fn of(server: &Issued) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.renew(server);
        files
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file whole, as a careful operator replaces it.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path("new"), text).unwrap();
        fs::rename(self.path("new"), self.path(name)).unwrap();
    }

    /// Another certificate for the server.
    pub fn renew(&self, server: &Issued) {
        self.write("server.key", &server.key);
        self.write("server.pem", &server.certificate);
    }

    /// What clients show is looked at: signed by this authority, it stands for whom the identities name.
    pub fn trust(&self, authority: &Authority, identities: &str) {
        self.write("clients.pem", &authority.pem());
        self.write("identities.toml", identities);
    }

    /// The settings that name what is there. Looks each second.
    pub fn settings(&self) -> Vec<(String, String)> {
        let all = [
            ("tls.certificate_file", "server.pem"),
            ("tls.private_key_file", "server.key"),
            ("tls.client_ca_file", "clients.pem"),
            ("tls.identities_file", "identities.toml"),
        ];
        let there = all.into_iter().filter(|(_, name)| self.path(name).exists());
        let named = there.map(|(key, name)| (key, self.path(name).display().to_string()));
        named
            .chain([("tls.reload_s", "1".to_owned())])
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}

/// A desk whose first replica speaks plain text, and whose second TLS by these files.
pub async fn protected_desk(files: &Files, settings: &[(&str, &str)]) -> (Desk, SocketAddr) {
    let mut desk = Desk::start().await;
    desk.settings.extend(files.settings());
    let more = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    desk.settings.extend(more);
    let second = desk.add_replica().await;
    let address = desk.replicas[second].address;
    (desk, address)
}

/// Somebody who trusts this authority, and may show a certificate or a key.
pub fn somebody(
    address: SocketAddr,
    trusted: &Authority,
    shown: Option<&Issued>,
    key: Option<&str>,
) -> Client {
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(trusted.pem()));
    if let Some(shown) = shown {
        config = config.identity(shown.identity());
    }
    Client::over_tls(address, key, config)
}

/// A certificate for these names and its key, signed by itself and good from now for so long, in files of a directory.
pub fn files(
    directory: &Path,
    name: &str,
    names: &[&str],
    good_for: Duration,
) -> (PathBuf, PathBuf) {
    let names = names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_after = (SystemTime::now() + good_for).into();
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let paths = ["pem", "key"].map(|kind| directory.join(format!("{name}.{kind}")));
    fs::write(&paths[0], certificate).unwrap();
    create_private(&paths[1], &key.serialize_pem()).unwrap();
    let [certificate, key] = paths;
    (certificate, key)
}
