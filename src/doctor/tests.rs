use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, SystemTime},
};

use super::{
    memory::{Info, memory, persistence},
    *,
};
use crate::store::identity::{Configured, Identity};

#[test]
fn memory_is_judged_by_its_bound_or_the_machine() {
    for (info, level, part) in [
        (
            "used_memory:10\nmaxmemory:100\ntotal_system_memory:1000",
            Level::Ok,
            "10 %",
        ),
        ("used_memory:75\nmaxmemory:100", Level::Warning, "75 %"),
        (
            "used_memory:95\r\nmaxmemory:100\r\n",
            Level::Failure,
            "95 %",
        ),
        (
            "used_memory:10\nmaxmemory:0\ntotal_system_memory:100",
            Level::Ok,
            "without a bound",
        ),
        (
            "used_memory:50\nmaxmemory:0\ntotal_system_memory:100",
            Level::Warning,
            "no bound",
        ),
        ("maxmemory:0", Level::Warning, "does not say"),
    ] {
        let check = memory(&Info::read(info));
        assert!(
            check.level == level && check.found.contains(part),
            "{check:?}"
        );
        assert_eq!(check.mend.is_empty(), level == Level::Ok, "{check:?}");
    }
}

#[test]
fn files_that_were_not_written_are_told() {
    for (info, level, part) in [
        (
            "aof_last_write_status:ok\nrdb_last_bgsave_status:ok",
            Level::Ok,
            "written",
        ),
        ("aof_last_write_status:err", Level::Failure, "last write"),
        (
            "aof_last_bgrewrite_status:err",
            Level::Warning,
            "last rewrite",
        ),
        (
            "rdb_last_bgsave_status:err",
            Level::Warning,
            "last snapshot",
        ),
    ] {
        let checks = persistence(&Info::read(info));
        assert_eq!(worst(&checks), level, "{info}");
        assert!(checks[0].found.contains(part), "{checks:?}");
    }
}

#[test]
fn a_distance_a_clock_and_a_disk_have_two_thresholds() {
    let ms = Duration::from_millis;
    for (took, level) in [(1, Level::Ok), (10, Level::Warning), (30, Level::Failure)] {
        assert_eq!(redis::latency(ms(took)).level, level, "{took}");
    }
    let here = SystemTime::UNIX_EPOCH + ms(1_000_000);
    for (redis_ms, took, level) in [
        (1_000_400, 0, Level::Ok),
        (1_001_000, 0, Level::Warning),
        (999_000, 0, Level::Warning),
        // What asking took is no difference.
        (1_001_000, 200, Level::Ok),
        (1_030_000, 0, Level::Failure),
        (0, 0, Level::Failure),
    ] {
        let check = clock::difference(here, redis_ms, ms(took));
        assert_eq!(check.level, level, "{redis_ms}: {check:?}");
    }
    assert_eq!(
        clock::plausible(here).map(|check| check.level),
        Some(Level::Failure)
    );
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    assert_eq!(clock::plausible(later), None);
    for (mebibytes, level) in [
        (10_000, Level::Ok),
        (1_000, Level::Warning),
        (100, Level::Failure),
    ] {
        let check = disk::room(Path::new("data"), mebibytes << 20);
        assert_eq!(check.level, level, "{check:?}");
    }
}

#[test]
fn data_of_other_secrets_and_other_releases_is_a_failure() {
    let alone = |current: &str| Configured {
        current: current.to_owned(),
        previous: None,
        next: None,
    };
    let ours = Identity {
        pepper: alone("p"),
        privacy_key: alone("k"),
    };
    let stored = |pairs: &[(&str, &str)]| -> HashMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    for (pairs, restoring, known, level, part) in [
        (&[][..], false, true, Level::Ok, "none yet"),
        (
            &[("pepper", "p"), ("privacy_key", "k")],
            false,
            true,
            Level::Ok,
            "schema 1",
        ),
        (
            &[("pepper", "q"), ("privacy_key", "k")],
            false,
            true,
            Level::Failure,
            "another pepper",
        ),
        (
            &[("pepper", "p"), ("privacy_key", "l")],
            false,
            true,
            Level::Failure,
            "another privacy key",
        ),
        (
            &[("pepper", "p"), ("privacy_key", "k")],
            false,
            false,
            Level::Failure,
            "no secrets here",
        ),
        (
            &[("schema", "9"), ("schema_release", "8.0.0")],
            false,
            true,
            Level::Failure,
            "8.0.0",
        ),
        (&[], true, true, Level::Failure, "has not finished"),
    ] {
        let identity = known.then_some(&ours);
        let check = redis::belongs(&stored(pairs), restoring, identity);
        assert!(
            check.level == level && check.found.contains(part),
            "{check:?}"
        );
    }
}
