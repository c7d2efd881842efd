//! Redis, the service and the ceiling as processes of their own.

use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use replydesk::{
    access::{key::AccessKey, root::RootKey},
    privacy::{hashing::Pepper, keys::OfficerPrivateKey},
    proto::v1::{self, site_service_client::SiteServiceClient},
};
use tempfile::TempDir;
use tonic::{Request, transport::Endpoint};

use crate::{cpu, report::Report};

/// A child that ends with its owner.
pub struct Process {
    child: Child,
    /// Goes with it.
    _directory: Option<TempDir>,
}

impl Process {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A Redis with this fsync policy, and its address.
pub fn redis(fsync: &str) -> (Process, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let socket = directory.path().join("redis.sock");
    let mut child = Command::new("redis-server")
        .args([
            "--port",
            "0",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            fsync,
            // A rewrite would fall into one side's round and not into the other's.
            "--auto-aof-rewrite-percentage",
            "0",
        ])
        .arg("--dir")
        .arg(directory.path())
        .arg("--unixsocket")
        .arg(&socket)
        .stdout(Stdio::piped())
        .spawn()
        .expect("redis-server is installed");
    let log = BufReader::new(child.stdout.take().expect("piped"));
    assert!(
        log.lines()
            .map_while(Result::ok)
            .any(|line| line.contains("eady to accept")),
        "redis-server did not start"
    );
    (
        Process {
            child,
            _directory: Some(directory),
        },
        format!("unix://{}", socket.display()),
    )
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// A running server that takes submissions.
pub struct Server {
    pub process: Process,
    pub address: SocketAddr,
    /// The key to call it with.
    pub key: String,
}

/// The ceiling.
pub async fn ceiling(redis: &str) -> Server {
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ceiling", redis])
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.expect("this program again");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("an address");
    let address = line.trim().parse().expect("an address");
    Server {
        process: Process {
            child,
            _directory: None,
        },
        address,
        key: "rd_none".to_owned(),
    }
}

/// The service with a site for submissions and a key for everything.
pub async fn service(redis: &str, policy: v1::Policy) -> Server {
    let (admin, officer) = (
        AccessKey::generate().expect("random"),
        OfficerPrivateKey::generate().expect("random"),
    );
    let address = free_port();
    let durability = if fsync_of(redis) == "always" {
        "disk"
    } else {
        "relaxed"
    };
    let child = Command::new(env!("CARGO_BIN_EXE_replydesk"))
        .arg("serve")
        .args(["--listen", &address.to_string()])
        .env("REDIS_URL", redis)
        .env(
            "REPLYDESK_PRIVACY_PEPPER",
            Pepper::generate().expect("random").to_text().as_str(),
        )
        .env("REPLYDESK_PRIVACY_PUBLIC_KEY", officer.public().to_text())
        .env(
            "REPLYDESK_ACCESS_ADMIN_KEY_HASH",
            RootKey::of(&admin).to_config(),
        )
        .env("REPLYDESK_STORE_DURABILITY", durability)
        .env("REPLYDESK_THROTTLE_PER_KEY_PER_SECOND", "1000000")
        .env("REPLYDESK_THROTTLE_TOTAL_PER_SECOND", "1000000")
        .env("REPLYDESK_LOG_LEVEL", "warn")
        .stderr(Stdio::null())
        .spawn();
    let process = Process {
        child: child.expect("the service"),
        _directory: None,
    };
    let key = admin.expose().to_string();
    create_site(address, &key, policy).await;
    Server {
        process,
        address,
        key,
    }
}

fn fsync_of(redis: &str) -> String {
    let mut connection = redis::Client::open(redis)
        .and_then(|client| client.get_connection())
        .expect("redis");
    let found: Vec<String> = redis::cmd("CONFIG")
        .arg(&["GET", "appendfsync"])
        .query(&mut connection)
        .expect("CONFIG");
    found[1].clone()
}

async fn create_site(address: SocketAddr, key: &str, policy: v1::Policy) {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    let started = Instant::now();
    let channel = loop {
        match endpoint.connect().await {
            Ok(channel) => break channel,
            Err(error) if started.elapsed() > Duration::from_secs(20) => {
                panic!("the service did not start: {error}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let site = v1::Site {
        site: "bench".to_owned(),
        policy: Some(policy),
        ..Default::default()
    };
    let mut request = Request::new(v1::CreateSiteRequest { site: Some(site) });
    request.metadata_mut().insert(
        "authorization",
        format!("Bearer {key}").parse().expect("a header"),
    );
    SiteServiceClient::new(channel)
        .create_site(request)
        .await
        .expect("a site");
}

/// From the start of the binary with an embedded Redis, empty, to the first answer of its health service; and how much
/// memory it then takes.
pub async fn start_to_ready(report: &mut Report) {
    let mut waits = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..5 {
        let directory = tempfile::tempdir().expect("a directory");
        let address = free_port();
        let started = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_replydesk"))
            .arg("serve")
            .args(["--listen", &address.to_string(), "--data-dir"])
            .arg(directory.path())
            .env("REPLYDESK_LOG_LEVEL", "error")
            .stderr(Stdio::null())
            .spawn();
        let process = Process {
            child: child.expect("the service"),
            _directory: Some(directory),
        };
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        loop {
            if let Ok(channel) = endpoint.connect().await {
                let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
                let answer = health
                    .check(tonic_health::pb::HealthCheckRequest::default())
                    .await;
                if answer.is_ok_and(|answer| answer.into_inner().status == 1) {
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        waits.push(started.elapsed().as_secs_f64());
        resident.push(cpu::resident_megabytes(process.pid()));
    }
    report.add(
        "start to ready, embedded Redis, empty",
        crate::report::median(waits),
        "s",
        Some("<= 1"),
    );
    report.add(
        "resident memory of the service, idle",
        crate::report::median(resident),
        "MB",
        Some("<= 40"),
    );
}
