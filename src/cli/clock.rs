//! Times and spans between protobuf and text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::{SignedDuration, Timestamp};

/// `2026-01-31T09:30:00Z`, for scripts; `None` outside the years that a text can name.
#[must_use]
pub fn rfc3339(time: &prost_types::Timestamp) -> Option<String> {
    let time = Timestamp::new(time.seconds, time.nanos).ok()?;
    Some(format!("{time}"))
}

/// `2026-01-31 09:30:00` in UTC, for people.
#[must_use]
pub fn readable(time: Option<&prost_types::Timestamp>) -> String {
    time.and_then(|time| Timestamp::new(time.seconds, time.nanos).ok())
        .map_or_else(
            || "-".to_owned(),
            |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        )
}

/// How long ago, roughly: `12 s`, `5 min`, `3 h`, `9 d`.
#[must_use]
pub fn age(then: &prost_types::Timestamp, now: SystemTime) -> String {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = now
        .as_secs()
        .saturating_sub(u64::try_from(then.seconds).unwrap_or(0));
    rough(Duration::from_secs(seconds))
}

/// A span, roughly: `12 s`, `5 min`, `3 h`, `9 d`.
#[must_use]
pub fn rough(span: Duration) -> String {
    match span.as_secs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..172_800 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

/// From `90d`, `4h 30m` or `PT4H`.
///
/// # Errors
/// Not a span, or below zero; says how one looks.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    let says = || format!("`{text}` is no span of time; one looks like 4h, 30m, 90s or 14d");
    // A day is 24 hours here: no calendar stands behind a service level or a key's term.
    let days = text.strip_suffix('d').and_then(|n| n.trim().parse().ok());
    if let Some(days) = days {
        let days: u64 = days;
        return Ok(Duration::from_secs(days.saturating_mul(86_400)));
    }
    let span: SignedDuration = text.parse().map_err(|_| says())?;
    Duration::try_from(span).map_err(|_| says())
}

/// A day, such as 2026-01-31.
///
/// # Errors
/// Not a day; says how one looks.
pub fn parse_day(text: &str) -> Result<jiff::civil::Date, String> {
    let day = text.trim().parse();
    day.map_err(|_| format!("`{text}` is no day; one looks like 2026-01-31"))
}

/// A time as RFC 3339 has it, or `2026-01-31 09:30:00`, which is in UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<prost_types::Timestamp> {
    let text = text.trim();
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(local).ok()
    })?;
    Some(prost_types::Timestamp {
        seconds: time.as_second(),
        nanos: time.subsec_nanosecond(),
    })
}

/// A time as [`parse_time`] reads it.
///
/// # Errors
/// Not a time; says how one looks.
pub fn parse_moment(text: &str) -> Result<prost_types::Timestamp, String> {
    parse_time(text)
        .ok_or_else(|| format!("`{text}` is no time; one looks like 2026-01-31T09:30:00Z"))
}

/// When a span that begins now is over, as [`parse_span`] reads it.
///
/// # Errors
/// Not a span; says how one looks. One that ends after the year 9999.
pub fn parse_ahead(text: &str) -> Result<prost_types::Timestamp, String> {
    let end = SystemTime::now().checked_add(parse_span(text)?);
    let end = end.map(to_proto).filter(|end| rfc3339(end).is_some());
    end.ok_or_else(|| format!("`{text}` from now is too far away"))
}

/// A time as [`parse_time`] reads it, or how long ago it was as [`parse_span`] does.
///
/// # Errors
/// Neither; says how they look.
pub fn parse_past(text: &str) -> Result<prost_types::Timestamp, String> {
    let ago = || {
        let span = parse_span(text).ok()?;
        let time = SystemTime::now().checked_sub(span).map(to_proto)?;
        rfc3339(&time).is_some().then_some(time)
    };
    parse_time(text).or_else(ago).ok_or_else(|| {
        format!(
            "`{text}` is no time; one looks like 2026-01-31T09:30:00Z, 2026-01-31 09:30:00 (in UTC), or 12h or 7d for \
             so long ago"
        )
    })
}

/// For a request; saturates.
#[must_use]
pub fn to_proto(time: SystemTime) -> prost_types::Timestamp {
    prost_types::Timestamp::from(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("4h", 14_400),
            ("1h 30m", 5_400),
            ("90s", 90),
            ("PT15M", 900),
            ("14d", 1_209_600),
        ] {
            let parsed = parse_span(text).expect(text);
            assert_eq!(parsed.as_secs(), seconds, "{text}");
        }
        for text in ["", "4", "soon", "-4h"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_read_as_scripts_and_databases_write_them() {
        for text in [
            "2026-01-31T09:30:00Z",
            "2026-01-31T10:30:00+01:00",
            "2026-01-31 09:30:00",
        ] {
            assert_eq!(
                parse_time(text).expect(text).seconds,
                1_769_851_800,
                "{text}"
            );
        }
        for text in ["", "0000-00-00 00:00:00", "yesterday", "2026-13-01"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_may_be_said_as_how_long_ago_it_was() {
        let ago = parse_past("12h").expect("a span");
        let now = to_proto(SystemTime::now());
        assert!((43_200..43_260).contains(&(now.seconds - ago.seconds)));
        let said = parse_past("2026-01-31 09:30:00").expect("a time");
        assert_eq!(said.seconds, 1_769_851_800);
        for text in ["", "yesterday", "-4h", "99999999999999d"] {
            let why = parse_past(text).expect_err(text);
            assert!(why.contains("2026-01-31T09:30:00Z"), "{why}");
        }
    }

    #[test]
    fn a_span_ahead_ends_then_or_is_refused() {
        let now = to_proto(SystemTime::now());
        let end = parse_ahead("90d").expect("a span");
        assert!((7_776_000..7_776_060).contains(&(end.seconds - now.seconds)));
        let why = parse_ahead("tomorrow").expect_err("no span");
        assert!(why.contains("one looks like 4h, 30m"), "{why}");
        for far in ["9000000d", "99999999999999999999d", "999999999999999999d"] {
            assert!(parse_ahead(far).is_err(), "{far}");
        }
    }

    #[test]
    fn times_are_told_in_utc() {
        let time = prost_types::Timestamp {
            seconds: 1_769_851_800,
            nanos: 0,
        };
        assert_eq!(readable(Some(&time)), "2026-01-31 09:30:00");
        assert_eq!(rfc3339(&time).as_deref(), Some("2026-01-31T09:30:00Z"));
        let later = UNIX_EPOCH + Duration::from_secs(1_769_851_800 + 400);
        assert_eq!(age(&time, later), "6 min");
    }
}
