//! From an accepted socket to a connection.

use std::{io, sync::Arc, time::Duration};

use tokio::{net::TcpStream, sync::mpsc, time::timeout};

use super::connection::{Connection, Link, Open, Patience, Wire};
use crate::tls::live::Tls;

/// How long TLS's handshake may take, the wait behind others of the same peer included.
const WITHIN: Duration = Duration::from_secs(5);

/// A socket that counts as open.
pub(super) struct Handshake {
    pub(super) stream: TcpStream,
    pub(super) open: Open,
    pub(super) patience: Patience,
}

impl Handshake {
    pub(super) fn without_tls(self) -> Connection {
        let link = Link::new(self.stream.peer_addr().ok(), None);
        Connection::new(Wire::Plain(self.stream), link, self.patience, self.open)
    }

    /// Hands the connection on, if the client gets through the handshake.
    pub(super) async fn over_tls(
        self,
        tls: Arc<Tls>,
        accepted: mpsc::Sender<io::Result<Connection>>,
    ) {
        let peer = self.stream.peer_addr().ok();
        let slots = Arc::clone(self.open.handshakes());
        let shaking = async {
            let slot = slots.acquire().await.ok();
            let shaken = tls.shake_hands(self.stream).await;
            drop(slot);
            shaken
        };
        let (stream, certificate) = match timeout(WITHIN, shaking).await {
            Ok(Ok(shaken)) => shaken,
            // Strangers must not fill the log.
            Ok(Err(error)) => return tracing::debug!(error = %error, "listener.handshake_failed"),
            Err(_) => return tracing::debug!("listener.handshake_too_slow"),
        };
        let link = Link::new(peer, certificate);
        let wire = Wire::Tls(Box::new(stream));
        let connection = Connection::new(wire, link, self.patience, self.open);
        // Nobody listens any more: the server stops.
        let _ = accepted.send(Ok(connection)).await;
    }
}
