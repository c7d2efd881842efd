//! The provider's keys over TLS: only a server that the certificate authority vouches for is believed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use replydesk::access::token::{Tokens, error::TokenError};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::harness::until::until;

use super::{
    provider::{Signer, claims, document},
    setup::{Files, parsed, refused},
};

const BOUND: Duration = Duration::from_secs(10);

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// How a server with a certificate for this name introduces itself.
fn acceptor(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(acceptor: TlsAcceptor, document: String) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not believe the certificate goes away.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            let length = document.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{document}");
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, serving)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_server_with_a_certificate_for_its_name_is_believed() {
    let signer = Signer::es256("a");
    let token = signer.token(&claims("ada", &["operators"]));
    let (ours, foreign) = (authority("our-ca.test"), authority("foreign-ca.test"));
    for (vouching, name, host, believed) in [
        (&ours, "localhost", "localhost", true),
        (&ours, "127.0.0.1", "127.0.0.1", true),
        (&ours, "id.newsroom.example", "localhost", false),
        (&foreign, "localhost", "localhost", false),
    ] {
        let (address, _serving) = serve(acceptor(vouching, name), document(&[&signer])).await;
        let files = Files::with_keys("");
        std::fs::write(files.path("ca.pem"), ours.pem()).unwrap();
        let url = format!("https://{host}:{}/keys", address.port());
        let mut settings = files.settings_for("tokens.jwks_url", &url);
        let authority = files.path("ca.pem").display().to_string();
        settings.push(("tokens.ca_file", authority));
        let (tokens, keeper) = Tokens::open(parsed(&settings)).await.unwrap();
        let read = keeper.read().await;
        assert_eq!(read.is_ok(), believed, "{name} at {host}: {read:?}");
        if believed {
            let mut keeping = JoinSet::new();
            keeping.spawn(keeper.keep(CancellationToken::new()));
            until("a person is let in", BOUND, async || {
                tokens.authenticate(&token).await.ok()
            })
            .await;
        } else {
            assert_eq!(refused(&tokens, &token).await, TokenError::KeysAway);
        }
    }
}

#[tokio::test]
async fn a_file_that_vouches_for_nobody_keeps_the_service_from_starting() {
    let files = Files::with_keys("");
    let mut settings = files.settings_for("tokens.jwks_url", "https://id.newsroom.example/keys");
    let file = files.path("ca.pem");
    settings.push(("tokens.ca_file", file.display().to_string()));
    for content in [
        None,
        Some(""),
        Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let error = Tokens::open(parsed(&settings)).await.err().unwrap();
        assert!(error.to_string().contains("tokens.ca_file"), "{error}");
    }
}
