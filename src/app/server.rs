//! Assembles the gRPC server: its services and its bounds.

use std::{sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{server::NamedService, service::Routes, transport::Server};
use tonic_health::pb::health_server::{Health, HealthServer};
use tower::util::MapResponseLayer;

use crate::{
    access::Access,
    admission::desk::Desk,
    audit::Audit,
    authors::Authors,
    backtest::Backtest,
    config::{Config, server::ServerConfig},
    data_keys::DataKeys,
    data_subjects::DataSubjects,
    feed::changes::Changes,
    grpc::{
        comment::Comments,
        framework,
        gate::Gate,
        key_first::KeyFirst,
        listener::{self, Bounds, connection::Patience, counting::CountCalls},
        metered::Meter,
        moderation::Moderation,
        privacy::Privacy,
        site::SiteAdmin,
        streams::{Streams, give_or_take},
    },
    import::Importer,
    metrics::Metrics,
    privacy::keys::OfficerKeyId,
    proto::v1::{
        DESCRIPTORS, comment_service_server::CommentServiceServer,
        moderation_service_server::ModerationServiceServer,
        privacy_service_server::PrivacyServiceServer, site_service_server::SiteServiceServer,
    },
    queue::Queue,
    retention::Retention,
    spam::replication::Replication,
    store::wakeups::Wakeups,
    tls::live::Tls,
};

/// The most that the headers of one request may take; an access key takes about 100 bytes.
const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// How much longer than its work a call may take to send its body.
const SLOW_BODY: Duration = Duration::from_secs(10);
/// How many streams a client may reset before the server has looked at them (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 20;
/// How many streams a client may make the server reset by its own mistakes, on one connection (CVE-2025-8671). The layers
/// below have a bound of their own, which tonic takes away unless it is told one.
const MAX_ERROR_RESETS: usize = 256;
/// How many bytes of one call may come before the service has taken them. h2 ends a connection on which too many small
/// frames wait (from 0.4.16 on; half of the connection's 1 MiB, counted as what each has less than 256 bytes): within this
/// window an import of one-line comments stays far below it while Redis is slow, and is made to wait instead.
const STREAM_WINDOW: u32 = 128 * 1024;

/// What the server is made of.
pub struct Parts {
    pub config: Config,
    pub listener: TcpListener,
    pub tls: Option<Arc<Tls>>,
    pub desk: Arc<Desk>,
    pub queue: Queue,
    pub access: Arc<Access>,
    pub replication: Replication,
    pub importer: Importer,
    pub retention: Retention,
    /// To whom contact data is sealed.
    pub officer: OfficerKeyId,
    pub wakeups: Wakeups,
    pub tasks: TaskTracker,
    pub metrics: Metrics,
}

/// Both versions of reflection: tools in the field speak either.
fn reflect(routes: Routes) -> Routes {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (builder().build_v1(), builder().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => routes.add_service(v1).add_service(v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "reflection.unavailable"
            );
            routes
        }
    }
}

/// HTTP/2 with its bounds.
fn bounded(config: &ServerConfig) -> Server {
    Server::builder()
        .timeout(config.request_timeout + SLOW_BODY)
        .http2_keepalive_interval(Some(config.keepalive))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        // GOAWAY: new calls go elsewhere, those in flight finish here, and streams end at an age of their own. Drawn once a
        // replica: its connections began at different times, those of other replicas end at others.
        .max_connection_age(give_or_take(config.connection_max_age))
        .initial_stream_window_size(STREAM_WINDOW)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .http2_max_pending_accept_reset_streams(Some(MAX_PENDING_RESETS))
        .http2_max_local_error_reset_streams(Some(MAX_ERROR_RESETS))
        .max_concurrent_streams(config.max_concurrent_streams)
}

fn bounds(config: &ServerConfig) -> Bounds {
    Bounds {
        most: config.max_connections,
        most_per_peer: config.max_connections_per_peer,
        patience: Patience {
            idle: config.idle_timeout,
            unread: config.unread_timeout,
        },
    }
}

fn data_keys(desk: &Desk, officer: OfficerKeyId) -> DataKeys {
    DataKeys {
        store: desk.store.clone(),
        confirmation: desk.confirmation.clone(),
        officer,
    }
}

fn authors(desk: &Desk, importer: &Importer, queue: &Queue) -> Authors {
    Authors {
        store: desk.store.clone(),
        confirmation: desk.confirmation.clone(),
        recognition: importer.recognition.clone(),
        queue: queue.clone(),
    }
}

/// What counts calls.
fn meter(metrics: &Metrics, config: &ServerConfig) -> Meter {
    let longest = config.request_timeout + SLOW_BODY;
    Meter::new(Arc::clone(&metrics.rpc), longest)
}

/// Serves until `stop`, and then until the last call in flight is answered.
pub async fn serve<H: Health>(
    parts: Parts,
    health: HealthServer<H>,
    stop: CancellationToken,
) -> Result<(), tonic::transport::Error>
where
    HealthServer<H>: NamedService,
{
    let config = parts.config.server;
    let streams = Streams {
        tasks: parts.tasks,
        shutdown: stop.clone(),
        wakeups: parts.wakeups,
        max_age: config.stream_max_age,
    };
    let connections = Arc::clone(&parts.metrics.connections);
    let incoming = listener::accept(parts.listener, bounds(&config), parts.tls, connections);
    let gate = Gate::new(Arc::clone(&parts.access));
    let most = config.max_message_bytes;
    let changes = Changes::new(
        parts.desk.store.clone(),
        streams.wakeups.clone(),
        parts.config.moderation.poll,
        streams.tasks.clone(),
        stop.clone(),
    );
    let authors = authors(&parts.desk, &parts.importer, &parts.queue);
    let moderation = Moderation {
        gate: gate.clone(),
        sites: Arc::clone(&parts.desk.sites),
        authors,
        queue: parts.queue,
        audit: Audit::new(parts.desk.store.clone()),
        scorer: Arc::clone(&parts.desk.scorer),
        streams: streams.clone(),
        changes,
    };
    let privacy = Privacy {
        gate: gate.clone(),
        sites: Arc::clone(&parts.desk.sites),
        subjects: DataSubjects {
            store: parts.desk.store.clone(),
            confirmation: parts.desk.confirmation.clone(),
            recognition: parts.importer.recognition.clone(),
            reveals_per_day: parts.config.privacy.reveals_per_day,
        },
        data_keys: data_keys(&parts.desk, parts.officer),
        retention: parts.retention,
        streams: streams.clone(),
    };
    let key_first = KeyFirst::new(Arc::clone(&parts.access));
    let sites = SiteAdmin {
        gate: gate.clone(),
        sites: Arc::clone(&parts.desk.sites),
        access: parts.access,
        replication: parts.replication,
        importer: parts.importer,
        backtest: Backtest {
            store: parts.desk.store.clone(),
            sites: Arc::clone(&parts.desk.sites),
        },
        streams: streams.clone(),
    };
    let meter = meter(&parts.metrics, &config);
    let comments = Comments {
        gate,
        submissions: parts.metrics.submissions,
        desk: parts.desk,
        streams,
        deadline: config.request_timeout,
        poll: parts.config.moderation.poll,
    };
    let mut routes = Routes::new(health)
        .add_service(CommentServiceServer::new(comments).max_decoding_message_size(most))
        .add_service(ModerationServiceServer::new(moderation).max_decoding_message_size(most))
        .add_service(SiteServiceServer::new(sites).max_decoding_message_size(most))
        .add_service(PrivacyServiceServer::new(privacy).max_decoding_message_size(most));
    routes = reflect(routes);
    bounded(&config)
        .layer(meter)
        .layer(CountCalls)
        .layer(MapResponseLayer::new(framework::explain))
        .layer(key_first)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stop.cancelled_owned())
        .await
}
