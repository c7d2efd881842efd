//! Counts the calls of each connection, and hands replies over in pieces, so that it is seen whether the client takes them.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http_body::{Body as _, Frame, SizeHint};
use tonic::{
    Status,
    body::Body,
    codegen::{Bytes, http},
};
use tower::{Layer, Service};

use super::{calls::Call, connection::Link};

/// The most that is handed over at once. HTTP/2 buffers whatever it is given, and asks for more only while the client
/// takes it.
const PIECE: usize = 16 * 1024;

/// Counts the calls of each connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountCalls;

impl<S> Layer<S> for CountCalls {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        Counting { inner }
    }
}

/// The services whose calls are counted.
#[derive(Debug, Clone)]
pub struct Counting<S> {
    inner: S,
}

impl<S> Service<http::Request<Body>> for Counting<S>
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
        let link = request.extensions().get::<Link>();
        let call = link.map(|link| Arc::clone(&link.calls).begin());
        let answering = self.inner.call(request);
        Box::pin(async move {
            let response = answering.await?;
            Ok(match call {
                Some(call) => response.map(|body| Body::new(Reply::of(body, call))),
                None => response,
            })
        })
    }
}

/// A reply's body, in pieces.
struct Reply {
    body: Body,
    rest: Bytes,
    call: Call,
}

impl Reply {
    fn of(body: Body, call: Call) -> Self {
        if !body.is_end_stream() {
            call.wait_for_client();
        }
        Self {
            body,
            rest: Bytes::new(),
            call,
        }
    }

    fn next_piece(&mut self) -> Frame<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        Frame::data(piece)
    }
}

impl http_body::Body for Reply {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.call.is_asked_on();
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            match frame.into_data() {
                Ok(data) if data.len() > PIECE => self.rest = data,
                Ok(data) => {
                    self.call.wait_for_client();
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        self.call.wait_for_client();
        Poll::Ready(Some(Ok(self.next_piece())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() {
            self.body.size_hint()
        } else {
            SizeHint::default()
        }
    }
}
