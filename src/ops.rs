//! The ops port: what those who run the service look at, in plain HTTP/1.1 and gRPC without TLS (kubelet's probes speak
//! none).
//!
//! It shows nothing of readers and takes no key: who can reach it is for the network to say. It lives from the start to the
//! end of the drain.

mod accept;
pub mod figures;
mod routes;
pub mod source;

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

pub use source::Source;

/// What kubelet asks for to know whether the process is alive: it never looks at Redis.
const LIVENESS: &str = "liveness";

/// The ops port, bound and not yet served.
pub struct Ops {
    listener: TcpListener,
    address: SocketAddr,
    health: routes::OpsHealth,
    reporter: HealthReporter,
}

impl Ops {
    /// Binds it.
    ///
    /// # Errors
    /// The address is taken, or not this machine's.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let (reporter, health) = tonic_health::server::health_reporter();
        reporter
            .set_service_status(LIVENESS, ServingStatus::Serving)
            .await;
        reporter
            .set_service_status("", ServingStatus::NotServing)
            .await;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            health: routes::OpsHealth::of(health),
            reporter,
        })
    }

    /// Where it listens; the port that the system chose, if 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Who is to be told how the services are.
    #[must_use]
    pub fn reporter(&self) -> HealthReporter {
        self.reporter.clone()
    }

    /// Serves until `stop`, and ends what is open then within two seconds.
    pub async fn serve(mut self, source: Source, stop: CancellationToken) {
        let routes = routes::routes(source, self.health);
        accept::serve(self.listener, routes, stop).await;
        self.reporter.clear_service_status(LIVENESS).await;
    }
}
