//! Redis's own snapshot of one moment, read over the replication protocol as a replica would.
//!
//! Redis forks, and the child writes what was there at that moment, while the parent goes on to serve. It takes no command
//! but `SYNC`, no file of Redis's, and no walk over the keys.

mod facts;
mod socket;

use std::{
    io::{self, Read, Write},
    time::{Duration, Instant},
};

use memchr::memmem;
use redis::{Client, RedisConnectionInfo};
use tokio_util::sync::CancellationToken;

use crate::store::{
    connection::{Store, StoreSettings},
    error::StoreError,
};
pub use facts::Facts;
use socket::Socket;

/// The longest that Redis may be silent. While it forks and writes, it sends a line's end every
/// `repl-ping-replica-period` (10 s by default).
const SILENCE: Duration = Duration::from_secs(90);

/// Between two looks at whether the work is still wanted.
const LOOK: Duration = Duration::from_millis(500);

/// The longest answer to a command that is taken for one.
const MAX_LINE: usize = 4096;

/// What is asked of the socket at once.
const BLOCK: usize = 64 * 1024;

/// How long the word is that ends a snapshot of unknown length.
const MARK: usize = 40;

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The address cannot be used, or what was asked on the way.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A managed service, or a user without the right.
    #[error(
        "this Redis hands out no snapshot ({0}). Where its users have rights of their own, allow this one `+sync +replconf`; a managed service forbids it to all: use its own snapshots there (docs/OPERATIONS.md, Backup and restore)"
    )]
    Forbidden(String),
    /// Not now: it is loading, has no primary, or cannot fork.
    #[error("Redis gives no snapshot now: {0}. Try again later")]
    NotNow(String),
    /// The connection.
    #[error("the connection to Redis broke: {0}")]
    Io(#[from] io::Error),
}

/// How much of a snapshot is still to come.
enum Rest {
    /// So many bytes.
    Bytes(u64),
    /// What stands before this mark.
    Until([u8; MARK]),
}

/// One primary, to take a snapshot of.
#[derive(Clone)]
pub struct SnapshotPlace(Client);

impl SnapshotPlace {
    /// Every primary: one, or a cluster's.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody knows where one is.
    pub async fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        let clients = store.clients().await?;
        Ok(clients.into_iter().map(Self).collect())
    }

    /// The database that the address names.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a negative number.
    pub fn database(&self) -> Result<u64, StoreError> {
        let database = self.0.get_connection_info().redis_settings().db();
        u64::try_from(database)
            .map_err(|_| StoreError::Refused("a database has no negative number".to_owned()))
    }
}

/// A snapshot's bytes, from `REDIS` to its checksum. Blocks; a read ends with an error after 90 s of silence, or soon after
/// the work was cancelled.
pub struct SnapshotStream {
    socket: Socket,
    cancelled: CancellationToken,
    rest: Rest,
    buffer: Vec<u8>,
    start: usize,
    /// How far the buffer is known to be of the snapshot.
    known: usize,
    ended: bool,
}

impl SnapshotStream {
    /// Connects, signs in, and waits until the snapshot begins. Blocks, for as long as Redis needs to fork.
    ///
    /// # Errors
    /// As [`SnapshotError`] says.
    pub fn open(
        place: &SnapshotPlace,
        settings: &StoreSettings,
        cancelled: CancellationToken,
    ) -> Result<Self, SnapshotError> {
        let client = &place.0;
        let info = client.get_connection_info();
        let socket = Socket::connect(info.addr(), settings, LOOK)?;
        let mut stream = Self {
            socket,
            cancelled,
            rest: Rest::Bytes(0),
            buffer: Vec::with_capacity(2 * BLOCK),
            start: 0,
            known: 0,
            ended: false,
        };
        stream.sign_in(info.redis_settings())?;
        // Who refuses is asked all the same: it may send more than the snapshot, which is then passed over.
        for words in [["REPLCONF", "capa", "eof"], ["REPLCONF", "rdb-only", "1"]] {
            stream.send(&words)?;
            stream.line()?;
        }
        stream.send(&["SYNC"])?;
        stream.rest = rest(&stream.line()?)?;
        stream.know();
        Ok(stream)
    }

    fn sign_in(&mut self, info: &RedisConnectionInfo) -> Result<(), SnapshotError> {
        let Some(password) = info.password() else {
            return Ok(());
        };
        match info.username() {
            Some(user) => self.send(&["AUTH", user, password])?,
            None => self.send(&["AUTH", password])?,
        }
        let answer = self.line()?;
        if answer.starts_with('+') {
            return Ok(());
        }
        // Redis repeats neither name nor password.
        Err(StoreError::Refused(answer).into())
    }

    fn send(&mut self, words: &[&str]) -> io::Result<()> {
        let mut command = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            command.extend(format!("${}\r\n", word.len()).as_bytes());
            command.extend(word.as_bytes());
            command.extend(b"\r\n");
        }
        self.socket.write_all(&command)?;
        self.socket.flush()
    }

    /// The next line that is not empty: while Redis forks, empty ones say that it lives.
    fn line(&mut self) -> io::Result<String> {
        loop {
            let unread = &self.buffer[self.start..];
            if let Some(length) = memchr::memchr(b'\n', unread) {
                let line = String::from_utf8_lossy(&unread[..length]);
                let line = line.trim_end_matches('\r').to_owned();
                self.start += length + 1;
                if !line.is_empty() {
                    return Ok(line);
                }
                continue;
            }
            if unread.len() > MAX_LINE {
                return Err(odd("it answers with something else than Redis does"));
            }
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Takes more bytes into the buffer; 0 at the connection's end.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.start);
        self.known -= self.start.min(self.known);
        self.start = 0;
        let began = Instant::now();
        let mut block = [0; BLOCK];
        loop {
            if self.cancelled.is_cancelled() {
                return Err(odd("interrupted"));
            }
            match self.socket.read(&mut block) {
                Ok(count) => {
                    self.buffer.extend_from_slice(&block[..count]);
                    return Ok(count);
                }
                Err(error) if is_a_pause(&error) && began.elapsed() < SILENCE => {}
                Err(error) if is_a_pause(&error) => {
                    let silence = SILENCE.as_secs();
                    return Err(odd(format!("it has been silent for {silence} s")));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Looks how far what is in the buffer is of the snapshot.
    fn know(&mut self) {
        let unread = &self.buffer[self.start..];
        let length = match &mut self.rest {
            Rest::Bytes(left) => {
                let length = usize::try_from(*left).map_or(unread.len(), |l| l.min(unread.len()));
                self.ended = length as u64 == *left;
                length
            }
            Rest::Until(mark) => match memmem::find(unread, mark) {
                Some(length) => {
                    self.ended = true;
                    length
                }
                // The mark may have come in part.
                None => unread.len().saturating_sub(MARK - 1),
            },
        };
        self.known = self.start + length;
    }
}

impl Read for SnapshotStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.start == self.known {
            if self.ended || out.is_empty() {
                return Ok(0);
            }
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.know();
        }
        let count = out.len().min(self.known - self.start);
        out[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
        self.start += count;
        if let Rest::Bytes(left) = &mut self.rest {
            *left -= count as u64;
        }
        Ok(count)
    }
}

/// `$<length>` or `$EOF:<mark>`.
fn rest(answer: &str) -> Result<Rest, SnapshotError> {
    if let Some(mark) = answer.strip_prefix("$EOF:") {
        let mark = mark.as_bytes().try_into();
        return Ok(Rest::Until(mark.map_err(|_| odd("its mark is too short"))?));
    }
    if let Some(length) = answer.strip_prefix('$') {
        let length = length.parse();
        return Ok(Rest::Bytes(length.map_err(|_| odd("it names no length"))?));
    }
    let told = answer.trim_start_matches('-').to_owned();
    let code = told.split(' ').next().unwrap_or_default();
    Err(match code {
        "NOPERM" | "NOAUTH" => SnapshotError::Forbidden(told),
        "ERR" if told.contains("unknown command") => {
            SnapshotError::Forbidden("it does not know SYNC".to_owned())
        }
        "ERR" if told.contains("not allowed") => SnapshotError::Forbidden(told),
        _ => SnapshotError::NotNow(told),
    })
}

fn is_a_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

fn odd(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}
