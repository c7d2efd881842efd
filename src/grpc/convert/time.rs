//! Times, checked.

use prost_types::Timestamp as ProtoTimestamp;

use crate::comment::state::Timestamp;

/// Milliseconds of the year 10000, where `google.protobuf.Timestamp` ends.
const END_OF_TIME_MS: i64 = 253_402_300_800_000;
/// Milliseconds of the year 1, where it begins.
const BEGINNING_OF_TIME_MS: i64 = -62_135_596_800_000;

/// A time on the wire.
#[must_use]
pub fn timestamp_to_proto(at: Timestamp) -> ProtoTimestamp {
    ProtoTimestamp {
        seconds: at.0.div_euclid(1_000),
        // 0 to 999 in millions: in range.
        nanos: i32::try_from(at.0.rem_euclid(1_000) * 1_000_000).unwrap_or_default(),
    }
}

/// A time from the wire, cut to milliseconds.
///
/// # Errors
/// Where it is none, by the rules of `google.protobuf.Timestamp`.
pub fn timestamp(at: &ProtoTimestamp) -> Result<Timestamp, &'static str> {
    let wrong = "must be a time from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z";
    let nanos = u32::try_from(at.nanos).map_err(|_| wrong)?;
    let ms = at
        .seconds
        .checked_mul(1_000)
        .and_then(|ms| ms.checked_add(i64::from(nanos / 1_000_000)));
    match ms {
        Some(ms)
            if nanos < 1_000_000_000 && (BEGINNING_OF_TIME_MS..END_OF_TIME_MS).contains(&ms) =>
        {
            Ok(Timestamp(ms))
        }
        Some(_) | None => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn times_read_back(ms in BEGINNING_OF_TIME_MS..END_OF_TIME_MS) {
            prop_assert_eq!(timestamp(&timestamp_to_proto(Timestamp(ms))), Ok(Timestamp(ms)));
        }

        #[test]
        fn no_time_panics(seconds: i64, nanos: i32) {
            let read = timestamp(&ProtoTimestamp { seconds, nanos });
            prop_assert!(nanos >= 0 || read.is_err());
        }
    }
}
