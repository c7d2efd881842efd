//! A newsroom at its most talkative: the real binary with its own Redis, everything that is said kept.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use replydesk::proto::v1;
use tempfile::TempDir;

use super::{
    canaries::Aviary,
    heard::{Heard, Tap},
    search::Place,
    trouble::signal,
};
use crate::{
    harness::{
        clients::Client,
        comments::{everything_waits, no_limits},
        process::{Process, admin_key, redis_pid, serve, socket},
        remains::{Eavesdropper, everything, files},
    },
    ops::PORT,
    tokens::{provider::Signer, setup::Files},
};

/// The service, who calls it, and what was planted and heard.
pub struct Scene {
    directory: TempDir,
    service: Process,
    tap: Tap,
    to_redis: Eavesdropper,
    pub aviary: Aviary,
    /// What callers heard.
    pub heard: Heard,
    /// What commands printed.
    pub printed: Heard,
    pub admin_key: String,
    officer_key: String,
    /// Signs the tokens that the service trusts.
    pub signer: Signer,
    _tokens: Files,
}

impl Scene {
    pub async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let signer = Signer::es256("canary");
        let tokens = Files::with_keys(&crate::tokens::provider::document(&[&signer]));
        let mut settings = tokens.settings();
        // Else what is wrong with the later ones of many bad keys and tokens is not looked at.
        let failures = "throttle.failures_per_peer_per_minute";
        settings.push((failures, "1000000".to_owned()));
        settings.push(("privacy.reveals_per_day", "10000".to_owned()));
        settings.push(("privacy.retention_s", "1".to_owned()));
        settings.push(("store.timeout_ms", "1000".to_owned()));
        settings.push((PORT.0, PORT.1.to_owned()));
        let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut command = serve(&settings);
        command.arg("--data-dir").arg(&data);
        command.env("REPLYDESK_LOG_LEVEL", "trace");
        let service = Process::spawn(command).await;
        // Else snapshots, and what the append-only file is rewritten to, would hide texts.
        let mut scene = Self {
            tap: Tap::on(service.address).await,
            to_redis: Eavesdropper::at(&data.join("redis.sock")),
            aviary: Aviary::default(),
            heard: Heard::default(),
            printed: Heard::default(),
            admin_key: admin_key(&data),
            officer_key: String::new(),
            signer,
            _tokens: tokens,
            directory,
            service,
        };
        let () = scene.ask(&["CONFIG", "SET", "rdbcompression", "no"]);
        scene.make_sites().await;
        scene.officer_key = scene.admin().officer_key("gazette").await;
        scene
    }

    /// Who may do everything but what the privacy officer may.
    pub fn admin(&self) -> Client {
        Client::new(self.tap.address, Some(&self.admin_key))
    }

    pub fn officer(&self) -> Client {
        Client::new(self.tap.address, Some(&self.officer_key))
    }

    /// The service, over the wire on which everything is kept.
    pub fn address(&self) -> std::net::SocketAddr {
        self.tap.address
    }

    pub fn officer_key(&self) -> &str {
        &self.officer_key
    }

    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// An empty directory for commands to run in.
    pub fn elsewhere(&self) -> PathBuf {
        let path = self.directory.path().join("elsewhere");
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// A file that the service made for itself.
    pub fn secret(&self, name: &str) -> PathBuf {
        self.data().join("secrets").join(name)
    }

    pub fn redis(&self) -> redis::Connection {
        redis_of(&self.data())
    }

    /// One command to Redis.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query(&mut self.redis()).unwrap()
    }

    /// Ends it all, Redis by a crash: everywhere that something could be left.
    pub async fn end(mut self) -> Vec<Place> {
        let () = self.ask(&["SAVE"]);
        let metrics = self.service.ops().get("/metrics").await.body.into_bytes();
        let keys = everything(&mut self.redis());
        let () = self.ask(&["CONFIG", "SET", "crash-memcheck-enabled", "no"]);
        signal(redis_pid(&self.data()), "SEGV");
        self.service.signal("TERM");
        self.service.ended(Duration::from_secs(30)).await;
        let (files, log) = (files(&self.data(), "secrets"), self.service.log());
        let of_redis = std::fs::read(self.data().join("redis.log")).unwrap();
        let (said, heard, printed) = (self.tap.said(), self.heard.all(), self.printed.all());
        let to_redis = self.to_redis.heard();
        [
            ("Redis, every key", keys, "Point 12"),
            ("append-only file and snapshot", files, "Point 12"),
            (
                "Redis's own log and its crash report",
                of_redis,
                "REDIS BUG REPORT",
            ),
            ("what travelled to Redis", to_redis, "Point 12"),
            ("the log, text", log, "TRACE"),
            ("what the service sent", said, "Point 12"),
            ("what callers heard", heard, "Point 12"),
            ("what commands printed", printed, "replydesk"),
            (
                "what metrics tell",
                metrics,
                "replydesk_queue_items{site=\"gazette\"",
            ),
        ]
        .map(|(name, bytes, known)| Place { name, bytes, known })
        .into()
    }

    /// One where everything waits, and one that takes a comment a minute.
    async fn make_sites(&self) {
        let one = Some(v1::Limit {
            per_minute: 1,
            burst: 1,
        });
        let tight = v1::Limits {
            site: one,
            ..no_limits()
        };
        for (site, limits) in [("gazette", no_limits()), ("tight", tight)] {
            let policy = v1::Policy {
                limits: Some(limits),
                appeals: Some(true),
                ..everything_waits()
            };
            let site = v1::Site {
                site: site.to_owned(),
                policy: Some(policy),
                ..Default::default()
            };
            let request = v1::CreateSiteRequest { site: Some(site) };
            self.admin().sites.create_site(request).await.unwrap();
        }
        let close = v1::CloseThreadRequest {
            site: "gazette".to_owned(),
            thread_id: "closed".to_owned(),
            reopen: false,
        };
        self.admin().sites.close_thread(close).await.unwrap();
    }
}

fn redis_of(data: &Path) -> redis::Connection {
    let client = redis::Client::open(socket(data)).unwrap();
    client.get_connection().unwrap()
}
