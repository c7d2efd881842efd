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

/// Looks at `server.listen`.
pub(super) async fn look(config: &Config) -> Vec<Check> {
    let address = config.server.listen;
    if address.port() == 0 {
        return vec![Check::ok(
            NAME,
            format!("{address}: the system chooses one"),
        )];
    }
    let check = match TcpListener::bind(address).await {
        Ok(_) => Check::ok(NAME, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            taken(address, config.tls.is_some()).await
        }
        Err(error) => Check::failure(
            NAME,
            format!("{address} cannot be listened on: {error}"),
            "set server.listen to an address of this machine and a port above 1023",
        ),
    };
    vec![check]
}

async fn taken(address: SocketAddr, speaks_tls: bool) -> Check {
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
                "stop it (`ss -ltnp 'sport = :{}'` tells what it is), or set server.listen",
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
