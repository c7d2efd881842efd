//! The officer's commands where a key, a site or a subject is not what it was taken for: with the real binary.

use replydesk::privacy::hashing::Pepper;
use serde_json::Value;

use super::machine::{Rotation, address};

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
async fn files_are_named_as_refusals_name_them_and_a_hold_says_whom_it_meets() {
    let rotation = Rotation::begun().await;
    let (old, new, officer) = (&rotation.old, &rotation.new, &rotation.officer);
    let pepper = Pepper::generate().unwrap();
    let pepper_id = Value::from(pepper.fingerprint());
    let pepper = officer.file("pepper", &pepper.to_text());
    let files = [&*old.file, &new.file, &rotation.new_pub, &pepper];
    let (code, told, said) = officer
        .run(&[&["fingerprint", "--json"], &files[..]].concat())
        .await;
    assert_eq!(code, Some(0), "{said}");
    let rows: Vec<Value> = told.lines().map(|line| line.parse().unwrap()).collect();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row["kind"].as_str().unwrap(), &row["fingerprint"]))
        .collect();
    let (old_id, new_id) = (Value::from(&*old.id), Value::from(&*new.id));
    assert_eq!(
        told[..3],
        [
            ("private_key", &old_id),
            ("private_key", &new_id),
            ("public_key", &new_id)
        ]
    );
    assert_eq!(told[3..], [("pepper", &pepper_id)]);
    let nobody = ["--site", "gazette", "--account", "nobody-9"];
    let why = ["--reason", "district court, 12 O 345/26"];
    let (_, told, _) = officer.run(&[&["hold"], &nobody[..], &why].concat()).await;
    assert!(told.starts_with("held; nobody is known by that"), "{told}");
    let erase = [&["erase", "--dry-run"], &nobody[..], &why].concat();
    let (code, _, said) = officer.run(&erase).await;
    assert!(
        code == Some(1) && said.contains("privacy hold --end"),
        "{said}"
    );
    drop(rotation.replica);
    rotation.desk.finish().await;
}
