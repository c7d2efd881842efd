//! Everything that a Redis holds, and everything that it was told.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    thread::JoinHandle,
};

use data_encoding::HEXLOWER;
use redis::{Commands, Connection, Value};

/// Every key with its value, as it is read and as it is dumped.
pub fn everything(redis: &mut Connection) -> Vec<u8> {
    // Else a dump would hide texts by compressing them.
    let () = ask(redis, &[b"CONFIG", b"SET", b"rdbcompression", b"no"]);
    let mut remains = Vec::new();
    let keys: Vec<Vec<u8>> = redis.keys("*").unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        let kind: String = ask(redis, &[b"TYPE", &key]);
        let read: &[&[u8]] = match kind.as_str() {
            "string" => &[b"GET"],
            "hash" => &[b"HGETALL"],
            "set" => &[b"SMEMBERS"],
            "zset" => &[b"ZRANGE", b"0", b"-1", b"WITHSCORES"],
            "stream" => &[b"XRANGE", b"-", b"+"],
            "list" => &[b"LRANGE", b"0", b"-1"],
            // It ended since its name was read.
            "none" => continue,
            other => panic!("a kind of value that nobody looks through: {other}"),
        };
        let command = [&[read[0], &key[..]], &read[1..]].concat();
        remains.extend_from_slice(&key);
        remains.push(b'\n');
        flatten(ask(redis, &command), &mut remains);
        // None where it ended now.
        let dump: Option<Vec<u8>> = ask(redis, &[b"DUMP", &key]);
        remains.extend(dump.unwrap_or_default());
        remains.push(b'\n');
    }
    remains
}

fn ask<T: redis::FromRedisValue>(redis: &mut Connection, words: &[&[u8]]) -> T {
    let mut command = redis::Cmd::new();
    for word in words {
        command.arg(*word);
    }
    command.query(redis).unwrap()
}

fn flatten(value: Value, into: &mut Vec<u8>) {
    if let Value::BulkString(bytes) = value {
        into.extend(bytes);
    } else if let Value::Array(values) = value {
        for value in values {
            flatten(value, into);
            into.push(b'\n');
        }
    } else {
        into.extend(format!("{value:?}").into_bytes());
    }
}

/// All files under a directory, but those in the one of this name.
pub fn files(directory: &Path, but: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && entry.file_name() != but {
            bytes.extend(files(&entry.path(), but));
        } else if kind.is_file() {
            bytes.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

/// Hears every command that Redis is sent, until it ends.
pub struct Eavesdropper(JoinHandle<Vec<u8>>);

impl Eavesdropper {
    pub fn at(socket: &Path) -> Self {
        let mut stream = UnixStream::connect(socket).unwrap();
        stream.write_all(b"MONITOR\r\n").unwrap();
        let mut ok = [0; 5];
        stream.read_exact(&mut ok).unwrap();
        assert_eq!(&ok, b"+OK\r\n");
        Self(std::thread::spawn(move || {
            let mut heard = Vec::new();
            let _ = stream.read_to_end(&mut heard);
            heard
        }))
    }

    /// All that was heard, as it was sent, once Redis has ended.
    pub fn heard(self) -> Vec<u8> {
        unescaped(&self.0.join().unwrap())
    }
}

/// Redis tells of commands with backslashes for what is no letter.
fn unescaped(heard: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(heard.len()), heard);
    while let [first, after @ ..] = rest {
        let (byte, length) = match (first, after) {
            (b'\\', [b'x', high, low, ..]) => {
                let hex = HEXLOWER.decode(&[*high, *low]).unwrap();
                (hex[0], 4)
            }
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b'r', ..]) => (b'\r', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'a', ..]) => (7, 2),
            (b'\\', [b'b', ..]) => (8, 2),
            (b'\\', [other, ..]) => (*other, 2),
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[length..];
    }
    bytes
}
