//! A proxy on a unix socket that cuts a connection after the command went through and before its answer does.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{UnixListener, UnixStream},
    task::JoinSet,
};

/// Passes everything on until it is told to cut: then the next answer is swallowed and the connection closed.
pub struct Proxy {
    pub url: String,
    cut: Arc<AtomicBool>,
    _tasks: JoinSet<()>,
    _directory: tempfile::TempDir,
}

impl Proxy {
    pub fn before(target: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("proxy.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let target = PathBuf::from(target.strip_prefix("unix://").unwrap());
        let cut = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, target, cut.clone()));
        Self {
            url: format!("unix://{}", path.display()),
            cut,
            _tasks: tasks,
            _directory: directory,
        }
    }

    /// Whether the last cut that was asked for has been made.
    pub fn cut_the_next_answer(&self) -> bool {
        !self.cut.swap(true, Ordering::SeqCst)
    }
}

async fn serve(listener: UnixListener, target: PathBuf, cut: Arc<AtomicBool>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&target).await.unwrap();
        let cut = cut.clone();
        connections.spawn(async move {
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let answers = async {
                let mut buffer = vec![0; 4096];
                loop {
                    let size = from_server.read(&mut buffer).await.unwrap_or(0);
                    if size == 0 || cut.swap(false, Ordering::SeqCst) {
                        return;
                    }
                    if to_client.write_all(&buffer[..size]).await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                () = answers => {}
                _ = copy(&mut from_client, &mut to_server) => {}
            }
        });
    }
}
