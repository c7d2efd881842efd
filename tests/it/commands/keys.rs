//! `replydesk key`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::serve::Serve;

#[test]
fn a_key_made_by_the_command_works_until_it_is_revoked() {
    let serve = Serve::with_daily();
    let create = ["key", "create", "--role", "submitter", "--site", "daily"];
    let key = serve.json(&[&create[..], &["--label", "blog"]].concat());
    let with_key = |args: &[&str]| {
        let mut command = serve.client(args);
        command
            .env("REPLYDESK_KEY", key["access_key"].as_str().unwrap())
            .output()
            .unwrap()
    };
    assert!(with_key(&["events", "--site", "daily"]).status.success());
    let refused = with_key(&["review", "--site", "daily", "--json"]);
    assert_eq!(
        refused.status.code(),
        Some(1),
        "a submitter is no moderator"
    );
    let admin = serve.place.path().join("data/secrets/admin.key");
    let list = ["key", "list", "--key-file", admin.to_str().unwrap()];
    assert!(
        with_key(&list).status.success(),
        "the flag is stronger than REPLYDESK_KEY"
    );
    serve.succeed(&["key", "revoke", key["key_id"].as_str().unwrap()]);
    let deadline = Instant::now() + Duration::from_secs(5);
    while with_key(&["events", "--site", "daily"]).status.success() {
        assert!(Instant::now() < deadline, "still good");
    }
}

#[test]
fn a_key_for_every_site_is_asked_for_by_name() {
    let serve = Serve::start();
    let create = ["key", "create", "--role", "moderator", "--label", "Ada"];
    let why = serve.fail(&create, 2);
    assert!(
        why.contains("--site SITE") && why.contains("--all-sites"),
        "{why}"
    );
    let created = serve.json(&[&create[..], &["--all-sites"]].concat());
    assert_eq!(created["sites"], json!([]));
}

#[test]
fn a_rotated_key_and_its_successor_both_work_and_an_interrupted_rotation_is_asked_for_again() {
    const OPERATION: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    let serve = Serve::with_daily();
    let create = ["key", "create", "--role", "submitter", "--site", "daily"];
    let old = serve.json(&[&create[..], &["--label", "blog"]].concat());
    let id = old["key_id"].as_str().unwrap();
    let rotate = ["key", "rotate", id, "--overlap", "1h"];
    let named = [&rotate[..], &["--operation", OPERATION]].concat();
    let lost = serve.json(&named);
    let new = serve.json(&named);
    assert_eq!(new["key_id"], lost["key_id"], "no third key");
    assert_ne!(new["access_key"], lost["access_key"]);
    let works = |key: &serde_json::Value| {
        let mut command = serve.client(&["events", "--site", "daily"]);
        command.env("REPLYDESK_KEY", key["access_key"].as_str().unwrap());
        command.output().unwrap().status.success()
    };
    assert!(works(&old) && works(&new) && !works(&lost));
    assert_eq!(new["replaces"], old["key_id"]);
    assert_eq!(new["replaced"]["replaced_by"], new["key_id"]);
    assert!(new["replaced"]["expires_at"].is_string() && new["expires_at"].is_null());
    let why = serve.fail(&rotate, 1);
    assert!(why.contains("KEY_REPLACED") && why.contains(new["key_id"].as_str().unwrap()));
    let why = serve.fail(&["key", "rotate", id, "--overlap", "31d"], 2);
    assert!(why.contains("overlap: must be from 0 to 30 days"), "{why}");
}
