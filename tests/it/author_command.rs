//! `replydesk author` as a moderator runs it: the real binary against a real service.

use std::process::Command;

use replydesk::proto::v1::{self, CommentState};
use serde_json::{Value, json};

use crate::harness::{
    comments::{comment, everything_waits},
    process::{Process, admin_key},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_bans_notes_looks_and_forgives() {
    let directory = tempfile::tempdir().unwrap();
    let service = Process::embedded(&directory.path().join("data"), &[]).await;
    let key = admin_key(&directory.path().join("data"));
    let admin = service.client(&key);
    let site = v1::Site {
        site: "gazette".to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let create = v1::CreateSiteRequest { site: Some(site) };
    admin.sites.clone().create_site(create).await.unwrap();
    let body = "Cheap at https://pills.example/now";
    let request = comment("gazette", "tram", "Eve", body);
    let id = request.comment_id.clone();
    admin.submit(request).await.unwrap();

    let run = async |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command
            .arg("author")
            .args(args)
            .current_dir(directory.path())
            .env("REPLYDESK_ADDRESS", format!("http://{}", service.address))
            .env("REPLYDESK_KEY", &key);
        let output = tokio::process::Command::from(command).output().await;
        let output = output.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let site = ["--site", "gazette"];
    let told = async |args: &[&str]| {
        let (code, said) = run(&[args, &site[..]].concat()).await;
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    };

    let said = told(&["hold", &id, "--domain", "pills.example", "--for", "2d"]).await;
    assert!(
        said.starts_with("domain pills.example HELD until "),
        "{said}"
    );
    let said = told(&["ban", &id, "--reason", "sells pills", "--strike"]).await;
    assert_eq!(
        said,
        "author BANNED (sells pills), set by root, strikes: 1\n  pending comments dealt with: 1\n"
    );
    assert_eq!(
        admin.get("gazette", &id).await.state(),
        CommentState::Rejected
    );
    assert_eq!(told(&["note", &id, "says sorry"]).await, "noted\n");
    let said = told(&["show", &id]).await;
    for expected in [
        "author BANNED",
        "domain pills.example HELD",
        "says sorry",
        "REJECTED",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let said = told(&["list", "--json"]).await;
    let first: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["name"], &first["standing"]),
        (&json!("Eve"), &json!("BANNED"))
    );
    let standing = first["standing_id"].as_str().unwrap().to_owned();
    let said = told(&["clear", "--standing", &standing, "--json"]).await;
    let cleared: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&cleared["standing"], &cleared["changed"]),
        (&json!("NORMAL"), &json!(true))
    );
    told(&["clear", &id, "--domain", "https://www.pills.example/"]).await;
    assert_eq!(told(&["list"]).await, "nobody is trusted, held or banned\n");
    refused(&run, &id).await;
}

/// What cannot be asked is a usage error that says what to do.
async fn refused(run: &impl AsyncFn(&[&str]) -> (Option<i32>, String), id: &str) {
    let site = ["--site", "gazette"];
    for (args, says) in [
        (&["ban", id, "--ip"][..], "say --for 2d or --until TIME"),
        (
            &["ban", id, "--ip", "--until", "2001-01-01T00:00:00Z"],
            "until: ",
        ),
        (&["ban", id, "--until", "soon"], "--until"),
        (&["ban", id, "--for", "soon"], "no span of time"),
        (&["ban", id, "--for", "9999999999d"], "too far away"),
        (&["ban"], "required"),
        (&["note", id, " "], "note: must not be empty"),
    ] {
        let (code, said) = run(&[args, &site[..]].concat()).await;
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
}
