//! Whether the port is free, or a service of ours answers there.

use std::{net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, time::timeout};
use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::Check;
use crate::config::Config;

const NAME: &str = "port";

/// For one answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// Looks at `server.listen`, and at `ops.listen`, which speaks no TLS.
pub(super) async fn look(config: &Config) -> Vec<Check> {
    let public = port("server.listen", config.server.listen, config.tls.is_some()).await;
    match config.ops.listen {
        Some(address) => vec![public, port("ops.listen", address, false).await],
        None => vec![public],
    }
}

async fn port(setting: &str, address: SocketAddr, speaks_tls: bool) -> Check {
    if address.port() == 0 {
        return Check::ok(NAME, format!("{address}: the system chooses one"));
    }
    match TcpListener::bind(address).await {
        Ok(_) => Check::ok(NAME, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            taken(setting, address, speaks_tls).await
        }
        Err(error) => Check::failure(
            NAME,
            format!("{address} cannot be listened on: {error}"),
            format!("set {setting} to an address of this machine and a port above 1023"),
        ),
    }
}

async fn taken(setting: &str, address: SocketAddr, speaks_tls: bool) -> Check {
    if speaks_tls {
        return Check::ok(
            NAME,
            format!(
                "{address} is taken, and not asked by whom, since it speaks TLS: `grpc_health_probe -tls` asks"
            ),
        );
    }
    match timeout(DEADLINE, ask(address)).await {
        Ok(Some(ServingStatus::Serving)) => Check::ok(
            NAME,
            format!("a service answers at {address}, and is serving"),
        ),
        Ok(Some(_)) => Check::failure(
            NAME,
            format!("a service answers at {address}, and is not serving"),
            "its log says why (health.not_serving), and so do the checks of Redis here",
        ),
        Ok(None) | Err(_) => Check::failure(
            NAME,
            format!("{address} is taken by something that is no ReplyDesk"),
            format!(
                "stop it (`ss -ltnp 'sport = :{}'` tells what it is), or set {setting}",
                address.port()
            ),
        ),
    }
}

/// What `grpc.health.v1` says there.
async fn ask(address: SocketAddr) -> Option<ServingStatus> {
    // Where it listens on all addresses, this machine's own is one.
    let host = match address.ip() {
        ip if !ip.is_unspecified() => address,
        ip if ip.is_ipv4() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        _ => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, address.port())),
    };
    let endpoint = Endpoint::from_shared(format!("http://{host}")).ok()?;
    let channel = endpoint.connect_timeout(DEADLINE).connect().await.ok()?;
    let request = HealthCheckRequest::default();
    let answer = HealthClient::new(channel).check(request).await.ok()?;
    Some(answer.into_inner().status())
}
