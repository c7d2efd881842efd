//! The file: a mark, then frames, each with a digest of all that stands before it and itself.
//!
//! ```text
//! file    "RDESKBAK" version:u32 frame…
//! frame   kind:u8 length:u32 payload[length] sha256[32]     numbers are little endian
//! sha256  of the digest before (of the mark, at first), the kind, the length and the payload
//! kinds   1 head (JSON), 2 a source begins (JSON), 3 data, 4 a source ends, 5 end (JSON)
//! ```
//!
//! So nothing can be changed, left out, repeated or cut off unseen; it is no signature: who can write the file can write
//! another. The last digest names the whole backup.

pub mod head;
mod reader;
mod writer;

use sha2::{Digest, Sha256};

pub use reader::{FormatError, FrameReader, Part};
pub use writer::FrameWriter;

/// What a file begins with.
const MARK: &[u8; 8] = b"RDESKBAK";

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// The largest frame, in bytes.
const MAX_FRAME: usize = 1024 * 1024;

/// What is gathered for one frame of data.
const DATA_FRAME: usize = 256 * 1024;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    SourceBegins,
    Data,
    SourceEnds,
    End,
}

impl Kind {
    fn number(self) -> u8 {
        match self {
            Self::Head => 1,
            Self::SourceBegins => 2,
            Self::Data => 3,
            Self::SourceEnds => 4,
            Self::End => 5,
        }
    }

    fn of(number: u8) -> Option<Self> {
        let all = [
            Self::Head,
            Self::SourceBegins,
            Self::Data,
            Self::SourceEnds,
            Self::End,
        ];
        all.into_iter().find(|kind| kind.number() == number)
    }
}

/// The digest that grows from frame to frame.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Chain([u8; 32]);

impl Chain {
    fn start(version: u32) -> Self {
        let mut digest = Sha256::new();
        digest.update(MARK);
        digest.update(version.to_le_bytes());
        Self(digest.finalize().into())
    }

    fn next(self, kind: u8, payload: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update([kind]);
        // No frame is longer than MAX_FRAME.
        digest.update(
            u32::try_from(payload.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        digest.update(payload);
        Self(digest.finalize().into())
    }

    fn to_text(self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

#[cfg(test)]
mod tests;
