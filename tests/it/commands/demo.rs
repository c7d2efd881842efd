//! `replydesk demo`: it adds up, and leaves nothing behind however it ends.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use serde_json::{Value, json};

use super::{
    place::{Place, terminate, text},
    serve::Serve,
};

/// What it prints, from now on.
fn lines(process: &mut Child) -> impl Iterator<Item = String> + use<> {
    let output = BufReader::new(process.stdout.take().unwrap());
    output.lines().map(Result::unwrap)
}

#[test]
fn the_demo_adds_up_and_leaves_nothing_behind() {
    let place = Place::new();
    let output = place.run(&["demo", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(figures["breaches"], json!([]));
    assert!(figures["submitted"].as_u64().unwrap() >= 120);
    assert!(figures["decisions"]["APPROVE"].as_u64().unwrap() > 0);
    assert_eq!(place.left_behind(), Vec::<String>::new());
}

#[test]
fn a_demo_that_is_told_to_stop_leaves_nothing_behind() {
    let place = Place::new();
    let mut process = place.command(&["demo"]).spawn().unwrap();
    let mut lines = lines(&mut process);
    assert!(
        lines.any(|line| line.contains("their way at once")),
        "it works"
    );
    terminate(&process);
    lines.for_each(drop);
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(place.left_behind(), Vec::<String>::new());
}

#[test]
fn a_demo_on_a_running_service_leaves_no_key_that_opens_it() {
    let serve = Serve::start();
    serve.succeed(&["demo", "--running", "--quick", "--json"]);
    let keys = serve.json_lines(&["key", "list"]);
    let demos = keys
        .iter()
        .filter(|key| key["label"].as_str().unwrap().starts_with("demo "));
    let revoked: Vec<bool> = demos.map(|key| !key["revoked_at"].is_null()).collect();
    assert_eq!(revoked, [true, true, true]);
}

#[test]
fn the_next_demo_clears_away_what_a_killed_one_left() {
    let place = Place::new();
    let mut process = place.command(&["demo"]).spawn().unwrap();
    let mut lines = lines(&mut process);
    assert!(lines.any(|line| line.contains("ready in")), "it works");
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(place.left_behind().len(), 1);
    let demo = place.run(&["demo", "--quick", "--json"]);
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    assert_eq!(place.left_behind(), Vec::<String>::new());
}
