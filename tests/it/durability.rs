//! An OK means that the comment is on disk. `kill -9` cannot show that, since the page cache survives it; so it is
//! shown apart: Redis is set to sync, and does sync between writing a comment to its file and answering.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use replydesk::{
    proto::v1,
    store::{
        connection::Store,
        durability::Durability,
        embedded::{Embedded, EmbeddedSettings},
    },
};

use crate::harness::{
    comments::{everything_waits, nth},
    process::{Process, admin_key, redis_pid, socket},
    until::until,
};

#[tokio::test]
async fn the_private_server_syncs_as_the_durability_setting_says() {
    for (durability, expected) in [
        (Durability::Disk, "always"),
        (Durability::Relaxed, "everysec"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let mut settings = EmbeddedSettings::new(data.path());
        settings.durability = durability;
        let embedded = Embedded::start(settings).await.unwrap();
        let store = Store::connect(embedded.url()).await.unwrap();
        for (name, expected) in [
            ("appendonly", "yes"),
            ("appendfsync", expected),
            ("no-appendfsync-on-rewrite", "no"),
            ("maxmemory-policy", "noeviction"),
        ] {
            let mut get = redis::cmd("CONFIG");
            get.arg("GET").arg(name);
            let (_, value): (String, String) = store.query(&get).await.unwrap();
            assert_eq!(value, expected, "{durability:?}: {name}");
        }
        embedded.stop().await.unwrap();
    }
}

/// The system calls of a process's main thread, from now on.
struct Trace {
    strace: Child,
    output: PathBuf,
}

impl Trace {
    /// Attached when it returns.
    fn of(pid: u32, directory: &Path) -> Self {
        let output = directory.join("trace.txt");
        let mut strace = Command::new("strace")
            .args(["-p", &pid.to_string(), "-s", "1000000", "-y"])
            .args([
                "-e",
                "trace=write,writev,pwrite64,sendto,sendmsg,fdatasync,fsync",
            ])
            .arg("-o")
            .arg(&output)
            .stderr(Stdio::piped())
            .spawn()
            .expect("this test needs strace: run scripts/setup.sh, or apt-get install strace");
        let said = BufReader::new(strace.stderr.take().unwrap()).lines().next();
        let said = said.unwrap().unwrap();
        assert!(
            said.contains("attached"),
            "this test needs strace to attach to a process of its own user (kernel.yama.ptrace_scope=0, or root, or \
             CAP_SYS_PTRACE in a container); it said: {said}"
        );
        Self { strace, output }
    }

    fn calls(&self) -> Vec<String> {
        let text = std::fs::read(&self.output).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // SIGTERM, so that it lets go of the process.
        let pid = self.strace.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.strace.wait();
    }
}

/// A service with these settings, traced while a blog hands in comments one after another; the trace, and a word of
/// each comment.
async fn traced_submissions(settings: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let data = tempfile::tempdir().unwrap();
    let service = Process::embedded(data.path(), settings).await;
    let admin = service.client(&admin_key(data.path()));
    let site = v1::Site {
        site: "gazette".to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let create = v1::CreateSiteRequest { site: Some(site) };
    admin.sites.clone().create_site(create).await.unwrap();
    // Scripts and data key are there before it counts.
    admin.submit(nth("gazette", 0)).await.unwrap();

    let trace = Trace::of(redis_pid(data.path()), data.path());
    let words: Vec<_> = (0..12).map(|n| format!("marker-{n:03}-end")).collect();
    for (n, word) in words.iter().enumerate() {
        let mut request = nth("gazette", n + 1);
        request.body = format!("The bridge needs repair, says {word}.");
        admin.submit(request).await.unwrap();
    }
    let calls = until("all is traced", Duration::from_secs(10), async || {
        let calls = trace.calls();
        let all_written = words.iter().all(|word| written(&calls, word).is_some());
        (all_written && answers(&calls).count() == words.len()).then_some(calls)
    });
    (calls.await, words)
}

/// Where a comment is written to the append-only file.
fn written(calls: &[String], word: &str) -> Option<usize> {
    calls
        .iter()
        .position(|call| call.starts_with("write(") && is_on_file(call) && call.contains(word))
}

fn is_on_file(call: &str) -> bool {
    call.contains(".incr.aof>")
}

/// Where the answers leave, in the order of the submissions: each waited for the one before.
fn answers(calls: &[String]) -> impl Iterator<Item = usize> {
    let calls = calls.iter().enumerate();
    calls.filter_map(|(at, call)| (!is_on_file(call) && call.contains("ADMITTED")).then_some(at))
}

/// Whether a sync of the file came back between a comment's write and its answer.
fn synced_before_answer(calls: &[String], words: &[String], nth: usize) -> bool {
    let written = written(calls, &words[nth]).expect("the comment is in the file");
    let answered = answers(calls).nth(nth).expect("it was answered");
    let between = calls.get(written..answered).unwrap_or_default();
    between.iter().any(|call| {
        (call.starts_with("fdatasync(") || call.starts_with("fsync("))
            && is_on_file(call)
            && call.trim_end().ends_with("= 0")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_synced_to_disk_before_its_ok_leaves() {
    let (calls, words) = traced_submissions(&[]).await;
    for nth in 0..words.len() {
        assert!(
            synced_before_answer(&calls, &words, nth),
            "no sync between write and answer of comment {nth}:\n{}",
            calls.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relaxed_durability_does_not_sync_first_so_the_proof_can_fail() {
    let relaxed = [("store.durability", "relaxed")];
    let (calls, words) = traced_submissions(&relaxed).await;
    let synced = (0..words.len()).filter(|nth| synced_before_answer(&calls, &words, *nth));
    assert_eq!(synced.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_binary_runs_its_redis_with_sync_before_each_answer() {
    let data = tempfile::tempdir().unwrap();
    let _service = Process::embedded(data.path(), &[]).await;
    let store = Store::connect(&socket(data.path())).await.unwrap();
    let mut get = redis::cmd("CONFIG");
    get.arg("GET").arg("appendfsync");
    let (_, value): (String, String) = store.query(&get).await.unwrap();
    assert_eq!(value, "always");
}
