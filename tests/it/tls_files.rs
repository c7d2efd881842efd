//! The files of TLS: a bad one is named at the start, and never replaces a good one later.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use replydesk::{
    config::tls::{ClientTls, TlsConfig},
    proto::v1::Role,
    tls::live::{Looked, Tls},
};

use crate::harness::{
    certificates::{Authority, Files, protected_desk, somebody},
    comments::{everything_waits, nth},
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(15);
const BLOG: &str =
    "[[identity]]\nsan = 'blog.example'\nrole = 'submitter'\nsites = ['gazette']\nlabel = 'blog'\n";

fn config(files: &Files) -> TlsConfig {
    let there = |name: &str| -> PathBuf { files.path(name) };
    TlsConfig {
        certificate_file: there("server.pem"),
        private_key_file: there("server.key"),
        clients: there("clients.pem").exists().then(|| ClientTls {
            ca_file: there("clients.pem"),
            required: false,
            identities_file: Some(there("identities.toml")),
        }),
        reload: Duration::from_secs(1),
    }
}

#[test]
fn a_bad_file_is_named_with_its_setting() {
    let authority = Authority::new("ours");
    let good = || {
        let files = Files::of(&authority.server());
        files.trust(&authority, BLOG);
        files
    };
    Tls::load(config(&good())).map(drop).unwrap();
    let swapped = authority.server();
    for (name, text, says) in [
        ("server.pem", "", "tls.certificate_file"),
        ("server.pem", "canary", "holds no certificate"),
        (
            "server.pem",
            "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----\n",
            "no X.509",
        ),
        ("server.key", "canary", "tls.private_key_file"),
        (
            "server.key",
            &swapped.key,
            "does not fit tls.certificate_file",
        ),
        ("clients.pem", "canary", "tls.client_ca_file"),
        ("identities.toml", "canary", "tls.identities_file"),
        ("identities.toml", "[[identity]]\n", "identity 1: san"),
    ] {
        let files = good();
        files.write(name, text);
        let Err(error) = Tls::load(config(&files)) else {
            panic!("{name} with {text:?} was taken");
        };
        let error = error.to_string();
        assert!(
            error.contains(says) && error.contains(name),
            "{name}: {error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }
    let files = good();
    std::fs::remove_file(files.path("server.key")).unwrap();
    assert!(Tls::load(config(&files)).is_err());
}

#[test]
fn what_is_damaged_later_replaces_nothing_and_is_looked_at_once() {
    let authority = Authority::new("ours");
    let files = Files::of(&authority.server());
    files.trust(&authority, BLOG);
    let tls = Tls::load(config(&files)).unwrap();
    let named = || tls.identities().now().len();
    assert_eq!(tls.look(), (Looked::Unchanged, Looked::Unchanged));
    files.write("identities.toml", "canary");
    assert_eq!(tls.look(), (Looked::Unchanged, Looked::Kept));
    assert_eq!(named(), 1);
    // Each half for itself: a bad list of names must not hold back a certificate.
    files.renew(&authority.server());
    assert_eq!(tls.look(), (Looked::Taken, Looked::Unchanged));
    files.write("server.key", &authority.server().key);
    assert_eq!(tls.look(), (Looked::Kept, Looked::Unchanged));
    files.renew(&authority.server());
    files.write("identities.toml", "");
    assert_eq!(tls.look(), (Looked::Taken, Looked::Taken));
    assert_eq!(named(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_while_streams_go_on() {
    let (authority, next) = (Authority::new("ours"), Authority::new("next"));
    let files = Files::of(&authority.server());
    let (desk, address) = protected_desk(&files, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], Role::Submitter, "blog").await;
    let before = somebody(address, &authority, None, Some(&key));
    let mut watch = before.watch("gazette", "").await.unwrap();
    files.renew(&next.server());
    until("the new certificate", BOUND, async || {
        let after = somebody(address, &next, None, Some(&key));
        after.submit(nth("gazette", 0)).await.ok()
    })
    .await;
    let late = somebody(address, &authority, None, Some(&key));
    assert!(late.submit(nth("gazette", 1)).await.is_err());
    soon("the event on the old stream", BOUND, watch.event()).await;
    drop((watch, before));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_their_certificate_stands_for_nobody_any_more() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    for (how, end) in [("gone", 3_600), ("distrusted", 3_600), ("over", 5)] {
        let files = Files::of(&authority.server());
        files.trust(&authority, BLOG);
        let (desk, address) = protected_desk(&files, &[]).await;
        desk.site("gazette", everything_waits()).await;
        let end = SystemTime::now() + Duration::from_secs(end);
        let shown = authority.client_until("blog.example", end);
        let blog = somebody(address, &authority, Some(&shown), None);
        let mut watch = blog.watch("gazette", "").await.unwrap();
        match how {
            "gone" => files.write("identities.toml", ""),
            "distrusted" => files.write("clients.pem", &other.pem()),
            _ => {}
        }
        let ended = soon(how, BOUND, watch.next()).await.unwrap_err();
        assert_eq!(
            ended.code(),
            tonic::Code::Unauthenticated,
            "{how}: {ended:?}"
        );
        drop((watch, blog));
        desk.finish().await;
    }
}
