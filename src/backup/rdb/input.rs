//! The bytes of a snapshot: counted, summed, and kept where somebody asks for them.

use std::io::{BufReader, ErrorKind, Read};

use super::{Crc64, RdbError, lzf};

/// The most that is read at once, so that a wrong length asks for no memory.
const STEP: usize = 64 * 1024;

/// What a string's first byte says.
pub(super) enum Text {
    /// So many bytes follow.
    Plain(u64),
    /// A number, in so many bytes.
    Number(usize),
    /// Compressed: so many bytes follow, and become so many.
    Packed(u64, u64),
}

pub(super) struct Input<R> {
    source: BufReader<R>,
    position: u64,
    checksum: Crc64,
    kept: Option<Vec<u8>>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source: BufReader::with_capacity(STEP, source),
            position: 0,
            checksum: Crc64::default(),
            kept: None,
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn checksum(&self) -> u64 {
        self.checksum.value()
    }

    /// Keeps what is read from now on, behind this byte.
    pub(super) fn keep(&mut self, first: u8) {
        self.kept = Some(vec![first]);
    }

    /// What was kept; it ends with this.
    pub(super) fn kept(&mut self) -> Vec<u8> {
        self.kept.take().unwrap_or_default()
    }

    pub(super) fn damaged(&self, what: &'static str) -> RdbError {
        RdbError::Damaged {
            at: self.position,
            what,
        }
    }

    /// Whether anything follows.
    pub(super) fn has_more(&mut self) -> Result<bool, RdbError> {
        let mut byte = [0];
        loop {
            match self.source.read(&mut byte) {
                Ok(count) => return Ok(count > 0),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], RdbError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, RdbError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RdbError> {
        self.source.read_exact(bytes).map_err(|error| {
            let is_end = error.kind() == ErrorKind::UnexpectedEof && error.get_ref().is_none();
            if is_end {
                return RdbError::Cut(self.position);
            }
            error.into()
        })?;
        self.position += bytes.len() as u64;
        self.checksum.update(bytes);
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(bytes);
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, mut count: u64) -> Result<(), RdbError> {
        let mut step = [0; STEP];
        while count > 0 {
            let now = usize::try_from(count).map_or(STEP, |count| count.min(STEP));
            self.fill(&mut step[..now])?;
            count -= now as u64;
        }
        Ok(())
    }

    /// A count or a length.
    pub(super) fn length(&mut self) -> Result<u64, RdbError> {
        let first = self.byte()?;
        self.length_by(first)
    }

    fn length_by(&mut self, first: u8) -> Result<u64, RdbError> {
        Ok(match (first >> 6, first) {
            (0, _) => u64::from(first),
            (1, _) => u64::from(u16::from_be_bytes([first & 0x3f, self.byte()?])),
            (2, 0x80) => u64::from(u32::from_be_bytes(self.array()?)),
            (2, 0x81) => u64::from_be_bytes(self.array()?),
            _ => return Err(self.damaged("a length is none")),
        })
    }

    fn head(&mut self) -> Result<Text, RdbError> {
        Ok(match self.byte()? {
            0xC0 => Text::Number(1),
            0xC1 => Text::Number(2),
            0xC2 => Text::Number(4),
            0xC3 => Text::Packed(self.length()?, self.length()?),
            first => Text::Plain(self.length_by(first)?),
        })
    }

    /// Passes over a string.
    pub(super) fn skip_text(&mut self) -> Result<(), RdbError> {
        match self.head()? {
            Text::Plain(length) | Text::Packed(length, _) => self.skip(length),
            Text::Number(bytes) => self.skip(bytes as u64),
        }
    }

    /// A string, unpacked, of at most so many bytes.
    pub(super) fn text(&mut self, most: usize) -> Result<Vec<u8>, RdbError> {
        let bounded = |length: u64| usize::try_from(length).ok().filter(|l| *l <= most);
        match self.head()? {
            Text::Plain(length) => {
                let length = bounded(length).ok_or_else(|| self.damaged(LONG))?;
                let mut bytes = vec![0; length];
                self.fill(&mut bytes)?;
                Ok(bytes)
            }
            Text::Packed(packed, length) => {
                let packed = bounded(packed).ok_or_else(|| self.damaged(LONG))?;
                let length = bounded(length).ok_or_else(|| self.damaged(LONG))?;
                let mut bytes = vec![0; packed];
                self.fill(&mut bytes)?;
                lzf::unpack(&bytes, length).ok_or_else(|| self.damaged("a name cannot be unpacked"))
            }
            Text::Number(1) => Ok(number(i8::from_le_bytes(self.array()?))),
            Text::Number(2) => Ok(number(i16::from_le_bytes(self.array()?))),
            Text::Number(_) => Ok(number(i32::from_le_bytes(self.array()?))),
        }
    }
}

const LONG: &str = "a name is too long";

fn number(number: impl std::fmt::Display) -> Vec<u8> {
    number.to_string().into_bytes()
}
