//! Reads what scripts counted of a site, by hours and by days.
//!
//! Submissions of the running hour stand in one field of the site's counters, since a submission writes that hash
//! anyway; the first submission of another hour moves them to the hashes of their hour and day. Whoever reads adds them.

use std::collections::BTreeMap;

use redis::Pipeline;

use crate::{
    comment::{
        calendar::{Day, Hour, Period},
        ids::{KeyId, SiteId},
        state::Timestamp,
        statistics::Statistics,
    },
    store::{
        connection::Store,
        error::StoreError,
        keys,
        script::{Script, ScriptCall},
    },
};

static READ: Script = Script::new(
    "statistics_read.lua",
    include_str!("scripts/statistics_read.lua"),
);

/// How many days are read in one round trip: a day has at most some 250 fields.
const DAYS_AT_ONCE: usize = 50;

type Fields = BTreeMap<Vec<u8>, u64>;

impl Store {
    /// The counts of `count` hours of the clock, the last of them the one of `now`; oldest first. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn hourly_statistics(
        &self,
        site: &SiteId,
        now: Timestamp,
        count: u16,
    ) -> Result<Vec<(Hour, Statistics)>, StoreError> {
        let hours: Vec<Hour> = Hour::of(now).last(count).collect();
        let hashes = hours
            .iter()
            .map(|hour| keys::hour_statistics(site, *hour))
            .collect();
        let (running, found) = self.counted(site, hashes).await?;
        let mut counts: Vec<_> = hours.into_iter().zip(found).collect();
        if let Some(running) = running {
            let its = counts.iter_mut().find(|(hour, _)| *hour == running.hour);
            its.into_iter()
                .for_each(|(_, counts)| running.add_to(counts));
        }
        Ok(counts)
    }

    /// The counts of each day of a period, oldest first. A round trip for each 50 days.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn daily_statistics(
        &self,
        site: &SiteId,
        period: Period,
    ) -> Result<Vec<(Day, Statistics)>, StoreError> {
        let days: Vec<Day> = period.days().collect();
        let mut all = Vec::with_capacity(days.len());
        for days in days.chunks(DAYS_AT_ONCE) {
            let hashes = days
                .iter()
                .map(|day| keys::day_statistics(site, *day))
                .collect();
            let (running, found) = self.counted(site, hashes).await?;
            let mut counts: Vec<_> = days.iter().copied().zip(found).collect();
            if let Some(running) = running {
                let its = counts
                    .iter_mut()
                    .find(|(day, _)| *day == running.hour.day());
                its.into_iter()
                    .for_each(|(_, counts)| running.add_to(counts));
            }
            all.extend(counts);
        }
        Ok(all)
    }

    /// Atomic: between two reads the running hour could move, and be seen twice or not at all.
    async fn counted(
        &self,
        site: &SiteId,
        hashes: Vec<Vec<u8>>,
    ) -> Result<(Option<Running>, Vec<Statistics>), StoreError> {
        let call = hashes
            .iter()
            .fold(ScriptCall::new().key(keys::counters(site)), ScriptCall::key);
        let mut replies: Vec<redis::Value> = self.call(&READ, &call).await?;
        let rest = replies.split_off(replies.len().min(1));
        let running = replies.first().map(from::<Option<Vec<u8>>>).transpose()?;
        let found: Result<Vec<Fields>, _> = rest.iter().map(from).collect();
        Ok((
            running.flatten().and_then(|packed| Running::read(&packed)),
            found?.iter().map(statistics).collect(),
        ))
    }

    /// The labels of keys, in order; empty for one that is no more. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn key_labels(&self, ids: &[KeyId]) -> Result<Vec<String>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipe = Pipeline::with_capacity(ids.len());
        for id in ids {
            pipe.cmd("HGET").arg(keys::access_key(*id)).arg("label");
        }
        let labels: Vec<Option<String>> = self.pipeline(&pipe).await?;
        Ok(labels.into_iter().map(Option::unwrap_or_default).collect())
    }
}

fn from<T: redis::FromRedisValue>(value: &redis::Value) -> Result<T, StoreError> {
    redis::from_redis_value_ref(value).map_err(|_| StoreError::Corrupt {
        what: "a site's statistics",
    })
}

/// Submissions of the running hour: six 32-bit numbers, as `submit.lua` packs them.
struct Running {
    hour: Hour,
    outcomes: [u32; 4],
    queued: u32,
}

impl Running {
    fn read(packed: &[u8]) -> Option<Self> {
        let (numbers, rest) = packed.as_chunks::<4>();
        let [hour, a, b, c, d, queued] = numbers.try_into().ok()?;
        rest.is_empty().then(|| Self {
            hour: Hour::from_number(i64::from(u32::from_le_bytes(hour))),
            outcomes: [a, b, c, d].map(u32::from_le_bytes),
            queued: u32::from_le_bytes(queued),
        })
    }

    fn add_to(&self, counts: &mut Statistics) {
        counts.queued = counts.queued.saturating_add(u64::from(self.queued));
        for (outcome, count) in (1..).zip(self.outcomes) {
            counts.outcomes.record(outcome, u64::from(count));
        }
    }
}

fn statistics(fields: &Fields) -> Statistics {
    let mut counts = Statistics::default();
    for (field, count) in fields {
        take(&mut counts, field, *count);
    }
    counts
}

/// A field's count to its place. Fields of a later release have none.
fn take(counts: &mut Statistics, field: &[u8], count: u64) {
    match field {
        b"q" => counts.queued = count,
        b"p" => counts.reports = count,
        b"a" => counts.appeals = count,
        b"rest" => counts.other_reasons = count,
        [b'o', digit] => counts.outcomes.record(number(*digit), count),
        [b'd', digit] => counts.decisions.record(number(*digit), count),
        [b'b', digit] => counts.bulk.record(number(*digit), count),
        [b's', digit] => counts.said_spam.record(number(*digit), count),
        [b'u', digit] => counts.undone.record(number(*digit), count),
        [b'w', bucket @ ..] => {
            if let Some(bucket) = text(bucket).and_then(|text| text.parse().ok()) {
                counts.waits.record(bucket, count);
            }
        }
        [b'r', b':', code @ ..] => {
            if let Some(code) = text(code) {
                counts.reasons.insert(code.to_owned(), count);
            }
        }
        [kind @ (b'm' | b'n'), b':', id @ ..] => {
            if let Ok(id) = <[u8; 8]>::try_from(id) {
                let work = counts.moderators.entry(KeyId::from_bytes(id)).or_default();
                match kind {
                    b'm' => work.decisions = count,
                    _ => work.undone = count,
                }
            }
        }
        _ => {}
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// 0, which nothing has, for what is no digit.
fn number(digit: u8) -> u8 {
    digit.saturating_sub(b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_to_their_places_and_strange_ones_to_none() {
        let mut fields = Fields::new();
        let mut put = |field: &[u8], count| fields.insert(field.to_vec(), count);
        put(b"q", 9);
        put(b"o2", 5);
        put(b"d1", 3);
        put(b"u3", 1);
        put(b"w12", 4);
        put(b"r:off-topic", 2);
        put(b"rest", 7);
        put(b"m:\x01\x02\x03\x04\x05\x06\x07\x08", 6);
        put(b"n:\x01\x02\x03\x04\x05\x06\x07\x08", 1);
        let expected = statistics(&fields);
        assert_eq!((expected.queued, expected.outcomes.total()), (9, 5));
        assert_eq!(
            (expected.decisions.total(), expected.undone.total()),
            (3, 1)
        );
        assert_eq!((expected.waits.total(), expected.other_reasons), (4, 7));
        assert_eq!(expected.reasons["off-topic"], 2);
        let work = expected.moderators[&KeyId::from_bytes([1, 2, 3, 4, 5, 6, 7, 8])];
        assert_eq!((work.decisions, work.undone), (6, 1));
        for strange in [
            &b""[..],
            b"d",
            b"d0",
            b"d5",
            b"dx",
            b"w",
            b"w999",
            b"w-1",
            b"m:short",
            b"r:\xff",
            b"zz",
            b"names",
        ] {
            fields.insert(strange.to_vec(), 1);
        }
        assert_eq!(statistics(&fields), expected);
    }

    #[test]
    fn what_is_no_running_hour_counts_nothing() {
        for length in [0, 23, 25, 28] {
            assert!(Running::read(&vec![1; length]).is_none(), "{length}");
        }
        let mut counts = Statistics::default();
        Running::read(&[1; 24]).unwrap().add_to(&mut counts);
        assert_eq!(counts.queued, 0x0101_0101);
    }
}
