//! A desk to test: real Redis of its own, any number of replicas, and people with keys who call them over gRPC.

pub mod authors;
pub mod bulk;
pub mod certificates;
pub mod clients;
pub mod comments;
pub mod crowd;
pub mod health;
pub mod learning;
pub mod learnt;
pub mod ops;
pub mod policies;
pub mod privacy;
pub mod process;
pub mod redis_group;
pub mod redis_server;
pub mod refusals;
pub mod remains;
pub mod services;
pub mod sessions;
pub mod streams;
pub mod until;
pub mod wire;

use std::{net::SocketAddr, path::Path, sync::Arc};

use replydesk::{
    access::{key::AccessKey, root::RootKey},
    app::App,
    comment::{audit::Actor, ids::KeyId},
    config::{Config, sources::Sources},
    privacy::{hashing::Pepper, keys::OfficerPrivateKey},
    proto::v1,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use clients::Client;
use ops::OpsPort;
use process::Process;
use redis_server::RedisServer;

/// One replica of the service, in this process.
pub struct Replica {
    pub address: SocketAddr,
    ops: Option<SocketAddr>,
    shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
}

impl Replica {
    /// Its ops port, where `ops.listen` was set.
    pub fn ops(&self) -> OpsPort {
        OpsPort(self.ops.unwrap())
    }

    /// As SIGTERM would; returns when everything is drained.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.unwrap();
        }
    }

    /// Tells it to stop, and does not wait.
    pub fn tell_to_stop(&self) {
        self.shutdown.cancel();
    }
}

/// The service on a Redis of its own.
pub struct Desk {
    pub redis: RedisServer,
    pub replicas: Vec<Replica>,
    pub settings: Vec<(String, String)>,
    admin: AccessKey,
    /// The privacy officer's; no replica has it.
    pub officer: Arc<OfficerPrivateKey>,
    pepper: Pepper,
    previous_pepper: Option<Pepper>,
    next_pepper: Option<Pepper>,
}

impl Desk {
    /// One replica, default configuration.
    pub async fn start() -> Self {
        Self::with(1, &[]).await
    }

    /// Several replicas on one Redis, with settings such as `("moderation.lease_ms", "300")`.
    pub async fn with(replicas: usize, settings: &[(&str, &str)]) -> Self {
        Self::on(RedisServer::start(), replicas, settings).await
    }

    /// The same on a Redis that is there.
    pub async fn on(redis: RedisServer, replicas: usize, settings: &[(&str, &str)]) -> Self {
        let mut desk = Self {
            redis,
            replicas: Vec::new(),
            settings: settings
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            admin: AccessKey::generate().unwrap(),
            officer: Arc::new(OfficerPrivateKey::generate().unwrap()),
            pepper: Pepper::generate().unwrap(),
            previous_pepper: None,
            next_pepper: None,
        };
        for _ in 0..replicas {
            desk.add_replica().await;
        }
        desk
    }

    /// One more replica; returns its number.
    pub async fn add_replica(&mut self) -> usize {
        let app = App::build(self.config()).await.unwrap();
        let (address, ops) = (app.local_addr(), app.ops_addr());
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        #[expect(clippy::disallowed_methods, reason = "the harness joins it")]
        let running = tokio::spawn(async move { app.run(token).await.unwrap() });
        self.replicas.push(Replica {
            address,
            ops,
            shutdown,
            running: Some(running),
        });
        self.replicas.len() - 1
    }

    /// One more replica, as a process of its own: the real binary, which can be killed.
    pub async fn process(&self) -> Process {
        self.process_of(Path::new(env!("CARGO_BIN_EXE_replydesk")))
            .await
    }

    /// The same of another build.
    pub async fn process_of(&self, binary: &Path) -> Process {
        let flags = self.flags();
        let settings: Vec<(&str, &str)> = flags
            .iter()
            .filter(|(key, _)| key != "server.listen")
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let mut command = process::serve_by(binary, &settings);
        command.env("REDIS_URL", self.redis.url());
        command.envs(self.peppers());
        Process::spawn(command).await
    }

    /// What every replica is configured with.
    pub fn config(&self) -> Config {
        Config::load(&self.sources()).unwrap()
    }

    /// Where that comes from.
    pub fn sources(&self) -> Sources {
        let url = ("REDIS_URL".to_owned(), self.redis.url());
        Sources {
            file: None,
            env: self.peppers().chain([url]).collect(),
            flags: self.flags(),
        }
    }

    /// Replicas that start from now on know the pepper that will replace theirs.
    pub fn announce_pepper(&mut self) {
        self.next_pepper = Some(Pepper::generate().unwrap());
    }

    /// Replicas that start from now on have another pepper, the announced one if there is one, and this one as the one before.
    pub fn replace_pepper(&mut self) {
        let next = self.next_pepper.take();
        let new = next.unwrap_or_else(|| Pepper::generate().unwrap());
        self.previous_pepper = Some(std::mem::replace(&mut self.pepper, new));
    }

    /// Replicas that start from now on have the pepper before again, and this one as the one before.
    pub fn lead_pepper_back(&mut self) {
        if let Some(before) = &mut self.previous_pepper {
            std::mem::swap(&mut self.pepper, before);
        }
    }

    /// Replicas that start from now on have this setting, which was not given yet.
    pub fn set(&mut self, setting: &str, value: &str) {
        self.settings.push((setting.to_owned(), value.to_owned()));
    }

    /// Replicas that start from now on have another officer key, and this one as the one before. Returns this one.
    pub fn replace_officer(&mut self) -> Arc<OfficerPrivateKey> {
        let new = Arc::new(OfficerPrivateKey::generate().unwrap());
        let old = std::mem::replace(&mut self.officer, new);
        let previous = ("privacy.previous_public_key", old.public().to_text());
        self.settings.push((previous.0.to_owned(), previous.1));
        old
    }

    /// Replicas that start from now on have no pepper before theirs.
    pub fn forget_previous_pepper(&mut self) {
        self.previous_pepper = None;
    }

    fn peppers(&self) -> impl Iterator<Item = (String, String)> {
        let pepper = ("REPLYDESK_PRIVACY_PEPPER", Some(&self.pepper));
        let previous = (
            "REPLYDESK_PRIVACY_PREVIOUS_PEPPER",
            self.previous_pepper.as_ref(),
        );
        let next = ("REPLYDESK_PRIVACY_NEXT_PEPPER", self.next_pepper.as_ref());
        let given = |(key, pepper): (&str, Option<&Pepper>)| {
            pepper.map(|pepper| (key.to_owned(), pepper.to_text().to_string()))
        };
        [pepper, previous, next].into_iter().filter_map(given)
    }

    fn flags(&self) -> Vec<(String, String)> {
        let mut flags = vec![
            ("server.listen".to_owned(), "127.0.0.1:0".to_owned()),
            (
                "privacy.public_key".to_owned(),
                self.officer.public().to_text(),
            ),
            (
                "access.admin_key_hash".to_owned(),
                RootKey::of(&self.admin).to_config(),
            ),
            ("store.timeout_ms".to_owned(), "1000".to_owned()),
        ];
        flags.extend(self.settings.iter().cloned());
        flags
    }

    /// The root admin, wherever they call.
    pub fn admin_at(&self, address: SocketAddr) -> Client {
        Client::new(address, Some(&self.admin.expose()))
    }

    /// The root admin, at the first replica.
    pub fn admin(&self) -> Client {
        self.client(0, &self.admin.expose())
    }

    /// Somebody with this key, at a replica.
    pub fn client(&self, replica: usize, key: &str) -> Client {
        Client::new(self.replicas[replica].address, Some(key))
    }

    /// A site, and a blog's client for it.
    pub async fn site(&self, site: &str, policy: v1::Policy) -> Client {
        let new = v1::Site {
            site: site.to_owned(),
            policy: Some(policy),
            ..Default::default()
        };
        self.admin()
            .sites
            .create_site(v1::CreateSiteRequest { site: Some(new) })
            .await
            .unwrap();
        self.someone(0, site, v1::Role::Submitter, "blog").await
    }

    /// A moderator of a site, at a replica.
    pub async fn moderator(&self, replica: usize, site: &str, name: &str) -> Client {
        self.someone(replica, site, v1::Role::Moderator, name).await
    }

    /// Somebody with a fresh key.
    pub async fn someone(&self, replica: usize, site: &str, role: v1::Role, label: &str) -> Client {
        let key = self.key(&[site], role, label).await;
        self.client(replica, &key)
    }

    /// A fresh key.
    pub async fn key(&self, sites: &[&str], role: v1::Role, label: &str) -> String {
        let request = v1::CreateKeyRequest {
            role: role.into(),
            sites: sites.iter().map(|site| (*site).to_owned()).collect(),
            label: label.to_owned(),
            expires_at: None,
        };
        self.admin()
            .sites
            .create_key(request)
            .await
            .unwrap()
            .into_inner()
            .access_key
    }

    /// Stops everything, and asserts that nothing was left behind: no lease, no lease's token.
    pub async fn finish(mut self) {
        for replica in &mut self.replicas {
            replica.stop().await;
        }
        for key in self.redis.keys() {
            let text = String::from_utf8_lossy(&key);
            assert!(!text.ends_with("}:lt"), "a lease token is left: {text}");
        }
    }
}

/// Who acts where no key is asked for.
pub fn nobody() -> Actor {
    Actor {
        key: KeyId::from_bytes([0; 8]),
        label: "".into(),
    }
}
