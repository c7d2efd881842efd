//! Redis's snapshot format (RDB), read as a stream: what keys there are, and each one's value as the bytes that `RESTORE`
//! takes. Nothing is unpacked but a key's name, so memory is the largest value at most, and nothing where values are not
//! kept.
//!
//! Known is what Redis 7 and later and Valkey write for the types that ReplyDesk uses. All else is named and refused:
//! half of a snapshot is none.

mod crc64;
mod input;
mod lzf;
mod value;

use std::io::{self, Read};

use input::Input;

pub use crc64::Crc64;

/// The newest version of the format that is read: Valkey 9's.
const NEWEST: u32 = 80;

/// The oldest: that of Redis 7.0.
const OLDEST: u32 = 10;

/// The longest name of a key, in bytes. ReplyDesk's are below 300.
const MAX_KEY: usize = 64 * 1024;

/// Why a snapshot is not read on.
#[derive(Debug, thiserror::Error)]
pub enum RdbError {
    /// The source of the bytes; its own error where it is one of ours.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It ends too early.
    #[error("the snapshot is cut off after {0} bytes")]
    Cut(u64),
    /// Something else.
    #[error("this is no snapshot of Redis: it does not begin with REDIS or VALKEY")]
    NotOne,
    /// Another version.
    #[error(
        "the snapshot has version {0} of its format; known are {OLDEST} (Redis 7.0) to {NEWEST}"
    )]
    Version(u32),
    /// A type of key that ReplyDesk does not use.
    #[error(
        "the snapshot holds {what} (number {number}), which ReplyDesk never writes: this Redis is used by something else too. Give ReplyDesk one of its own, or use Redis's own ways (docs/OPERATIONS.md, Backup and restore)"
    )]
    Unknown {
        /// A value's type, a module's data, …
        what: &'static str,
        /// Its number in the format.
        number: u8,
    },
    /// Numbers that cannot be.
    #[error("the snapshot is damaged near byte {at}: {what}")]
    Damaged {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// A key as it is in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In which of Redis's databases.
    pub database: u64,
    /// Its name.
    pub key: Vec<u8>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at_ms: Option<i64>,
    /// How many bytes its value takes in the snapshot.
    pub value_bytes: u64,
    /// The value as `RESTORE` takes it; `None` where values are not kept.
    pub dump: Option<Vec<u8>>,
}

/// What is read next.
enum Next {
    Entry(Entry),
    Aside,
    End,
}

/// Reads a snapshot from front to end.
pub struct Rdb<R> {
    input: Input<R>,
    version: u32,
    keeps_values: bool,
    database: u64,
    expires_at_ms: Option<i64>,
    used_memory: Option<u64>,
    functions: u64,
    ended: bool,
}

impl<R: Read> Rdb<R> {
    /// Reads the head. `keeps_values` decides whether entries come with their values.
    ///
    /// # Errors
    /// As [`RdbError`] says.
    pub fn open(source: R, keeps_values: bool) -> Result<Self, RdbError> {
        let mut input = Input::new(source);
        let head = input.array::<9>()?;
        let digits = head
            .strip_prefix(b"REDIS")
            .or_else(|| head.strip_prefix(b"VALKEY"))
            .ok_or(RdbError::NotOne)?;
        let digits = std::str::from_utf8(digits).map_err(|_| RdbError::NotOne)?;
        let version = digits.parse().map_err(|_| RdbError::NotOne)?;
        if !(OLDEST..=NEWEST).contains(&version) {
            return Err(RdbError::Version(version));
        }
        Ok(Self {
            input,
            version,
            keeps_values,
            database: 0,
            expires_at_ms: None,
            used_memory: None,
            functions: 0,
            ended: false,
        })
    }

    /// The version of the format, which a Redis that takes it back must know.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What Redis said that it took in memory, in bytes.
    #[must_use]
    pub fn used_memory(&self) -> Option<u64> {
        self.used_memory
    }

    /// How many libraries of functions were passed over: ReplyDesk has none.
    #[must_use]
    pub fn functions(&self) -> u64 {
        self.functions
    }

    /// How many bytes were read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.input.position()
    }

    /// The next key; `None` at the end, once the snapshot's own checksum is found right and nothing follows it.
    ///
    /// # Errors
    /// As [`RdbError`] says.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, RdbError> {
        while !self.ended {
            match self.step()? {
                Next::Entry(entry) => return Ok(Some(entry)),
                Next::Aside => {}
                Next::End => self.ended = true,
            }
        }
        Ok(None)
    }

    fn step(&mut self) -> Result<Next, RdbError> {
        let input = &mut self.input;
        match input.byte()? {
            0xFF => {
                self.close()?;
                return Ok(Next::End);
            }
            0xFE => self.database = input.length()?,
            0xFC => self.expires_at_ms = Some(i64::from_le_bytes(input.array()?)),
            0xFD => {
                let seconds = i32::from_le_bytes(input.array()?);
                self.expires_at_ms = Some(i64::from(seconds) * 1000);
            }
            0xFB => {
                input.length()?;
                input.length()?;
            }
            0xFA => self.note()?,
            // How often, and when last, a key was used.
            0xF9 => drop(input.byte()?),
            0xF8 => drop(input.length()?),
            // Functions.
            0xF5 => {
                input.skip_text()?;
                self.functions += 1;
            }
            // Of a cluster's slot: its number, its keys, those that expire.
            0xF4 => {
                for _ in 0..3 {
                    input.length()?;
                }
            }
            number @ 0xF0..=0xFF => {
                let what = "data of a module, or of a later release";
                return Err(RdbError::Unknown { what, number });
            }
            kind => return self.entry(kind).map(Next::Entry),
        }
        Ok(Next::Aside)
    }

    /// What Redis says of itself.
    fn note(&mut self) -> Result<(), RdbError> {
        let name = self.input.text(MAX_KEY)?;
        let value = self.input.text(MAX_KEY)?;
        if name == b"used-mem" {
            let number = std::str::from_utf8(&value).ok();
            self.used_memory = number.and_then(|number| number.parse().ok());
        }
        Ok(())
    }

    fn entry(&mut self, kind: u8) -> Result<Entry, RdbError> {
        let key = self.input.text(MAX_KEY)?;
        let began = self.input.position();
        if self.keeps_values {
            self.input.keep(kind);
        }
        value::skip(&mut self.input, kind)?;
        let dump = self.keeps_values.then(|| self.input.kept());
        let version = u16::try_from(self.version).unwrap_or(u16::MAX);
        Ok(Entry {
            database: self.database,
            key,
            expires_at_ms: self.expires_at_ms.take(),
            value_bytes: self.input.position() - began,
            dump: dump.map(|value| sealed(value, version)),
        })
    }

    fn close(&mut self) -> Result<(), RdbError> {
        let computed = self.input.checksum();
        let stored = u64::from_le_bytes(self.input.array()?);
        // 0 where the server computes none (`rdbchecksum no`).
        if stored != 0 && stored != computed {
            return Err(self.input.damaged("its checksum does not fit"));
        }
        if self.input.has_more()? {
            return Err(self.input.damaged("something follows its end"));
        }
        Ok(())
    }
}

/// A value as `DUMP` gives it: behind it the format's version, and a checksum of all that.
fn sealed(mut value: Vec<u8>, version: u16) -> Vec<u8> {
    value.extend(version.to_le_bytes());
    let mut checksum = Crc64::default();
    checksum.update(&value);
    value.extend(checksum.value().to_le_bytes());
    value
}

#[cfg(test)]
mod tests;
