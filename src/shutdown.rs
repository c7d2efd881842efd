//! Turns the signals that end a process into one token.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that SIGTERM or SIGINT (Ctrl-C) cancels. A second signal ends the process at once: somebody is in a hurry.
///
/// # Errors
/// The system refuses a signal handler.
pub fn on_signal() -> io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancel = token.clone();
    let listening = async move {
        let next =
            async || tokio::select! { _ = terminate.recv() => 143, _ = interrupt.recv() => 130 };
        let mut next = next;
        next().await;
        cancel.cancel();
        let code = next().await;
        std::process::exit(code);
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "lives as long as the process, and ends with it"
    )]
    tokio::spawn(listening);
    Ok(token)
}
