//! What `grpc.health.v1` says of a replica.

use std::{net::SocketAddr, time::Duration};

use tonic::{Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};

use super::until::{soon, until};

/// Somebody who asks after a replica's health, as a probe does.
#[derive(Clone)]
pub struct Probe(HealthClient<Channel>);

impl Probe {
    pub fn new(address: SocketAddr) -> Self {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}"));
        Self(HealthClient::new(endpoint.unwrap().connect_lazy()))
    }

    /// How the whole server is now; `None` if it does not answer.
    pub async fn status(&self) -> Option<ServingStatus> {
        let request = HealthCheckRequest::default();
        let answer = self.0.clone().check(request).await.ok()?;
        Some(answer.into_inner().status())
    }

    /// Waits until it is so.
    pub async fn until(&self, status: ServingStatus) {
        let bound = Duration::from_secs(15);
        until(status.as_str_name(), bound, async || {
            (self.status().await == Some(status)).then_some(())
        })
        .await;
    }

    /// Each change, from how it is now on.
    pub async fn watch(&self) -> HealthWatch {
        let request = HealthCheckRequest::default();
        let changes = self.0.clone().watch(request).await.unwrap();
        HealthWatch(changes.into_inner())
    }
}

/// Changes of a replica's health.
pub struct HealthWatch(Streaming<HealthCheckResponse>);

impl HealthWatch {
    /// The next change; `None` at the end, however it comes.
    pub async fn next(&mut self) -> Option<ServingStatus> {
        let change = soon("health changes", Duration::from_secs(15), self.0.message()).await;
        Some(change.ok()??.status())
    }
}
