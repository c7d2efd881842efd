//! What an address of Redis says: one server, a service that Sentinels know, or a cluster.

use std::fmt;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, RedisResult,
    TlsCertificates, io::tcp::TcpSettings,
};
use url::Url;

/// Where a node listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::store) struct HostPort {
    /// A name or an IP address, without brackets.
    pub(in crate::store) host: String,
    pub(in crate::store) port: u16,
}

impl HostPort {
    /// From `HOST:PORT`, `[IPv6]:PORT`, or as Redis writes an IPv6 address, `IPv6:PORT`. The port may be absent.
    pub(super) fn parse(text: &str, port: u16) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // A bare IPv6 address without a port ends in digits too: only brackets tell the two apart.
            Some((host, digits)) if !digits.ends_with(']') => (host, digits.parse().ok()?),
            _ => (text, port),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = host.to_owned();
        (!host.is_empty() && port > 0).then_some(Self { host, port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// How to log in at a kind of node, and whether over TLS.
#[derive(Clone)]
pub(super) struct Door {
    like: Box<ConnectionInfo>,
    is_tls: bool,
}

impl Door {
    fn new(like: ConnectionInfo) -> Self {
        // Without nodelay a small command waits for the acknowledgement of the one before it.
        let tcp = TcpSettings::default().set_nodelay(true);
        let is_tls = matches!(like.addr(), ConnectionAddr::TcpTls { .. });
        let like = Box::new(like.set_tcp_settings(tcp));
        Self { like, is_tls }
    }

    /// What makes connections to the address that the door was made of.
    fn client(&self, ca_pem: Option<&[u8]>) -> RedisResult<Client> {
        open((*self.like).clone(), self.is_tls, ca_pem)
    }

    /// What makes connections to this node.
    pub(super) fn client_of(&self, node: &HostPort, ca_pem: Option<&[u8]>) -> RedisResult<Client> {
        let HostPort { host, port } = node.clone();
        let addr = if self.is_tls {
            ConnectionAddr::TcpTls {
                host,
                port,
                insecure: false,
                tls_params: None,
            }
        } else {
            ConnectionAddr::Tcp(host, port)
        };
        let info = (*self.like).clone().set_addr(addr);
        open(info, self.is_tls, ca_pem)
    }
}

fn open(info: ConnectionInfo, is_tls: bool, ca_pem: Option<&[u8]>) -> RedisResult<Client> {
    if !is_tls {
        return Client::open(info);
    }
    // Fails only if a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: ca_pem.map(<[u8]>::to_vec),
    };
    Client::build_with_tls(info, certificates)
}

/// A parsed address.
#[derive(Clone)]
pub(super) enum Address {
    /// One server.
    Server(Door),
    /// The primary of a service, which Sentinels name.
    Sentinels {
        sentinels: Vec<HostPort>,
        service: String,
        /// How to log in at a Sentinel.
        door: Door,
        /// How to log in at the primary.
        primary: Door,
    },
    /// A cluster, by some of its nodes.
    Cluster { seeds: Vec<HostPort>, door: Door },
}

/// Sentinel's own port.
const SENTINEL_PORT: u16 = 26_379;
const REDIS_PORT: u16 = 6_379;

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with its name; shows no password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("must be an address such as redis://127.0.0.1:6379")?;
        match scheme {
            "redis" | "rediss" | "unix" => server(text, scheme, rest),
            "redis+sentinel" | "rediss+sentinel" => sentinels(scheme, rest),
            "redis+cluster" | "rediss+cluster" => cluster(scheme, rest),
            _ => Err(
                "must start with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster:// (rediss+… for TLS)"
                    .to_owned(),
            ),
        }
    }

    /// What makes connections to the one server of [`Address::Server`].
    pub(super) fn only_client(door: &Door, ca_pem: Option<&[u8]>) -> RedisResult<Client> {
        door.client(ca_pem)
    }
}

/// By the client's own rules. Its errors may quote the address, so they aren't shown.
fn info(url: &str) -> Result<ConnectionInfo, String> {
    url.into_connection_info()
        .map_err(|_| "is no address: write it as redis://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in a password".to_owned())
}

fn server(text: &str, scheme: &str, rest: &str) -> Result<Address, String> {
    if scheme == "unix" {
        if !rest.starts_with('/') {
            return Err(
                "must name the socket by its whole path, such as unix:///run/redis.sock".to_owned(),
            );
        }
    } else {
        let url = Url::parse(text).map_err(|error| format!("is no address: {error}"))?;
        if url.host().is_none() {
            return Err("must name a host, such as redis://127.0.0.1:6379".to_owned());
        }
    }
    Ok(Address::Server(Door::new(info(text)?)))
}

/// The parts of an address with several hosts.
struct Several<'a> {
    /// `USER:PASSWORD@`, or nothing.
    login: &'a str,
    hosts: Vec<HostPort>,
    /// Behind the first slash, without the query.
    path: &'a str,
    query: &'a str,
}

impl<'a> Several<'a> {
    fn split(rest: &'a str, port: u16) -> Result<Self, String> {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold an unescaped @ or /: everything up to the last @ counts as user information.
        let (login, place) = match rest.rfind('@') {
            Some(at) => rest.split_at(at + 1),
            None => ("", rest),
        };
        let (hosts, path) = place.split_once('/').unwrap_or((place, ""));
        let hosts: Option<Vec<_>> = hosts
            .split(',')
            .map(|host| HostPort::parse(host.trim(), port))
            .collect();
        let hosts = hosts.ok_or("must name its hosts as HOST:PORT,HOST:PORT")?;
        Ok(Self {
            login,
            hosts,
            path,
            query,
        })
    }

    /// How to log in at one of these, in this database.
    fn door(&self, is_tls: bool, database: &str) -> Result<Door, String> {
        let scheme = if is_tls { "rediss" } else { "redis" };
        // The host does not matter: each node's own replaces it.
        let url = format!("{scheme}://{}localhost/{database}", self.login);
        Ok(Door::new(info(&url)?))
    }
}

fn sentinels(scheme: &str, rest: &str) -> Result<Address, String> {
    let is_tls = scheme.starts_with("rediss");
    let several = Several::split(rest, SENTINEL_PORT)?;
    let (service, database) = several.path.split_once('/').unwrap_or((several.path, "0"));
    if service.is_empty() {
        return Err(format!(
            "must name the service that the Sentinels watch, as in {scheme}://HOST:26379,HOST:26379/SERVICE"
        ));
    }
    if database.parse::<u32>().is_err() {
        return Err(
            "must have a number behind the service's name, its database, or nothing".into(),
        );
    }
    let mut login = RedisConnectionInfo::default();
    for (name, value) in url::form_urlencoded::parse(several.query.as_bytes()) {
        login = match &*name {
            "sentinel_username" => login.set_username(value),
            "sentinel_password" => login.set_password(value),
            _ => {
                return Err(
                    "takes sentinel_username and sentinel_password behind the question mark, nothing else"
                        .to_owned(),
                );
            }
        };
    }
    let primary = several.door(is_tls, database)?;
    let door = Door {
        like: Box::new((*primary.like).clone().set_redis_settings(login)),
        is_tls,
    };
    Ok(Address::Sentinels {
        sentinels: several.hosts,
        service: service.to_owned(),
        door,
        primary,
    })
}

fn cluster(scheme: &str, rest: &str) -> Result<Address, String> {
    let several = Several::split(rest, REDIS_PORT)?;
    if !matches!(several.path, "" | "0") || !several.query.is_empty() {
        return Err(format!(
            "must end with its hosts, as in {scheme}://HOST:6379,HOST:6379: a cluster has one database"
        ));
    }
    let door = several.door(scheme.starts_with("rediss"), "0")?;
    Ok(Address::Cluster {
        seeds: several.hosts,
        door,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let login = |door: &Door| {
            let redis = door.like.redis_settings();
            let tls = if door.is_tls { " tls" } else { "" };
            let user = redis.username().unwrap_or("-");
            let password = redis.password().unwrap_or("-");
            format!("{user} {password} {}{tls}", redis.db())
        };
        let hosts = |hosts: &[HostPort]| {
            let hosts: Vec<String> = hosts.iter().map(HostPort::to_string).collect();
            hosts.join(" ")
        };
        match Address::parse(text) {
            Ok(Address::Server(door)) => format!("server, {}", login(&door)),
            Ok(Address::Sentinels {
                sentinels,
                service,
                door,
                primary,
            }) => format!(
                "{service} by {}, {}, primary {}",
                hosts(&sentinels),
                login(&door),
                login(&primary)
            ),
            Ok(Address::Cluster { seeds, door }) => {
                format!("cluster {}, {}", hosts(&seeds), login(&door))
            }
            Err(error) => error,
        }
    }

    #[test]
    fn addresses() {
        for (text, means) in [
            ("redis://host:1/3", "server, - - 3"),
            ("rediss://ada:p%40ss@host", "server, ada p@ss 0 tls"),
            ("unix:///run/redis.sock?pass=x", "server, - x 0"),
            (
                "redis+sentinel://:pw@a:1,b,[::1]:3/main",
                "main by a:1 b:26379 [::1]:3, - - 0, primary - pw 0",
            ),
            (
                "rediss+sentinel://u:pw@a/main/2?sentinel_username=s&sentinel_password=t%20t",
                "main by a:26379, s t t 0 tls, primary u pw 2 tls",
            ),
            ("redis+cluster://a:1,b", "cluster a:1 b:6379, - - 0"),
            ("rediss+cluster://u:p@a", "cluster a:6379, u p 0 tls"),
        ] {
            assert_eq!(told(text), means, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_why_and_shows_no_password() {
        for (text, part) in [
            ("localhost:6379", "must be an address such as"),
            ("http://secret@a", "must start with redis://"),
            ("redis://", "must name a host"),
            ("unix://secret", "whole path"),
            ("redis+sentinel://:secret@a:1,b:2", "must name the service"),
            ("redis+sentinel://a:1/main/secret", "its database"),
            ("redis+sentinel://a/main?secret=1", "nothing else"),
            ("redis+sentinel://a:secret/main", "must name its hosts"),
            ("redis+cluster://:secret@", "must name its hosts"),
            ("redis+cluster://:secret@a/1", "one database"),
        ] {
            let error = told(text);
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }
}
