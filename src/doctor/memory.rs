//! What Redis says of its memory and its files.

use std::collections::HashMap;

use super::{Check, mebibytes};

/// Of `maxmemory`, in percent.
const WARN: u64 = 75;
/// The same: the next busy day may fill it.
const FAIL: u64 = 95;

/// What `INFO` says, by name.
pub(super) struct Info(HashMap<String, String>);

impl Info {
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        Self(
            lines
                .map(|(k, v)| (k.to_owned(), v.trim().to_owned()))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
}

/// How much room there is.
pub(super) fn memory(info: &Info) -> Check {
    const NAME: &str = "redis memory";
    let Some(used) = info.number("used_memory") else {
        return Check::warning(NAME, "INFO does not say", "ask whoever runs this Redis");
    };
    let mend =
        "raise maxmemory (and the machine's memory), or shorten what policies keep (retention)";
    let share_of = |most: u64| used.saturating_mul(100) / most;
    match (info.number("maxmemory"), info.number("total_system_memory")) {
        (Some(most), _) if most > 0 => {
            let share = share_of(most);
            let found = format!("{} of {} ({share} %)", mebibytes(used), mebibytes(most));
            match share {
                share if share >= FAIL => Check::failure(NAME, found, mend),
                share if share >= WARN => Check::warning(NAME, found, mend),
                _ => Check::ok(NAME, found),
            }
        }
        (_, Some(system)) if system > 0 && share_of(system) >= 50 => Check::warning(
            NAME,
            format!(
                "{} of the machine's {}, and no bound",
                mebibytes(used),
                mebibytes(system)
            ),
            "set maxmemory: a Redis that meets the machine's end is killed, one that meets its own says so",
        ),
        _ => Check::ok(NAME, format!("{}, without a bound", mebibytes(used))),
    }
}

/// Whether its files were written.
pub(super) fn persistence(info: &Info) -> Vec<Check> {
    const NAME: &str = "redis disk";
    let mend = "look at its log and at its disk (`df`): full, or failing? Writes are refused until it can write again";
    let mut checks = Vec::new();
    for (field, what) in [
        (
            "aof_last_write_status",
            "the last write of its append-only file failed",
        ),
        (
            "aof_last_bgrewrite_status",
            "the last rewrite of its append-only file failed",
        ),
        ("rdb_last_bgsave_status", "its last snapshot failed"),
    ] {
        match info.get(field) {
            Some("ok") | None => {}
            // It refuses writes.
            Some(_) if field == "aof_last_write_status" => {
                checks.push(Check::failure(NAME, what, mend));
            }
            Some(_) => checks.push(Check::warning(NAME, what, mend)),
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(NAME, "its files were written"));
    }
    checks
}
