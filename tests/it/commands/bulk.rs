//! `replydesk bulk`.

use super::serve::Serve;

#[test]
fn a_wave_that_was_approved_by_mistake_is_overruled() {
    let serve = Serve::with_daily();
    let say = |name: &str| {
        let body = format!(
            "Since I joined the harbour savers club my garden pays for itself, and last week alone it brought \
             more than the mill did in a month. Ask {name} at the market how it is done."
        );
        serve.submit(name, &body)
    };
    for name in ["ada", "ben", "cleo"] {
        assert_eq!(say(name)["outcome"], "PENDING");
    }
    let listed = serve.json_lines(&["comments", "--site", "daily"]);
    let wave = listed.last().unwrap()["wave_id"].as_str().unwrap();
    let decide = ["bulk", "decide", "--site", "daily", "--wave", wave];
    let told = serve.succeed(&[&decide[..], &["--verdict", "approve", "--yes"]].concat());
    assert!(told.contains("3 decided"), "{told}");
    let told = serve.succeed(&[&decide[..], &["--verdict", "spam", "--yes"]].concat());
    assert!(told.contains("nothing of this wave waits"), "{told}");
    assert_eq!(say("dora")["outcome"], "SPAM");

    let audit = ["audit", "--site", "daily", "--oldest-first", "--action"];
    let bulks = serve.json_lines(&[&audit[..], &["bulk-decided"]].concat());
    let operation = bulks[0]["subject"].as_str().unwrap();
    let operation = operation.strip_prefix("bulk ").unwrap();
    let changes = ["bulk", "changes", "--site", "daily", operation];
    let told = serve.succeed(&changes);
    assert_eq!(told.lines().count(), 3, "{told}");
    let undone = [&changes[..], &["--undone"]].concat();
    assert_eq!(serve.succeed(&undone), "");
    serve.succeed(&["bulk", "undo", "--site", "daily", operation]);
    let last = serve.json_lines(&undone).pop().unwrap();
    assert_eq!(last["version"], 3);
}
