//! TLS: who trusts the authority gets in, and nobody who is slow, dead or speaks something else keeps others out.

use std::{
    net::SocketAddr,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tonic::Code;

use crate::harness::{
    certificates::{Authority, Files, protected_desk, somebody},
    comments::{everything_waits, nth},
    process::Process,
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_the_authority_gets_in_and_nobody_by_plain_text() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    let files = Files::of(&authority.server());
    let (desk, address) = protected_desk(&files, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk
        .key(&["gazette"], replydesk::proto::v1::Role::Submitter, "blog")
        .await;
    let blog = somebody(address, &authority, None, Some(&key));
    blog.submit(nth("gazette", 0)).await.unwrap();
    for stranger in [
        somebody(address, &other, None, Some(&key)),
        desk.client(1, &key),
    ] {
        let refused = soon("a refusal", BOUND, stranger.submit(nth("gazette", 1))).await;
        let code = refused.unwrap_err().code();
        assert!(
            matches!(
                code,
                Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal
            ),
            "{code:?}"
        );
    }
    drop(blog);
    desk.finish().await;
}

/// From an address of its own, so that it is another peer than who calls from 127.0.0.1.
async fn from_elsewhere(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_handshakes_hold_up_neither_others_nor_shutdown_and_are_given_up() {
    let authority = Authority::new("ours");
    let files = Files::of(&authority.server());
    let (mut desk, address) = protected_desk(&files, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk
        .key(&["gazette"], replydesk::proto::v1::Role::Submitter, "blog")
        .await;
    let begun = Instant::now();
    let mut dead = Vec::new();
    for n in 0..60 {
        let mut peer = from_elsewhere(address).await;
        if n % 2 == 0 {
            // The head of a ClientHello that never comes.
            peer.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
        }
        dead.push(peer);
    }
    let blog = somebody(address, &authority, None, Some(&key));
    soon("an answer", BOUND, blog.submit(nth("gazette", 0)))
        .await
        .unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it waited for the dead: {:?}",
        begun.elapsed()
    );
    for peer in &mut dead {
        let mut bytes = Vec::new();
        // Whether by an end or a reset.
        drop(soon("they are given up", BOUND, peer.read_to_end(&mut bytes)).await);
    }
    let _more = from_elsewhere(address).await;
    drop(blog);
    let stopping = Instant::now();
    desk.replicas[1].stop().await;
    assert!(
        stopping.elapsed() < Duration::from_secs(4),
        "{:?}",
        stopping.elapsed()
    );
    desk.finish().await;
}

fn run(args: &[&str], address: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
    command.args(args).args(["--address", address]);
    command.stdin(Stdio::null()).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_serves_tls_and_its_commands_speak_it_and_sighup_takes_a_new_certificate() {
    let (authority, next) = (Authority::new("ours"), Authority::new("next"));
    let files = Files::of(&authority.server());
    files.write("ca.pem", &authority.pem());
    files.write("next.pem", &next.pem());
    let foreign = next.client("blog.example");
    files.write("foreign.pem", &foreign.certificate);
    files.write("foreign.key", &foreign.key);
    let path = |name: &str| files.path(name).display().to_string();
    let data = files.path("data");
    let settings = [
        ("tls.certificate_file", path("server.pem")),
        ("tls.private_key_file", path("server.key")),
        ("tls.reload_s", "86400".to_owned()),
        ("tls.client_ca_file", path("ca.pem")),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut service = Process::embedded(&data, &settings).await;
    let address = format!("https://{}", service.address);
    let key = data.join("secrets/admin.key").display().to_string();
    let list = |ca: &str| {
        run(
            &["site", "list", "--ca", &path(ca), "--key-file", &key],
            &address,
        )
    };
    let listed = list("ca.pem");
    assert!(listed.status.success(), "{listed:?}");
    let refused = list("next.pem");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("does --ca name"),
        "{said}"
    );

    // What the transport says of these is of no use to a person.
    let said = |args: &[&str], address: &str| {
        let refused = run(
            &[&["site", "list", "--key-file", &key], args].concat(),
            address,
        );
        assert!(!refused.status.success());
        String::from_utf8(refused.stderr).unwrap()
    };
    let plain = said(&[], &address.replace("https", "http"));
    assert!(plain.contains("--address https://"), "{plain}");
    let (certificate, private) = (path("foreign.pem"), path("foreign.key"));
    let shown = ["--certificate", &certificate, "--certificate-key", &private];
    let ca = path("ca.pem");
    let foreign = said(&[&["--ca", &ca], &shown[..]].concat(), &address);
    assert!(
        foreign.contains("Does it refuse the client certificate"),
        "{foreign}"
    );

    files.renew(&next.server());
    service.signal("HUP");
    until("the new certificate", BOUND, async || {
        list("next.pem").status.success().then_some(())
    })
    .await;
    assert!(!list("ca.pem").status.success());

    files.write("server.pem", "damaged");
    service.signal("HUP");
    until("the log says so", BOUND, async || {
        let log = String::from_utf8(service.log()).unwrap();
        (log.contains("tls.reload_failed") && log.contains("server.pem")).then_some(())
    })
    .await;
    assert!(list("next.pem").status.success());
    let log = String::from_utf8(service.log()).unwrap();
    assert!(
        log.contains("days_left=89") || log.contains("days_left=90"),
        "{log}"
    );
    assert!(!log.contains("PRIVATE KEY"), "{log}");
}
