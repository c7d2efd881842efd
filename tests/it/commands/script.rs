//! A script that moderates: `replydesk review --json` with both ends of it in a test's hands.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use serde_json::Value;

use super::serve::Serve;

pub struct Script {
    process: Child,
    /// `None` once it has said all.
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// At the queue of `daily`.
    pub fn start(serve: &Serve) -> Self {
        let mut review = serve.client(&["review", "--site", "daily", "--json"]);
        let mut process = review.stdin(Stdio::piped()).spawn().unwrap();
        Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
        }
    }

    pub fn say(&mut self, line: &Value) {
        self.write(format!("{line}\n").as_bytes());
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// The next line with this field; its value.
    pub fn next(&mut self, key: &str) -> Value {
        self.next_of_each(&[key]).remove(key).unwrap()
    }

    /// One line with each of these fields, in whatever order they come.
    pub fn next_of_each(&mut self, keys: &[&str]) -> HashMap<String, Value> {
        let mut found = HashMap::new();
        while found.len() < keys.len() {
            let line = self.output.next().expect("more lines").unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            for key in keys {
                if !line[*key].is_null() {
                    found.insert((*key).to_owned(), line[*key].clone());
                }
            }
        }
        found
    }

    /// Says no more; what is still to come can be heard.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// Its exit code, when it has said all.
    pub fn end(mut self) -> Option<i32> {
        self.hang_up();
        self.process.wait().unwrap().code()
    }
}
