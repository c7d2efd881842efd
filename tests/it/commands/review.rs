//! `replydesk review --json`: what a script can say besides verdicts.

use std::{collections::HashMap, io::Lines};

use super::*;

/// One line with each of these fields, in whatever order they come.
fn next_of_each(
    lines: &mut Lines<BufReader<ChildStdout>>,
    keys: &[&str],
) -> HashMap<String, Value> {
    let mut found = HashMap::new();
    while found.len() < keys.len() {
        let line = lines.next().expect("more lines").unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        for key in keys {
            if !line[*key].is_null() {
                found.insert((*key).to_owned(), line[*key].clone());
            }
        }
    }
    found
}

#[test]
fn a_refused_verdict_leaves_the_item_with_the_script() {
    let place = Place::new();
    let serve = Serve::start(&place);
    serve.run(&place, &["site", "create", "daily"]);
    let submit = ["submit", "--site", "daily", "--thread", "t", "--name"];
    let rest = ["Ada", "--email", "ada@example.org", "Hello"];
    serve.run(&place, &[&submit[..], &rest].concat());
    let mut review = serve.client(&place, &["review", "--site", "daily", "--json"]);
    let mut review = review.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = review.stdin.take().unwrap();
    let mut lines = BufReader::new(review.stdout.take().unwrap()).lines();
    let item = next_json(&mut lines, "item");
    let id = &item["comment"]["comment_id"];
    for wrong in [
        json!({ "comment_id": id, "verdict": "approve", "reason_code": "insult" }),
        json!({ "comment_id": id, "verdict": "skip", "cool_down_seconds": 9_999_999 }),
    ] {
        writeln!(input, "{wrong}").unwrap();
        let problem = next_json(&mut lines, "problem");
        assert_eq!(problem["reason"], "INVALID_FIELDS", "{problem}");
    }
    writeln!(
        input,
        "{}",
        json!({ "comment_id": id, "verdict": "approve" })
    )
    .unwrap();
    assert_eq!(next_json(&mut lines, "decision")["state"], "APPROVED");
    drop(input);
    assert_eq!(review.wait().unwrap().code(), Some(1), "two lines failed");
}

#[test]
fn a_line_that_is_no_text_or_too_long_is_an_error_and_the_next_one_counts() {
    let place = Place::new();
    let serve = Serve::start(&place);
    serve.run(&place, &["site", "create", "daily"]);
    let submit = ["submit", "--site", "daily", "--thread", "t", "--name"];
    let rest = ["Ada", "--email", "ada@example.org", "Hello"];
    serve.run(&place, &[&submit[..], &rest].concat());
    let mut review = serve.client(&place, &["review", "--site", "daily", "--json"]);
    let mut review = review.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = review.stdin.take().unwrap();
    let mut lines = BufReader::new(review.stdout.take().unwrap()).lines();
    let item = next_json(&mut lines, "item");
    let id = item["comment"]["comment_id"].as_str().unwrap();
    let long = json!({ "comment_id": id, "verdict": "reject", "note": "x".repeat(300_000) });
    let verdict = json!({ "comment_id": id, "verdict": "approve" });
    let all = [
        b"{\"verdict\":\"reject\",\"note\":\"caf\xe9\"}\n".as_slice(),
        format!("{long}\n").as_bytes(),
        format!("\u{feff}{verdict}").as_bytes(),
    ]
    .concat();
    input.write_all(&all).unwrap();
    drop(input);
    assert_eq!(next_json(&mut lines, "error"), "a line must be UTF-8");
    let too_long = next_json(&mut lines, "error");
    assert_eq!(too_long, "a line has at most 65536 bytes");
    assert_eq!(next_json(&mut lines, "decision")["state"], "APPROVED");
    assert_eq!(review.wait().unwrap().code(), Some(1));
}

#[test]
fn a_script_notes_pauses_escalates_and_undoes() {
    let place = Place::new();
    let serve = Serve::start(&place);
    serve.run(&place, &["site", "create", "daily"]);
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let submit = [
        "submit", "--site", "daily", "--thread", "t", "--name", "Ada",
    ];
    let rest = ["--email", "ada@example.org", "--id", id, "Hello"];
    let submitted = serve.run(&place, &[&submit[..], &rest].concat());
    assert!(submitted.status.success(), "{}", text(&submitted.stderr));

    let mut review = serve.client(&place, &["review", "--site", "daily", "--json"]);
    let mut review = review.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = review.stdin.take().unwrap();
    let mut lines = BufReader::new(review.stdout.take().unwrap()).lines();
    let mut say = |verdict: &str| {
        let line = json!({ "comment_id": id, "verdict": verdict, "note": "looked at twice" });
        writeln!(input, "{line}").unwrap();
    };
    next_json(&mut lines, "item");
    say("note");
    assert_eq!(next_json(&mut lines, "noted"), id);
    say("pause");
    assert_eq!(next_json(&mut lines, "paused"), true);
    say("resume");
    let again = next_of_each(&mut lines, &["paused", "item"]);
    assert_eq!(again["paused"], false);
    for (verdict, decided, state) in [
        ("escalate", "ESCALATE", "PENDING"),
        ("approve", "APPROVE", "APPROVED"),
    ] {
        say(verdict);
        let decision = next_json(&mut lines, "decision");
        assert_eq!(
            (&decision["verdict"], &decision["state"]),
            (&json!(decided), &json!(state))
        );
        say("undo");
        let undone = next_of_each(&mut lines, &["undone", "item"]);
        let undone = &undone["undone"];
        assert_eq!(
            (&undone["verdict"], &undone["state"]),
            (&json!(decided), &json!("PENDING"))
        );
    }
    drop(input);
    assert_eq!(review.wait().unwrap().code(), Some(0));
    let audit = serve.run(&place, &["audit", "--site", "daily", "--json"]);
    let audit = text(&audit.stdout);
    assert!(audit.contains("looked at twice"), "{audit}");
}
