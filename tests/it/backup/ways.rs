//! How a Redis can be reached for a backup.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use replydesk::{backup::check, store::connection::StoreSettings};

use super::{IDENTITY, take_from};
use crate::harness::{redis_server::free_ports, until::until};

/// A server on loopback with a password for each of two users, with and without TLS.
struct Tcp {
    child: Child,
    plain: u16,
    tls: u16,
}

impl Tcp {
    async fn start(place: &Path) -> Self {
        let [plain, tls] = free_ports();
        let (port, tls_port) = (plain.to_string(), tls.to_string());
        let child = Command::new("redis-server")
            .args([
                "--port",
                &port,
                "--tls-port",
                &tls_port,
                "--bind",
                "127.0.0.1",
            ])
            .args(["--save", "", "--tls-auth-clients", "no"])
            .args([
                "--repl-diskless-sync-delay",
                "0",
                "--requirepass",
                "s3cret word",
            ])
            .args(["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"])
            .args(["--tls-ca-cert-file", "cert.pem"])
            .args(["--user", "ada", "on", ">other", "+@all", "~*", "&*"])
            .current_dir(place)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let this = Self { child, plain, tls };
        until("it answers", Duration::from_secs(10), async || {
            let client =
                redis::Client::open(format!("redis://ada:other@127.0.0.1:{port}")).unwrap();
            let mut connection = client.get_connection().ok()?;
            let claim = redis::cmd("HSET")
                .arg(IDENTITY)
                .arg(&["pepper", "p", "privacy_key", "k"])
                .to_owned();
            claim.query::<()>(&mut connection).ok()
        })
        .await;
        this
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn by_tcp_and_tls_with_passwords_and_users() {
    let place = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap().pem();
    std::fs::write(place.path().join("cert.pem"), &certificate).unwrap();
    std::fs::write(place.path().join("key.pem"), key.serialize_pem()).unwrap();
    let server = Tcp::start(place.path()).await;
    let (plain, tls) = (server.plain, server.tls);
    for (n, (url, expected)) in [
        (format!("redis://:s3cret%20word@127.0.0.1:{plain}"), ""),
        (format!("redis://ada:other@localhost:{plain}/0"), ""),
        (format!("rediss://ada:other@localhost:{tls}"), ""),
        (
            format!("redis://ada:wrong@127.0.0.1:{plain}"),
            "authentication failed",
        ),
        (format!("redis://127.0.0.1:{plain}"), "NOAUTH"),
        (
            format!("redis://ada:other@localhost:{plain}/5"),
            "database 5",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut settings = StoreSettings::new(&url);
        settings.ca_pem = Some(certificate.clone().into_bytes());
        let file = place.path().join(format!("{n}.backup"));
        let said = match take_from(settings, &file).await {
            Ok(_) => {
                check(&file, &Default::default()).unwrap();
                String::new()
            }
            Err(error) => error.to_string(),
        };
        assert!(
            said.contains(expected) && said.is_empty() == expected.is_empty(),
            "{url}: {said}"
        );
        for secret in ["s3cret", "wrong", "other"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
