//! What callers are told: statuses and messages as they print them, and every byte that the service sent them.

use std::{
    fmt::Debug,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinSet,
};
use tonic::Status;

/// Everything that somebody was told, or printed.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    /// An answer, or a refusal with all its details.
    pub fn hear<T: Debug>(&self, answer: &Result<T, Status>) {
        self.note(format!("{answer:?}").as_bytes());
        if let Err(status) = answer {
            self.note(status.details());
            self.note(status.message().as_bytes());
            self.note(format!("{:?}", status.metadata()).as_bytes());
        }
    }

    pub fn note(&self, bytes: &[u8]) {
        self.extend(bytes);
        self.extend(b"\n");
    }

    fn extend(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend(bytes);
    }

    pub fn all(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

/// A wire to a service that keeps what the service says, each connection in one piece.
pub struct Tap {
    pub address: SocketAddr,
    said: Connections,
    _tasks: JoinSet<()>,
}

type Connections = Arc<Mutex<Vec<Heard>>>;

impl Tap {
    pub async fn on(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let said = Connections::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(carry(listener, target, said.clone()));
        Self {
            address,
            said,
            _tasks: tasks,
        }
    }

    /// All that the service said; what a client has heard is among it.
    pub fn said(&self) -> Vec<u8> {
        let connections = self.said.lock().unwrap();
        connections.iter().flat_map(Heard::all).collect()
    }
}

async fn carry(listener: TcpListener, target: SocketAddr, said: Connections) {
    let mut ways = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(target).await else {
            continue;
        };
        // Else small messages wait for each other.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let (mut from_client, to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let connection = Heard::default();
        said.lock().unwrap().push(connection.clone());
        ways.spawn(async move {
            let _ = copy(&mut from_client, &mut to_server).await;
        });
        ways.spawn(overhear(from_server, to_client, connection));
    }
}

async fn overhear(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, said: Heard) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        said.extend(&buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}
