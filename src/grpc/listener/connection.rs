//! A connection, and when it is given up.

use std::{
    future::Future,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep},
};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use super::{calls::Calls, peers::Place};
use crate::{access::certificate::ClientCertificate, metrics::replica::Connections};

/// What HTTP/2 starts with has 24 bytes (RFC 9113, 3.4); who does not send them in time only keeps others out.
const PREFACE: usize = 24;
const PREFACE_WITHIN: Duration = Duration::from_secs(3);
/// How long saying good-bye may take: the last bytes may meet a client that does not read.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How often a connection is looked at, at least.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// When a connection is given up.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// So long without a call: it is closed.
    pub idle: Duration,
    /// So long with a reply that the client does not take: it is cut.
    pub unread: Duration,
}

/// Who is at the other end; each call of the connection has it among its extensions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Link {
    /// From where. `None` if it was gone before it was asked.
    pub peer: Option<SocketAddr>,
    /// By which certificate, if one was shown.
    pub certificate: Option<Arc<ClientCertificate>>,
    /// The calls on it.
    pub calls: Arc<Calls>,
}

impl Link {
    pub(super) fn new(
        peer: Option<SocketAddr>,
        certificate: Option<Arc<ClientCertificate>>,
    ) -> Self {
        Self {
            peer,
            certificate,
            calls: Arc::default(),
        }
    }
}

/// What a connection takes up among all.
pub(super) struct Open {
    #[expect(dead_code, reason = "held until dropped")]
    permit: OwnedSemaphorePermit,
    place: Place,
    counted: Arc<Connections>,
}

impl Open {
    pub(super) fn new(
        permit: OwnedSemaphorePermit,
        place: Place,
        counted: Arc<Connections>,
    ) -> Self {
        counted.open.rise();
        Self {
            permit,
            place,
            counted,
        }
    }

    pub(super) fn handshakes(&self) -> &Arc<Semaphore> {
        self.place.handshakes()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.counted.open.fall();
    }
}

/// What bytes come and go by.
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that counts as open until it is dropped.
pub struct Connection {
    wire: Wire,
    link: Link,
    patience: Patience,
    /// How much of the preface came, and until when all must have; `None` once it has.
    preface: Option<(usize, Instant)>,
    look: Pin<Box<Sleep>>,
    closing: Option<Pin<Box<Sleep>>>,
    _open: Open,
}

impl Connection {
    pub(super) fn new(wire: Wire, link: Link, patience: Patience, open: Open) -> Self {
        Self {
            wire,
            link,
            patience,
            preface: Some((0, Instant::now() + PREFACE_WITHIN)),
            look: Box::pin(sleep(PREFACE_WITHIN)),
            closing: None,
            _open: open,
        }
    }

    /// Ready when the connection is to be given up: well, as an end of what the client says, or as an error.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.look.as_mut().poll(cx));
            let now = Instant::now();
            if self.preface.is_some_and(|(_, until)| now >= until) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            if self.link.calls.are_unread_for(self.patience.unread) {
                tracing::info!("listener.client_does_not_read");
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            let idle_at = self.link.calls.quiet_since() + self.patience.idle;
            if self.link.calls.are_none() && now >= idle_at {
                return Poll::Ready(Ok(()));
            }
            let half = self.patience.idle.min(self.patience.unread) / 2;
            self.look.as_mut().reset(now + half.min(LOOK_EVERY));
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = Link;

    fn connect_info(&self) -> Link {
        self.link.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, into),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, into),
        };
        if let Some((received, _)) = &mut self.preface {
            *received += into.filled().len() - before;
            if *received >= PREFACE {
                self.preface = None;
            }
        }
        if read.is_ready() {
            return read;
        }
        self.poll_patience(cx)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        };
        if closed.is_ready() {
            return closed;
        }
        let closing = self
            .closing
            .get_or_insert_with(|| Box::pin(sleep(CLOSE_WITHIN)));
        ready!(closing.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
