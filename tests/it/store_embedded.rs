//! The embedded server: one service a directory, no orphan, no child left behind, a clear word for every failure.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use replydesk::store::{
    connection::{Store, StoreSettings},
    embedded::{Embedded, EmbeddedError, EmbeddedSettings},
};

use crate::store_server::{Server, cmd, eventually, signal};

async fn refusal(settings: EmbeddedSettings) -> EmbeddedError {
    Embedded::start(settings).await.map(drop).unwrap_err()
}

#[tokio::test]
async fn two_services_never_work_on_one_directory() {
    let directory = tempfile::tempdir().unwrap();
    let settings = EmbeddedSettings::new(directory.path());
    let first = Embedded::start(settings.clone()).await.unwrap();
    let refused = refusal(settings.clone()).await;
    assert!(matches!(refused, EmbeddedError::InUse { .. }), "{refused}");
    Store::connect(first.url()).await.unwrap();
    first.stop().await.unwrap();
    Embedded::start(settings)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
}

/// What a service that was killed leaves: its server, with the server's lock as standard input.
struct Orphan(Child);

impl Orphan {
    fn on(directory: &Path) -> Self {
        let lock = File::create(directory.join("redis.lock")).unwrap();
        lock.lock().unwrap();
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--appendonly", "yes", "--save", ""]);
        command.arg("--dir").arg(directory);
        command
            .arg("--unixsocket")
            .arg(directory.join("redis.sock"));
        command.stdin(lock).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn an_orphan_is_shut_down_cleanly_and_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let mut orphan = Orphan::on(directory.path());
    let url = format!("unix://{}", directory.path().join("redis.sock").display());
    eventually("the orphan answers", || async {
        Store::connect(&url).await.is_ok()
    })
    .await;
    let store = Store::connect(&url).await.unwrap();
    let () = store.query(&cmd("SET from orphan")).await.unwrap();

    let embedded = Embedded::start(EmbeddedSettings::new(directory.path()))
        .await
        .unwrap();
    let ended = orphan.0.try_wait().unwrap().expect("the orphan has ended");
    assert!(ended.success(), "{ended}");
    let store = Store::connect(embedded.url()).await.unwrap();
    let from: String = store.query(&cmd("GET from")).await.unwrap();
    assert_eq!(from, "orphan");
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn an_orphan_that_does_not_end_is_an_error_within_a_bound() {
    let directory = tempfile::tempdir().unwrap();
    let orphan = Orphan::on(directory.path());
    signal("-STOP", orphan.0.id());
    let refused = refusal(EmbeddedSettings {
        stop_timeout: Duration::from_millis(200),
        ..EmbeddedSettings::new(directory.path())
    });
    let refused = tokio::time::timeout(Duration::from_secs(10), refused)
        .await
        .unwrap();
    assert!(matches!(refused, EmbeddedError::Orphan { .. }), "{refused}");
}

#[tokio::test]
async fn a_missing_or_old_program_is_said_with_the_command_that_installs_it() {
    let directory = tempfile::tempdir().unwrap();
    let old = directory.path().join("old-redis-server");
    fs::write(
        &old,
        "#!/bin/sh\necho 'Redis server v=6.2.14 sha=0 bits=64'\n",
    )
    .unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    for program in [directory.path().join("none"), old] {
        let data = directory.path().join("data");
        let refused = refusal(EmbeddedSettings {
            program: Some(program),
            ..EmbeddedSettings::new(&data)
        });
        let refused = refused.await.to_string();
        assert!(refused.contains("install redis"), "{refused}");
        assert!(!data.exists(), "a refused start leaves nothing");
    }
}

#[tokio::test]
async fn a_failed_start_says_why_and_leaves_no_child_and_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let files = directory.path().join("appendonlydir");
    fs::create_dir(&files).unwrap();
    fs::write(files.join("appendonly.aof.manifest"), "no manifest\n").unwrap();
    let settings = EmbeddedSettings::new(directory.path());
    let refused = refusal(settings.clone()).await;
    let EmbeddedError::NotStarted { last_words, .. } = &refused else {
        panic!("{refused}");
    };
    assert!(last_words.contains("manifest"), "{refused}");

    fs::remove_dir_all(&files).unwrap();
    Embedded::start(settings)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
}

#[tokio::test]
async fn it_runs_as_promised_and_is_restarted_when_it_dies() {
    let server = Server::start().await;
    let store = server.store().await;
    for (name, value) in [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("maxmemory-policy", "noeviction"),
        ("save", ""),
        ("port", "0"),
        ("aof-use-rdb-preamble", "yes"),
    ] {
        let found: (String, String) = store
            .query(&cmd(&format!("CONFIG GET {name}")))
            .await
            .unwrap();
        assert_eq!(found.1, value, "{name}");
    }
    let first = server.pid().await;
    let lock = File::open(server.directory.path().join("redis.lock")).unwrap();
    assert!(lock.try_lock().is_err(), "the server itself holds its lock");
    let group = Command::new("ps")
        .args(["-o", "pgid=", "-p", &first.to_string()])
        .output();
    let group = String::from_utf8(group.unwrap().stdout).unwrap();
    assert_eq!(group.trim(), first.to_string(), "Ctrl-C does not reach it");
    signal("-KILL", first);
    eventually("another server runs", || async {
        server.process().is_some_and(|pid| pid != first)
    })
    .await;
    eventually("it answers", || async {
        store.query::<()>(&cmd("PING")).await.is_ok()
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_deep_directory_works_through_a_short_socket() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("with space").join("d".repeat(120));
    let embedded = Embedded::start(EmbeddedSettings::new(&deep)).await.unwrap();
    let store = Store::connect(embedded.url()).await.unwrap();
    let () = store.query(&cmd("SET a b")).await.unwrap();
    let socket = Path::new(embedded.url().strip_prefix("unix://").unwrap()).to_owned();
    embedded.stop().await.unwrap();
    assert!(deep.join("appendonlydir").is_dir());
    fs::remove_dir(socket.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_stop_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let embedded = Embedded::start(EmbeddedSettings {
        stop_timeout: Duration::from_millis(200),
        ..EmbeddedSettings::new(directory.path())
    })
    .await
    .unwrap();
    signal("-STOP", embedded.process_id().unwrap());
    let stopped = tokio::time::timeout(Duration::from_secs(10), embedded.stop())
        .await
        .unwrap();
    assert!(
        matches!(stopped, Err(EmbeddedError::Killed { .. })),
        "{stopped:?}"
    );
}

#[tokio::test]
async fn ready_means_that_it_has_read_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let settings = EmbeddedSettings::new(directory.path());
    let fill = "for i = 1, 300000 do redis.call('SET', 'k' .. i, i) end";
    let embedded = Embedded::start(settings.clone()).await.unwrap();
    let store = Store::open(StoreSettings {
        timeout: Duration::from_secs(30),
        ..StoreSettings::new(embedded.url())
    });
    let store = store.await.unwrap();
    let () = store
        .query(redis::cmd("EVAL").arg(fill).arg(0))
        .await
        .unwrap();
    embedded.stop().await.unwrap();

    let embedded = Embedded::start(settings).await.unwrap();
    let store = Store::connect(embedded.url()).await.unwrap();
    let last: u64 = store.query(&cmd("GET k300000")).await.unwrap();
    assert_eq!(last, 300_000);
    embedded.stop().await.unwrap();
}
