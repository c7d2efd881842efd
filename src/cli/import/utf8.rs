//! A file as UTF-8, whatever is in it: with its line numbers, and with a bound on how much may be read at once.

use std::io::{self, BufRead, Read};

use super::entry::NOT_UTF8;

const CHUNK: usize = 64 * 1024;

/// Bytes that are UTF-8: what is not becomes [`NOT_UTF8`].
pub struct Utf8<R> {
    inner: R,
    /// Read, and not yet looked at: the start of a character whose rest comes with the next bytes.
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    /// How much may still be consumed before [`Utf8::grant`].
    left: usize,
}

impl<R: Read> Utf8<R> {
    /// From the start of a file.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            raw: Vec::new(),
            ready: Vec::new(),
            at: 0,
            ended: false,
            line: 1,
            left: usize::MAX,
        }
    }

    /// The line of what is consumed next, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Allows that many bytes to be consumed from here on.
    pub fn grant(&mut self, bytes: usize) {
        self.left = bytes;
    }

    fn decode(&mut self) {
        let whole = std::mem::take(&mut self.raw);
        for chunk in whole.utf8_chunks() {
            self.ready.extend(chunk.valid().as_bytes());
            let invalid = chunk.invalid();
            let is_last = invalid.as_ptr_range().end == whole.as_ptr_range().end;
            if !self.ended && is_last && starts_a_character(invalid) {
                self.raw.extend(invalid);
            } else if !invalid.is_empty() {
                self.ready
                    .extend(NOT_UTF8.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// Whether more bytes could make a character of these.
fn starts_a_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

impl<R: Read> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let why = "one piece of it is larger than 16 MiB";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        while self.at == self.ready.len() && !self.ended {
            self.ready.clear();
            self.at = 0;
            let read = self
                .inner
                .by_ref()
                .take(CHUNK as u64)
                .read_to_end(&mut self.raw)?;
            self.ended = read == 0;
            self.decode();
        }
        let end = self.ready.len().min(self.at.saturating_add(self.left));
        Ok(self.ready.get(self.at..end).unwrap_or(&[]))
    }

    fn consume(&mut self, amount: usize) {
        let end = self.at.saturating_add(amount).min(self.ready.len());
        let consumed = self.ready.get(self.at..end).unwrap_or(&[]);
        self.line += consumed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.left = self.left.saturating_sub(consumed.len());
        self.at = end;
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let read = ready.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, as a slow disk would.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(out.len());
            (&mut self.0).take(size as u64).read(out)
        }
    }

    fn read(bytes: &[u8]) -> (String, u64) {
        let mut source = Utf8::new(bytes);
        let mut out = Vec::new();
        source.read_to_end(&mut out).unwrap();
        (String::from_utf8(out).unwrap(), source.line())
    }

    #[test]
    fn lines_are_counted_and_strange_bytes_marked() {
        assert_eq!(read(b"a\nb\xFFc\n"), ("a\nb\u{FDD0}c\n".to_owned(), 3));
        assert_eq!(read("ä\u{1F44D}".as_bytes()).0, "ä\u{1F44D}");
        assert_eq!(read(b"cut \xF0\x9F").0, "cut \u{FDD0}");
    }

    #[test]
    fn no_more_is_read_than_was_granted() {
        let mut source = Utf8::new(&b"0123456789"[..]);
        source.grant(4);
        let mut out = Vec::new();
        assert!(source.read_to_end(&mut out).is_err());
        assert_eq!(out, b"0123");
    }

    proptest! {
        #[test]
        fn how_bytes_arrive_makes_no_difference(bytes: Vec<u8>, size in 1usize..7) {
            let whole = read(&bytes).0;
            let mut source = Utf8::new(Drops(&bytes, size));
            let mut out = Vec::new();
            source.read_to_end(&mut out).unwrap();
            prop_assert_eq!(&out, whole.as_bytes());
            if let Ok(text) = std::str::from_utf8(&bytes) {
                prop_assert_eq!(whole, text);
            }
        }
    }
}
