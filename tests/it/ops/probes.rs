//! Health by gRPC without TLS, as kubelet asks for it, and the order in which it ends.

use std::time::Duration;

use replydesk::proto::v1;
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};

use super::{PORT, desk};
use crate::harness::{
    Desk,
    certificates::{Authority, Files},
    comments::everything_waits,
    health::Probe,
    until::until,
};

const BOUND: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn each_name_that_a_probe_may_ask_for_has_an_answer() {
    let (desk, ops) = desk().await;
    Probe::new(ops.0).until(Serving).await;
    for name in [
        "",
        "liveness",
        "replydesk.v1.CommentService",
        "replydesk.v1.ModerationService",
        "replydesk.v1.SiteService",
        "replydesk.v1.PrivacyService",
    ] {
        let status = Probe::of(ops.0, name).status().await;
        assert_eq!(status, Some(Serving), "{name}");
    }
    let refused = Probe::of(ops.0, "made.up").ask().await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    // The public port has no liveness: nobody is to rest on it there.
    let address = desk.replicas[0].address;
    let refused = Probe::of(address, "liveness").ask().await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_behind_tls_is_probed_without() {
    let authority = Authority::new("ours");
    let files = Files::of(&authority.server());
    let mut settings: Vec<(String, String)> = vec![(PORT.0.to_owned(), PORT.1.to_owned())];
    settings.extend(files.settings());
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let desk = Desk::with(1, &settings).await;
    let ops = desk.replicas[0].ops();
    Probe::new(ops.0).until(Serving).await;
    let metrics = ops.metrics().await;
    let left = metrics.get("replydesk_tls_certificate_expires_seconds");
    assert!(left > 0.0, "{left}");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_shutdown_readiness_goes_first_and_liveness_last() {
    let (mut desk, ops) = desk().await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    // A call in flight: an import whose next comment does not come.
    let (comments, coming) = tokio::sync::mpsc::channel(1);
    let start = v1::import_comments_request::Message::Start(v1::import_comments_request::Start {
        site: "gazette".to_owned(),
    });
    let first = v1::ImportCommentsRequest {
        message: Some(start),
    };
    comments.send(first).await.unwrap();
    let mut sites = admin.sites.clone();
    let coming = tokio_stream::wrappers::ReceiverStream::new(coming);
    #[expect(clippy::disallowed_methods, reason = "it is joined below")]
    let importing = tokio::spawn(async move { sites.import_comments(coming).await });
    let streams =
        "replydesk_rpc_streams{service=\"replydesk.v1.SiteService\",method=\"ImportComments\"}";
    ops.until(streams, |open| open == 1.0).await;

    desk.replicas[0].tell_to_stop();
    until("readiness is over", BOUND, async || {
        let answer = ops.get("/readyz").await;
        let over = (503, "the service shuts down\n");
        ((answer.status, answer.body.as_str()) == over).then_some(())
    })
    .await;
    assert_eq!(ops.get("/livez").await.status, 200);
    // A probe that takes too long on a busy machine is asked again, as kubelet does.
    until("liveness goes on", BOUND, async || {
        let alive = Probe::of(ops.0, "liveness").status().await == Some(Serving);
        alive.then_some(())
    })
    .await;
    let readiness = Probe::new(ops.0).ask().await;
    let is_over = match &readiness {
        Ok(status) => *status == NotServing,
        Err(refused) => refused.code() == Code::NotFound,
    };
    assert!(is_over, "{readiness:?}");
    drop(comments);
    let _ = importing.await.unwrap();
    desk.replicas[0].stop().await;
    let gone = tokio::net::TcpStream::connect(ops.0).await;
    assert!(gone.is_err(), "the port is free");
    desk.finish().await;
}
