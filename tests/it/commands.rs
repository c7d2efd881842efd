//! The commands as a user runs them: the real binary, against a real service.

mod bulk;
mod queue;
mod review;
mod threads;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::{Value, json};

/// An empty directory to run in: no `data/`, so no admin key lies about.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A command without the environment's settings, with temporary files of its own.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REPLYDESK_") || name == "REDIS_URL" {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .current_dir(self.0.path())
            .env("TMPDIR", self.0.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn left_behind(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.starts_with("replydesk-demo"))
            .collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `replydesk serve` on a free port; killed when dropped.
struct Serve {
    process: Child,
    address: String,
}

impl Serve {
    fn start(place: &Place) -> Self {
        let mut process = place.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut process = process.stdout(Stdio::null()).spawn().unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut lines = log.lines().map(Result::unwrap);
        let ready = lines
            .find(|line| line.contains("server.ready"))
            .expect("it gets ready");
        let (_, address) = ready.rsplit_once("address=").unwrap();
        let address = format!("http://{}", address.split_whitespace().next().unwrap());
        // Read on, or the service would block on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// A client command next to the service: it finds the embedded default's admin key by itself.
    fn client(&self, place: &Place, args: &[&str]) -> Command {
        let mut command = place.command(args);
        command.env("REPLYDESK_ADDRESS", &self.address);
        command
    }

    fn run(&self, place: &Place, args: &[&str]) -> Output {
        self.client(place, args).output().unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        terminate(&self.process);
        let _ = self.process.wait();
    }
}

fn terminate(process: &Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &process.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn next_json(lines: &mut std::io::Lines<BufReader<ChildStdout>>, key: &str) -> Value {
    loop {
        let line: Value =
            serde_json::from_str(&lines.next().expect("more lines").unwrap()).unwrap();
        if !line[key].is_null() {
            return line[key].clone();
        }
    }
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
    let mut lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
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
fn a_comment_goes_from_the_command_line_to_a_script_that_moderates_and_into_the_feed() {
    let place = Place::new();
    let serve = Serve::start(&place);
    assert!(
        serve
            .run(&place, &["site", "create", "daily"])
            .status
            .success()
    );
    let submit = [
        "submit",
        "--site",
        "daily",
        "--thread",
        "t",
        "--name",
        "Ada",
        "--email",
        "ada@example.org",
    ];
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let answer = serve.run(
        &place,
        &[&submit[..], &["--id", id, "--json", "Hello"]].concat(),
    );
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(
        (&answer["outcome"], &answer["version"]),
        (&json!("PENDING"), &json!(1))
    );

    let mut review = serve.client(&place, &["review", "--site", "daily", "--json"]);
    let mut review = review.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = review.stdin.take().unwrap();
    let mut lines = BufReader::new(review.stdout.take().unwrap()).lines();
    assert_eq!(next_json(&mut lines, "item")["comment"]["comment_id"], id);
    writeln!(input, "nonsense").unwrap();
    next_json(&mut lines, "error");
    writeln!(
        input,
        "{}",
        json!({ "comment_id": id, "verdict": "approve" })
    )
    .unwrap();
    drop(input);
    assert_eq!(next_json(&mut lines, "decision")["state"], "APPROVED");
    assert_eq!(
        review.wait().unwrap().code(),
        Some(1),
        "one line of input was nonsense"
    );
    let listed = serve.run(
        &place,
        &[
            "comments", "--site", "daily", "--state", "approved", "--json",
        ],
    );
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["comment_id"], id);
    let one = serve.run(&place, &["comments", "--site", "daily", id]);
    assert!(
        text(&one.stdout).contains("\nHello"),
        "{}",
        text(&one.stdout)
    );

    let feed = serve.run(&place, &["events", "--site", "daily", "--json"]);
    let events: Vec<Value> = text(&feed.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let states: Vec<_> = events
        .iter()
        .map(|event| event["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["PENDING", "APPROVED"]);
}

#[test]
fn a_site_is_told_in_numbers() {
    let place = Place::new();
    let serve = Serve::start(&place);
    let created = serve.run(&place, &["site", "create", "daily"]);
    assert!(created.status.success());
    let submit = ["submit", "--site", "daily", "--thread", "t", "--name"];
    let ada = ["Ada", "--email", "ada@example.org", "Hello there"];
    assert!(
        serve
            .run(&place, &[&submit[..], &ada].concat())
            .status
            .success()
    );
    let told = serve.run(&place, &["stats", "--site", "daily", "--json"]);
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["stats"]["waiting"], 1);
    assert_eq!(told["last_day"]["queued"], 1);
    assert_eq!(told["hours"].as_array().unwrap().len(), 24);
    let page = text(&serve.run(&place, &["stats", "--site", "daily"]).stdout);
    assert!(page.contains("1 waiting, 0 held"), "{page}");

    // Today is not over, and so not in it unless one says so.
    let report = serve.run(&place, &["report", "--site", "daily", "--json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["days"].as_array().unwrap().len(), 30);
    assert_eq!(report["submissions"]["pending"], 0);
    let far = serve.run(
        &place,
        &["report", "--site", "daily", "--from", "2001-01-01"],
    );
    assert!(!far.status.success());
    assert!(
        text(&far.stderr).contains("to_day"),
        "{}",
        text(&far.stderr)
    );
}

#[test]
fn refusals_say_what_to_do_and_change_nothing() {
    let place = Place::new();
    let serve = Serve::start(&place);
    assert!(
        serve
            .run(&place, &["site", "create", "daily"])
            .status
            .success()
    );
    std::fs::write(place.0.path().join("policy.toml"), "max_links = 1\n").unwrap();
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
        let output = serve.run(&place, args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(says),
            "{args:?}: {}",
            text(&output.stderr)
        );
    }
    let site = serve.run(&place, &["site", "get", "daily", "--json"]);
    let site: Value = serde_json::from_slice(&site.stdout).unwrap();
    assert_eq!(site["policy_version"], 1);
    let feed = serve.run(&place, &["events", "--site", "daily"]);
    assert_eq!(text(&feed.stdout), "");
}

#[test]
fn a_key_made_by_the_command_works_until_it_is_revoked() {
    let place = Place::new();
    let serve = Serve::start(&place);
    assert!(
        serve
            .run(&place, &["site", "create", "daily"])
            .status
            .success()
    );
    let created = serve.run(
        &place,
        &[
            "key",
            "create",
            "--role",
            "submitter",
            "--site",
            "daily",
            "--label",
            "blog",
            "--json",
        ],
    );
    let key: Value = serde_json::from_slice(&created.stdout).unwrap();
    let with_key = |args: &[&str]| {
        let mut command = serve.client(&place, args);
        command
            .env("REPLYDESK_KEY", key["access_key"].as_str().unwrap())
            .output()
            .unwrap()
    };
    assert!(with_key(&["events", "--site", "daily"]).status.success());
    let refused = with_key(&["review", "--site", "daily", "--json"]);
    assert_eq!(
        refused.status.code(),
        Some(1),
        "a submitter is no moderator"
    );
    let admin = place.0.path().join("data/secrets/admin.key");
    let list = ["key", "list", "--key-file", admin.to_str().unwrap()];
    assert!(
        with_key(&list).status.success(),
        "the flag is stronger than REPLYDESK_KEY"
    );
    let id = key["key_id"].as_str().unwrap();
    assert!(serve.run(&place, &["key", "revoke", id]).status.success());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while with_key(&["events", "--site", "daily"]).status.success() {
        assert!(std::time::Instant::now() < deadline, "still good");
    }
}

#[test]
fn a_demo_on_a_running_service_leaves_no_key_that_opens_it() {
    let place = Place::new();
    let serve = Serve::start(&place);
    let demo = serve.run(&place, &["demo", "--running", "--quick", "--json"]);
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    let keys = serve.run(&place, &["key", "list", "--json"]);
    let keys: Vec<Value> = text(&keys.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
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
    let mut lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.any(|line| line.contains("ready in")), "it works");
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(place.left_behind().len(), 1);
    let demo = place.run(&["demo", "--quick", "--json"]);
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    assert_eq!(place.left_behind(), Vec::<String>::new());
}

#[test]
fn the_model_tells_how_it_stands() {
    let place = Place::new();
    let serve = Serve::start(&place);
    let shown = serve.run(&place, &["model", "status", "--json"]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    let status: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(status["lessons"], 0);
    assert_eq!(status["behind"], 0);
    assert_eq!(status["digest"].as_str().unwrap().len(), 64);
    assert_eq!(status["counts"]["entries_corrupt"], 0);
    let shown = serve.run(&place, &["model", "status"]);
    assert!(text(&shown.stdout).starts_with("digest "), "{shown:?}");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let place = Place::new();
    let data = place.0.path().join("data");
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
        assert!(place.0.path().join(made).exists(), "{args:?}");
    }
}
