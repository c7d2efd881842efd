use std::{collections::BTreeMap, io::Write, path::PathBuf, time::Duration};

use crate::store::durability::Durability;

use super::{
    settings::SETTINGS,
    sources::{Source, Sources},
    *,
};

mod secrets;
mod tokens;

fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn flags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    env(pairs).into_iter().collect()
}

fn from_env(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(&Sources {
        env: env(pairs),
        ..Sources::default()
    })
}

fn file(text: &str) -> (tempfile::NamedTempFile, Option<PathBuf>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let path = file.path().to_owned();
    (file, Some(path))
}

fn problems_of_file(text: &str) -> Vec<String> {
    let (_kept, file) = file(text);
    let sources = Sources {
        file,
        ..Sources::default()
    };
    let error = Config::load(&sources).unwrap_err();
    let line = |p: &problem::Problem| format!("{} {}", p.key, p.message);
    error.problems().iter().map(line).collect()
}

#[test]
fn every_default_is_right_and_is_what_the_design_says() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:50051".parse().unwrap());
    assert_eq!(config.store.durability, Durability::Disk);
    assert!(config.store.redis_url.is_none());
    assert!(config.privacy.pepper.is_none());
    assert_eq!(config.moderation.lease, Duration::from_secs(120));
    assert_eq!(config.events.keep, Duration::from_secs(30 * 86_400));
    assert_eq!(config.learning.snapshot_every, Duration::from_secs(600));
    assert_eq!(config.throttle.total_per_second.get(), 20_000);
}

#[test]
fn flags_beat_the_environment_which_beats_the_file() {
    let (_kept, file) = file(
        "[server]\nlisten = '127.0.0.1:1'\nkeepalive_s = 7\nmax_connections = 9\n[log]\nformat = 'json'\n",
    );
    let sources = Sources {
        file,
        env: env(&[
            ("REPLYDESK_SERVER_LISTEN", "127.0.0.1:2"),
            ("REPLYDESK_SERVER_KEEPALIVE_S", "8"),
        ]),
        flags: flags(&[("server.listen", "127.0.0.1:3")]),
    };
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.keepalive, Duration::from_secs(8));
    assert_eq!(config.server.max_connections, 9);
    assert_eq!(config.log.format, log::LogFormat::Json);
}

#[test]
fn all_problems_come_at_once_with_their_sources() {
    let (kept, file) = file(
        "[server]\nlisten = 'here'\nmax_conections = 3\n[sorver]\nx = 1\n[log]\nlevel = [1]\n",
    );
    let sources = Sources {
        file,
        env: env(&[
            ("REPLYDESK_STORE_TIMEOUT_MS", "soon"),
            ("REPLYDESK_STORE_TIMEOUT", "5"),
        ]),
        flags: flags(&[("events.keep_days", "0"), ("server.lisen", "x")]),
    };
    let error = Config::load(&sources).unwrap_err();
    let path = kept.path().to_owned();
    let expected = [
        ("server.listen", Source::File(path.clone())),
        (
            "store.timeout_ms",
            Source::Environment("REPLYDESK_STORE_TIMEOUT_MS".into()),
        ),
        ("events.keep_days", Source::Flag),
        ("log.level", Source::File(path.clone())),
        ("server.max_conections", Source::File(path.clone())),
        ("sorver.x", Source::File(path)),
        (
            "REPLYDESK_STORE_TIMEOUT",
            Source::Environment("REPLYDESK_STORE_TIMEOUT".into()),
        ),
        ("server.lisen", Source::Flag),
    ];
    for (key, source) in &expected {
        let found = error
            .problems()
            .iter()
            .any(|p| p.key == *key && p.source == *source);
        assert!(found, "{key} in {error}");
    }
    assert_eq!(error.problems().len(), expected.len(), "{error}");
    let text = error.to_string();
    for hint in [
        "8 problems",
        "did you mean server.max_connections?",
        "did you mean server.listen?",
        "did you mean REPLYDESK_STORE_TIMEOUT_MS?",
        "a whole number from 50 to 60000; it is \"soon\"",
    ] {
        assert!(text.contains(hint), "{hint} in {text}");
    }
}

#[test]
fn settings_outside_a_section_and_broken_files_are_explained() {
    assert_eq!(
        problems_of_file("listen = '127.0.0.1:1'\n"),
        ["listen is no setting; did you mean listen in [server]?"]
    );
    let broken = problems_of_file("[privacy]\nx = 1\npepper = 'hunter2\n");
    assert!(
        broken[0].starts_with("--config is not valid TOML at line 3"),
        "{broken:?}"
    );
    assert!(!broken[0].contains("hunter2"));
    let missing = Sources {
        file: Some("/nowhere/replydesk.toml".into()),
        ..Sources::default()
    };
    let error = Config::load(&missing).unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

#[test]
fn only_loopback_goes_without_tls_unless_told() {
    for (listen, allowed, right) in [
        ("127.0.0.1:1", "false", true),
        ("[::1]:1", "false", true),
        ("localhost:1", "false", true),
        ("0.0.0.0:1", "false", false),
        ("[::]:1", "false", false),
        ("10.0.0.1:1", "true", true),
    ] {
        let loaded = from_env(&[
            ("REPLYDESK_SERVER_LISTEN", listen),
            ("REPLYDESK_SERVER_ALLOW_PLAINTEXT", allowed),
        ]);
        assert_eq!(loaded.is_ok(), right, "{listen} {allowed}");
    }
    let protected = from_env(&[
        ("REPLYDESK_SERVER_LISTEN", "0.0.0.0:1"),
        ("REPLYDESK_TLS_CERTIFICATE_FILE", "server.pem"),
        ("REPLYDESK_TLS_PRIVATE_KEY_FILE", "server.key"),
    ]);
    assert!(protected.unwrap().tls.is_some());
}

#[test]
fn tls_is_whole_or_not_at_all() {
    let (certificate, key) = (
        ("REPLYDESK_TLS_CERTIFICATE_FILE", "server.pem"),
        ("REPLYDESK_TLS_PRIVATE_KEY_FILE", "server.key"),
    );
    let ca = ("REPLYDESK_TLS_CLIENT_CA_FILE", "clients.pem");
    let identities = ("REPLYDESK_TLS_IDENTITIES_FILE", "identities.toml");
    let off = ("REPLYDESK_TLS_CLIENT_CERTIFICATES", "off");
    let required = ("REPLYDESK_TLS_CLIENT_CERTIFICATES", "required");
    for (given, wrong) in [
        (&[certificate, key][..], None),
        (&[certificate, key, ca, identities, required], None),
        (&[certificate, key, ca, off], None),
        (&[certificate], Some("tls.certificate_file")),
        (&[key], Some("tls.private_key_file")),
        (&[ca], Some("tls.client_ca_file")),
        (
            &[certificate, key, required],
            Some("tls.client_certificates"),
        ),
        (&[certificate, key, identities], Some("tls.identities_file")),
        (
            &[certificate, key, ca, identities, off],
            Some("tls.identities_file"),
        ),
    ] {
        match (from_env(given), wrong) {
            (Ok(config), None) => {
                let asks = config.tls.is_some_and(|tls| tls.clients.is_some());
                assert_eq!(asks, given.contains(&ca) && !given.contains(&off));
            }
            (Err(error), Some(key)) => assert_eq!(error.problems()[0].key, key),
            (loaded, _) => panic!("{given:?}: {loaded:?}"),
        }
    }
}

#[test]
fn addresses_of_redis() {
    for (url, expected) in [
        ("unix:///run/redis.sock", "privacy.pepper"),
        ("rediss://cache.example:6380/1", "privacy.pepper"),
        ("redis+sentinel://a,b/main", "privacy.pepper"),
        ("redis+sentinel://a,b", "must name the service"),
        ("rediss+cluster://a:1,b:2", "privacy.pepper"),
        ("redis+cluster://a/1", "one database"),
        ("http://a", "must start with redis://"),
        ("cache.example", "must be an address such as"),
        ("redis://", "must name a host"),
        ("unix://redis.sock", "whole path"),
    ] {
        let text = from_env(&[("REDIS_URL", url)]).unwrap_err().to_string();
        assert!(text.contains(expected), "{url}: {text}");
    }
}

#[test]
fn what_is_printed_reads_back() {
    let first = from_env(&[("REPLYDESK_SERVER_KEEPALIVE_S", "7")]).unwrap();
    let printed = first.to_toml();
    assert!(printed.contains("keepalive_s = 7 # environment REPLYDESK_SERVER_KEEPALIVE_S"));
    assert!(printed.contains("listen = \"127.0.0.1:50051\" # default"));
    let (_kept, file) = file(&printed);
    let again = Config::load(&Sources {
        file,
        ..Sources::default()
    })
    .unwrap();
    let values = |toml: &str| -> Vec<String> {
        toml.lines()
            .filter_map(|l| l.split(" # ").next().map(str::to_owned))
            .collect()
    };
    assert_eq!(values(&again.to_toml()), values(&printed));
}

#[test]
fn the_table_is_what_the_sections_read() {
    // A wrong value for each setting is noticed by the section that reads it.
    for setting in SETTINGS {
        let wrong = "\u{1}not right";
        let loaded = from_env(&[(&setting.variable(), wrong)]);
        match setting.key {
            // Any text names a directory.
            "store.data_dir" => assert!(loaded.is_ok()),
            key => {
                let error = loaded.expect_err(key);
                assert!(
                    error.problems().iter().any(|p| p.key == key),
                    "{key}: {error}"
                );
            }
        }
    }
}

#[test]
fn foreign_variables_are_left_alone() {
    let config = from_env(&[
        ("REPLYDESK_KEY", "rd_0_1"),
        ("REPLYDESK_ADDRESS", "http://127.0.0.1:50051"),
        ("REPLYDESK_SERVICE_HOST", "10.0.0.1"),
        ("REPLYDESK_SERVICE_PORT_GRPC", "50051"),
        ("REPLYDESK_PORT", "tcp://10.0.0.1:50051"),
        ("REPLYDESK_PORT_50051_TCP_ADDR", "10.0.0.1"),
        ("REPLYDESK_STORE_DATA_DIR", ""),
        ("REDIS_URL", ""),
    ])
    .unwrap();
    assert_eq!(config.store.data_dir, PathBuf::from("data"));
    assert!(config.store.redis_url.is_none());
}

#[test]
fn a_misspelt_level_is_no_module() {
    for (level, right) in [
        ("warn", true),
        ("info,replydesk=debug", true),
        ("inof", false),
        ("", true),
        ("info,replydesk", false),
        ("info,a=loud", false),
    ] {
        assert_eq!(
            from_env(&[("REPLYDESK_LOG_LEVEL", level)]).is_ok(),
            right,
            "{level}"
        );
    }
}
