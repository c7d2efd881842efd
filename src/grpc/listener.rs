//! Accepts connections, but no more at a time than may be open.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};
use tokio_stream::Stream;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// What HTTP/2 starts with has 24 bytes (RFC 9113, 3.4); who does not send them in time only keeps others out.
const PREFACE: usize = 24;
const PREFACE_WITHIN: Duration = Duration::from_secs(3);
/// After a failed accept, such as for want of file descriptors: trying at once would only spin.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection that counts as open until it is dropped.
pub struct Counted {
    stream: TcpStream,
    /// `None` once the preface has come.
    preface: Option<(usize, Pin<Box<Sleep>>)>,
    _open: OwnedSemaphorePermit,
}

/// The connections of a listener. While as many as may be are open, new ones wait in the system's backlog.
pub fn accept(listener: TcpListener, most: usize) -> impl Stream<Item = io::Result<Counted>> {
    let open = Arc::new(Semaphore::new(most));
    let (accepted, connections) = tokio::sync::mpsc::channel(1);
    let accepting = async move {
        loop {
            let Ok(permit) = Arc::clone(&open).acquire_owned().await else {
                return;
            };
            let connection = match listener.accept().await {
                Ok((stream, _)) => {
                    // Small replies must not wait for more to say.
                    let _ = stream.set_nodelay(true);
                    Ok(Counted {
                        stream,
                        preface: Some((0, Box::pin(sleep(PREFACE_WITHIN)))),
                        _open: permit,
                    })
                }
                Err(error) => {
                    tracing::warn!(error = %error, "listener.accept_failed");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            if accepted.send(connection).await.is_err() {
                return;
            }
        }
    };
    Accepting {
        accepting: Box::pin(accepting),
        connections,
    }
}

/// Accepts only while it is polled: when the server stops listening, so does this, and the port is free.
struct Accepting {
    accepting: Pin<Box<dyn Future<Output = ()> + Send>>,
    connections: tokio::sync::mpsc::Receiver<io::Result<Counted>>,
}

impl Stream for Accepting {
    type Item = io::Result<Counted>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.accepting.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.connections.poll_recv(context)
    }
}

impl Connected for Counted {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        let Some((received, deadline)) = &mut self.preface else {
            return read;
        };
        *received += into.filled().len() - before;
        if *received >= PREFACE {
            self.preface = None;
        } else if read.is_pending() && deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
