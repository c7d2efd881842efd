//! Which of a cluster's 16,384 slots a key is in.
//!
//! By the cluster specification: CRC16 (XMODEM) of the key, or of what stands between its first `{` and the `}` behind
//! it, if anything does.

/// How many there are.
pub(in crate::store::connection) const SLOTS: u16 = 16_384;

/// The slot of a key.
pub(in crate::store::connection) fn slot(key: &[u8]) -> u16 {
    crc16(tag(key)) % SLOTS
}

fn tag(key: &[u8]) -> &[u8] {
    let braced = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let behind = key.get(open + 1..)?;
        let close = behind.iter().position(|byte| *byte == b'}')?;
        behind.get(..close)
    });
    braced.filter(|tag| !tag.is_empty()).unwrap_or(key)
}

/// Bit by bit: a tag has some ten bytes.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first from the specification, the others from `CLUSTER KEYSLOT`.
    #[test]
    fn keys_and_their_slots() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        for (key, in_slot) in [
            ("foo", 12_182),
            ("{foo}:bar", 12_182),
            ("a{foo}b{c}", 12_182),
            ("foo{}{bar}", 8_363),
            ("foo{{bar}}zap", 4_015),
            ("", 0),
        ] {
            assert_eq!(slot(key.as_bytes()), in_slot, "{key}");
        }
    }
}
