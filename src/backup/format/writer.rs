//! Writes frames.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    Chain, DATA_FRAME, Kind, MARK, VERSION,
    head::{End, Head, SourceHead},
};

/// Writes a backup from front to end. What is written without [`FrameWriter::finish`] is no backup, and is known for none.
pub struct FrameWriter<W> {
    out: W,
    chain: Chain,
    data: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// Begins one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(mut out: W, head: &Head) -> io::Result<Self> {
        out.write_all(MARK)?;
        out.write_all(&VERSION.to_le_bytes())?;
        let mut writer = Self {
            out,
            chain: Chain::start(VERSION),
            data: Vec::with_capacity(DATA_FRAME),
        };
        writer.json(Kind::Head, head)?;
        Ok(writer)
    }

    /// Begins a source; its data follows.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn source(&mut self, source: &SourceHead) -> io::Result<()> {
        self.json(Kind::SourceBegins, source)
    }

    /// Bytes of the source's snapshot, gathered to frames.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn data(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = DATA_FRAME - self.data.len();
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.data.extend_from_slice(now);
            bytes = later;
            if self.data.len() == DATA_FRAME {
                self.flush_data()?;
            }
        }
        Ok(())
    }

    /// Ends a source.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn source_ends(&mut self) -> io::Result<()> {
        self.flush_data()?;
        self.frame(Kind::SourceEnds, &[])
    }

    /// Ends the backup; what it was written to, and its digest in hexadecimal digits.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, end: &End) -> io::Result<(W, String)> {
        self.json(Kind::End, end)?;
        self.out.flush()?;
        Ok((self.out, self.chain.to_text()))
    }

    fn flush_data(&mut self) -> io::Result<()> {
        if self.data.is_empty() {
            return Ok(());
        }
        let data = std::mem::take(&mut self.data);
        self.frame(Kind::Data, &data)?;
        self.data = data;
        self.data.clear();
        Ok(())
    }

    fn json(&mut self, kind: Kind, value: &impl Serialize) -> io::Result<()> {
        let payload = serde_json::to_vec(value)?;
        self.frame(kind, &payload)
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
        self.chain = self.chain.next(kind.number(), payload);
        self.out.write_all(&[kind.number()])?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(payload)?;
        self.out.write_all(&self.chain.0)
    }
}
