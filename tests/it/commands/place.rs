//! Where a test runs commands, and what they leave there.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// An empty directory to run in: no `data/`, so no admin key lies about.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command without the environment's settings, with temporary files of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REPLYDESK_") || name == "REDIS_URL" {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .current_dir(self.path())
            .env("TMPDIR", self.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// What demos have left.
    pub fn left_behind(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.starts_with("replydesk-demo"))
            .collect()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn terminate(process: &Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &process.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}
