//! Every way in which Redis writes what ReplyDesk keeps.

use std::collections::BTreeMap;

use super::{claimed, keys, restore, take};
use crate::harness::redis_server::RedisServer;

/// Strings, hashes, sets, sorted sets, lists and streams, small and large, with and without an end.
fn fill(redis: &RedisServer) {
    let mut pipe = redis::pipe();
    let mut add = |words: &[&str]| {
        pipe.cmd(words[0]).arg(&words[1..]).ignore();
    };
    let long = "All work and no play makes a long text. ".repeat(3_000);
    let name = format!("{{gazette}}:t:{}", "repetition-".repeat(40));
    let strings = [
        "",
        "7",
        "-30000",
        "2000000000",
        "99999999999",
        "0123",
        &long,
    ];
    for (n, text) in strings.iter().enumerate() {
        add(&["SET", &format!("s{n}"), text]);
    }
    add(&["SET", &name, "a name that Redis packs"]);
    add(&["SET", "12345", "a name that is a number"]);
    add(&["SET", "-12345678", "and another"]);
    add(&["SET", "soon", "x", "PX", "100000000"]);
    add(&["SET", "later", "x", "EXAT", "4000000000"]);
    for n in 0..600 {
        let (field, number) = (format!("field {n}"), n.to_string());
        add(&["HSET", "hash", &field, &long[..n]]);
        add(&["SADD", "set", &field]);
        add(&["SADD", "numbers", &number]);
        add(&["ZADD", "zset", &format!("{n}.5"), &field]);
        add(&["RPUSH", "list", &long[..n * 20]]);
        add(&[
            "XADD",
            "stream",
            &format!("{}-{n}", n + 1),
            "c",
            &field,
            "t",
            &number,
        ]);
    }
    for n in 0..5 {
        let number = (n * 100_000).to_string();
        add(&["HSET", "small hash", &number, "x"]);
        add(&["SADD", "small set", &number, "word"]);
        add(&["SADD", "small numbers", &number]);
        add(&["ZADD", "small zset", &number, &number]);
        add(&["RPUSH", "small list", &number]);
        add(&["XADD", "small stream", "MAXLEN", "3", "*", "f", &number]);
    }
    add(&["ZADD", "small zset", "inf", "for ever", "-inf", "never"]);
    add(&["XDEL", "stream", "17-16", "600-599"]);
    add(&["XGROUP", "CREATE", "stream", "group", "0"]);
    add(&[
        "XREADGROUP",
        "GROUP",
        "group",
        "one",
        "COUNT",
        "9",
        "STREAMS",
        "stream",
        ">",
    ]);
    add(&["PEXPIRE", "hash", "90000000"]);
    pipe.query::<()>(&mut redis.look()).unwrap();
}

/// Each key's type and content, and to the second when it ends.
fn content(redis: &RedisServer) -> BTreeMap<String, (String, String, i64)> {
    let of = |key: &Vec<u8>| {
        let name = String::from_utf8(key.clone()).unwrap();
        let digest: Vec<String> = redis.ask(&["DEBUG", "DIGEST-VALUE", &name]);
        let kind: String = redis.ask(&["TYPE", &name]);
        let ends: i64 = redis.ask(&["PEXPIRETIME", &name]);
        (name, (kind, digest.concat(), ends))
    };
    keys(redis).iter().map(of).collect()
}

#[tokio::test]
async fn every_type_in_every_encoding_comes_back_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    for (compressed, without_disk) in [("yes", "yes"), ("no", "no")] {
        let redis = claimed();
        let () = redis.ask(&["CONFIG", "SET", "rdbcompression", compressed]);
        let () = redis.ask(&["CONFIG", "SET", "repl-diskless-sync", without_disk]);
        fill(&redis);
        let expected = content(&redis);
        assert!(expected.len() > 20);
        let file = place.path().join(format!("{compressed}.backup"));
        let taken = take(&redis, &file).await.unwrap();
        assert_eq!(taken.end.other_keys, 0);
        let target = RedisServer::start();
        let restored = restore(&target, &file).await.unwrap();
        assert_eq!(restored.keys, expected.len() as u64);
        assert_eq!(content(&target), expected);
        // The stream goes on where it was.
        let last: String = target.ask(&["XADD", "stream", "601-0", "f", "v"]);
        assert_eq!(last, "601-0");
        let info: Vec<redis::Value> = target.ask(&["XINFO", "GROUPS", "stream"]);
        assert_eq!(info.len(), 1);
    }
}

#[tokio::test]
async fn what_has_expired_since_and_what_other_databases_hold_stays_away() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("some.backup");
    let redis = claimed();
    let () = redis.ask(&["DEBUG", "SET-ACTIVE-EXPIRE", "0"]);
    let () = redis.ask(&["SET", "gone", "x", "PX", "1"]);
    // Of another primary of a cluster: in the target, its own probe may have written it already.
    let () = redis.ask(&["SET", "{replydesk-4711}:probe", ""]);
    let mut elsewhere = redis.look();
    redis::cmd("SELECT")
        .arg(3)
        .query::<()>(&mut elsewhere)
        .unwrap();
    redis::cmd("SET")
        .arg(&["other", "x"])
        .query::<()>(&mut elsewhere)
        .unwrap();
    let taken = take(&redis, &file).await.unwrap();
    assert_eq!(taken.end.other_keys, 1);
    let target = RedisServer::start();
    let restored = restore(&target, &file).await.unwrap();
    assert_eq!(
        (restored.keys, restored.expired, restored.other_keys),
        (1, 1, 1)
    );
    assert_eq!(keys(&target), [super::IDENTITY.as_bytes()]);
}

#[tokio::test]
async fn what_replydesk_never_writes_makes_no_half_backup() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("odd.backup");
    let redis = claimed();
    let library = "#!lua name=mine\nredis.register_function('f', function() return 1 end)";
    let () = redis.ask(&["FUNCTION", "LOAD", library]);
    // A library is passed over.
    take(&redis, &file).await.unwrap();
    assert!(file.exists());
}
