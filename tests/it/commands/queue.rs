//! `replydesk queue` and `replydesk audit`: what waits, and who did what.

use super::{place::text, serve::Serve};

#[test]
fn the_queue_is_narrowed_down_and_paged_from_the_command_line() {
    let serve = Serve::with_daily();
    serve.submit("Ada", "The tram is late");
    serve.submit("Ben", "Best casino in town");
    let queue = ["queue", "--site", "daily"];
    let with = |more: &[&'static str]| [&queue[..], more].concat();
    assert_eq!(serve.json_lines(&queue).len(), 2);
    let found = serve.json_lines(&with(&["--text", "CASINO"]));
    let [item] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(item["comment"]["author"]["display_name"], "Ben");
    assert_eq!(item["lane"], "review");
    let id = item["comment"]["comment_id"].as_str().unwrap();
    let narrow = ["--author-of", id, "--reason", "first-comment"];
    let by_ben = serve.succeed(&[&queue[..], &narrow].concat());
    assert!(
        by_ben.contains(id) && by_ben.lines().count() == 2,
        "{by_ben}"
    );
    assert!(serve.json_lines(&with(&["--lane", "escalated"])).is_empty());
    let first = serve.run(&with(&["--limit", "1", "--json"]));
    let why = text(&first.stderr);
    let (_, token) = why.rsplit_once(' ').expect("a token");
    let rest = [&queue[..], &["--json", "--page-token", token.trim()]].concat();
    let seen = [text(&first.stdout), serve.succeed(&rest)].concat();
    assert_eq!(seen.lines().count(), 2);
    let all = serve.succeed(&with(&["--json"]));
    assert_eq!(seen, all, "the two pages are the list");
    let why = serve.fail(&with(&["--reason", "boredom"]), 2);
    assert!(why.contains("first-comment"), "{why}");
}

#[test]
fn the_audit_log_is_narrowed_down_by_time_and_person() {
    let serve = Serve::with_daily();
    serve.succeed(&["thread", "close", "--site", "daily", "t"]);
    let audit = ["audit", "--site", "daily"];
    let with = |flag, value| serve.json_lines(&[&audit[..], &[flag, value]].concat());
    assert!(
        with("--since", "1h")
            .iter()
            .any(|entry| entry["subject"] == "thread t")
    );
    assert!(with("--since", "2099-01-01T00:00:00Z").is_empty());
    assert!(with("--until", "1h").is_empty());
    assert_eq!(
        (with("--by", "root").len(), with("--by", "roo").len()),
        (2, 0)
    );
    let why = serve.fail(&[&audit[..], &["--since", "teatime"]].concat(), 2);
    assert!(why.contains("12h"), "{why}");
}
