//! Texts, numbers and times as nobody should send them, and some as one should.

use proptest::{collection::vec, option, prelude::*};

use super::{COMMENT, SITE};

/// Shapes that parsers meet seldom.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\t\n",
    "\0",
    "a\0b",
    "\u{1b}[31m",
    "\u{85}",
    "\u{200b}\u{200d}\u{feff}",
    "\u{202e}gnp.exe",
    "\u{2028}",
    "e\u{301}\u{301}\u{301}\u{301}",
    "\u{fdfa}\u{fdfa}",
    "\u{10ffff}",
    "İ",
    "-1",
    "0",
    "0-0",
    "1-0",
    "18446744073709551615",
    "18446744073709551615-65535",
    "99999999999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "{018f0000-0000-7000-8000-000000000001}",
    "urn:uuid:018f0000-0000-7000-8000-000000000001",
    "0123456789abcdef",
    "ffffffffffffffff",
    "0000000000000000",
    "a@b.example",
    "a@xn--.example",
    "\"a b\"@b.example",
    "a@[127.0.0.1]",
    "203.0.113.9",
    "::ffff:203.0.113.9",
    "fe80::1%eth0",
    "http://[::1",
    "https://a.example/\u{0}",
    "javascript:alert(1)",
    "https://xn--a.example/",
    "{gazette}:n",
    "gazette}:n",
    "de-AT",
    "policy.mode",
    "policy.limits.author",
    "policy..mode",
    COMMENT,
    SITE,
];

pub fn text() -> BoxedStrategy<String> {
    let repeated = (
        prop::sample::select(TEXTS),
        prop_oneof![2..40_usize, 200..3_000_usize],
    );
    prop_oneof![
        6 => prop::sample::select(TEXTS).prop_map(str::to_owned),
        3 => any::<String>(),
        3 => vec(any::<char>(), 0..60).prop_map(|chars| chars.into_iter().collect()),
        1 => repeated.prop_map(|(text, times)| {
            // Below the largest message: that limit has a test of its own.
            text.repeat(times.min(70_000 / text.len().max(1)))
        }),
        1 => "[a-z ]{0,300}",
    ]
    .boxed()
}

pub fn site() -> BoxedStrategy<String> {
    prop_oneof![5 => Just(SITE.to_owned()), 1 => text()].boxed()
}

pub fn comment_id() -> BoxedStrategy<String> {
    let fresh = any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).to_string());
    prop_oneof![2 => Just(COMMENT.to_owned()), 2 => fresh, 2 => text()].boxed()
}

/// Cursors and page tokens: places that nobody gave out.
pub fn place() -> BoxedStrategy<String> {
    let edges = [
        0,
        1,
        2,
        3,
        4,
        1 << 53,
        i64::MAX as u64,
        u64::MAX - 1,
        u64::MAX,
    ];
    let number = prop_oneof![3 => prop::sample::select(edges.to_vec()), 1 => any::<u64>()];
    let cursor =
        (number.clone(), any::<u16>()).prop_map(|(sequence, bits)| format!("{sequence}-{bits}"));
    let token = number.prop_map(|place| data_encoding::BASE32_NOPAD.encode(&place.to_be_bytes()));
    prop_oneof![2 => cursor, 2 => token, 3 => text()].boxed()
}

pub fn int() -> BoxedStrategy<i32> {
    let edges = prop::sample::select(
        &[
            i32::MIN,
            -1,
            0,
            1,
            2,
            3,
            4,
            5,
            100,
            101,
            200,
            500,
            501,
            i32::MAX,
        ][..],
    );
    prop_oneof![3 => edges, 1 => any::<i32>()].boxed()
}

pub fn uint() -> BoxedStrategy<u32> {
    let edges = prop::sample::select(&[0, 1, 2, 1_000_000, 1_000_001, u32::MAX - 1, u32::MAX][..]);
    prop_oneof![3 => edges, 1 => any::<u32>()].boxed()
}

pub fn float() -> BoxedStrategy<f64> {
    let edges = [
        0.0,
        -0.0,
        0.2,
        0.95,
        1.0,
        1.1,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::MIN_POSITIVE,
    ];
    prop_oneof![3 => prop::sample::select(edges.to_vec()), 1 => prop::num::f64::ANY].boxed()
}

fn long() -> BoxedStrategy<i64> {
    let edges = [
        i64::MIN,
        -62_135_596_801,
        -1,
        0,
        1,
        1_700_000_000,
        253_402_300_800,
        i64::MAX,
    ];
    prop_oneof![3 => prop::sample::select(edges.to_vec()), 1 => any::<i64>()].boxed()
}

/// Days, and what looks like one.
pub fn day() -> BoxedStrategy<String> {
    let day = (1969..2101_u16, 0..14_u8, 0..33_u8)
        .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    prop_oneof![2 => day, 1 => text()].boxed()
}

pub fn timestamp() -> BoxedStrategy<Option<prost_types::Timestamp>> {
    let timestamp =
        (long(), int()).prop_map(|(seconds, nanos)| prost_types::Timestamp { seconds, nanos });
    option::of(timestamp).boxed()
}

pub fn duration() -> BoxedStrategy<Option<prost_types::Duration>> {
    let duration =
        (long(), int()).prop_map(|(seconds, nanos)| prost_types::Duration { seconds, nanos });
    option::of(duration).boxed()
}
