//! The calls on a connection: whether there are any, and whether the client takes their replies.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use http_body::{Body as _, Frame, SizeHint};
use tokio::time::Instant;
use tonic::{
    Status,
    body::Body,
    codegen::{Bytes, http},
};
use tower::{Layer, Service};

use super::connection::Link;

/// The most that is handed over at once. HTTP/2 buffers whatever it is given, and asks for more only while the client
/// takes it.
const PIECE: usize = 16 * 1024;

/// The calls on one connection.
#[derive(Debug)]
pub struct Calls(Mutex<State>);

#[derive(Debug)]
struct State {
    open: usize,
    quiet_since: Instant,
    next: u64,
    /// Replies with more to say that HTTP/2 did not ask for yet, and since when.
    waiting: HashMap<u64, Instant>,
}

impl Default for Calls {
    fn default() -> Self {
        Self(Mutex::new(State {
            open: 0,
            quiet_since: Instant::now(),
            next: 0,
            waiting: HashMap::new(),
        }))
    }
}

impl Calls {
    /// Whether no call is open.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.state().open == 0
    }

    /// When the last call ended, or the connection began.
    #[must_use]
    pub fn quiet_since(&self) -> Instant {
        self.state().quiet_since
    }

    /// Whether a reply has waited so long for the client.
    #[must_use]
    pub fn are_unread_for(&self, long: Duration) -> bool {
        let state = self.state();
        state.waiting.values().any(|since| since.elapsed() >= long)
    }

    fn begin(self: Arc<Self>) -> Call {
        let mut state = self.state();
        state.open += 1;
        state.next += 1;
        let number = state.next;
        drop(state);
        Call {
            calls: self,
            number,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call, over when dropped.
struct Call {
    calls: Arc<Calls>,
    number: u64,
}

impl Call {
    fn wait_for_client(&self) {
        let mut state = self.calls.state();
        state.waiting.insert(self.number, Instant::now());
    }

    fn is_asked_on(&self) {
        self.calls.state().waiting.remove(&self.number);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut state = self.calls.state();
        state.open -= 1;
        state.waiting.remove(&self.number);
        state.quiet_since = Instant::now();
    }
}

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
