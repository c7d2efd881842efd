//! Redis: whether it is reached, fit, near, of these secrets, and has room.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime},
};

use super::{
    Check, clock,
    memory::{self, Info},
};
use crate::{
    app::service_secrets::ServiceSecrets,
    config::Config,
    secrets,
    store::{
        connection::{Store, StoreSettings},
        embedded::{self, EmbeddedSettings},
        error::StoreError,
        identity::Identity,
        keys, preflight,
        preflight::PreflightError,
        schema,
    },
};

const REACH: &str = "redis";
const FITNESS: &str = "redis settings";
const IDENTITY: &str = "redis data";
const LATENCY: &str = "redis round trip";

/// From here on a submission, which has three of them, is slow.
const WARN: Duration = Duration::from_millis(10);
/// From here on it misses its 100 ms.
const FAIL: Duration = Duration::from_millis(30);

/// How often it is asked; the middle one counts.
const PINGS: usize = 15;

/// Looks at the Redis that is configured, or at the embedded one if it runs.
pub(super) async fn look(config: &Config, now: SystemTime) -> Vec<Check> {
    let url = match &config.store.redis_url {
        Some(url) => url.expose().to_owned(),
        None => match embedded::running(&config.store.data_dir) {
            Some(url) => url,
            None => return vec![program(config).await],
        },
    };
    let mut settings = StoreSettings::new(url);
    settings.timeout = config.store.timeout;
    let address = settings.address();
    let store = match Store::open(settings).await {
        Ok(store) => store,
        Err(error) => {
            let mend = "start it, or mend store.redis_url (REDIS_URL): address, user and password";
            return vec![Check::failure(REACH, format!("{address}: {error}"), mend)];
        }
    };
    let checks = examine(&store, config, &address, now).await;
    store.shutdown().await;
    checks.unwrap_or_else(|error| {
        let mend = "see what it says, and ask again";
        vec![Check::failure(REACH, format!("{address}: {error}"), mend)]
    })
}

/// What a private server would be started with.
async fn program(config: &Config) -> Check {
    let settings = EmbeddedSettings::new(config.store.data_dir.clone());
    match embedded::program(&settings).await {
        Ok(program) => Check::ok(
            REACH,
            format!(
                "{} is there for the first start; none runs now",
                program.display()
            ),
        ),
        Err(error) => Check::failure(REACH, error.to_string(), "install it, or set REDIS_URL"),
    }
}

async fn examine(
    store: &Store,
    config: &Config,
    address: &str,
    now: SystemTime,
) -> Result<Vec<Check>, StoreError> {
    let mut checks = fitness(store, config, address).await?;
    let info: String = store.query(&redis::cmd("INFO")).await?;
    let info = Info::read(&info);
    checks.push(memory::memory(&info));
    checks.extend(memory::persistence(&info));
    if let Err(error) = store.probe().await {
        let mend = "look at its memory and its disk: nothing can be submitted now";
        checks.push(Check::failure(FITNESS, error.to_string(), mend));
    }
    checks.push(latency(round_trip(store).await?));
    let began = Instant::now();
    let redis_now = store.now().await?;
    // The caller's clock, as of now.
    let here = now + (SystemTime::now().duration_since(now)).unwrap_or_default();
    checks.push(clock::difference(here, redis_now.0, began.elapsed()));
    checks.push(data(store, config).await?);
    Ok(checks)
}

/// Version, role, eviction, append-only file, replicas: as the service asks at its start.
async fn fitness(store: &Store, config: &Config, address: &str) -> Result<Vec<Check>, StoreError> {
    let asked = config.store.durability;
    let report = match preflight::check(store, asked, config.store.allow_unsafe_redis).await {
        Ok(report) => report,
        Err(PreflightError::Unfit(problems)) => {
            let failures = problems.into_iter();
            return Ok(failures
                .map(|problem| Check::failure(FITNESS, problem.found, problem.mend))
                .collect());
        }
        Err(PreflightError::Store(error)) => return Err(error),
    };
    let version = report.version.map(|version| version.to_string());
    let version = version.unwrap_or_else(|| "its version is unknown".to_owned());
    let mut checks = vec![Check::ok(REACH, format!("{address}: {version}"))];
    for problem in report.allowed {
        let found = format!("{} (allowed by store.allow_unsafe_redis)", problem.found);
        checks.push(Check::warning(FITNESS, found, problem.mend));
    }
    for what in report.unchecked {
        let mend = "ask whoever runs this Redis";
        checks.push(Check::warning(
            FITNESS,
            format!("not looked at: {what}"),
            mend,
        ));
    }
    if checks.len() == 1 {
        checks.push(Check::ok(FITNESS, "keep what is acknowledged"));
    }
    Ok(checks)
}

async fn round_trip(store: &Store) -> Result<Duration, StoreError> {
    let mut took = Vec::with_capacity(PINGS);
    for _ in 0..PINGS {
        let began = Instant::now();
        let _: String = store.query(&redis::cmd("PING")).await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took.get(PINGS / 2).copied().unwrap_or_default())
}

pub(super) fn latency(took: Duration) -> Check {
    let found = format!("{}.{:03} ms", took.as_millis(), took.subsec_micros() % 1000);
    let mend = "bring Redis nearer (the same zone), or give its machine what it lacks; `redis-cli --latency` watches it";
    match took {
        took if took >= FAIL => Check::failure(LATENCY, found, mend),
        took if took >= WARN => Check::warning(LATENCY, found, mend),
        _ => Check::ok(LATENCY, found),
    }
}

async fn data(store: &Store, config: &Config) -> Result<Check, StoreError> {
    let mut pipe = redis::pipe();
    pipe.hgetall(keys::identity()).exists(keys::restore());
    let (stored, is_restoring) = store.pipeline(&pipe).await?;
    let identity = match &config.store.redis_url {
        Some(_) => ServiceSecrets::configured(config).ok(),
        // Reads what is there: without secrets nothing is asked, since asking would make some.
        None if config.store.data_dir.join(secrets::DIRECTORY).exists() => {
            ServiceSecrets::own(config, &config.store.data_dir)
                .await
                .ok()
        }
        None => None,
    };
    let identity = identity.map(|secrets| secrets.identity());
    Ok(belongs(&stored, is_restoring, identity.as_ref()))
}

/// Whose data it is. Claims nothing.
pub(super) fn belongs(
    stored: &HashMap<String, String>,
    is_restoring: bool,
    identity: Option<&Identity>,
) -> Check {
    let field = |name: &str| stored.get(name).map_or("", String::as_str);
    let found = stored.get("schema").map_or("1", String::as_str);
    let release = field("schema_release");
    if let Some(refused) = schema::refused(found, release, is_restoring) {
        return Check::failure(IDENTITY, refused.to_string(), "do what it says");
    }
    let Some(pepper) = stored.get("pepper") else {
        return Check::ok(IDENTITY, "none yet");
    };
    let Some(identity) = identity else {
        let mend = "configure the pepper and the officer's key";
        return Check::failure(IDENTITY, "there is some, and no secrets here", mend);
    };
    if !identity.pepper.knows(pepper) {
        let found = format!(
            "written with another pepper ({pepper}) than the configured one ({})",
            identity.pepper.current
        );
        let mend = "configure the pepper that the other replicas have, or use another Redis";
        return Check::failure(IDENTITY, found, mend);
    }
    let key = field("privacy_key");
    if !identity.privacy_key.knows(key) {
        let found = format!(
            "sealed to another privacy key ({key}) than the configured one ({})",
            identity.privacy_key.current
        );
        let mend = "configure the public key that the other replicas have, or use another Redis";
        return Check::failure(IDENTITY, found, mend);
    }
    Check::ok(IDENTITY, format!("of these secrets, schema {found}"))
}
