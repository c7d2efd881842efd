//! `replydesk thread`.

use serde_json::{Value, json};

use super::serve::Serve;

#[test]
fn a_thread_is_closed_opened_moderated_and_counted_from_the_command_line() {
    let serve = Serve::with_daily();
    let told = serve.succeed(&["thread", "close", "--site", "daily", "tram"]);
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
    serve.fail(&submit, 1);
    let told = serve.succeed(&["thread", "reopen", "--site", "daily", "tram"]);
    assert_eq!(told, "thread tram is open, whatever its age\n");
    serve.succeed(&[
        "thread", "moderate", "--site", "daily", "tram", "pre", "--for", "6h",
    ]);
    serve.succeed(&submit);
    let shown = serve.json(&["thread", "show", "--site", "daily", "tram"]);
    assert_eq!(shown["closed_by"], Value::Null);
    assert_eq!(shown["kept_open"], true);
    assert_eq!(shown["mode"], "pre");
    assert_eq!(shown["counts"]["pending"], 1);
    let told = serve.succeed(&["thread", "moderate", "--site", "daily", "tram", "site"]);
    assert!(told.contains("moderated as the site"), "{told}");
    let count = ["thread", "count", "--site", "daily", "tram", "unheard-of"];
    let counted = serve.json_lines(&count);
    let pending: Vec<_> = counted.iter().map(|thread| &thread["pending"]).collect();
    assert_eq!(pending, [&json!(1), &json!(0)]);
    let why = serve.fail(&["thread", "moderate", "--site", "daily", "tram", "pre"], 2);
    assert!(why.contains("--for 6h"), "{why}");
}
