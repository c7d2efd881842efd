//! What Redis does for a submission, as it counts itself.

use redis::Connection;

/// Counts so far: of a Redis, or between two looks at it a submission.
#[derive(Clone, Copy, Default)]
pub struct Work {
    /// Commands run, those of scripts among them.
    pub commands: f64,
    /// Bytes appended to the append-only file.
    pub appended: f64,
}

impl Work {
    /// Of the Redis with this address, since its start.
    pub fn so_far(url: &str) -> Self {
        let mut look = redis::Client::open(url)
            .and_then(|client| client.get_connection())
            .expect("redis");
        let number = |line: &str| -> f64 {
            let value = line.split([':', '=']).next_back().unwrap_or_default();
            value.trim().parse().expect("a number")
        };
        let commands = info(&mut look, "commandstats");
        let calls = commands.lines().filter(|line| line.starts_with("cmdstat_"));
        let calls = calls.filter_map(|line| line.split(',').next());
        let persistence = info(&mut look, "persistence");
        let appended = persistence
            .lines()
            .find(|line| line.starts_with("aof_current_size:"));
        Self {
            commands: calls.map(number).sum(),
            appended: appended.map(number).expect("an append-only file"),
        }
    }

    /// From an earlier look to this one, by submissions between.
    pub fn each(self, before: Self, submissions: u64) -> Self {
        let each = |now: f64, before: f64| (now - before) / submissions as f64;
        Self {
            commands: each(self.commands, before.commands),
            appended: each(self.appended, before.appended),
        }
    }
}

fn info(look: &mut Connection, section: &str) -> String {
    redis::cmd("INFO").arg(section).query(look).expect("INFO")
}
