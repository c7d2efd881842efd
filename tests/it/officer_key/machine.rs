//! The officer's machine, and a rotation that is half done.

use std::{path::PathBuf, process::Command};

use replydesk::{app::App, privacy::keys::OfficerPrivateKey};
use serde_json::Value;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    process::Process,
};

/// The privacy officer's machine: files, and the commands.
pub(super) struct Officer {
    pub(super) place: tempfile::TempDir,
    pub(super) address: String,
    pub(super) access_key: String,
}

impl Officer {
    pub(super) fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// A command's exit code, output and errors.
    pub(super) async fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
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
    pub(super) async fn told(&self, args: &[&str]) -> Value {
        let (code, told, said) = self.run(args).await;
        assert_eq!(code, Some(0), "{args:?}: {told}{said}");
        serde_json::from_str(&told).unwrap()
    }

    /// A comment's address, with these private keys; or what is said instead.
    pub(super) async fn email(&self, comment: &str, key_files: &[&str]) -> Result<String, String> {
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
    pub(super) async fn rewrap(
        &self,
        old: &str,
        new: &str,
        more: &[&str],
    ) -> (Option<i32>, Value, String) {
        let mut args = vec!["rewrap", "--json"];
        args.extend(["--private-key-file", old, "--public-key-file", new]);
        let (code, told, said) = self.run(&[&args[..], more].concat()).await;
        (code, serde_json::from_str(&told).unwrap_or_default(), said)
    }
}

pub(super) fn address(n: usize) -> String {
    format!("reader.{n}@readers.example")
}

/// A private key in a file, and its fingerprint.
pub(super) struct Key {
    pub(super) file: String,
    pub(super) id: String,
}

/// In the middle of a rotation: comments that were sealed to one key and to the other, and one replica, with the new key.
pub(super) struct Rotation {
    pub(super) desk: Desk,
    pub(super) replica: Process,
    pub(super) officer: Officer,
    pub(super) old: Key,
    pub(super) new: Key,
    pub(super) new_pub: String,
    pub(super) comments: Vec<String>,
}

impl Rotation {
    pub(super) async fn begun() -> Self {
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
    pub(super) fn a_minute_later(&self) {
        let mut earlier = redis::cmd("ZINCRBY");
        earlier.arg("{replydesk}:sealing").arg(-60_001);
        let _: f64 = earlier
            .arg(&self.old.id)
            .query(&mut self.desk.redis.look())
            .unwrap();
    }

    /// A comment opens with one key, and with the other says which it takes.
    pub(super) async fn opens_with(&self, n: usize, right: &Key, wrong: &Key) {
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
