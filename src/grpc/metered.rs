//! Counts calls by how they end: outside of everything else, so that what the framework refuses counts too.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use http_body::{Frame, SizeHint};
use tonic::{
    Code, Status,
    body::Body,
    codegen::{Bytes, http},
};
use tower::{Layer, Service};

use crate::metrics::rpc::{Call, Rpc};

const STATUS: &str = "grpc-status";

/// Counts calls.
#[derive(Clone)]
pub struct Meter {
    rpc: Arc<Rpc>,
    longest: Duration,
}

impl Meter {
    /// Counts here; `longest`: after so long the server gives up a call that is no stream.
    #[must_use]
    pub fn new(rpc: Arc<Rpc>, longest: Duration) -> Self {
        Self { rpc, longest }
    }

    fn begin<T>(&self, request: &http::Request<T>) -> Call {
        let asked = request.headers().get("grpc-timeout");
        let asked = asked.and_then(|value| timeout(value.to_str().ok()?));
        let deadline = asked.map_or(self.longest, |asked| asked.min(self.longest));
        let route = self.rpc.route(request.uri().path());
        Call::begin(Arc::clone(&self.rpc), route, Some(deadline))
    }
}

impl<S> Layer<S> for Meter {
    type Service = Metered<S>;

    fn layer(&self, inner: S) -> Metered<S> {
        Metered {
            meter: self.clone(),
            inner,
        }
    }
}

/// The services whose calls are counted.
#[derive(Clone)]
pub struct Metered<S> {
    meter: Meter,
    inner: S,
}

impl<S> Service<http::Request<Body>> for Metered<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let mut call = self.meter.begin(&request);
        let answering = self.inner.call(request);
        Box::pin(async move {
            let response = match answering.await {
                Ok(response) => response,
                Err(error) => {
                    call.end(Code::Internal);
                    return Err(error);
                }
            };
            if let Some(code) = code(response.headers()) {
                call.end(code);
            }
            Ok(response.map(|body| Body::new(Reply { body, call })))
        })
    }
}

/// A reply's body; its trailers tell how the call ended.
struct Reply {
    body: Body,
    call: Call,
}

impl http_body::Body for Reply {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(http_body::Body::poll_frame(Pin::new(&mut self.body), cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(code) = frame.trailers_ref().and_then(code) {
                    self.call.end(code);
                }
            }
            Some(Err(status)) => self.call.end(status.code()),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn code(headers: &http::HeaderMap) -> Option<Code> {
    let status = headers.get(STATUS)?;
    Some(Code::from_bytes(status.as_bytes()))
}

/// What a `grpc-timeout` says: up to eight digits and a unit. `None` where it says nothing, as the framework takes it.
fn timeout(value: &str) -> Option<Duration> {
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = is_number.then_some(number)?.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3_600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_as_the_framework_reads_it() {
        for (value, expected) in [
            ("1n", Some(Duration::from_nanos(1))),
            ("250u", Some(Duration::from_micros(250))),
            ("100m", Some(Duration::from_millis(100))),
            ("5S", Some(Duration::from_secs(5))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3_600))),
            ("2M", Some(Duration::from_secs(120))),
            ("", None),
            ("S", None),
            ("5", None),
            ("-5S", None),
            ("123456789S", None),
            ("5é", None),
            ("5s", None),
        ] {
            assert_eq!(timeout(value), expected, "{value}");
        }
    }
}
