//! The process, as Linux's `/proc` tells; elsewhere there is nothing to tell.

use std::fs;

use super::{
    catalogue::{PROCESS_CPU, PROCESS_FDS, PROCESS_MAX_FDS, PROCESS_MEMORY, PROCESS_START},
    exposition::Page,
};

/// What `/proc` counts times in: hundredths of a second on every Linux (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Reads some small files that the kernel makes: tens of microseconds.
pub(super) fn write(page: &mut Page) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The command's name, in brackets, may hold anything: fields are counted from behind it, from the third on.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().collect())
        .unwrap_or_default();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let booted = line("/proc/stat", "btime");
    let started = field(22).map(|ticks| ticks / TICKS).zip(booted);
    let cpu = field(14).zip(field(15));
    let fds = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    for (family, value) in [
        (&PROCESS_START, started.map(|(since, boot)| boot + since)),
        (
            &PROCESS_CPU,
            cpu.map(|(user, system)| (user + system) / TICKS),
        ),
        (
            &PROCESS_MEMORY,
            line("/proc/self/status", "VmRSS:").map(|kib| kib * 1024.0),
        ),
        // The one that is read just now is not the process's.
        (
            &PROCESS_FDS,
            fds.and_then(|fds| u32::try_from(fds.saturating_sub(1)).ok())
                .map(f64::from),
        ),
        (
            &PROCESS_MAX_FDS,
            line("/proc/self/limits", "Max open files"),
        ),
    ] {
        let mut samples = page.family(family);
        if let Some(value) = value {
            samples.number(&[], value);
        }
    }
}

/// The first number behind a line's name.
fn line(file: &str, name: &str) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
