//! The commands as a user runs them: the real binary, against a real service.

mod bulk;
mod demo;
mod keys;
pub mod place;
mod queue;
mod review;
mod script;
pub mod serve;
mod threads;

use serde_json::json;

use place::{Place, text};
use script::Script;
use serve::Serve;

#[test]
fn a_comment_goes_from_the_command_line_to_a_script_that_moderates_and_into_the_feed() {
    let serve = Serve::with_daily();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let submit = ["submit", "--site", "daily", "--thread", "t", "--name"];
    let ada = ["Ada", "--email", "ada@example.org", "--id", id, "Hello"];
    let answer = serve.json(&[&submit[..], &ada].concat());
    assert_eq!(
        (&answer["outcome"], &answer["version"]),
        (&json!("PENDING"), &json!(1))
    );

    let mut script = Script::start(&serve);
    assert_eq!(script.next("item")["comment"]["comment_id"], id);
    script.write(b"nonsense\n");
    script.next("error");
    script.say(&json!({ "comment_id": id, "verdict": "approve" }));
    script.hang_up();
    assert_eq!(script.next("decision")["state"], "APPROVED");
    assert_eq!(script.end(), Some(1), "one line of input was nonsense");
    let listed = serve.json(&["comments", "--site", "daily", "--state", "approved"]);
    assert_eq!(listed["comment_id"], id);
    let one = serve.succeed(&["comments", "--site", "daily", id]);
    assert!(one.contains("\nHello"), "{one}");

    let events = serve.json_lines(&["events", "--site", "daily"]);
    let states: Vec<_> = events
        .iter()
        .map(|event| event["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["PENDING", "APPROVED"]);
}

#[test]
fn a_site_is_told_in_numbers() {
    let serve = Serve::with_daily();
    serve.submit("Ada", "Hello there");
    let told = serve.json(&["stats", "--site", "daily"]);
    assert_eq!(told["stats"]["waiting"], 1);
    assert_eq!(told["last_day"]["queued"], 1);
    assert_eq!(told["hours"].as_array().unwrap().len(), 24);
    let page = serve.succeed(&["stats", "--site", "daily"]);
    assert!(page.contains("1 waiting, 0 held"), "{page}");

    // Today is not over, and so not in it unless one says so.
    let report = serve.json(&["report", "--site", "daily"]);
    assert_eq!(report["days"].as_array().unwrap().len(), 30);
    assert_eq!(report["submissions"]["pending"], 0);
    let far = ["report", "--site", "daily", "--from", "2001-01-01"];
    let why = serve.fail(&far, 2);
    assert!(why.contains("to_day"), "{why}");
}

#[test]
fn refusals_say_what_to_do_and_change_nothing() {
    let serve = Serve::with_daily();
    let policy = serve.place.path().join("policy.toml");
    std::fs::write(policy, "max_links = 1\n").unwrap();
    let table: [(&[&str], i32, &str); 6] = [
        (
            &["submit", "--site", "daily", "--thread", "t", "Hello"],
            2,
            "author.email",
        ),
        (&["site", "apply", "daily", "policy.toml"], 2, "--yes"),
        (&["review", "--site", "daily"], 2, "--json"),
        (
            &["events", "--site", "daily", "--cursor", "nonsense"],
            2,
            "cursor",
        ),
        (&["key", "revoke", "0123456789abcdef"], 1, "key"),
        (
            &["site", "list", "--address", "http://127.0.0.1:1"],
            1,
            "replydesk serve",
        ),
    ];
    for (args, code, says) in table {
        let why = serve.fail(args, code);
        assert!(why.contains(says), "{args:?}: {why}");
    }
    let site = serve.json(&["site", "get", "daily"]);
    assert_eq!(site["policy_version"], 1);
    assert_eq!(serve.succeed(&["events", "--site", "daily"]), "");
}

#[test]
fn the_model_tells_how_it_stands() {
    let serve = Serve::start();
    let status = serve.json(&["model", "status"]);
    assert_eq!(status["lessons"], 0);
    assert_eq!(status["behind"], 0);
    assert_eq!(status["digest"].as_str().unwrap().len(), 64);
    assert_eq!(status["counts"]["entries_corrupt"], 0);
    let shown = serve.succeed(&["model", "status"]);
    assert!(shown.starts_with("digest "), "{shown}");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let place = Place::new();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let row = |text: &str, label: &str| {
        let row = json!({ "text": text, "label": label, "source": "youtube-spam-collection" });
        format!("{row}\n")
    };
    let rows = row("Check out my channel", "spam") + &row("I like the old bridge", "ham");
    std::fs::write(data.join("made-up.jsonl"), rows).unwrap();
    for args in [
        "privacy keygen --out-dir a",
        "privacy keygen --out-dir b --json",
        "train data",
        "train data --json",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.command(&args).stdout(writer).output().unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        // The work is done all the same.
        let made = if args[0] == "train" {
            "weights.bin"
        } else {
            args[3]
        };
        assert!(place.path().join(made).exists(), "{args:?}");
    }
}
