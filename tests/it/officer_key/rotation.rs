//! From one key pair to another, as an operator and an officer do it: with the real binary.

use std::{path::PathBuf, process::Command};

use replydesk::{app::App, privacy::keys::OfficerPrivateKey, proto::v1::AuditAction};
use serde_json::Value;

use super::{plant, stored};
use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    process::Process,
};

/// The privacy officer's machine: files, and the commands.
struct Officer {
    place: tempfile::TempDir,
    address: String,
    access_key: String,
}

impl Officer {
    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// A command's exit code, output and errors.
    async fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command
            .arg("privacy")
            .args(args)
            .current_dir(self.place.path())
            .env("REPLYDESK_ADDRESS", &self.address)
            .env("REPLYDESK_KEY", &self.access_key);
        let output = tokio::process::Command::from(command).output().await;
        let output = output.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// What it prints that has to succeed.
    async fn told(&self, args: &[&str]) -> Value {
        let (code, told, said) = self.run(args).await;
        assert_eq!(code, Some(0), "{args:?}: {told}{said}");
        serde_json::from_str(&told).unwrap()
    }

    /// A comment's address, with these private keys; or what is said instead.
    async fn email(&self, comment: &str, key_files: &[&str]) -> Result<String, String> {
        let mut args = vec!["reveal", "--site", "gazette", comment];
        args.extend(["--reason", "police request 4711/26"]);
        for file in key_files {
            args.extend(["--private-key-file", file]);
        }
        let (code, told, said) = self.run(&args).await;
        if code != Some(0) {
            // What was revealed is not lost.
            let sealed: Value = serde_json::from_str(&told).unwrap();
            assert!(code == Some(1) && sealed["sealed"].is_string(), "{told}");
            return Err(said);
        }
        let told: Value = serde_json::from_str(&told).unwrap();
        Ok(told["email"].as_str().unwrap().to_owned())
    }

    /// Of all sites that the officer's key is good for.
    async fn rewrap(&self, old: &str, new: &str, more: &[&str]) -> (Option<i32>, Value, String) {
        let mut args = vec!["rewrap", "--json"];
        args.extend(["--private-key-file", old, "--public-key-file", new]);
        let (code, told, said) = self.run(&[&args[..], more].concat()).await;
        (code, serde_json::from_str(&told).unwrap_or_default(), said)
    }
}

fn address(n: usize) -> String {
    format!("reader.{n}@readers.example")
}

/// A private key in a file, and its fingerprint.
struct Key {
    file: String,
    id: String,
}

/// In the middle of a rotation: comments that were sealed to one key and to the other, and one replica, with the new key.
struct Rotation {
    desk: Desk,
    replica: Process,
    officer: Officer,
    old: Key,
    new: Key,
    new_pub: String,
    comments: Vec<String>,
}

impl Rotation {
    async fn begun() -> Self {
        let mut desk = Desk::with(1, &[("privacy.reveals_per_day", "100")]).await;
        let blog = desk.site("gazette", everything_waits()).await;
        let old_config = desk.config();
        let old = desk.replace_officer();
        let mut officer = Officer {
            place: tempfile::tempdir().unwrap(),
            address: format!("http://{}", desk.replicas[0].address),
            access_key: desk.admin().officer_key("gazette").await,
        };
        let key = |name, key: &OfficerPrivateKey| Key {
            file: officer.file(name, &key.to_text()),
            id: key.public().fingerprint(),
        };
        let (old, new) = (key("old.key", &old), key("new.key", &desk.officer));
        let new_pub = officer.file("new.pub", &desk.officer.public().to_text());
        // Before a replica has the new key, nothing is moved to it.
        for more in [&[][..], &["--dry-run"]] {
            let (code, _, said) = officer.rewrap(&old.file, &new_pub, more).await;
            let expected = format!("seals to the officer key {}", old.id);
            assert!(code == Some(1) && said.contains(&expected), "{said}");
        }

        // While replicas change over, both kinds work; one with the old key does not start any more.
        let mut comments = Vec::new();
        let mut submit = async |client: &Client| {
            let request = nth("gazette", comments.len());
            comments.push(request.comment_id.clone());
            client.submit(request).await.unwrap();
        };
        submit(&blog).await;
        let replica = desk.process().await;
        submit(&blog).await;
        submit(&blog.through(replica.address)).await;
        submit(&blog).await;
        let refused = App::build(old_config).await.err().unwrap().to_string();
        let expected = format!(
            "officer's key was replaced: this Redis now has {}, and {} is the one before",
            new.id, old.id
        );
        assert!(refused.contains(&expected), "{refused}");
        desk.replicas[0].stop().await;
        officer.address = format!("http://{}", replica.address);
        Self {
            desk,
            replica,
            officer,
            old,
            new,
            new_pub,
            comments,
        }
    }

    /// As if the replicas that are stopped had said nothing for a minute.
    fn a_minute_later(&self) {
        let mut earlier = redis::cmd("ZINCRBY");
        earlier.arg("{replydesk}:sealing").arg(-60_001);
        let _: f64 = earlier
            .arg(&self.old.id)
            .query(&mut self.desk.redis.look())
            .unwrap();
    }

    /// A comment opens with one key, and with the other says which it takes.
    async fn opens_with(&self, n: usize, right: &Key, wrong: &Key) {
        let (officer, comment) = (&self.officer, &self.comments[n]);
        for files in [&[&*right.file][..], &[&wrong.file, &right.file]] {
            assert_eq!(officer.email(comment, files).await, Ok(address(n)));
        }
        let refused = officer.email(comment, &[&wrong.file]).await.unwrap_err();
        let expected = format!(
            "sealed to the officer key {}; open it with that private key",
            right.id
        );
        assert!(refused.contains(&expected), "{n}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_new_key_alone_opens_everything() {
    let rotation = Rotation::begun().await;
    let (old, new, officer) = (&rotation.old, &rotation.new, &rotation.officer);
    for (n, right, wrong) in [(0, old, new), (1, old, new), (2, new, old), (3, old, new)] {
        rotation.opens_with(n, right, wrong).await;
    }
    let comment = &*rotation.comments[0];
    let reveal = ["reveal", "--site", "gazette", comment, "--reason"];
    let kept = [&reveal[..], &["kept for later"]].concat();
    let kept = officer.file("kept.json", &officer.told(&kept).await.to_string());

    // The replica with the old key may still be there, and make data keys that the old one alone opens.
    let (code, told, said) = officer
        .rewrap(&old.file, &rotation.new_pub, &["--dry-run"])
        .await;
    let warned = format!("a replica still sealed to {}", old.id);
    assert!(code == Some(1) && said.contains(&warned), "{said}");
    assert_eq!(told["also_sealed_to"], serde_json::json!([old.id]));
    rotation.a_minute_later();
    // A look changes nothing; then all is moved; then there is nothing to do.
    for (more, moved, before) in [
        (&["--dry-run"][..], 1, 1),
        (&["--dry-run"], 1, 1),
        (&[], 1, 1),
        (&[], 0, 2),
    ] {
        let (code, told, said) = officer.rewrap(&old.file, &rotation.new_pub, more).await;
        assert_eq!(code, Some(0), "{said}");
        let counts = (&told["moved"], &told["moved_before"]);
        assert_eq!(counts, (&moved.into(), &before.into()));
        let is_due = !told["log_rewrite_due_at"].is_null();
        assert_eq!(is_due, moved > 0 && more.is_empty(), "{told}");
    }
    for n in 0..4 {
        rotation.opens_with(n, new, old).await;
    }
    let open = ["open", "--json", "--private-key-file", &old.file, &kept];
    let opened = officer.told(&open).await;
    let was = "what was handed out before is as it was";
    assert_eq!(opened["email"], address(0), "{was}");

    let admin = rotation.desk.admin_at(rotation.replica.address);
    let audit = admin.whole_audit("gazette").await.into_iter();
    let audit = audit.filter(|entry| entry.action() == AuditAction::DataKeysReplaced);
    let entries: Vec<_> = audit
        .map(|entry| (entry.actor, entry.subject, entry.before, entry.after))
        .collect();
    let (from, to) = (old.id.clone(), new.id.clone());
    let entry = ("olga".to_owned(), "1 data key".to_owned(), from, to);
    assert_eq!(entries, [entry], "one for what was done, none for looks");
    drop(rotation.replica);
    rotation.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_the_wrong_key_is_whole_and_opens_later() {
    let rotation = Rotation::begun().await;
    let (old, new, officer) = (&rotation.old, &rotation.new, &rotation.officer);
    let comment = &*rotation.comments[2];
    let mut args = vec!["export", "--site", "gazette", "--comment", comment];
    args.extend(["--reason", "asked for by the reader"]);
    args.extend(["--private-key-file", &old.file]);
    let (code, told, said) = officer.run(&args).await;
    let expected = format!("1 sealed to the officer key {}", new.id);
    assert!(code == Some(1) && said.contains(&expected), "{said}");
    let lines = |text: &str| -> Vec<Value> {
        let lines = text.lines();
        lines.map(|line| line.parse().unwrap()).collect()
    };
    let (mut exported, file) = (lines(&told), officer.file("export.jsonl", &told));
    assert!(exported[1]["contact"]["sealed"].is_string(), "{told}");
    assert_eq!(exported[2]["summary"]["comments"], 1);
    let open = ["open", "--json", "--private-key-file", &new.file, &file];
    let (code, opened, said) = officer.run(&open).await;
    assert_eq!(code, Some(0), "{said}");
    let opened = lines(&opened);
    assert_eq!(opened[1]["contact"]["email"], address(2));
    exported[1]["contact"] = opened[1]["contact"].clone();
    assert_eq!(opened, exported, "all else is as it was");
    drop(rotation.replica);
    rotation.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_and_a_file_that_are_wrong_are_named() {
    let rotation = Rotation::begun().await;
    let (old, officer) = (&rotation.old.file, &rotation.officer);
    let (code, _, said) = officer
        .rewrap(old, &rotation.new_pub, &["--site", "gazete"])
        .await;
    assert!(code == Some(1) && said.contains("gazete: "), "{said}");
    let (code, _, said) = officer.rewrap(old, &rotation.new.file, &[]).await;
    assert!(
        code == Some(2) && said.contains("privacy.pub") && !said.contains("leaked"),
        "{said}"
    );
    drop(rotation.replica);
    rotation.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_data_keys_of_three_officers_are_moved_as_far_as_their_keys_are_there() {
    let mut desk = Desk::start().await;
    let _blog = desk.site("gazette", everything_waits()).await;
    let access_key = desk.admin().officer_key("gazette").await;
    let old = desk.replace_officer();
    desk.replicas[0].stop().await;
    let replica = desk.add_replica().await;
    let lost = OfficerPrivateKey::generate().unwrap();
    plant(&desk, old.public(), 290, 230);
    plant(&desk, lost.public(), 7, 4);
    plant(&desk, desk.officer.public(), 3, 2);
    let officer = Officer {
        place: tempfile::tempdir().unwrap(),
        address: format!("http://{}", desk.replicas[replica].address),
        access_key,
    };
    let old_key = officer.file("old.key", &old.to_text());
    let lost_key = officer.file("lost.key", &lost.to_text());
    let new_pub = officer.file("new.pub", &desk.officer.public().to_text());
    // One was changed in Redis: it opens for nobody, and is left.
    let damaged = stored(&desk)
        .into_values()
        .find(|key| key.officer() == old.public().id());
    let damaged = damaged.unwrap();
    let mut bytes = damaged.as_bytes().to_vec();
    bytes[60] ^= 1;
    let name = replydesk::store::keys::data_key(&super::gazette(), damaged.id());
    let () = redis::cmd("SET")
        .arg(name)
        .arg(&bytes)
        .query(&mut desk.redis.look())
        .unwrap();

    let (code, told, said) = officer.rewrap(&old_key, &new_pub, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("keep the old private keys"), "{said}");
    assert_eq!(
        (&told["moved"], &told["moved_before"]),
        (&289.into(), &3.into())
    );
    assert_eq!(told["damaged"], 1);
    assert_eq!(told["not_given"][lost.public().fingerprint()], 7);
    let (code, told, _) = officer.rewrap(&lost_key, &new_pub, &[]).await;
    assert_eq!(
        (code, &told["moved"]),
        (Some(1), &7.into()),
        "the old key was not given"
    );
    let both = ["--private-key-file", &lost_key];
    let (code, told, _) = officer.rewrap(&old_key, &new_pub, &both).await;
    assert_eq!(
        (code, &told["moved"], &told["damaged"]),
        (Some(1), &0.into(), &1.into())
    );
    let stored = stored(&desk);
    assert_eq!(stored.len(), 300, "none is lost, none is made");
    let at_new = stored
        .values()
        .filter(|key| key.officer() == desk.officer.public().id());
    assert_eq!(at_new.count(), 299);
    desk.finish().await;
}
