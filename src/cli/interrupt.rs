//! Ctrl-C and SIGTERM, as one thing to wait for.

/// Ends at the first Ctrl-C or SIGTERM. If neither can be listened for, it never ends: the signal's own way then ends
/// the process.
pub async fn requested() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
