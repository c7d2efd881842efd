//! What was tampered with opens nowhere, not even where the private key is: the refusal says what is wrong, and shows
//! nobody.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{
    commands::{Run, path},
    hostile::VICTIM,
    scene::Scene,
};

/// A sealed contact as JSON, with one field changed as bytes.
fn changed(good: &Value, field: &str, change: fn(&mut Vec<u8>)) -> Value {
    let mut bad = good.clone();
    let text = bad[field].as_str().unwrap().as_bytes();
    let mut bytes = BASE64.decode(text).unwrap();
    change(&mut bytes);
    bad[field] = json!(BASE64.encode(&bytes));
    bad
}

/// With one field replaced.
fn moved(good: &Value, field: &str, to: &str) -> Value {
    let mut bad = good.clone();
    bad[field] = json!(to);
    bad
}

/// Each way to tamper: what was done, to which field, how, and what is said of it.
type Tampering = (&'static str, &'static str, fn(&mut Vec<u8>), &'static str);

const ELSEWHERE: &str = "it was changed, or belongs to another site or comment";
const CUT: &str = "was it cut?";

#[rustfmt::skip]
const TAMPERINGS: [Tampering; 9] = [
    ("cut short", "sealed", |bytes| bytes.truncate(40), CUT),
    ("the last byte cut", "sealed", |bytes| bytes.truncate(bytes.len() - 1), ELSEWHERE),
    ("a bit of the text", "sealed", |bytes| bytes[33] ^= 1, ELSEWHERE),
    ("a bit of the nonce", "sealed", |bytes| bytes[12] ^= 1, ELSEWHERE),
    ("a bit of the tag", "sealed", |bytes| *bytes.last_mut().unwrap() ^= 1, ELSEWHERE),
    ("an unknown data key", "sealed", |bytes| bytes[1] ^= 1, "do not belong together"),
    ("a later version", "sealed", |bytes| bytes[0] = 9, "has version 9"),
    ("the key cut", "wrapped_data_key", |bytes| bytes.truncate(9), CUT),
    ("a bit of the key", "wrapped_data_key", |bytes| *bytes.last_mut().unwrap() ^= 1, ELSEWHERE),
];

/// Moved to where it does not belong, or no bytes at all.
const MOVES: [(&str, &str, &str); 3] = [
    ("comment_id", VICTIM, ELSEWHERE),
    ("site", "tight", ELSEWHERE),
    ("sealed", "?", "must be base64"),
];

/// Tampers with what was revealed in each way, and then tries another officer's key.
pub async fn refuse(scene: &Scene, sealed: &str) {
    let good: Value = serde_json::from_str(sealed).unwrap();
    let key = scene.secret("privacy.key");
    let made = [
        "privacy",
        "keygen",
        "--out-dir",
        "others",
        "--without-pepper",
    ];
    assert!(Run::by_officer(scene).told(&made).await.status.success());
    for (what, field, change, said) in TAMPERINGS {
        let bad = changed(&good, field, change);
        open(scene, path(&key), what, &bad, said).await;
    }
    for (field, to, said) in MOVES {
        open(scene, path(&key), field, &moved(&good, field, to), said).await;
    }
    let other = scene.elsewhere().join("others/privacy.pub");
    let moving = ["privacy", "rewrap", "--site", "gazette", "--dry-run"];
    let keys = [
        "--private-key-file",
        path(&key),
        "--public-key-file",
        path(&other),
    ];
    let moved = Run::by_officer(scene)
        .told(&[&moving[..], &keys].concat())
        .await;
    // To another key than the service's nothing is moved, nor said to be.
    let told = String::from_utf8_lossy(&moved.stderr);
    assert!(
        moved.status.code() == Some(1) && told.contains("seals to the officer key"),
        "rewrap: {told}"
    );
    let key = scene.elsewhere().join("others/privacy.key");
    open(
        scene,
        path(&key),
        "an unknown officer key",
        &good,
        "officer key",
    )
    .await;
}

async fn open(scene: &Scene, key: &str, what: &str, bad: &Value, said: &str) {
    let args = ["privacy", "open", "--key-file", key];
    let run = Run::by_officer(scene).typing(bad.to_string());
    let output = run.told(&args).await;
    assert!(
        !output.status.success() && output.stdout.is_empty(),
        "{what}: it opens"
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(said), "{what}: {told}");
}
