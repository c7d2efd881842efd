//! `replydesk thread`.

use serde_json::{Value, json};

use super::{Place, Serve, text};

#[test]
fn a_thread_is_closed_opened_moderated_and_counted_from_the_command_line() {
    let place = Place::new();
    let serve = Serve::start(&place);
    let run = |args: &[&str]| {
        let output = serve.run(&place, args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    };
    run(&["site", "create", "daily"]);
    let told = run(&["thread", "close", "--site", "daily", "tram"]);
    assert_eq!(told, "thread tram is closed: it takes no comments\n");
    let submit = [
        "submit",
        "--site",
        "daily",
        "--thread",
        "tram",
        "--name",
        "Ada",
        "--email",
        "ada@example.org",
        "Hello",
    ];
    let refused = serve.run(&place, &submit);
    assert_eq!(refused.status.code(), Some(1));
    let told = run(&["thread", "reopen", "--site", "daily", "tram"]);
    assert_eq!(told, "thread tram is open, whatever its age\n");
    run(&[
        "thread", "moderate", "--site", "daily", "tram", "pre", "--for", "6h",
    ]);
    run(&submit);
    let shown: Value = serde_json::from_str(&run(&[
        "thread", "show", "--site", "daily", "tram", "--json",
    ]))
    .unwrap();
    assert_eq!(shown["closed_by"], Value::Null);
    assert_eq!(shown["kept_open"], true);
    assert_eq!(shown["mode"], "pre");
    assert_eq!(shown["counts"]["pending"], 1);
    let told = run(&["thread", "moderate", "--site", "daily", "tram", "site"]);
    assert!(told.contains("moderated as the site"), "{told}");
    let counted = run(&[
        "thread",
        "count",
        "--site",
        "daily",
        "tram",
        "unheard-of",
        "--json",
    ]);
    let counted: Vec<Value> = counted
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let pending: Vec<_> = counted.iter().map(|thread| &thread["pending"]).collect();
    assert_eq!(pending, [&json!(1), &json!(0)]);
    let endless = serve.run(
        &place,
        &["thread", "moderate", "--site", "daily", "tram", "pre"],
    );
    assert_eq!(endless.status.code(), Some(2));
    assert!(text(&endless.stderr).contains("--for 6h"));
}
