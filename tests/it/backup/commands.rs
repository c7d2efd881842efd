//! The commands, with the embedded default.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::commands::{
    place::{Place, text},
    serve::Serve,
};

#[test]
fn a_running_service_is_backed_up_and_comes_back_in_another_place() {
    let serve = Serve::with_daily();
    let id = serve.submit("Ada", "Hello there")["comment_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = serve.json(&["backup", "it.backup"]);
    assert_eq!(told["schema"], 1);
    let file = serve.place.path().join("it.backup");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let checked = serve.json(&["restore", "--check", "it.backup"]);
    assert_eq!(checked, told);
    let why = serve.fail(&["backup", "it.backup"], 1);
    assert!(why.contains("it is there already"), "{why}");
    let why = serve.fail(&["restore", "it.backup"], 1);
    assert!(why.contains("another replydesk"), "{why}");
    // Standard output is the same form.
    let out = serve.run(&["backup", "-", "--json"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    std::fs::write(serve.place.path().join("piped"), &out.stdout).unwrap();
    let piped = serve.json(&["restore", "--check", "piped"]);
    let said = text(&out.stderr);
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(piped, last);

    let place = Place::new();
    std::fs::copy(&file, place.path().join("it.backup")).unwrap();
    let without = place.run(&["restore", "it.backup"]);
    assert_eq!(without.status.code(), Some(1));
    let why = text(&without.stderr);
    assert!(why.contains("bring data/secrets back first"), "{why}");
    let secrets = place.path().join("data/secrets");
    std::fs::create_dir(place.path().join("data")).unwrap();
    let copied = std::process::Command::new("cp")
        .arg("-rp")
        .arg(serve.place.path().join("data/secrets"))
        .arg(&secrets)
        .status();
    assert!(copied.unwrap().success());
    let restored = place.run(&["restore", "it.backup"]);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    drop(serve);
    let serve = Serve::start_in(place);
    let comment = serve.json(&["comments", "--site", "daily", &id]);
    assert_eq!(comment["body"], "Hello there");
}

#[test]
fn a_stopped_service_has_nothing_to_be_asked() {
    let place = Place::new();
    let output = place.run(&["backup", "it.backup"]);
    assert_eq!(output.status.code(), Some(1));
    let why = text(&output.stderr);
    assert!(why.contains("no replydesk runs on data"), "{why}");
}
