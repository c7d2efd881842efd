//! A service, and commands next to it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

use super::place::{Place, terminate, text};

/// `replydesk serve` on a free port, in a place of its own; ended when dropped.
pub struct Serve {
    pub place: Place,
    process: Child,
    address: String,
}

impl Serve {
    pub fn start() -> Self {
        Self::start_in(Place::new())
    }

    /// On what lies there.
    pub fn start_in(place: Place) -> Self {
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
        Self {
            place,
            process,
            address,
        }
    }

    /// With the site `daily`.
    pub fn with_daily() -> Self {
        let serve = Self::start();
        serve.succeed(&["site", "create", "daily"]);
        serve
    }

    /// A client command next to the service: it finds the embedded default's admin key by itself.
    pub fn client(&self, args: &[&str]) -> Command {
        let mut command = self.place.command(args);
        command.env("REPLYDESK_ADDRESS", &self.address);
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.client(args).output().unwrap()
    }

    /// What a command prints that has to succeed.
    pub fn succeed(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// The lines of it with `--json`.
    pub fn json_lines(&self, args: &[&str]) -> Vec<Value> {
        let printed = self.succeed(&[args, &["--json"]].concat());
        let lines = printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The one thing that it prints with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let printed = self.succeed(&[args, &["--json"]].concat());
        serde_json::from_str(&printed).expect("one JSON text")
    }

    /// A reader's comment in the thread `t` of `daily`.
    pub fn submit(&self, name: &str, body: &str) -> Value {
        let email = format!("{name}@example.org");
        let submit = ["submit", "--site", "daily", "--thread", "t", "--name", name];
        self.json(&[&submit[..], &["--email", &email, body]].concat())
    }

    /// What a command says that has to fail, with this exit code.
    pub fn fail(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        terminate(&self.process);
        let _ = self.process.wait();
    }
}
