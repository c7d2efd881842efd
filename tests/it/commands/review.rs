//! `replydesk review --json`: what a script can say besides verdicts.

use serde_json::json;

use super::{script::Script, serve::Serve};

#[test]
fn a_refused_verdict_leaves_the_item_with_the_script() {
    let serve = Serve::with_daily();
    serve.submit("Ada", "Hello");
    let mut script = Script::start(&serve);
    let id = script.next("item")["comment"]["comment_id"].clone();
    for wrong in [
        json!({ "comment_id": id, "verdict": "approve", "reason_code": "insult" }),
        json!({ "comment_id": id, "verdict": "skip", "cool_down_seconds": 9_999_999 }),
    ] {
        script.say(&wrong);
        let problem = script.next("problem");
        assert_eq!(problem["reason"], "INVALID_FIELDS", "{problem}");
    }
    script.say(&json!({ "comment_id": id, "verdict": "approve" }));
    assert_eq!(script.next("decision")["state"], "APPROVED");
    assert_eq!(script.end(), Some(1), "two lines failed");
}

#[test]
fn a_line_that_is_no_text_or_too_long_is_an_error_and_the_next_one_counts() {
    let serve = Serve::with_daily();
    serve.submit("Ada", "Hello");
    let mut script = Script::start(&serve);
    let id = script.next("item")["comment"]["comment_id"].clone();
    let long = json!({ "comment_id": id, "verdict": "reject", "note": "x".repeat(300_000) });
    let verdict = json!({ "comment_id": id, "verdict": "approve" });
    let all = [
        b"{\"verdict\":\"reject\",\"note\":\"caf\xe9\"}\n".as_slice(),
        format!("{long}\n").as_bytes(),
        format!("\u{feff}{verdict}").as_bytes(),
    ]
    .concat();
    script.write(&all);
    script.hang_up();
    assert_eq!(script.next("error"), "a line must be UTF-8");
    assert_eq!(script.next("error"), "a line has at most 65536 bytes");
    assert_eq!(script.next("decision")["state"], "APPROVED");
    assert_eq!(script.end(), Some(1));
}

#[test]
fn a_script_notes_pauses_escalates_and_undoes() {
    let serve = Serve::with_daily();
    let id = serve.submit("Ada", "Hello")["comment_id"].clone();
    let mut script = Script::start(&serve);
    let line =
        |verdict: &str| json!({ "comment_id": id, "verdict": verdict, "note": "looked at twice" });
    script.next("item");
    script.say(&line("note"));
    assert_eq!(script.next("noted"), id);
    script.say(&line("pause"));
    assert_eq!(script.next("paused"), true);
    script.say(&line("resume"));
    let again = script.next_of_each(&["paused", "item"]);
    assert_eq!(again["paused"], false);
    for (verdict, decided, state) in [
        ("escalate", "ESCALATE", "PENDING"),
        ("approve", "APPROVE", "APPROVED"),
    ] {
        script.say(&line(verdict));
        let decision = script.next("decision");
        assert_eq!(
            (&decision["verdict"], &decision["state"]),
            (&json!(decided), &json!(state))
        );
        script.say(&line("undo"));
        let undone = script.next_of_each(&["undone", "item"]);
        let undone = &undone["undone"];
        assert_eq!(
            (&undone["verdict"], &undone["state"]),
            (&json!(decided), &json!("PENDING"))
        );
    }
    assert_eq!(script.end(), Some(0));
    let audit = serve.succeed(&["audit", "--site", "daily", "--json"]);
    assert!(audit.contains("looked at twice"), "{audit}");
}
