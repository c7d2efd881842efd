//! Numbers of the model as names of the real thing, and back.

use replydesk::comment::{
    ids::{AccountId, CommentId, ThreadId},
    lease::LeaseToken,
};

/// Names in the order of their numbers: at the same due time Redis goes by name.
pub fn id(n: usize) -> CommentId {
    let mut bytes = [0x11; 16];
    bytes[12..].copy_from_slice(&u32::try_from(n).unwrap().to_be_bytes());
    CommentId::from_bytes(bytes)
}

pub fn number(id: &CommentId) -> usize {
    let bytes = id.as_bytes();
    usize::try_from(u32::from_be_bytes([
        bytes[12], bytes[13], bytes[14], bytes[15],
    ]))
    .unwrap()
}

/// What a comment says: at first, or written anew.
pub fn body(n: usize, text: u8) -> String {
    match text {
        0 => format!("Point {n} of the debate."),
        _ => format!("Point {n} of the debate, thought over in way {text}."),
    }
}

pub fn token(n: u64) -> LeaseToken {
    LeaseToken::from_bytes(n.to_be_bytes()).unwrap()
}

pub fn thread(n: u8) -> ThreadId {
    format!("article-{n}").parse().unwrap()
}

/// The blog's logged-in reader.
pub fn account(n: u8) -> AccountId {
    format!("author-{n}").parse().unwrap()
}
