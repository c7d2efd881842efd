//! `replydesk bulk`.

use serde_json::Value;

use super::{Place, Serve, text};

#[test]
fn a_wave_that_was_approved_by_mistake_is_overruled() {
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
    let say = |name: &str| -> Value {
        let email = format!("{name}@example.org");
        let body = format!(
            "Since I joined the harbour savers club my garden pays for itself, and last week alone it brought \
             more than the mill did in a month. Ask {name} at the market how it is done."
        );
        let submit = ["submit", "--site", "daily", "--thread", "t", "--json"];
        let told = run(&[&submit[..], &["--name", name, "--email", &email, &body]].concat());
        serde_json::from_str(&told).unwrap()
    };
    for name in ["ada", "ben", "cleo"] {
        assert_eq!(say(name)["outcome"], "PENDING");
    }
    let listed = run(&["comments", "--site", "daily", "--json"]);
    let last: Value = serde_json::from_str(listed.lines().last().unwrap()).unwrap();
    let wave = last["wave_id"].as_str().unwrap();
    let decide = ["bulk", "decide", "--site", "daily", "--wave", wave];
    let told = run(&[&decide[..], &["--verdict", "approve", "--yes"]].concat());
    assert!(told.contains("3 decided"), "{told}");
    let told = run(&[&decide[..], &["--verdict", "spam", "--yes"]].concat());
    assert!(told.contains("nothing of this wave waits"), "{told}");
    assert_eq!(say("dora")["outcome"], "SPAM");

    let first = run(&[
        "audit",
        "--site",
        "daily",
        "--action",
        "bulk-decided",
        "--oldest-first",
        "--json",
    ]);
    let first: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let operation = first["subject"].as_str().unwrap();
    let operation = operation.strip_prefix("bulk ").unwrap();
    let changes = run(&["bulk", "changes", "--site", "daily", operation]);
    assert_eq!(changes.lines().count(), 3, "{changes}");
    let none = run(&["bulk", "changes", "--site", "daily", "--undone", operation]);
    assert_eq!(none, "");
    run(&["bulk", "undo", "--site", "daily", operation]);
    let again = serve.run(
        &place,
        &[
            "bulk", "changes", "--site", "daily", "--undone", "--json", operation,
        ],
    );
    let last: Value = serde_json::from_str(text(&again.stdout).lines().last().unwrap()).unwrap();
    assert_eq!(last["version"], 3);
}
