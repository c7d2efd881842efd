//! Numbers and arrays in bytes, for lessons and snapshots.

use super::BadLesson;

/// LEB128.
pub(in crate::spam) fn put(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

/// What has not been read yet.
pub(in crate::spam) struct Rest<'a>(pub(in crate::spam) &'a [u8]);

impl<'a> Rest<'a> {
    pub(in crate::spam) fn take(&mut self, length: usize) -> Result<&'a [u8], BadLesson> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BadLesson)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(in crate::spam) fn array<const N: usize>(&mut self) -> Result<[u8; N], BadLesson> {
        let (array, rest) = self.0.split_first_chunk().ok_or(BadLesson)?;
        self.0 = rest;
        Ok(*array)
    }

    pub(in crate::spam) fn number(&mut self) -> Result<usize, BadLesson> {
        let mut number = 0;
        for shift in (0..28).step_by(7) {
            let [byte] = self.array()?;
            number |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(BadLesson)
    }
}
