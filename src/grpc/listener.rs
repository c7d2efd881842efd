//! Accepts connections, but no more at a time than may be open, and no more from one peer than is its share.
//!
//! A connection counts from the moment it is accepted, through TLS's handshake, until it is dropped. Handshakes run beside
//! each other within a deadline: one that is slow or dead holds up nobody but its own peer.

pub mod calls;
pub mod connection;
pub mod counting;
pub mod peers;

mod handshake;

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_stream::Stream;

use crate::{metrics::replica::Connections, tls::live::Tls};
use connection::{Connection, Open, Patience};
use handshake::Handshake;
use peers::{Network, Peers};

/// After a failed accept, such as for want of file descriptors: trying at once would only spin.
const PAUSE: Duration = Duration::from_millis(100);
/// How often the log says that a peer has its share.
const SAY_AGAIN: Duration = Duration::from_secs(60);

/// How many connections there may be, and how long each is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections at once; more wait in the system's backlog.
    pub most: usize,
    /// Of these, from one peer; more are closed at once.
    pub most_per_peer: usize,
    /// When a connection is given up.
    pub patience: Patience,
}

/// The connections of a listener: over TLS, if there is any; each is counted.
pub fn accept(
    listener: TcpListener,
    bounds: Bounds,
    tls: Option<Arc<Tls>>,
    counted: Arc<Connections>,
) -> impl Stream<Item = io::Result<Connection>> {
    let (accepted, connections) = mpsc::channel(1);
    Accepting {
        accepting: Box::pin(keep_accepting(listener, bounds, tls, accepted, counted)),
        connections,
    }
}

async fn keep_accepting(
    listener: TcpListener,
    bounds: Bounds,
    tls: Option<Arc<Tls>>,
    accepted: mpsc::Sender<io::Result<Connection>>,
    counted: Arc<Connections>,
) {
    let open = Arc::new(Semaphore::new(bounds.most));
    let peers = Peers::new(bounds.most_per_peer);
    let mut handshakes = JoinSet::new();
    let mut said: Option<Instant> = None;
    loop {
        while handshakes.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(&open).acquire_owned().await else {
            return;
        };
        let Some((stream, network)) = next(&listener).await else {
            continue;
        };
        let Some(place) = peers.enter(network) else {
            counted.refused.one();
            if said.is_none_or(|said| said.elapsed() >= SAY_AGAIN) {
                said = Some(Instant::now());
                let most = bounds.most_per_peer;
                tracing::warn!(%network, most, "listener.peer_has_its_share");
            }
            continue;
        };
        let plain = Handshake {
            stream,
            open: Open::new(permit, place, Arc::clone(&counted)),
            patience: bounds.patience,
        };
        match &tls {
            None => {
                if accepted.send(Ok(plain.without_tls())).await.is_err() {
                    return;
                }
            }
            Some(tls) => {
                handshakes.spawn(plain.over_tls(Arc::clone(tls), accepted.clone()));
            }
        }
    }
}

/// The next connection; `None` after a failure and a pause.
async fn next(listener: &TcpListener) -> Option<(TcpStream, Network)> {
    match listener.accept().await {
        Ok((stream, address)) => {
            // Small replies must not wait for more to say.
            let _ = stream.set_nodelay(true);
            Some((stream, Network::of(address.ip())))
        }
        Err(error) => {
            tracing::warn!(error = %error, "listener.accept_failed");
            sleep(PAUSE).await;
            None
        }
    }
}

/// Accepts only while it is polled: when the server stops listening, so does this, the port is free, and handshakes end.
struct Accepting {
    accepting: Pin<Box<dyn Future<Output = ()> + Send>>,
    connections: mpsc::Receiver<io::Result<Connection>>,
}

impl Stream for Accepting {
    type Item = io::Result<Connection>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.accepting.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.connections.poll_recv(context)
    }
}
