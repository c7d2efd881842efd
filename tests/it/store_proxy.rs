//! A proxy on a unix socket that cuts a connection after the command went through and before its answer does.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{UnixListener, UnixStream},
    task::JoinSet,
};

/// What stands in the answer that is to be lost, if one is.
type Cut = Arc<Mutex<Option<&'static str>>>;

/// Passes everything on until it is told to cut: then the next answer is swallowed and the connection closed.
pub struct Proxy {
    pub url: String,
    cut: Cut,
    _tasks: JoinSet<()>,
    _directory: tempfile::TempDir,
}

impl Proxy {
    pub fn before(target: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("proxy.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let target = PathBuf::from(target.strip_prefix("unix://").unwrap());
        let cut = Cut::default();
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
        self.cut_the_next_answer_with("")
    }

    /// The same for the next answer in which this stands.
    pub fn cut_the_next_answer_with(&self, word: &'static str) -> bool {
        self.cut.lock().unwrap().replace(word).is_none()
    }
}

/// Once: whoever is cut off may come again.
fn is_to_be_cut(cut: &Cut, answer: &[u8]) -> bool {
    let mut cut = cut.lock().unwrap();
    let has = |word: &&str| String::from_utf8_lossy(answer).contains(*word);
    let is_it = cut.as_ref().is_some_and(has);
    if is_it {
        *cut = None;
    }
    is_it
}

async fn serve(listener: UnixListener, target: PathBuf, cut: Cut) {
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
                    if size == 0 || is_to_be_cut(&cut, &buffer[..size]) {
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
