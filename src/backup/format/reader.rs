//! Reads frames, and gives nothing away before its digest was found right.

use std::io::{self, ErrorKind, Read};

use serde::de::DeserializeOwned;

use super::{
    Chain, Kind, MARK, MAX_FRAME, VERSION,
    head::{End, Head, SourceHead},
};

/// Why a file is no whole backup.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It cannot be read.
    #[error("the backup cannot be read: {0}")]
    Io(io::Error),
    /// Something else.
    #[error("this is no backup of ReplyDesk")]
    NotOne,
    /// A later release's.
    #[error(
        "the backup has version {0} of its format, and this release knows up to {VERSION}: use the release that wrote it, or a newer one"
    )]
    Version(u32),
    /// It ends too early: the backup was broken off, or the copy was.
    #[error("the backup is cut off after {0} bytes: use another copy")]
    Cut(u64),
    /// A digest does not fit.
    #[error("the backup is damaged between bytes {from} and {to}: use another copy")]
    Damaged {
        /// Where the frame begins that does not fit.
        from: u64,
        /// Where it ends.
        to: u64,
    },
    /// Digests fit and the content does not: who wrote this?
    #[error("the backup is put together wrongly near byte {at}: {what}")]
    Wrong {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A source; its snapshot is to be read to its end.
    Source(SourceHead),
    /// The end of the backup.
    End(End),
}

/// Reads a backup from front to end. As [`Read`], it gives the current source's snapshot.
pub struct FrameReader<R> {
    input: R,
    position: u64,
    chain: Chain,
    head: Head,
    data: Vec<u8>,
    start: usize,
    in_source: bool,
}

impl<R: Read> FrameReader<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// As [`FormatError`] says.
    pub fn open(mut input: R) -> Result<Self, FormatError> {
        let mut mark = [0; 12];
        input.read_exact(&mut mark).map_err(|error| {
            if error.kind() == ErrorKind::UnexpectedEof {
                FormatError::NotOne
            } else {
                FormatError::Io(error)
            }
        })?;
        let [b0, b1, b2, b3, b4, b5, b6, b7, v0, v1, v2, v3] = mark;
        if [b0, b1, b2, b3, b4, b5, b6, b7] != *MARK {
            return Err(FormatError::NotOne);
        }
        let version = u32::from_le_bytes([v0, v1, v2, v3]);
        if version != VERSION {
            return Err(FormatError::Version(version));
        }
        let mut reader = Self {
            input,
            position: 12,
            chain: Chain::start(version),
            head: Head {
                schema: 0,
                schema_release: String::new(),
                taken_at_ms: 0,
                replydesk: String::new(),
                pepper: String::new(),
                privacy_key: String::new(),
            },
            data: Vec::new(),
            start: 0,
            in_source: false,
        };
        match reader.frame()? {
            (Kind::Head, payload) => reader.head = reader.json(&payload)?,
            (Kind::SourceBegins | Kind::Data | Kind::SourceEnds | Kind::End, _) => {
                return Err(reader.wrong("it does not begin with a head"));
            }
        }
        Ok(reader)
    }

    /// What stands in front.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How many bytes of the file were read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next source, once the one before was read to its end; or the end of the backup, behind which nothing follows.
    ///
    /// # Errors
    /// As [`FormatError`] says.
    pub fn next_part(&mut self) -> Result<Part, FormatError> {
        if self.in_source {
            return Err(self.wrong("a source was not read to its end"));
        }
        match self.frame()? {
            (Kind::SourceBegins, payload) => {
                self.in_source = true;
                Ok(Part::Source(self.json(&payload)?))
            }
            (Kind::End, payload) => {
                let end = self.json(&payload)?;
                self.ends_here()?;
                Ok(Part::End(end))
            }
            (Kind::Head | Kind::Data | Kind::SourceEnds, _) => {
                Err(self.wrong("a source or the end is missing"))
            }
        }
    }

    /// The digest of all that was read so far: at the end, the backup's.
    pub fn digest(&self) -> String {
        self.chain.to_text()
    }

    fn ends_here(&mut self) -> Result<(), FormatError> {
        let mut byte = [0];
        match self.input.read(&mut byte) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.wrong("something follows its end")),
            Err(error) => Err(FormatError::Io(error)),
        }
    }

    fn wrong(&self, what: &'static str) -> FormatError {
        FormatError::Wrong {
            at: self.position,
            what,
        }
    }

    fn json<T: DeserializeOwned>(&self, payload: &[u8]) -> Result<T, FormatError> {
        serde_json::from_slice(payload).map_err(|_| self.wrong("its description cannot be read"))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), FormatError> {
        match self.input.read_exact(bytes) {
            Ok(()) => {
                self.position += bytes.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(FormatError::Cut(self.position))
            }
            Err(error) => Err(FormatError::Io(error)),
        }
    }

    fn frame(&mut self) -> Result<(Kind, Vec<u8>), FormatError> {
        let from = self.position;
        let mut payload = std::mem::take(&mut self.data);
        self.start = 0;
        let mut head = [0; 5];
        self.fill(&mut head)?;
        let [number, l0, l1, l2, l3] = head;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let damaged = |to| FormatError::Damaged { from, to };
        // A length that cannot be is a damaged one.
        if length > MAX_FRAME {
            return Err(damaged(self.position));
        }
        payload.resize(length, 0);
        self.fill(&mut payload)?;
        let mut digest = [0; 32];
        self.fill(&mut digest)?;
        let chain = self.chain.next(number, &payload);
        if chain != Chain(digest) {
            return Err(damaged(self.position));
        }
        self.chain = chain;
        let kind = Kind::of(number).ok_or_else(|| self.wrong("a frame of an unknown kind"))?;
        Ok((kind, payload))
    }

    fn next_data(&mut self) -> Result<(), FormatError> {
        match self.frame()? {
            (Kind::Data, payload) => {
                self.data = payload;
                Ok(())
            }
            (Kind::SourceEnds, _) => {
                self.in_source = false;
                Ok(())
            }
            (Kind::Head | Kind::SourceBegins | Kind::End, _) => {
                Err(self.wrong("a source does not end"))
            }
        }
    }
}

impl<R: Read> Read for FrameReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.start == self.data.len() {
            if !self.in_source || out.is_empty() {
                return Ok(0);
            }
            self.next_data().map_err(io::Error::other)?;
        }
        let count = out.len().min(self.data.len() - self.start);
        out[..count].copy_from_slice(&self.data[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }
}
