//! A server on loopback that publishes keys, or does what a broken one does.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What it does when it is asked.
#[derive(Clone)]
pub enum Answer {
    /// 200 with this.
    Document(String),
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// Nothing, and the connection stays.
    Silence,
    /// 200, and a body that never ends.
    Endless,
}

/// Stopped when dropped.
pub struct Publisher {
    pub address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Publisher {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(answer));
        let asked = Arc::new(AtomicUsize::new(0));
        let mut serving = JoinSet::new();
        let (answers, count) = (Arc::clone(&answer), Arc::clone(&asked));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let answer = answers.lock().unwrap().clone();
                connections.spawn(serve(stream, answer));
            }
        });
        Self {
            address,
            answer,
            asked,
            _serving: serving,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/keys?realm=desk", self.address)
    }

    /// From now on.
    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// What a server says with this status line and further headers.
pub fn status(line: &str) -> Answer {
    Answer::Bytes(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into_bytes())
}

async fn serve(mut stream: TcpStream, answer: Answer) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    assert!(request.starts_with(b"GET /keys?realm=desk HTTP/1.1\r\n"));
    // The other side may have gone; that is its business.
    let _ = match answer {
        Answer::Document(document) => {
            let length = document.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
            let text = format!("{head}\r\ncontent-length: {length}\r\n\r\n{document}");
            stream.write_all(text.as_bytes()).await
        }
        Answer::Bytes(bytes) => stream.write_all(&bytes).await,
        Answer::Silence => std::future::pending().await,
        Answer::Endless => endless(&mut stream).await,
    };
}

async fn endless(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"keys\":[")
        .await?;
    loop {
        stream.write_all(&[b' '; 8_192]).await?;
    }
}
