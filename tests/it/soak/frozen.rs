//! A connection that can freeze: it stays open, and nothing goes through it any more, as when a laptop is shut.

use std::net::SocketAddr;

use tokio::{
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};

pub struct Wire {
    pub address: SocketAddr,
    frozen: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Wire {
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (frozen, watched) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut directions = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) =
                    TcpStream::connect(target).await.unwrap().into_split();
                directions.spawn(pass(from_client, to_server, watched.clone()));
                directions.spawn(pass(from_server, to_client, watched.clone()));
            }
        });
        Self {
            address,
            frozen,
            _tasks: tasks,
        }
    }

    pub fn freeze(&self) {
        self.frozen.send_replace(true);
    }
}

async fn pass(from: OwnedReadHalf, to: OwnedWriteHalf, mut frozen: watch::Receiver<bool>) {
    let (mut from, mut to) = (from, to);
    tokio::select! {
        _ = tokio::io::copy(&mut from, &mut to) => return,
        _ = async { drop(frozen.wait_for(|frozen| *frozen).await) } => {}
    }
    // Both ends stay open: nobody is told.
    std::future::pending::<()>().await;
}
