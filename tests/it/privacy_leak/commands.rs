//! The commands, as blogs, admins and the privacy officer run them: what they print shows nobody, except where the private
//! key is.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::json;

use super::{
    scene::Scene,
    submissions::{Submitted, submit_one},
    tampered,
};

/// A run of the real binary beside the service.
pub struct Run<'a> {
    scene: &'a Scene,
    key: &'a str,
    typed: String,
}

impl<'a> Run<'a> {
    pub fn by_admin(scene: &'a Scene) -> Self {
        let (key, typed) = (scene.admin_key.as_str(), String::new());
        Self { scene, key, typed }
    }

    pub fn by_officer(scene: &'a Scene) -> Self {
        let (key, typed) = (scene.officer_key(), String::new());
        Self { scene, key, typed }
    }

    /// With this on standard input.
    pub fn typing(mut self, text: impl Into<String>) -> Self {
        self.typed = text.into();
        self
    }

    async fn run(self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REPLYDESK_") {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .current_dir(self.scene.elsewhere())
            .env(
                "REPLYDESK_ADDRESS",
                format!("http://{}", self.scene.address()),
            )
            .env("REPLYDESK_KEY", self.key)
            .env_remove("REDIS_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let typed = self.typed;
        let ran = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            // Who does not read it is gone already.
            let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
            child.wait_with_output().unwrap()
        });
        ran.await.unwrap()
    }

    /// What it prints shows nobody.
    pub async fn told(self, args: &[&str]) -> Output {
        let printed = self.scene.printed.clone();
        let output = self.run(args).await;
        printed.note(&output.stdout);
        printed.note(&output.stderr);
        output
    }
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

const REASON: &[&str] = &["--site", "gazette", "--reason", "the reader asked us to"];

/// A blog's and an admin's.
pub async fn by_admin(scene: &Scene) {
    let place = scene.elsewhere();
    let reader = scene.aviary.reader("replydesk submit");
    let submit = [
        "submit", "--site", "gazette", "--thread", "tram", "--name", "Ada",
    ];
    for (email, ip) in [
        (reader.email.clone(), reader.ip.clone()),
        (reader.email.replace('@', "@@"), reader.ip.clone()),
        (reader.email.clone(), format!("{}/9", reader.ip)),
    ] {
        let contact = [
            "--email",
            &email,
            "--ip",
            &ip,
            "--user-agent",
            &reader.user_agent,
        ];
        let said = ["--json", "It comes at last."];
        let args = [&submit[..], &contact[..], &said[..]].concat();
        Run::by_admin(scene).told(&args).await;
    }
    let line = |n: usize, email: String| {
        json!({"id": n, "state": "approved", "body": "It comes at last.", "author": "Ada",
            "email": email, "submitted_at": "2026-01-20T09:00:00Z"})
    };
    let email = || scene.aviary.email("replydesk import, JSON lines");
    let mut lines: Vec<_> = (0..3).map(|n| line(n, email()).to_string()).collect();
    lines.push(line(3, email().replace('@', "@@")).to_string());
    let good = lines.join("\n");
    let mut unknown = line(4, email());
    unknown["state"] = json!(email());
    lines.extend([
        unknown.to_string(),
        email(),
        format!("{{\"email\": \"{}", email()),
    ]);
    let wxr = include_str!("../import_command/export.xml");
    let wxr = wxr.replace(
        "ada@readers.example",
        &scene.aviary.email("replydesk import, WXR"),
    );
    let wxr = wxr.replace("203.0.113.7", &scene.aviary.ip("replydesk import, WXR"));
    let cut = wxr[..wxr.len() / 2].to_owned();
    let bad = lines.join("\n");
    for (name, text) in [
        ("good.jsonl", good),
        ("bad.jsonl", bad),
        ("good.xml", wxr),
        ("cut.xml", cut),
    ] {
        std::fs::write(place.join(name), text).unwrap();
        let args = ["import", "--site", "gazette", name];
        Run::by_admin(scene).told(&args).await;
    }
    for list in [
        &["events"][..],
        &["audit"],
        &["queue"],
        &["author", "list"],
        &["comments"],
    ] {
        let args = [list, &["--site", "gazette", "--json"]].concat();
        let listed = Run::by_admin(scene).told(&args).await;
        assert!(listed.status.success(), "{list:?}: {:?}", listed.status);
    }
}

/// The officer's, without the private key: sealed, or refused.
pub async fn by_officer(scene: &Scene, stored: &[Submitted]) {
    let (known, id) = (&stored[5].reader, &stored[5].request.comment_id);
    let email = |what: &str| scene.aviary.email(format!("replydesk privacy {what}"));
    let revealed = Run::by_officer(scene);
    let reveal = [&["privacy", "reveal", id], REASON].concat();
    let sealed = revealed.told(&reveal).await;
    assert!(sealed.status.success());
    for (command, typed) in [
        ("export", known.email.clone()),
        ("export", email("export")),
        ("export", email("export").replace('@', "@@")),
        ("hold", email("hold")),
        ("hold", email("hold").replace('@', "@@")),
        ("erase", email("erase")),
        ("erase", email("erase").replace('@', "@@")),
    ] {
        let args = [&["privacy", command, "--email-file", "-"], REASON].concat();
        let yes: &[&str] = if command == "erase" { &["--yes"] } else { &[] };
        let run = Run::by_officer(scene).typing(typed);
        run.told(&[&args[..], yes].concat()).await;
    }
    let because = email("reveal --reason");
    let reveal = [
        "privacy", "reveal", id, "--site", "gazette", "--reason", &because,
    ];
    Run::by_officer(scene).told(&reveal).await;
    Run::by_officer(scene)
        .told(&["privacy", "retention", "--site", "gazette"])
        .await;
}

/// Where the private key is, the officer sees what was typed: the one place where it is right.
pub async fn with_the_private_key(scene: &Scene) {
    let (reader, id) = submit_one(scene, 970, "a comment that the officer opens").await;
    let key = scene.secret("privacy.key");
    let search = scene.aviary.search();
    let reveal = [&["privacy", "reveal", &id], REASON].concat();
    let sealed = Run::by_officer(scene).told(&reveal).await;
    let sealed = String::from_utf8(sealed.stdout).unwrap();
    let open = ["privacy", "open", "--key-file", path(&key), "--json"];
    let opened = Run::by_officer(scene)
        .typing(sealed.clone())
        .run(&open)
        .await;
    let at_once = [&reveal[..], &["--private-key-file", path(&key)]].concat();
    let at_once = Run::by_officer(scene).run(&at_once).await;
    let export = [
        "privacy",
        "export",
        "--comment",
        &id,
        "--private-key-file",
        path(&key),
    ];
    let exported = Run::by_officer(scene)
        .run(&[&export[..], REASON].concat())
        .await;
    for (what, output) in [("open", opened), ("reveal", at_once), ("export", exported)] {
        assert!(output.status.success(), "{what}: {:?}", output.status);
        for text in [&reader.email, &reader.ip, &reader.user_agent] {
            search.assert_finds(what, text, &output.stdout);
        }
        scene.printed.note(&output.stderr);
    }
    tampered::refuse(scene, &sealed).await;
}
