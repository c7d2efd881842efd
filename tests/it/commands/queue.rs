//! `replydesk queue` and `replydesk audit`: what waits, and who did what.

use serde_json::Value;

use super::{Place, Serve, text};

#[test]
fn the_queue_and_the_audit_log_are_narrowed_down_from_the_command_line() {
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
    let lines = |args: &[&str]| -> Vec<Value> {
        let printed = run(&[args, &["--json"]].concat());
        let lines = printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    run(&["site", "create", "daily"]);
    for (name, body) in [("Ada", "The tram is late"), ("Ben", "Best casino in town")] {
        let email = format!("{name}@example.org");
        let submit = ["submit", "--site", "daily", "--thread", "t", "--name", name];
        run(&[&submit[..], &["--email", &email, body]].concat());
    }
    let queue = ["queue", "--site", "daily"];
    assert_eq!(lines(&queue).len(), 2);
    let found = lines(&[&queue[..], &["--text", "CASINO"]].concat());
    let [item] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(item["comment"]["author"]["display_name"], "Ben");
    assert_eq!(item["lane"], "review");
    let id = item["comment"]["comment_id"].as_str().unwrap();
    let by_ben = run(&[
        &queue[..],
        &["--author-of", id, "--reason", "first-comment"],
    ]
    .concat());
    assert!(
        by_ben.contains(id) && by_ben.lines().count() == 2,
        "{by_ben}"
    );
    assert!(lines(&[&queue[..], &["--lane", "escalated"]].concat()).is_empty());
    let first = serve.run(&place, &[&queue[..], &["--limit", "1", "--json"]].concat());
    let why = text(&first.stderr);
    let (_, token) = why.rsplit_once(' ').expect("a token");
    let rest = [&queue[..], &["--page-token", token.trim()]].concat();
    let mut seen = [text(&first.stdout), run(&[&rest[..], &["--json"]].concat())].concat();
    seen.truncate(seen.trim_end().len());
    assert_eq!(seen.lines().count(), 2);
    let all = run(&[&queue[..], &["--json"]].concat());
    assert_eq!(seen, all.trim_end(), "the two pages are the list");
    let wrong = serve.run(&place, &[&queue[..], &["--reason", "boredom"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("first-comment"));

    run(&["thread", "close", "--site", "daily", "t"]);
    let audit = ["audit", "--site", "daily"];
    let since = |span: &str| lines(&[&audit[..], &["--since", span]].concat());
    assert!(
        since("1h")
            .iter()
            .any(|entry| entry["subject"] == "thread t")
    );
    assert!(since("2099-01-01T00:00:00Z").is_empty());
    assert!(lines(&[&audit[..], &["--until", "1h"]].concat()).is_empty());
    let by = |who: &str| lines(&[&audit[..], &["--by", who]].concat()).len();
    assert_eq!((by("root"), by("roo")), (2, 0));
    let wrong = serve.run(&place, &[&audit[..], &["--since", "teatime"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("12h"));
}

#[test]
fn a_key_for_every_site_is_asked_for_by_name() {
    let place = Place::new();
    let serve = Serve::start(&place);
    let create = ["key", "create", "--role", "moderator", "--label", "Ada"];
    let forgotten = serve.run(&place, &create);
    assert_eq!(forgotten.status.code(), Some(2));
    let why = text(&forgotten.stderr);
    assert!(
        why.contains("--site SITE") && why.contains("--all-sites"),
        "{why}"
    );
    let created = serve.run(&place, &[&create[..], &["--all-sites", "--json"]].concat());
    let created: Value = serde_json::from_slice(&created.stdout).unwrap();
    assert_eq!(created["sites"], serde_json::json!([]));
}
