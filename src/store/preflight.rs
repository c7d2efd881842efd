//! Whether an external Redis can keep what an OK promises: asked once, before the start.

use std::{collections::HashMap, fmt, sync::Arc};

use crate::{
    metrics::redis::ServerNow,
    store::{
        connection::{Node, Store},
        durability::Durability,
        error::StoreError,
        version::{OLDEST, Version},
    },
};

/// One thing that is wrong with the server, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What was found.
    pub found: String,
    /// The command or the step that mends it.
    pub mend: String,
}

impl Problem {
    /// The same, and whose it is.
    fn at(self, place: Option<&str>) -> Self {
        match place {
            Some(place) => Self {
                found: format!("{place}: {}", self.found),
                ..self
            },
            None => self,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.found, self.mend)
    }
}

/// Servers that may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What it is; `None` when it does not say. In a cluster, of one that does.
    pub version: Option<Version>,
    /// What could not be looked at, for the log.
    pub unchecked: Vec<String>,
    /// What is wrong and was allowed by `allow_unsafe_redis`.
    pub allowed: Vec<Problem>,
}

/// Why the server is not used.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// It would lose what it acknowledged, or cannot do the work at all.
    #[error("this Redis cannot keep the data:\n{}", list(.0))]
    Unfit(Vec<Problem>),
    /// It could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|p| format!("  - {p}")).collect();
    lines.join("\n")
}

/// Looks at version, role, eviction, append-only file and its syncs, and at the replicas where they are promised.
///
/// `allow_unsafe` lets eviction and weaker durability pass, and the report names them; an old version and a replica
/// never pass, since nothing would work.
///
/// # Errors
/// [`PreflightError::Unfit`] with every problem at once.
pub async fn check(
    store: &Store,
    durability: Durability,
    allow_unsafe: bool,
) -> Result<Report, PreflightError> {
    let nodes = store.nodes();
    let mut report = Report::default();
    let mut fatal = Vec::new();
    let mut worst: Option<ServerNow> = None;
    for node in &nodes {
        let server = Facts::ask(node).await?;
        let now = server.now();
        worst = Some(worst.map_or(now, |worst| worst.or_worse(now)));
        // Of several, each problem says whose it is.
        let place = (nodes.len() > 1).then(|| node.shown());
        let of = |problems: Vec<Problem>| problems.into_iter().map(|p| p.at(place.as_deref()));
        fatal.extend(of(server.unusable()));
        let unsafe_settings = of(server.unsafe_settings(durability));
        if allow_unsafe {
            report.allowed.extend(unsafe_settings);
        } else {
            fatal.extend(unsafe_settings);
        }
        report.version = report.version.or(server.version());
        report.unchecked.extend(server.unchecked());
    }
    report.unchecked.dedup();
    if let Some(worst) = &worst {
        store.metrics().server(worst);
    }
    if fatal.is_empty() {
        Ok(report)
    } else {
        Err(PreflightError::Unfit(fatal))
    }
}

/// What the server says of itself.
struct Facts {
    info: HashMap<String, String>,
    /// `None` when `CONFIG` is forbidden, as managed services do.
    fsync: Option<String>,
}

impl Facts {
    async fn ask(node: &Arc<Node>) -> Result<Self, StoreError> {
        let text: String = node.query(&redis::cmd("INFO")).await?;
        let info = text.lines().filter_map(|line| line.split_once(':'));
        let info = info.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        let mut config = redis::cmd("CONFIG");
        config.arg("GET").arg("appendfsync");
        let fsync = match node.query::<HashMap<String, String>>(&config).await {
            Ok(mut found) => found.remove("appendfsync"),
            Err(StoreError::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            info: info.collect(),
            fsync,
        })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.info.get(name).map(String::as_str)
    }

    /// What metrics tell of it.
    fn now(&self) -> ServerNow {
        let number = |name| self.get(name).and_then(|value| value.parse().ok());
        let written = number("master_repl_offset").unwrap_or(0);
        // `ip=…,port=…,state=online,offset=123,lag=0`
        let received = self.online().filter_map(|state| {
            let offset = state
                .split(',')
                .find_map(|part| part.strip_prefix("offset="));
            offset?.parse().ok()
        });
        ServerNow {
            memory_used: number("used_memory").unwrap_or(0),
            memory_max: number("maxmemory").unwrap_or(0),
            replicas: self.online().count() as u64,
            replica_lag: written.saturating_sub(received.min().unwrap_or(written)),
        }
    }

    fn version(&self) -> Option<Version> {
        match self.get("valkey_version") {
            Some(number) => Version::parse(true, number),
            None => Version::parse(false, self.get("redis_version")?),
        }
    }

    fn unusable(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(version) = self.version().filter(|v| !v.is_new_enough()) {
            problems.push(Problem {
                found: format!("it is {version}"),
                mend: format!("use {OLDEST} or newer, or Valkey"),
            });
        }
        if let Some(role) = self.get("role").filter(|role| *role != "master") {
            let primary = match (self.get("master_host"), self.get("master_port")) {
                (Some(host), Some(port)) => format!("{host}:{port}"),
                _ => "the primary".to_owned(),
            };
            let role = if role == "slave" { "replica" } else { role };
            problems.push(Problem {
                found: format!("it is a {role} and takes no writes"),
                mend: format!("point REDIS_URL to {primary}"),
            });
        }
        problems
    }

    fn unsafe_settings(&self, durability: Durability) -> Vec<Problem> {
        let mut problems = Vec::new();
        let evicts = self.get("maxmemory_policy").filter(|p| *p != "noeviction");
        if let Some(policy) = evicts {
            problems.push(setting("maxmemory-policy", policy, "noeviction"));
        }
        if self.get("aof_enabled") == Some("0") {
            problems.push(setting("appendonly", "no", "yes"));
        }
        let (enough, wanted): (&[&str], _) = match durability {
            Durability::Disk => (&["always"], "always"),
            Durability::Replica { .. } | Durability::Relaxed => {
                (&["always", "everysec"], "everysec")
            }
        };
        if let Some(fsync) = self.fsync.as_deref().filter(|f| !enough.contains(f)) {
            problems.push(setting("appendfsync", fsync, wanted));
        }
        if let Durability::Replica { replicas } = durability {
            let online = self.online().count();
            if online < replicas as usize {
                problems.push(Problem {
                    found: format!("{online} of {replicas} promised replicas are connected"),
                    mend: "start them with `replicaof HOST PORT`, or set durability to disk"
                        .to_owned(),
                });
            }
        }
        problems
    }

    /// How each replica stands that is online.
    fn online(&self) -> impl Iterator<Item = &str> {
        let numbered = |name: &String| {
            let number = name.strip_prefix("slave");
            number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        };
        let replicas = self.info.iter().filter(move |(name, _)| numbered(name));
        let states = replicas.map(|(_, state)| state.as_str());
        states.filter(|state| state.contains("state=online"))
    }

    fn unchecked(&self) -> Vec<String> {
        let mut unchecked = Vec::new();
        if self.version().is_none() {
            unchecked.push("the version: INFO does not say".to_owned());
        }
        for (field, what) in [
            ("role", "its role"),
            ("maxmemory_policy", "maxmemory-policy"),
            ("aof_enabled", "appendonly"),
        ] {
            if self.get(field).is_none() {
                unchecked.push(format!("{what}: INFO does not say"));
            }
        }
        if self.fsync.is_none() {
            unchecked.push(
                "appendfsync: CONFIG is forbidden here; ask whoever runs this Redis".to_owned(),
            );
        }
        unchecked
    }
}

fn setting(name: &str, found: &str, wanted: &str) -> Problem {
    Problem {
        found: format!("{name} is {found}"),
        mend: format!("run `redis-cli CONFIG SET {name} {wanted}`, and set it in redis.conf"),
    }
}
