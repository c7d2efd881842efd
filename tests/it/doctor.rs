//! `replydesk doctor`: each check with what makes it fail.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, SystemTime},
};

use replydesk::{
    config::sources::Sources,
    doctor::{self, Check, Level},
};
use serde_json::Value;
use tonic_health::pb::health_check_response::ServingStatus::Serving;

use crate::{
    commands::{
        place::{Place, text},
        serve::Serve,
    },
    harness::{Desk, certificates, health::Probe},
};

/// What is configured for a desk, with further settings.
fn sources(desk: &Desk, settings: &[(&str, &str)]) -> Sources {
    let mut sources = desk.sources();
    let given = settings.iter();
    sources
        .flags
        .extend(given.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    sources
}

async fn examined(sources: &Sources) -> Vec<Check> {
    doctor::examine(sources, SystemTime::now()).await
}

/// That a check of this level and name says this.
fn has(checks: &[Check], level: Level, name: &str, part: &str) -> bool {
    let mut of_name = checks.iter().filter(|check| check.name == name);
    of_name.any(|check| check.level == level && check.found.contains(part))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_service_is_well_and_nothing_is_changed() {
    let desk = Desk::start().await;
    Probe::new(desk.replicas[0].address).until(Serving).await;
    let listen = desk.replicas[0].address.to_string();
    let before = desk.redis.keys().len();
    let checks = examined(&sources(&desk, &[("server.listen", &listen)])).await;
    assert_eq!(doctor::worst(&checks), Level::Ok, "{checks:#?}");
    for (name, part) in [
        ("configuration", "can be used"),
        ("certificate", "this machine alone"),
        ("redis", "Redis 7"),
        ("redis settings", "keep what is acknowledged"),
        ("redis memory", "MiB"),
        ("redis disk", "were written"),
        ("redis round trip", "ms"),
        ("clock", "ms apart"),
        ("redis data", "of these secrets, schema 1"),
        ("port", "is serving"),
    ] {
        assert!(has(&checks, Level::Ok, name, part), "{name}: {checks:#?}");
    }
    assert_eq!(desk.redis.keys().len(), before);
    desk.finish().await;
}

/// A command to Redis, and what is said of it then.
type Wrong = (&'static [&'static str], Level, &'static str, &'static str);

const WRONG: [Wrong; 8] = [
    (
        &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
        Level::Failure,
        "redis settings",
        "allkeys-lru",
    ),
    (
        &["CONFIG", "SET", "appendonly", "no"],
        Level::Failure,
        "redis settings",
        "appendonly is no",
    ),
    (
        &["CONFIG", "SET", "appendfsync", "everysec"],
        Level::Failure,
        "redis settings",
        "everysec",
    ),
    (
        &["REPLICAOF", "127.0.0.1", "1"],
        Level::Failure,
        "redis settings",
        "takes no writes",
    ),
    (
        // An empty one takes about a megabyte.
        &["CONFIG", "SET", "maxmemory", "1200000"],
        Level::Warning,
        "redis memory",
        "%",
    ),
    (
        &["HSET", "{replydesk}:identity", "pepper", "other"],
        Level::Failure,
        "redis data",
        "another pepper",
    ),
    (
        &["HSET", "{replydesk}:restore", "name", "x"],
        Level::Failure,
        "redis data",
        "has not finished",
    ),
    (
        &["ACL", "SETUSER", "default", "-config"],
        Level::Warning,
        "redis settings",
        "appendfsync",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_redis_is_told() {
    for (command, level, name, part) in WRONG {
        let desk = Desk::with(0, &[]).await;
        let _: redis::Value = desk.redis.ask(command);
        let checks = examined(&sources(&desk, &[])).await;
        assert!(has(&checks, level, name, part), "{command:?}: {checks:#?}");
        let bad = checks.iter().filter(|check| check.level != Level::Ok);
        assert!(
            bad.clone().all(|check| !check.mend.is_empty()),
            "{checks:#?}"
        );
        desk.finish().await;
    }
    let desk = Desk::with(0, &[]).await;
    let mut nowhere = sources(&desk, &[]);
    nowhere.env.insert(
        "REDIS_URL".to_owned(),
        "redis://:hidden@127.0.0.1:1".to_owned(),
    );
    let checks = examined(&nowhere).await;
    assert!(
        has(&checks, Level::Failure, "redis", "redis://127.0.0.1:1"),
        "{checks:#?}"
    );
    assert!(!format!("{checks:?}").contains("hidden"), "{checks:?}");
    let replicas = [("store.durability", "replica"), ("store.replicas", "2")];
    let checks = examined(&sources(&desk, &replicas)).await;
    assert!(
        has(
            &checks,
            Level::Failure,
            "redis settings",
            "0 of 2 promised replicas"
        ),
        "{checks:#?}"
    );
    let everysec = [("store.allow_unsafe_redis", "true")];
    let () = desk
        .redis
        .ask(&["CONFIG", "SET", "appendfsync", "everysec"]);
    let checks = examined(&sources(&desk, &everysec)).await;
    assert!(
        has(&checks, Level::Warning, "redis settings", "allowed by"),
        "{checks:#?}"
    );
    desk.finish().await;
}

#[tokio::test]
async fn a_wrong_configuration_is_all_that_is_told() {
    let desk = Desk::with(0, &[]).await;
    let wrong = [("store.timeout_ms", "1"), ("server.lissten", "x")];
    let checks = examined(&sources(&desk, &wrong)).await;
    assert_eq!(checks.len(), 2, "{checks:#?}");
    assert!(has(
        &checks,
        Level::Failure,
        "configuration",
        "store.timeout_ms"
    ));
    assert!(has(
        &checks,
        Level::Failure,
        "configuration",
        "did you mean server.listen"
    ));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_another_program_has_is_told() {
    let desk = Desk::with(0, &[]).await;
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // It hangs up on whoever comes.
    let address = other.local_addr().unwrap().to_string();
    std::thread::spawn(move || other.incoming().for_each(drop));
    for (listen, part) in [
        (address.as_str(), "something that is no ReplyDesk"),
        ("127.0.0.250:0", "the system chooses"),
        ("192.0.2.1:50051", "cannot be listened on"),
    ] {
        let settings = [
            ("server.listen", listen),
            ("server.allow_plaintext", "true"),
        ];
        let checks = examined(&sources(&desk, &settings)).await;
        let port = checks.iter().find(|check| check.name == "port").unwrap();
        assert!(port.found.contains(part), "{port:?}");
        let is_ok = part.contains("chooses");
        assert_eq!(port.level == Level::Ok, is_ok, "{port:?}");
        let certificate = checks
            .iter()
            .find(|check| check.name == "certificate")
            .unwrap();
        assert_eq!(
            certificate.level == Level::Warning,
            listen.starts_with("192")
        );
    }
    let ops = [("ops.listen", address.as_str())];
    let checks = examined(&sources(&desk, &ops)).await;
    assert!(
        has(&checks, Level::Failure, "port", &address),
        "{checks:#?}"
    );
    let told = checks
        .iter()
        .find(|check| check.name == "port" && check.level == Level::Failure);
    assert!(told.unwrap().mend.contains("set ops.listen"), "{told:?}");
    desk.finish().await;
}

#[tokio::test]
async fn certificates_are_looked_at_with_their_key_their_time_and_their_names() {
    let place = tempfile::tempdir().unwrap();
    let day = Duration::from_secs(86_400);
    let good = certificates::files(
        place.path(),
        "good",
        &["desk.example", "192.0.2.7"],
        90 * day,
    );
    let short = certificates::files(place.path(), "short", &["desk.example"], 3 * day);
    let nameless = certificates::files(place.path(), "nameless", &[], 90 * day);
    let mixed = (good.0.clone(), short.1.clone());
    let open = (good.0.clone(), place.path().join("open.key"));
    fs::copy(&good.1, &open.1).unwrap();
    fs::set_permissions(&open.1, fs::Permissions::from_mode(0o644)).unwrap();
    let now = SystemTime::now();
    let desk = Desk::with(0, &[]).await;
    for (files, at, level, name, part) in [
        (
            &good,
            now,
            Level::Ok,
            "certificate",
            "is for desk.example, 192.0.2.7",
        ),
        (&good, now, Level::Ok, "certificate", "ends in 89 days"),
        (
            &good,
            now + 100 * day,
            Level::Failure,
            "certificate",
            "is over",
        ),
        (&short, now, Level::Warning, "certificate", "ends in 2 days"),
        (
            &nameless,
            now,
            Level::Failure,
            "certificate",
            "names no host",
        ),
        (&mixed, now, Level::Failure, "certificate", "does not fit"),
        (
            &open,
            now,
            Level::Warning,
            "key files",
            "everybody on this machine can read",
        ),
    ] {
        let shown = |path: &Path| path.display().to_string();
        let settings = [
            ("tls.certificate_file", &shown(&files.0)[..]),
            ("tls.private_key_file", &shown(&files.1)[..]),
        ];
        let checks = doctor::examine(&sources(&desk, &settings), at).await;
        assert!(has(&checks, level, name, part), "{part}: {checks:#?}");
    }
    desk.finish().await;
}

#[tokio::test]
async fn a_provider_without_keys_is_told() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys.json");
    fs::write(&keys, "{}").unwrap();
    let desk = Desk::with(0, &[]).await;
    let file = keys.display().to_string();
    for (source, value) in [
        ("tokens.jwks_file", &file[..]),
        ("tokens.jwks_url", "http://127.0.0.1:1/keys"),
    ] {
        let settings = [
            ("tokens.issuer", "https://id.example"),
            ("tokens.audience", "replydesk"),
            (source, value),
        ];
        let mut given = sources(&desk, &settings);
        let grants = place.path().join("grants.toml");
        let grant = "[[grants]]\nclaim = \"desk\"\nvalue = \"lead\"\nrole = \"moderator\"\nsites = [\"gazette\"]\n";
        fs::write(&grants, grant).unwrap();
        given.flags.push((
            "tokens.grants_file".to_owned(),
            grants.display().to_string(),
        ));
        let checks = examined(&given).await;
        assert!(
            has(&checks, Level::Failure, "identity provider", ""),
            "{checks:#?}"
        );
    }
    desk.finish().await;
}

#[test]
fn the_command_tells_people_and_scripts_and_its_exit_code_is_the_verdict() {
    let place = Place::new();
    let listen = "server.listen=127.0.0.1:0";
    let before = place.run(&["doctor", "--set", listen]);
    let said = text(&before.stdout);
    assert!(before.status.success(), "{said}");
    assert!(
        said.contains("none runs now") && said.contains("made at the first start"),
        "{said}"
    );
    assert!(!place.path().join("data").exists(), "it changes nothing");

    let serve = Serve::start_in(place);
    // The officer's key lies where it was made.
    let warned = serve.run(&["doctor", "--set", listen, "--json"]);
    let said = text(&warned.stdout);
    assert_eq!(warned.status.code(), Some(0), "{said}");
    let checks: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let warning = checks
        .iter()
        .find(|check| check["level"] == "warning")
        .unwrap();
    assert_eq!(warning["check"], "key files");
    assert!(
        warning["mend"]
            .as_str()
            .unwrap()
            .starts_with("move data/secrets/privacy.key")
    );
    let why = serve.fail(&["doctor", "--set", listen, "--strict"], 1);
    assert!(why.contains("1 of the checks warn"), "{why}");
    let secrets = serve.place.path().join("data/secrets");
    fs::rename(secrets.join("pepper"), serve.place.path().join("pepper")).unwrap();
    let why = serve.fail(&["doctor", "--set", listen], 1);
    assert!(why.contains("of the checks failed"), "{why}");
}
