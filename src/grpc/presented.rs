//! Gathers what a call shows of who makes it, from its headers and its connection.

use tonic::{
    codegen::http::{HeaderMap, request::Parts},
    transport::server::TcpConnectInfo,
};

use crate::access::presented::Presented;

/// The header that carries a key or a token.
const AUTHORIZATION: &str = "authorization";

/// What this call shows.
#[must_use]
pub fn presented(request: &Parts) -> Presented {
    let connection = request.extensions.get::<TcpConnectInfo>();
    let peer = connection.and_then(TcpConnectInfo::remote_addr);
    Presented::header(authorization(&request.headers)).from_peer(peer.map(|peer| peer.ip()))
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()
}
