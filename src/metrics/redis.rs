//! Redis, as seen from here.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::{
    catalogue::{
        CONFIRMATION_WAIT, CONFIRMATIONS, REDIS_ERRORS, REDIS_IN_FLIGHT, REDIS_MEMORY_MAX,
        REDIS_MEMORY_USED, REDIS_RECONNECTS, REDIS_REPLICA_LAG, REDIS_REPLICAS, REDIS_ROUND_TRIP,
        REDIS_SCRIPT, REDIS_UP,
    },
    exposition::Page,
    instruments::{Counter, Histogram, Level},
    replica::Now,
};

/// More scripts than there are.
const MOST_SCRIPTS: usize = 96;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection.
    Away,
    /// No answer in time.
    TimedOut,
    /// It takes no writes.
    ReadOnly,
    /// It is full, or its disk is.
    Full,
    /// Too few replicas have received it.
    Unreplicated,
    /// It refused the command.
    Refused,
    /// The answer cannot be read.
    Corrupt,
}

impl Failure {
    const WORDS: [&'static str; 7] = [
        "away",
        "timed_out",
        "read_only",
        "full",
        "unreplicated",
        "refused",
        "corrupt",
    ];

    /// Whether an answer came, or was waited for.
    fn took_time(self) -> bool {
        match self {
            // Told at once, without asking.
            Self::Away => false,
            Self::TimedOut
            | Self::ReadOnly
            | Self::Full
            | Self::Unreplicated
            | Self::Refused
            | Self::Corrupt => true,
        }
    }
}

/// What came of waiting for replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// Enough have it.
    Yes,
    /// Too few, in time.
    TooFew,
    /// Redis could not be asked.
    Failed,
}

/// What Redis says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerNow {
    /// Memory that it uses, in bytes.
    pub memory_used: u64,
    /// Its `maxmemory`, in bytes; 0 for none.
    pub memory_max: u64,
    /// Replicas that are online.
    pub replicas: u64,
    /// Bytes that the last of them is behind.
    pub replica_lag: u64,
}

impl ServerNow {
    /// Of two primaries of a cluster: the memory of the fuller one, the fewer replicas, the greater lag.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        // Without a bound none is full.
        let full =
            |now: &Self| u128::from(now.memory_used) * 1_000 / u128::from(now.memory_max.max(1));
        let is_fuller = match (self.memory_max, other.memory_max) {
            (0, 0) => self.memory_used >= other.memory_used,
            (0, _) => false,
            (_, 0) => true,
            (_, _) => full(&self) >= full(&other),
        };
        let fuller = if is_fuller { self } else { other };
        Self {
            memory_used: fuller.memory_used,
            memory_max: fuller.memory_max,
            replicas: self.replicas.min(other.replicas),
            replica_lag: self.replica_lag.max(other.replica_lag),
        }
    }
}

/// The calls of one script, by its name. A place is taken by the first call of a script, and kept.
type OfScript = OnceLock<(&'static str, Histogram)>;

/// Redis, as seen from here.
pub struct Redis {
    round_trips: Histogram,
    scripts: [OfScript; MOST_SCRIPTS],
    failures: [Counter; Failure::WORDS.len()],
    in_flight: Level,
    confirmed: Counter,
    unreplicated: Counter,
    unconfirmed: Counter,
    confirmation_wait: Histogram,
    memory_used: Level,
    memory_max: Level,
    replicas: Level,
    replica_lag: Level,
}

impl Default for Redis {
    fn default() -> Self {
        Self {
            round_trips: Histogram::new(REDIS_ROUND_TRIP.buckets),
            scripts: [const { OnceLock::new() }; MOST_SCRIPTS],
            failures: Default::default(),
            in_flight: Level::default(),
            confirmed: Counter::default(),
            unreplicated: Counter::default(),
            unconfirmed: Counter::default(),
            confirmation_wait: Histogram::new(CONFIRMATION_WAIT.buckets),
            memory_used: Level::default(),
            memory_max: Level::default(),
            replicas: Level::default(),
            replica_lag: Level::default(),
        }
    }
}

/// A call that waits for its answer, until it is dropped.
pub struct Waiting<'a> {
    redis: &'a Redis,
    began: Instant,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.redis.in_flight.fall();
    }
}

impl Waiting<'_> {
    /// It ended, well or not; `script` is the file's name where it was one.
    pub fn ended(self, script: Option<&'static str>, failure: Option<Failure>) {
        let took = self.began.elapsed();
        if let Some(failure) = failure {
            self.redis.failed(failure);
        }
        if failure.is_none_or(Failure::took_time) {
            self.redis.round_trips.time(took);
            if let Some(histogram) = script.and_then(|script| self.redis.of_script(script)) {
                histogram.time(took);
            }
        }
    }
}

impl Redis {
    /// A call begins.
    pub fn begin(&self) -> Waiting<'_> {
        self.in_flight.rise();
        Waiting {
            redis: self,
            began: Instant::now(),
        }
    }

    fn failed(&self, failure: Failure) {
        // The words are in the order of the kinds.
        if let Some(counter) = self.failures.get(failure as usize) {
            counter.one();
        }
    }

    /// A write waited so long for replicas.
    pub fn confirmed(&self, result: Confirmed, waited: Duration) {
        self.confirmation_wait.time(waited);
        match result {
            Confirmed::Yes => self.confirmed.one(),
            Confirmed::TooFew => {
                self.unreplicated.one();
                self.failed(Failure::Unreplicated);
            }
            Confirmed::Failed => self.unconfirmed.one(),
        }
    }

    /// What Redis says of itself.
    pub fn server(&self, now: &ServerNow) {
        self.memory_used.set(now.memory_used);
        self.memory_max.set(now.memory_max);
        self.replicas.set(now.replicas);
        self.replica_lag.set(now.replica_lag);
    }

    /// Names are compared from the first on: some fifty pointers, where Redis takes a thousand times as long.
    fn of_script(&self, script: &'static str) -> Option<&Histogram> {
        self.scripts.iter().find_map(|place| {
            let (name, histogram) =
                place.get_or_init(|| (script, Histogram::new(REDIS_SCRIPT.buckets)));
            let same = std::ptr::eq(*name, script) || *name == script;
            same.then_some(histogram)
        })
    }

    pub(super) fn write(&self, page: &mut Page, now: &Now) {
        page.family(&REDIS_UP).count(&[], now.redis_up.into());
        page.family(&REDIS_ROUND_TRIP)
            .histogram(&[], &self.round_trips);
        let mut samples = page.family(&REDIS_SCRIPT);
        for (name, histogram) in self.scripts.iter().filter_map(OnceLock::get) {
            let name = name.strip_suffix(".lua").unwrap_or(name);
            samples.histogram(&[name], histogram);
        }
        let mut samples = page.family(&REDIS_ERRORS);
        for (word, counter) in Failure::WORDS.iter().zip(&self.failures) {
            samples.count(&[word], counter.get());
        }
        page.family(&REDIS_IN_FLIGHT)
            .count(&[], self.in_flight.get());
        page.family(&REDIS_RECONNECTS)
            .count(&[], now.redis_reconnects);
        for (family, level) in [
            (&REDIS_MEMORY_USED, &self.memory_used),
            (&REDIS_MEMORY_MAX, &self.memory_max),
            (&REDIS_REPLICAS, &self.replicas),
            (&REDIS_REPLICA_LAG, &self.replica_lag),
        ] {
            page.family(family).count(&[], level.get());
        }
        page.family(&CONFIRMATIONS)
            .count(&["confirmed"], self.confirmed.get())
            .count(&["unreplicated"], self.unreplicated.get())
            .count(&["failed"], self.unconfirmed.get());
        page.family(&CONFIRMATION_WAIT)
            .histogram(&[], &self.confirmation_wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_a_place_and_one_too_many_has_none() {
        let redis = Redis::default();
        let names: Vec<&'static str> = (0..MOST_SCRIPTS + 1)
            .map(|n| &*format!("script-{n}.lua").leak())
            .collect();
        for name in names.iter().chain(&names) {
            redis.begin().ended(Some(name), None);
        }
        let counted = |name| redis.of_script(name).map(Histogram::len);
        assert_eq!(counted(names[0]), Some(2));
        assert_eq!(counted(names[MOST_SCRIPTS - 1]), Some(2));
        assert_eq!(counted(names[MOST_SCRIPTS]), None);
        assert_eq!(redis.round_trips.len(), 2 * (MOST_SCRIPTS as u64 + 1));
    }

    #[test]
    fn there_are_fewer_scripts_than_places() {
        let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/scripts");
        let files = std::fs::read_dir(scripts).unwrap();
        assert!(files.count() < MOST_SCRIPTS);
    }

    #[test]
    fn who_is_away_takes_no_time_and_a_dropped_call_waits_no_more() {
        let redis = Redis::default();
        redis.begin().ended(None, Some(Failure::Away));
        assert_eq!((redis.round_trips.len(), redis.failures[0].get()), (0, 1));
        let waiting = redis.begin();
        assert_eq!(redis.in_flight.get(), 1);
        drop(waiting);
        assert_eq!(redis.in_flight.get(), 0);
    }
}
