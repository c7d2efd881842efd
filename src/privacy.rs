//! Contact data: how it is told apart (keyed hashes), how it rests (sealed to the privacy officer), and the keys for both.

pub mod hashing;
pub mod keys;
pub mod opened;
pub mod opening;
pub mod pepper;
pub mod sealed;
pub mod sealing;

mod data_key;
mod mailbox;
mod plaintext;
mod user_agent;
