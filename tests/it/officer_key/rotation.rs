//! From one key pair to another, as an operator and an officer do it: with the real binary.

use std::{path::PathBuf, process::Command};

use replydesk::{app::App, privacy::keys::OfficerPrivateKey, proto::v1::AuditAction};
use serde_json::Value;

use super::{plant, stored};
use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
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
            return Err(said);
        }
        let told: Value = serde_json::from_str(&told).unwrap();
        Ok(told["email"].as_str().unwrap().to_owned())
    }

    async fn rewrap(&self, old: &str, new: &str, more: &[&str]) -> (Option<i32>, Value, String) {
        let mut args = vec!["rewrap", "--site", "gazette", "--json"];
        args.extend(["--private-key-file", old, "--public-key-file", new]);
        let (code, told, said) = self.run(&[&args[..], more].concat()).await;
        (code, serde_json::from_str(&told).unwrap_or_default(), said)
    }
}

fn address(n: usize) -> String {
    format!("reader.{n}@readers.example")
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_new_key_alone_opens_everything() {
    let mut desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut comments = Vec::new();
    for n in 0..2 {
        comments.push(nth("gazette", n).comment_id);
        let mut request = nth("gazette", n);
        request.comment_id.clone_from(&comments[n]);
        blog.submit(request).await.unwrap();
    }
    let old_config = desk.config();
    let old = desk.replace_officer();
    let new = desk.officer.clone();
    let (old_id, new_id) = (old.public().fingerprint(), new.public().fingerprint());
    let access_key = desk.admin().officer_key("gazette").await;

    // Before any replica has the new key, nothing is moved to it.
    let mut officer = Officer {
        place: tempfile::tempdir().unwrap(),
        address: format!("http://{}", desk.replicas[0].address),
        access_key,
    };
    let old_key = officer.file("old.key", &old.to_text());
    let new_key = officer.file("new.key", &new.to_text());
    let new_pub = officer.file("new.pub", &new.public().to_text());
    let (code, _, said) = officer.rewrap(&old_key, &new_pub, &[]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("seals to the officer key {old_id}")),
        "{said}"
    );

    // In the middle of the roll-out both kinds of replica work; one with the old key does not start any more.
    let process = desk.process().await;
    let late = blog.through(process.address);
    for (n, client) in [(2, &late), (3, &blog)] {
        let request = nth("gazette", n);
        comments.push(request.comment_id.clone());
        client.submit(request).await.unwrap();
    }
    let refused = App::build(old_config).await.err().unwrap().to_string();
    let expected = format!(
        "officer's key was replaced: this Redis now has {new_id}, and {old_id} is the one before"
    );
    assert!(refused.contains(&expected), "{refused}");

    desk.replicas[0].stop().await;
    officer.address = format!("http://{}", process.address);
    for (n, comment) in comments.iter().enumerate() {
        let opens = officer.email(comment, &[&new_key, &old_key]).await;
        assert_eq!(opens, Ok(address(n)), "with both");
        let (right, wrong, needed) = match n {
            2 => (&new_key, &old_key, &new_id),
            _ => (&old_key, &new_key, &old_id),
        };
        assert_eq!(officer.email(comment, &[right]).await, Ok(address(n)));
        let refused = officer.email(comment, &[wrong]).await.unwrap_err();
        let expected = format!("sealed to the officer key {needed}; open it with that private key");
        assert!(refused.contains(&expected), "{refused}");
    }
    let reveal = ["reveal", "--site", "gazette", &comments[0], "--reason"];
    let kept = officer
        .told(&[&reveal[..], &["kept for later"]].concat())
        .await;
    let kept = officer.file("kept.json", &kept.to_string());

    // A look changes nothing; then all is moved; then there is nothing to do.
    for (more, moved, before) in [
        (&["--dry-run"][..], 1, 1),
        (&["--dry-run"], 1, 1),
        (&[], 1, 1),
        (&[], 0, 2),
    ] {
        let (code, told, said) = officer.rewrap(&old_key, &new_pub, more).await;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(
            (&told["moved"], &told["moved_before"]),
            (&moved.into(), &before.into())
        );
        let due = !told["log_rewrite_due_at"].is_null();
        assert_eq!(due, moved > 0 && more.is_empty(), "{told}");
    }
    for (n, comment) in comments.iter().enumerate() {
        assert_eq!(officer.email(comment, &[&new_key]).await, Ok(address(n)));
        assert!(officer.email(comment, &[&old_key]).await.is_err());
    }
    let opened = officer
        .told(&["open", "--json", "--key-file", &old_key, &kept])
        .await;
    assert_eq!(
        opened["email"],
        address(0),
        "what was handed out before is as it was"
    );

    let audit = desk.admin_at(process.address).whole_audit("gazette").await;
    let audit = audit.into_iter();
    let audit = audit.filter(|entry| entry.action() == AuditAction::DataKeysReplaced);
    let entries: Vec<_> = audit
        .map(|entry| (entry.actor, entry.subject, entry.before, entry.after))
        .collect();
    let entry = ("olga".to_owned(), "1 data keys".to_owned(), old_id, new_id);
    assert_eq!(entries, [entry], "one for what was done, none for looks");
    drop(process);
    desk.finish().await;
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
