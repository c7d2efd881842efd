//! Several Redis servers that stand in for one another: a primary with a replica and three Sentinels, or a cluster of three
//! primaries with a replica each. All of them as an operator would run them, on loopback.

use std::{
    fs::OpenOptions,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::{redis_server::free_ports, until::until};

/// How long nodes and Sentinels wait before they give one up.
const DOWN_AFTER_MS: u32 = 1_000;
const SLOTS: u32 = 16_384;

/// How long a fail-over or a start may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// One server, which can be killed and started again.
pub struct Node {
    child: Option<Child>,
    arguments: Vec<String>,
    directory: TempDir,
    pub port: u16,
}

impl Node {
    fn start(port: u16, arguments: &[&str]) -> Self {
        let mut node = Self {
            child: None,
            arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
            directory: tempfile::tempdir().unwrap(),
            port,
        };
        node.restart();
        node
    }

    /// One that keeps what an OK promises.
    fn durable(port: u16, more: &[&str]) -> Self {
        let mut arguments = vec!["--appendonly", "yes", "--appendfsync", "everysec"];
        arguments.extend(["--save", "", "--repl-diskless-sync-delay", "0"]);
        arguments.extend(more);
        Self::start(port, &arguments)
    }

    /// There again, with what was on its disk.
    pub fn restart(&mut self) {
        let log = self.directory.path().join("log");
        let log = OpenOptions::new().create(true).append(true).open(log);
        let mut command = Command::new("redis-server");
        command.args(&self.arguments);
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.arg("--dir").arg(self.directory.path());
        command.stdout(log.unwrap()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    /// Gone at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// One command, if it answers.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}", self.port))?;
        let wait = Duration::from_secs(2);
        let mut connection = client.get_connection_with_timeout(wait)?;
        connection.set_read_timeout(Some(wait))?;
        redis::cmd(words[0]).arg(&words[1..]).query(&mut connection)
    }

    async fn answers(&self) {
        until("it answers", PATIENCE, async || {
            self.ask::<String>(&["PING"]).ok()
        })
        .await;
    }

    /// What a line of `INFO replication` says.
    fn replication(&self, field: &str) -> Option<String> {
        let info: String = self.ask(&["INFO", "replication"]).ok()?;
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{field}:")))?;
        Some(line.trim().to_owned())
    }

    /// It is a primary, and a replica has all that it wrote.
    pub fn is_followed(&self) -> bool {
        let role = self.replication("role");
        let replica = self.replication("slave0");
        role.as_deref() == Some("master")
            && replica.is_some_and(|r| r.contains("state=online") && !r.contains("offset=0,"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A group whose primary can be killed.
pub trait Group {
    /// How the service is to reach it.
    fn url(&self) -> String;
    /// The one that takes the writes of what has this hash tag now, if one does.
    fn primary_of(&mut self, tag: &str) -> Option<&mut Node>;
    /// Everyone is there, and every primary has a replica that follows.
    async fn whole(&mut self);

    /// Its primary is gone, until another is one.
    async fn lose_primary_of(&mut self, tag: &str) {
        self.primary_of(tag).expect("there is one").kill();
        until("another takes over", PATIENCE, async || {
            self.primary_of(tag).map(drop)
        })
        .await;
    }
}

/// A primary, a replica, and three Sentinels that watch them as `main`.
pub struct Watched {
    nodes: [Node; 2],
    pub sentinels: Vec<Node>,
}

impl Watched {
    pub async fn start() -> Self {
        let [first, second] = free_ports();
        let nodes = [
            Node::durable(first, &[]),
            Node::durable(second, &["--replicaof", "127.0.0.1", &first.to_string()]),
        ];
        for node in &nodes {
            node.answers().await;
        }
        let sentinels = free_ports::<3>().map(|port| sentinel(port, first));
        let mut group = Self {
            nodes,
            sentinels: sentinels.into(),
        };
        group.whole().await;
        group
    }
}

impl Watched {
    /// As after a partition that parted the primary from everyone else: its replica is a primary too, and that is the one
    /// the Sentinels name.
    pub fn part(&mut self) {
        let next = self
            .nodes
            .iter()
            .find(|node| node.replication("role").as_deref() == Some("slave"));
        let next = next.unwrap();
        let () = next.ask(&["REPLICAOF", "NO", "ONE"]).unwrap();
        for sentinel in &self.sentinels {
            let port = next.port.to_string();
            let () = sentinel.ask(&["SENTINEL", "REMOVE", "main"]).unwrap();
            let () = sentinel
                .ask(&["SENTINEL", "MONITOR", "main", "127.0.0.1", &port, "2"])
                .unwrap();
        }
    }

    /// Of one of the two servers.
    pub fn port(&self) -> u16 {
        self.nodes[0].port
    }
}

fn sentinel(port: u16, primary: u16) -> Node {
    let mut node = Node {
        child: None,
        arguments: Vec::new(),
        directory: tempfile::tempdir().unwrap(),
        port,
    };
    let file = node.directory.path().join("sentinel.conf");
    let text = format!(
        "sentinel monitor main 127.0.0.1 {primary} 2\n\
         sentinel down-after-milliseconds main {DOWN_AFTER_MS}\n\
         sentinel failover-timeout main 6000\n"
    );
    std::fs::write(&file, text).unwrap();
    node.arguments = vec![text_of(&file), "--sentinel".to_owned()];
    node.restart();
    node
}

fn text_of(path: &Path) -> String {
    path.display().to_string()
}

impl Group for Watched {
    fn url(&self) -> String {
        let hosts: Vec<String> = self
            .sentinels
            .iter()
            .map(|sentinel| format!("127.0.0.1:{}", sentinel.port))
            .collect();
        format!("redis+sentinel://{}/main", hosts.join(","))
    }

    fn primary_of(&mut self, _tag: &str) -> Option<&mut Node> {
        self.nodes
            .iter_mut()
            .find(|node| node.is_running() && node.replication("role").as_deref() == Some("master"))
    }

    async fn whole(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| !node.is_running()) {
            node.restart();
        }
        let one = |name: &'static str| {
            self.sentinels[0].ask::<Vec<redis::Value>>(&["SENTINEL", name, "main"])
        };
        until("everyone is known", PATIENCE, async || {
            let known = one("SENTINELS").is_ok_and(|others| others.len() == 2);
            let replicas = one("REPLICAS").is_ok_and(|replicas| replicas.len() == 1);
            let followed = self.nodes.iter().filter(|node| node.is_followed()).count();
            (known && replicas && followed == 1).then_some(())
        })
        .await;
    }
}

/// Three primaries with a replica each, as a cluster.
pub struct Cluster {
    pub nodes: Vec<Node>,
}

impl Cluster {
    pub async fn start() -> Self {
        let (ports, buses) = (free_ports::<6>(), free_ports::<6>());
        let timeout = DOWN_AFTER_MS.to_string();
        let nodes: Vec<Node> = ports
            .iter()
            .zip(buses)
            .map(|(port, bus)| {
                let bus = bus.to_string();
                let enabled = ["--cluster-enabled", "yes", "--cluster-port", &bus];
                let timeout = ["--cluster-node-timeout", &timeout];
                // A replica that was cut off for long may be promoted all the same: there is no other.
                let validity = ["--cluster-replica-validity-factor", "0"];
                Node::durable(*port, &[&enabled[..], &timeout[..], &validity[..]].concat())
            })
            .collect();
        for (place, node) in nodes.iter().enumerate() {
            node.answers().await;
            let () = node
                .ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(place + 1).to_string()])
                .unwrap();
            let (port, bus) = (ports[0].to_string(), buses[0].to_string());
            let () = node
                .ask(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus])
                .unwrap();
        }
        let mut cluster = Self { nodes };
        cluster.share_out().await;
        cluster.whole().await;
        cluster
    }

    /// Slots to the first three, and each of the others follows one of them.
    async fn share_out(&self) {
        let share = SLOTS / 3;
        for place in 0..3_u32 {
            let last = if place == 2 {
                SLOTS - 1
            } else {
                share * (place + 1) - 1
            };
            let (from, to) = ((share * place).to_string(), last.to_string());
            let node = &self.nodes[place as usize];
            let () = node.ask(&["CLUSTER", "ADDSLOTSRANGE", &from, &to]).unwrap();
        }
        for place in 3..6 {
            let primary: String = self.nodes[place - 3].ask(&["CLUSTER", "MYID"]).unwrap();
            until("it follows", PATIENCE, async || {
                let asked = self.nodes[place].ask::<()>(&["CLUSTER", "REPLICATE", &primary]);
                asked.ok()
            })
            .await;
        }
    }

    fn node_at(&self, port: u16) -> &Node {
        self.nodes.iter().find(|node| node.port == port).unwrap()
    }

    /// The slot of a tag begins to move to another primary, which this returns: new keys are made there already.
    pub fn begin_to_move(&self, tag: &str) -> u16 {
        let slot = self.slot_of(tag).to_string();
        let from = self.node_at(self.owner_of(tag));
        let other = self.nodes[..3].iter().find(|node| node.port != from.port);
        let to = other.unwrap();
        let id = |node: &Node| node.ask::<String>(&["CLUSTER", "MYID"]).unwrap();
        let () = to
            .ask(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &id(from)])
            .unwrap();
        let () = from
            .ask(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &id(to)])
            .unwrap();
        to.port
    }

    /// Its keys follow, and then it is there.
    pub fn finish_moving(&self, tag: &str, to: u16) {
        let slot = self.slot_of(tag).to_string();
        let (from, to) = (self.node_at(self.owner_of(tag)), self.node_at(to));
        let keys: Vec<String> = from
            .ask(&["CLUSTER", "GETKEYSINSLOT", &slot, "1000"])
            .unwrap();
        let port = to.port.to_string();
        let mut migrate = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "2000", "KEYS"];
        migrate.extend(keys.iter().map(String::as_str));
        let () = from.ask(&migrate).unwrap();
        let id: String = to.ask(&["CLUSTER", "MYID"]).unwrap();
        for node in [to, from] {
            let () = node
                .ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &id])
                .unwrap();
        }
    }

    fn slot_of(&self, tag: &str) -> i64 {
        let key = format!("{{{tag}}}");
        let mut running = self.nodes.iter().filter(|node| node.is_running());
        let slot = running.find_map(|node| node.ask(&["CLUSTER", "KEYSLOT", &key]).ok());
        slot.unwrap()
    }

    /// Who has a slot, by the first node that knows.
    pub fn owner_of(&self, tag: &str) -> u16 {
        let slot = self.slot_of(tag);
        let running = || self.nodes.iter().filter(|node| node.is_running());
        type Range = (i64, i64, (String, u16, String, Vec<redis::Value>));
        let owner = running().find_map(|node| {
            let ranges: Vec<Vec<redis::Value>> = node.ask(&["CLUSTER", "SLOTS"]).ok()?;
            let ranges = ranges.into_iter().filter_map(|mut range| {
                range.truncate(3);
                redis::from_redis_value::<Range>(redis::Value::Array(range)).ok()
            });
            let owner = ranges
                .into_iter()
                .find(|(from, to, _)| (*from..=*to).contains(&slot));
            owner.map(|(_, _, (_, port, _, _))| port)
        });
        owner.expect("somebody has the slot")
    }
}

impl Group for Cluster {
    fn url(&self) -> String {
        let hosts: Vec<String> = self
            .nodes
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port))
            .collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    fn primary_of(&mut self, tag: &str) -> Option<&mut Node> {
        let port = self.owner_of(tag);
        let owner = self.nodes.iter_mut().find(|node| node.port == port);
        owner.filter(|node| node.is_running())
    }

    async fn whole(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| !node.is_running()) {
            node.restart();
        }
        until("all is well", PATIENCE, async || {
            let well = self.nodes.iter().all(|node| {
                let info: redis::RedisResult<String> = node.ask(&["CLUSTER", "INFO"]);
                info.is_ok_and(|info| {
                    info.contains("cluster_state:ok") && info.contains("cluster_size:3")
                })
            });
            let followed = self.nodes.iter().filter(|node| node.is_followed()).count();
            (well && followed == 3).then_some(())
        })
        .await;
    }
}
