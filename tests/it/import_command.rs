//! `replydesk import` as a newsroom runs it: the real binary against a real service.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use replydesk::proto::v1::ImportedComment;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{
    clients::Client,
    comments::{everything_waits, moderated},
    learnt::learnt,
    process::{Process, admin_key, socket},
    until::until,
};

/// A service with its own Redis, and a place for files.
struct Place {
    service: Process,
    key: String,
    directory: TempDir,
}

impl Place {
    async fn with_sites(sites: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let service = Process::embedded(&directory.path().join("data"), &[]).await;
        let key = admin_key(&directory.path().join("data"));
        let place = Self {
            service,
            key,
            directory,
        };
        for site in sites {
            let site = replydesk::proto::v1::Site {
                site: (*site).to_owned(),
                policy: Some(everything_waits()),
                ..Default::default()
            };
            let create = replydesk::proto::v1::CreateSiteRequest { site: Some(site) };
            place.client().sites.create_site(create).await.unwrap();
        }
        place
    }

    fn client(&self) -> Client {
        self.service.client(&self.key)
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn redis(&self) -> redis::Connection {
        let client = redis::Client::open(socket(&self.data())).unwrap();
        client.get_connection().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command
            .arg("import")
            .args(args)
            .current_dir(self.directory.path())
            .env(
                "REPLYDESK_ADDRESS",
                format!("http://{}", self.service.address),
            )
            .env("REPLYDESK_KEY", &self.key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn run(&self, args: &[&str]) -> Output {
        tokio::process::Command::from(self.command(args))
            .output()
            .await
            .unwrap()
    }

    async fn summary(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat()).await;
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn line(comment: &ImportedComment) -> String {
    let author = comment.author.as_ref().unwrap();
    let state = comment.state().as_str_name();
    let state = state.trim_start_matches("COMMENT_STATE_").to_lowercase();

    json!({
        "id": comment.source_id,
        "state": state,
        "body": comment.body,
        "author": author.display_name,
        "email": author.email,
        "submitted_at": comment.submitted_at.as_ref().unwrap().seconds,
    })
    .to_string()
}

fn lines(comments: impl Iterator<Item = usize>) -> String {
    comments.map(|n| line(&moderated(n)) + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_then_imported_and_again_without_harm() {
    let place = Place::with_sites(&["daily"]).await;
    let file = place.file("old.jsonl", lines(0..40));
    let args = ["--site", "daily", file.as_str()];
    let looked = place.summary(&[&args[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (&looked["read"], &looked["imported"]),
        (&json!(40), &Value::Null)
    );
    assert_eq!(learnt(&mut place.redis(), "daily").markers(), 0);

    let first = place.summary(&args).await;
    let counts = [
        "approved",
        "spam",
        "rejected",
        "imported",
        "already_known",
        "lessons",
        "new_authors",
    ];
    let counts = |summary: &Value| counts.map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts(&first), [28, 8, 4, 40, 0, 36, 14]);
    let second = place.summary(&args).await;
    assert_eq!(counts(&second), [28, 8, 4, 0, 40, 0, 0]);

    let shown = place.run(&args).await;
    insta::assert_snapshot!(text(&shown.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wordpress_export_is_imported_as_it_is() {
    let place = Place::with_sites(&["daily"]).await;
    let export = include_str!("import_command/export.xml");
    let file = place.file("wordpress.xml", export);
    let summary = place.summary(&["--site", "daily", &file]).await;
    let wanted = json!({
        "site": "daily", "read": 7, "approved": 2, "spam": 1, "rejected": 1,
        "skipped": { "not moderated yet": 1, "pingback or trackback": 2 },
        "bad": 0, "left_out": { "author.website": 1 },
        "imported": 4, "already_known": 0, "lessons": 3, "new_authors": 3,
    });
    assert_eq!(summary, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_line_is_named_before_anything_is_sent() {
    let place = Place::with_sites(&["daily"]).await;
    let mut content = lines(0..5).into_bytes();
    content.extend(b"{\"id\":\"x\",\"state\":\"approved\"}\nnonsense\n");
    content.extend(lines(5..6).bytes());
    content.extend(b"{\"id\":\"y\",\"label\":\"ham\",\"text\":\" \"}\n\xFF\n");
    let file = place.file("old.jsonl", &content);
    let args = ["--site", "daily", "old.jsonl"];
    let refused = place.run(&args).await;
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(text(&refused.stderr));
    assert_eq!(learnt(&mut place.redis(), "daily").markers(), 0);

    let summary = place.summary(&[&args[..], &["--skip-bad"]].concat()).await;
    assert_eq!(
        (&summary["imported"], &summary["bad"]),
        (&json!(6), &json!(4))
    );
    assert!(Path::new(&file).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_says_what_to_do() {
    let place = Place::with_sites(&["daily"]).await;
    place.file("some.csv", "id,label\n1,ham\n");
    place.file("cut.xml", "<?xml version=\"1.0\"?>\n<rss><channel>\n<item>");
    place.file("good.jsonl", lines(0..2));
    for (args, code, says) in [
        (
            ["--site", "daily", "nowhere.jsonl"],
            2,
            "cannot read nowhere.jsonl",
        ),
        (["--site", "daily", "."], 2, "is a directory"),
        (
            ["--site", "daily", "some.csv"],
            2,
            "neither JSON lines nor a WordPress export",
        ),
        (
            ["--site", "daily", "cut.xml"],
            2,
            "cut.xml:3: the file ends within <item>",
        ),
        (["--site", "weekly", "good.jsonl"], 1, "SITE_NOT_FOUND"),
        (["--site", "No Site", "good.jsonl"], 2, "must be 1 to 40"),
    ] {
        let output = place.run(&args).await;
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(says),
            "{args:?}: {}",
            text(&output.stderr)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_goes_on_where_it_was() {
    let mut place = Place::with_sites(&["whole", "killed"]).await;
    let file = place.file("old.jsonl", lines(0..6_000));
    let summary = place.summary(&["--site", "whole", &file]).await;
    assert_eq!(summary["imported"], 6_000);

    let args = ["--site", "killed", file.as_str()];
    // The client, and then the service with it.
    for service_too in [false, true] {
        let before = learnt(&mut place.redis(), "killed").markers();
        let mut client = place.command(&args).spawn().unwrap();
        let mut redis = place.redis();
        until("it has begun", Duration::from_secs(60), async || {
            let length: usize = redis::cmd("XLEN")
                .arg("{killed}:il")
                .query(&mut redis)
                .unwrap();
            (length > before).then_some(())
        })
        .await;
        if service_too {
            place.service.signal("KILL");
            place.service.ended(Duration::from_secs(20)).await;
        }
        client.kill().unwrap();
        client.wait().unwrap();
        if service_too {
            place.service = Process::embedded(&place.data(), &[]).await;
        }
        let after = learnt(&mut place.redis(), "killed").markers();
        assert!((before + 1..6_000).contains(&after), "{before} {after}");
    }
    let before = learnt(&mut place.redis(), "killed").markers() as u64;
    let summary = place.summary(&args).await;
    assert_eq!(summary["already_known"], before);
    assert_eq!(summary["imported"], 6_000 - before);
    let (whole, killed) = (
        learnt(&mut place.redis(), "whole"),
        learnt(&mut place.redis(), "killed"),
    );
    assert_eq!(killed.markers(), 6_000);
    assert_eq!(whole.lessons.len(), killed.lessons.len());
    assert_eq!(whole.histories(), killed.histories());
}
