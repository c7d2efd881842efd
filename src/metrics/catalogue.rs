//! Every metric there is: a row each, and nothing beside it. The page and `docs/METRICS.md` go by it.

/// What a metric's numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, until the process starts anew.
    Counter,
    /// As it is now.
    Gauge,
    /// How often values fell into each of some ranges.
    Histogram,
}

impl Kind {
    /// Its word in the text format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What tells a metric's series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Which values it can have: known ones, and never so many as callers like.
    pub values: &'static str,
}

/// One metric.
#[derive(Debug, PartialEq)]
pub struct Family {
    /// Its name, with its unit; counters end with `_total`.
    pub name: &'static str,
    /// What its numbers mean.
    pub kind: Kind,
    /// What tells its series apart.
    pub labels: &'static [Label],
    /// Of a histogram, the upper ends of its ranges.
    pub buckets: &'static [f64],
    /// What it tells: one line, without a backslash.
    pub help: &'static str,
}

/// Seconds that a caller waits.
const CALL: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Seconds that Redis takes.
const REDIS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];
/// The same for each of some fifty scripts: fewer, so that there are not too many series.
const SCRIPT: &[f64] = &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
/// Finer where policies draw their lines.
const PROBABILITY: &[f64] = &[
    0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0,
];

const fn label(name: &'static str, values: &'static str) -> Label {
    Label { name, values }
}

const SERVICE: Label = label(
    "service",
    "the proto's full name, such as `replydesk.v1.CommentService`; `other`",
);
const METHOD: Label = label(
    "method",
    "the method's name; `other` for every path that is no method",
);
const SITE: Label = label(
    "site",
    "the first 50 sites by name; `other` for all others together",
);
const LANE: Label = label("lane", "`review`, `reported`, `escalated`, `appeals`");

/// Makes a constant of each row, and the list of all.
macro_rules! catalogue {
    (@kind counter) => { Kind::Counter };
    (@kind gauge) => { Kind::Gauge };
    (@kind histogram) => { Kind::Histogram };
    (@buckets) => { &[] };
    (@buckets $buckets:ident) => { $buckets };
    ($($row:ident: $kind:ident $(($buckets:ident))? $name:literal [$($label:expr),*] $help:literal;)+) => {
        $(
            #[doc = $help]
            pub static $row: Family = Family {
                name: $name,
                kind: catalogue!(@kind $kind),
                labels: &[$($label),*],
                buckets: catalogue!(@buckets $($buckets)?),
                help: $help,
            };
        )+

        /// All, in the order of the page.
        pub const ALL: &[&Family] = &[$(&$row),+];
    };
}

catalogue! {
    RPC_REQUESTS: counter "replydesk_rpc_requests_total"
        [SERVICE, METHOD, label("code", "the gRPC code's name, such as `OK` or `INVALID_ARGUMENT`")]
        "Calls that ended, streams included. A stream that ends for its age or a shutdown ends as UNAVAILABLE: that is no fault.";
    RPC_DURATION: histogram(CALL) "replydesk_rpc_duration_seconds"
        [SERVICE, METHOD, label("fault", "`none` (OK), `server` (UNAVAILABLE, INTERNAL, UNKNOWN, DATA_LOSS, DEADLINE_EXCEEDED), `client` (every other code)")]
        "How long calls took that are no streams, from their headers to the last byte of the reply. A deadline of less than 100 ms that passed is the client's fault.";
    RPC_STREAMS: gauge "replydesk_rpc_streams" [SERVICE, METHOD]
        "Streams that are open.";
    SUBMISSIONS: counter "replydesk_submissions_total"
        [label("outcome", "`approved`, `pending`, `spam`, `rejected`: stored so; `replayed`: stored before; `refused`: by a limit, as a duplicate, or by a closed thread; `invalid`: the form has violations; `checked`: validate_only; `failed`: anything else")]
        "What became of the calls of SubmitComment that named a site the caller's key is good for.";
    LIMITS_HIT: counter "replydesk_limits_hit_total"
        [label("limit", "`author`, `ip_address`, `thread`, `site`: the site's; `reader`: that on one reader's reports; `replica`: this replica's throttle")]
        "Submissions and changes by the blog that a limit refused.";
    SCORE: histogram(PROBABILITY) "replydesk_score" []
        "How likely spam the submissions are that were stored: probabilities from 0 to 1.";
    QUEUE_ITEMS: gauge "replydesk_queue_items" [SITE, LANE]
        "Items that wait for a moderator and that nobody holds. Read every 10 s, of at most 50 sites at a time; each replica reports the same, so take the maximum.";
    QUEUE_OLDEST: gauge "replydesk_queue_oldest_age_seconds" [SITE, LANE]
        "For how long the lane's most urgent item has waited there; 0 for an empty one. Read as replydesk_queue_items is.";
    QUEUE_OVERDUE: gauge "replydesk_queue_overdue_items" [SITE]
        "Items that wait although their due time has passed: the site's service level, less what makes them urgent. Read as replydesk_queue_items is.";
    QUEUE_HELD: gauge "replydesk_queue_held_items" [SITE]
        "Items that a moderator holds, or that were skipped a moment ago. Read as replydesk_queue_items is.";
    DECISIONS: counter "replydesk_decisions_total"
        [label("verdict", "`approve`, `reject`, `spam`, `escalate`")]
        "Moderators' words that were carried out here, one by one or in bulk.";
    REVIEWS: counter "replydesk_reviews_total"
        [label("within_service_level", "`true`: not later than the item's due time; `false`: later")]
        "Items whose wait was ended by a verdict here, one by one or in bulk.";
    MODEL_LAG: gauge "replydesk_model_lag_lessons" []
        "Entries of the model log that this replica does not score by yet.";
    MODEL_LESSONS: gauge "replydesk_model_lessons" []
        "Lessons that this replica's model has learnt since the compiled-in one.";
    MODEL_DIGEST: gauge "replydesk_model_digest" []
        "The first 52 bits of the model's digest, as a number: replicas with as many lessons must have the same.";
    MODEL_AGREEMENT: gauge "replydesk_model_agreement_ratio" []
        "The share of decisions that the model would have made too, before it learnt from them.";
    MODEL_CALIBRATION: gauge "replydesk_model_calibration_error" []
        "How far its probabilities are from how often comments so scored are spam, on average: 0 to 1.";
    MODEL_EVENTS: counter "replydesk_model_events_total"
        [label("event", "`appended`, `comments_gone`, `sources_cut`, `imports_corrupt`, `entries_corrupt`, `snapshots_corrupt`, `reloads`, `gaps`, `diverged`, `snapshots`, `trimmed`, `tenures`")]
        "What happened to lessons, log and snapshots here, as `replydesk model status` tells it.";
    TRAINER: gauge "replydesk_trainer" []
        "1 if this replica is the trainer. One of all should be, where learning.trainer is set.";
    REDIS_UP: gauge "replydesk_redis_up" []
        "1 if Redis answers and takes writes, as last seen; each second it is tried.";
    REDIS_ROUND_TRIP: histogram(REDIS) "replydesk_redis_round_trip_seconds" []
        "How long Redis took to answer, the wait for a turn included; a time-out counts as its deadline.";
    REDIS_SCRIPT: histogram(SCRIPT) "replydesk_redis_script_duration_seconds"
        [label("script", "the file's name in src/store/scripts, without `.lua`")]
        "The same for each script that was run.";
    REDIS_ERRORS: counter "replydesk_redis_errors_total"
        [label("kind", "`away`, `timed_out`, `read_only`, `full`, `unreplicated`, `refused`, `corrupt`")]
        "Calls to Redis that failed.";
    REDIS_IN_FLIGHT: gauge "replydesk_redis_in_flight" []
        "Calls to Redis that wait for their answer; store.max_in_flight is the most.";
    REDIS_RECONNECTS: counter "replydesk_redis_reconnects_total" []
        "Connections to Redis that replaced an earlier one.";
    REDIS_MEMORY_USED: gauge "replydesk_redis_memory_used_bytes" []
        "What Redis uses, as its INFO says; read every 10 s.";
    REDIS_MEMORY_MAX: gauge "replydesk_redis_memory_max_bytes" []
        "Redis's maxmemory, as its INFO says; 0 where it has none.";
    REDIS_REPLICAS: gauge "replydesk_redis_replicas_connected" []
        "Replicas that are online, as the primary's INFO says.";
    REDIS_REPLICA_LAG: gauge "replydesk_redis_replica_lag_bytes" []
        "How far the replica that is furthest behind is behind the primary, of those online; 0 without any.";
    CONFIRMATIONS: counter "replydesk_confirmations_total"
        [label("result", "`confirmed`; `unreplicated`: too few replicas in time; `failed`: Redis could not be asked")]
        "Writes that waited for replicas (store.durability = replica).";
    CONFIRMATION_WAIT: histogram(REDIS) "replydesk_confirmation_wait_seconds" []
        "How long they waited, whatever came of it.";
    SEAL_LEASE: gauge "replydesk_seal_lease_seconds" []
        "For how long this replica may still store what it seals to its officer key, by this machine's clock; it is renewed every 10 s, and below 0 it has lapsed.";
    RETENTION_REMOVED: counter "replydesk_retention_removed_total"
        [label("what", "`texts`, `contacts`: comments whose text or contact data went; `data_keys`, `audit_entries`")]
        "What this replica forgot for its age.";
    RETENTION_LAG: gauge "replydesk_retention_lag_seconds" []
        "For how long the oldest of what was due should have been gone when this replica's last round began; 0 where another replica does the rounds.";
    READY: gauge "replydesk_ready" []
        "1 if this replica says that it is ready; /readyz tells why it is not.";
    TLS_EXPIRES: gauge "replydesk_tls_certificate_expires_seconds" []
        "For how long the server's certificate is still good; below 0 it is over. Absent without TLS.";
    CONNECTIONS: gauge "replydesk_connections" []
        "Connections that clients have open, TLS's handshake included; server.max_connections is the most.";
    CONNECTIONS_REFUSED: counter "replydesk_connections_refused_total" []
        "Connections that were closed at once, since their peer has its share (server.max_connections_per_peer).";
    BUILD_INFO: gauge "replydesk_build_info" [label("version", "the release")]
        "Always 1.";
    PROCESS_START: gauge "process_start_time_seconds" []
        "When the process started, in seconds since 1970.";
    PROCESS_CPU: counter "process_cpu_seconds_total" []
        "Processor time used, by user and system.";
    PROCESS_MEMORY: gauge "process_resident_memory_bytes" []
        "Memory in use that is not swapped out.";
    PROCESS_FDS: gauge "process_open_fds" []
        "File descriptors in use.";
    PROCESS_MAX_FDS: gauge "process_max_fds" []
        "File descriptors there may be.";
}

/// `docs/METRICS.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for family in ALL {
        text.push_str(&format!(
            "\n## {}\n\n{}. {}\n",
            family.name,
            capital(family.kind.word()),
            family.help
        ));
        for label in family.labels {
            text.push_str(&format!("\n- `{}`: {}", label.name, label.values));
        }
        if !family.buckets.is_empty() {
            let ends: Vec<String> = family.buckets.iter().map(f64::to_string).collect();
            text.push_str(&format!("\n- ranges up to: {}", ends.join(", ")));
        }
        if !family.labels.is_empty() || !family.buckets.is_empty() {
            text.push('\n');
        }
    }
    text
}

const HEAD: &str = "# Metrics

Made from `src/metrics/catalogue.rs`; a test compares them, and says how to make this file anew.

`GET /metrics` on the ops port (`ops.listen`) tells these in Prometheus's text format 0.0.4. Names and labels are part of
what releases keep. No label has a value that a caller can invent, and none holds anything of readers. A counter starts
from 0 with the process. A series that has not happened yet is absent, but for outcomes, verdicts, results and `OK`.
";

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}
