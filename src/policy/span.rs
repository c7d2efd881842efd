//! Spans of time as people write them: `4h`, `30m`, `1d 12h`; a day has 24 hours.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn serialize<S: Serializer>(span: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    match span.map(jiff::SignedDuration::try_from) {
        Some(Ok(span)) => to.serialize_str(&format!("{span:#}")),
        Some(Err(_)) | None => to.serialize_none(),
    }
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    let wrong = || D::Error::custom("must be a span of time such as \"4h\" or \"30m\"");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let span = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong())?;
    Duration::try_from(span).map(Some).map_err(|_| wrong())
}
