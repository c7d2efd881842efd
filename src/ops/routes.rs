//! What the ops port answers.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use tokio::time::timeout;
use tonic_health::pb::health_server::{Health, HealthServer};

use super::source::Source;
use crate::{metrics::exposition::CONTENT_TYPE, telemetry};

/// The most that directives may take, in bytes, and how long they may take to come.
const MAX_DIRECTIVES: usize = 1024;
const DIRECTIVES_WITHIN: Duration = Duration::from_secs(5);

/// `grpc.health.v1` as a route.
pub(super) struct OpsHealth(MethodRouter);

impl OpsHealth {
    pub(super) fn of<H: Health>(health: HealthServer<H>) -> Self {
        Self(axum::routing::any_service(health))
    }
}

pub(super) fn routes(source: Source, health: OpsHealth) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/log-level", get(level).put(set_level))
        .with_state(source)
        .route("/grpc.health.v1.Health/{method}", health.0)
}

async fn metrics(State(source): State<Source>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], source.page()).into_response()
}

async fn ready(State(source): State<Source>) -> Response {
    let readiness = source.readiness();
    let status = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, format!("{readiness}\n")).into_response()
}

async fn level() -> Response {
    match telemetry::level() {
        Some(level) => format!("{level}\n").into_response(),
        None => not_ours(),
    }
}

async fn set_level(request: Request) -> Response {
    let body: Body = request.into_body();
    let Ok(Ok(bytes)) = timeout(DIRECTIVES_WITHIN, to_bytes(body, MAX_DIRECTIVES)).await else {
        let what = "send the directives as the body, at most 1,024 bytes, at once\n";
        return (StatusCode::BAD_REQUEST, what).into_response();
    };
    let directives = String::from_utf8_lossy(&bytes);
    match telemetry::set_level(directives.trim()) {
        Ok(()) => level().await,
        Err(telemetry::LevelError::Directives(why)) => {
            (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response()
        }
        Err(telemetry::LevelError::NotStarted) => not_ours(),
    }
}

fn not_ours() -> Response {
    let what = "the log of this process was not started by the service\n";
    (StatusCode::CONFLICT, what).into_response()
}
