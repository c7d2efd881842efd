//! Every setting there is: one table, which the file, the environment, the flags and the printed form go by.

/// What a setting's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// A text that nobody may see: never printed, never a flag.
    Secret,
    /// An address that may hold a password, which is then treated as a secret.
    Url,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// `section.name`.
    pub key: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// Its default as text; `None` where it may be absent.
    pub default: Option<&'static str>,
    /// What it does, with its range.
    pub meaning: &'static str,
}

impl Setting {
    /// The part before the dot.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    /// The part behind the dot.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, name)| name)
    }

    /// Its variable in the environment: `REPLYDESK_<SECTION>_<NAME>`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("REPLYDESK_{}", self.key.replace('.', "_")).to_ascii_uppercase()
    }
}

/// The setting of this key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The most similar key, if one is similar enough to be meant. A text without a dot is compared with names alone.
#[must_use]
pub fn nearest(key: &str) -> Option<&'static str> {
    let similarity = |setting: &Setting| {
        let whole = strsim::normalized_damerau_levenshtein(setting.key, key);
        let name = key.rsplit_once('.').map_or(key, |(_, name)| name);
        // The right name in the wrong section is meant too, but less surely.
        whole.max(0.95 * strsim::normalized_damerau_levenshtein(setting.name(), name))
    };
    // Of the equally similar, the first.
    SETTINGS
        .iter()
        .rev()
        .map(|setting| (similarity(setting), setting.key))
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, key)| key)
}

const fn setting(
    key: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    meaning: &'static str,
) -> Setting {
    Setting {
        key,
        kind,
        default,
        meaning,
    }
}

use Kind::{Number, Secret, Switch, Text, Url};

/// All of them, in the order in which they are printed. A row a line.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    setting("server.listen", Text, Some("127.0.0.1:50051"), "IP address and port; port 0 takes a free one"),
    setting("server.allow_plaintext", Switch, Some("false"), "listen beyond loopback without TLS"),
    setting("server.max_message_bytes", Number, Some("262144"), "largest message taken, 65536 to 16777216"),
    setting("server.max_connections", Number, Some("1024"), "connections at once, 1 to 65536"),
    setting("server.max_connections_per_peer", Number, Some("256"), "connections at once from one address (IPv6: one /64), 1 to 65536"),
    setting("server.max_concurrent_streams", Number, Some("256"), "calls at once on a connection, 1 to 65536"),
    setting("server.request_timeout_ms", Number, Some("5000"), "longest a call that is no stream may take, 100 to 60000"),
    setting("server.drain_timeout_ms", Number, Some("10000"), "longest a shutdown waits for calls in flight, 0 to 300000"),
    setting("server.stream_max_age_s", Number, Some("1800"), "age at which a stream ends itself, give or take, 10 to 86400"),
    setting("server.connection_max_age_s", Number, Some("1800"), "age from which a connection takes no new calls, give or take, 1 to 86400"),
    setting("server.keepalive_s", Number, Some("20"), "between pings on a quiet connection, 1 to 3600"),
    setting("server.idle_timeout_s", Number, Some("900"), "longest a connection stays open without a call, 1 to 86400"),
    setting("server.unread_timeout_s", Number, Some("30"), "longest a reply waits for a client that does not read it, 1 to 3600"),
    setting("ops.listen", Text, None, "IP address and port for metrics, health and the log's level, in plain text and without a key, such as 127.0.0.1:9464"),
    setting("tls.certificate_file", Text, None, "the server's certificate with its chain, PEM; without it there is no TLS"),
    setting("tls.private_key_file", Text, None, "its private key, PEM"),
    setting("tls.client_ca_file", Text, None, "who signs clients' certificates, PEM"),
    setting("tls.client_certificates", Text, Some("optional"), "where tls.client_ca_file is set: off, optional or required"),
    setting("tls.identities_file", Text, None, "whom clients' certificates stand for, TOML"),
    setting("tls.reload_s", Number, Some("30"), "between two looks at these files, 1 to 86400; SIGHUP looks at once"),
    setting("store.redis_url", Url, None, "redis://, unix://, redis+sentinel:// or redis+cluster://, rediss… for TLS; without it a private redis-server is run"),
    setting("store.data_dir", Text, Some("data"), "where the private redis-server and the made secrets live"),
    setting("store.durability", Text, Some("disk"), "what an OK promises: disk, replica or relaxed"),
    setting("store.replicas", Number, Some("1"), "how many replicas must have it, for durability replica, 1 to 16"),
    setting("store.allow_unsafe_redis", Switch, Some("false"), "use a Redis that evicts or has no append-only file"),
    setting("store.timeout_ms", Number, Some("2000"), "longest a command may take, 50 to 60000"),
    setting("store.max_in_flight", Number, Some("512"), "commands at once, 1 to 65536"),
    setting("privacy.pepper", Secret, None, "key of all hashes, base64url or hexadecimal, 32 bytes or more"),
    setting("privacy.pepper_file", Text, None, "a file with the pepper"),
    setting("privacy.previous_pepper", Secret, None, "the pepper before it, for as long as authors from then are to be known"),
    setting("privacy.previous_pepper_file", Text, None, "a file with the pepper before it"),
    setting("privacy.next_pepper", Secret, None, "the pepper that will replace it, on every replica before any uses it"),
    setting("privacy.next_pepper_file", Text, None, "a file with the pepper that will replace it"),
    setting("privacy.public_key", Text, None, "the privacy officer's, rdpub1_..."),
    setting("privacy.public_key_file", Text, None, "a file with the officer's public key"),
    setting("privacy.previous_public_key", Text, None, "the officer's public key before it, while replicas change over"),
    setting("privacy.previous_public_key_file", Text, None, "a file with the officer's public key before it"),
    setting("privacy.reveals_per_day", Number, Some("20"), "comments whose contact data may be revealed a day and site, 0 to 10000"),
    setting("privacy.retention_s", Number, Some("60"), "between two looks at what is kept for too long, 1 to 86400"),
    setting("access.admin_key_hash", Text, None, "the first admin key, <key id>:<SHA-256 in hexadecimal>"),
    setting("tokens.issuer", Text, None, "whose tokens (JWT) let people in: their iss, exactly; without it no token does"),
    setting("tokens.audience", Text, None, "what their aud must name: this service, as the issuer calls it"),
    setting("tokens.jwks_url", Url, None, "the issuer's public keys, https://; http:// on loopback only"),
    setting("tokens.jwks_file", Text, None, "a file with the issuer's public keys (JWKS)"),
    setting("tokens.ca_file", Text, None, "certificates (PEM) that vouch for jwks_url in place of the system's"),
    setting("tokens.grants_file", Text, None, "a TOML file that says which claims give which role on which sites"),
    setting("tokens.algorithms", Text, Some("RS256,PS256,ES256,EdDSA"), "signature algorithms that are accepted, of these four"),
    setting("tokens.leeway_s", Number, Some("60"), "how far the issuer's clock may differ, 0 to 300"),
    setting("tokens.max_age_s", Number, Some("43200"), "how long after its iat a token is good at most, 60 to 604800"),
    setting("tokens.label_claim", Text, None, "the claim that names a person in the audit log in place of sub; no e-mail address"),
    setting("tokens.refresh_s", Number, Some("300"), "between two reads of the issuer's keys, 1 to 86400"),
    setting("tokens.max_stale_s", Number, Some("43200"), "how old those keys may become while they cannot be read, 60 to 604800"),
    setting("throttle.per_key_per_second", Number, Some("2000"), "calls a second with one key here, 1 to 1000000"),
    setting("throttle.total_per_second", Number, Some("20000"), "calls a second on this replica, 1 to 1000000"),
    setting("throttle.failures_per_peer_per_minute", Number, Some("60"), "calls without a good key from one address, 1 to 1000000"),
    setting("moderation.lease_ms", Number, Some("120000"), "how long a lease lives without a sign of life, 100 to 3600000"),
    setting("moderation.undo_window_s", Number, Some("86400"), "how long a decision can be undone, 0 to 2592000 (30 days)"),
    setting("moderation.skip_cooldown_s", Number, Some("30"), "how long a skipped item rests where the moderator does not say, 0 to 3600"),
    setting("moderation.max_hold_s", Number, Some("1800"), "how long an item is one moderator's with signs of life, 1 to 86400"),
    setting("moderation.poll_ms", Number, Some("1000"), "slow poll that covers a lost wake-up, 100 to 60000"),
    setting("events.keep_days", Number, Some("30"), "how long events stay in the feed, 1 to 3650"),
    setting("learning.trainer", Switch, Some("true"), "this replica may be the trainer; without one nothing is learnt"),
    setting("learning.lease_ms", Number, Some("5000"), "how long the trainer's lease lives without a sign of life, 500 to 60000"),
    setting("learning.poll_ms", Number, Some("1000"), "slow poll that covers a lost wake-up, 100 to 60000"),
    setting("learning.publish_ms", Number, Some("150"), "shortest time between two publications of the model here, 10 to 10000"),
    setting("learning.snapshot_s", Number, Some("600"), "longest that lessons wait for a snapshot, 1 to 39600"),
    setting("learning.snapshot_lessons", Number, Some("5000"), "most lessons that wait for a snapshot, 1 to 1000000"),
    setting("log.level", Text, Some("info"), "error, warn, info, debug, trace, or directives such as info,replydesk=debug"),
    setting("log.format", Text, Some("text"), "text or json"),
];
