//! What `grpc.health.v1` says of a replica.

use std::{net::SocketAddr, time::Duration};

use tonic::{Status, Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};

use super::until::{soon, until};

/// Somebody who asks after a replica's health, as a probe does.
#[derive(Clone)]
pub struct Probe {
    client: HealthClient<Channel>,
    service: &'static str,
}

impl Probe {
    pub fn new(address: SocketAddr) -> Self {
        Self::of(address, "")
    }

    /// Of a service by its name.
    pub fn of(address: SocketAddr, service: &'static str) -> Self {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}"));
        Self {
            client: HealthClient::new(endpoint.unwrap().connect_lazy()),
            service,
        }
    }

    /// How the whole server is now; `None` if it does not answer.
    pub async fn status(&self) -> Option<ServingStatus> {
        self.ask().await.ok()
    }

    /// The same, or why there is no answer.
    pub async fn ask(&self) -> Result<ServingStatus, Status> {
        let answer = self.client.clone().check(self.request()).await?;
        Ok(answer.into_inner().status())
    }

    fn request(&self) -> HealthCheckRequest {
        HealthCheckRequest {
            service: self.service.to_owned(),
        }
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
        let changes = self.client.clone().watch(self.request()).await.unwrap();
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
