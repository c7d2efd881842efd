//! Contact data: how it is told apart (keyed hashes), how it rests (sealed to the privacy officer), and the keys for both.

pub mod hashing;
pub mod keyring;
pub mod keys;
pub mod opened;
pub mod opening;
pub mod pepper;
pub mod rewrapping;
pub mod sealed;
pub mod sealing;
pub mod wrapped;

mod data_key;
mod mailbox;
mod plaintext;
mod user_agent;
