//! Gathers what a call shows of who makes it, from its headers and its connection.

use tonic::codegen::http::{HeaderMap, request::Parts};

use crate::{access::presented::Presented, grpc::listener::connection::Link};

/// The header that carries a key or a token.
const AUTHORIZATION: &str = "authorization";

/// What this call shows.
#[must_use]
pub fn presented(request: &Parts) -> Presented {
    let shown = Presented::header(authorization(&request.headers));
    match request.extensions.get::<Link>() {
        Some(link) => shown
            .from_peer(link.peer.map(|peer| peer.ip()))
            .with_certificate(link.certificate.clone()),
        None => shown,
    }
}

/// One that is no text is there all the same: it must not be passed over for a certificate.
fn authorization(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?;
    Some(value.to_str().unwrap_or_default())
}
