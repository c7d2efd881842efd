//! A wire between a client and a replica that can be frozen: both ends stay connected, and nothing passes.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Gone, with its connections, when dropped.
pub struct Wire {
    pub address: SocketAddr,
    frozen: CancellationToken,
    _tasks: JoinSet<()>,
}

impl Wire {
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let frozen = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(carry(listener, target, frozen.clone()));
        Self {
            address,
            frozen,
            _tasks: tasks,
        }
    }

    /// From now on nothing passes, and nobody is told.
    pub fn freeze(&self) {
        self.frozen.cancel();
    }
}

async fn carry(listener: TcpListener, target: SocketAddr, frozen: CancellationToken) {
    let mut ways = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(target).await.unwrap();
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        ways.spawn(one_way(from_client, to_server, frozen.clone()));
        ways.spawn(one_way(from_server, to_client, frozen.clone()));
    }
}

async fn one_way(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    frozen: CancellationToken,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            () = frozen.cancelled() => return std::future::pending().await,
            read = from.read(&mut buffer) => read,
        };
        match read {
            Ok(read) if read > 0 && to.write_all(&buffer[..read]).await.is_ok() => {}
            _ => return,
        }
    }
}
