//! Connections to the ops port: few, short, and none that can hold up the others for long.

use std::{
    convert::Infallible,
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{body::Incoming, rt::Executor, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// Connections at once; more are closed at once: probes and a scraper or two need few.
const MOST: usize = 64;
/// Until the first request must have come, and each of HTTP/1.1's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// So old a connection is closed, whatever goes on: its client makes another.
const MOST_AGE: Duration = Duration::from_secs(300);
/// How long a good-bye may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// After a failed accept, such as for want of file descriptors: trying at once would only spin.
const PAUSE: Duration = Duration::from_millis(100);
/// The most that the headers of one request may take.
const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// Calls at once on a connection.
const MAX_STREAMS: u32 = 16;
/// As for the other port.
const MAX_PENDING_RESETS: usize = 20;
const MAX_ERROR_RESETS: usize = 256;

/// Serves until `stop`.
pub(super) async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MOST));
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                // Who finds no place sees the end of the connection, and comes again.
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    open.spawn(connection(stream, place, routes.clone(), stop.clone()));
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "ops.accept_failed");
                sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let ending = async { while open.join_next().await.is_some() {} };
    let _ = timeout(2 * CLOSE_WITHIN, ending).await;
    open.shutdown().await;
}

/// HTTP/2 runs each call as a task: they end with their connection.
#[derive(Clone)]
struct Owned {
    tasks: TaskTracker,
    cut: CancellationToken,
}

impl<F> Executor<F> for Owned
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, call: F) {
        let cut = self.cut.clone();
        self.tasks
            .spawn(async move { cut.run_until_cancelled(call).await.map(drop) });
    }
}

fn bounded(owned: Owned) -> auto::Builder<Owned> {
    let mut builder = auto::Builder::new(owned);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(MAX_HEADER_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES)
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_ERROR_RESETS)
        .keep_alive_interval(Some(Duration::from_secs(20)))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

async fn connection(
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
    routes: Router,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let owned = Owned {
        tasks: TaskTracker::new(),
        cut: CancellationToken::new(),
    };
    let asked = Arc::new(AtomicBool::new(false));
    let answer = {
        let asked = Arc::clone(&asked);
        service_fn(move |request: hyper::Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            let routes = routes.clone();
            async move { Ok::<_, Infallible>(answered(routes.oneshot(request).await)) }
        })
    };
    let builder = bounded(owned.clone());
    {
        let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), answer));
        let silent = async {
            sleep(HEADERS_WITHIN).await;
            if asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let over = tokio::select! {
            // Whatever broke it is the client's to know.
            _ = serving.as_mut() => true,
            () = silent => true,
            () = stop.cancelled() => false,
            () = sleep(MOST_AGE) => false,
        };
        if !over {
            serving.as_mut().graceful_shutdown();
            let _ = timeout(CLOSE_WITHIN, serving).await;
        }
    }
    owned.cut.cancel();
    owned.tasks.close();
    owned.tasks.wait().await;
}

fn answered<T>(answer: Result<T, Infallible>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
