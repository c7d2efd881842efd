//! Calls by method, code and fault.

use std::time::Duration;

use replydesk::proto::v1;
use tonic::{Code, Request, transport::Endpoint};
use tonic_prost::ProstCodec;

use super::desk;
use crate::harness::{
    comments::{everything_waits, nth},
    ops::Metrics,
};

const SUBMIT: &str = r#"service="replydesk.v1.CommentService",method="SubmitComment""#;

fn requests(method: &str, code: &str) -> String {
    format!("replydesk_rpc_requests_total{{{method},code=\"{code}\"}}")
}

fn durations(method: &str, fault: &str) -> String {
    format!("replydesk_rpc_duration_seconds_count{{{method},fault=\"{fault}\"}}")
}

fn series(metrics: &Metrics) -> Vec<&String> {
    let rpc = metrics.0.keys();
    rpc.filter(|series| series.starts_with("replydesk_rpc_"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_counted_by_its_code_and_whose_fault_that_is() {
    let (mut desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let before = ops.metrics().await;
    for fault in ["none", "server", "client"] {
        assert_eq!(before.get(&durations(SUBMIT, fault)), 0.0, "{fault}");
    }
    blog.submit(nth("gazette", 0)).await.unwrap();
    let mut invalid = nth("gazette", 1);
    invalid.body = String::new();
    blog.submit(invalid).await.unwrap_err();
    let stranger = desk.client(0, "rd_nobody_nothing");
    stranger.submit(nth("gazette", 2)).await.unwrap_err();
    desk.redis.crash();
    blog.submit(nth("gazette", 3)).await.unwrap_err();
    desk.redis.restart();

    let after = ops.metrics().await;
    for (code, more) in [
        ("OK", 1.0),
        ("INVALID_ARGUMENT", 1.0),
        ("UNAUTHENTICATED", 1.0),
        ("UNAVAILABLE", 1.0),
    ] {
        assert_eq!(after.more(&before, &requests(SUBMIT, code)), more, "{code}");
    }
    for (fault, more) in [("none", 1.0), ("client", 2.0), ("server", 1.0)] {
        let more_of = after.more(&before, &durations(SUBMIT, fault));
        assert_eq!(more_of, more, "{fault}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_open_until_it_ends_and_has_no_duration() {
    let (desk, ops) = desk().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let method = r#"service="replydesk.v1.CommentService",method="WatchEvents""#;
    let open = format!("replydesk_rpc_streams{{{method}}}");
    assert_eq!(ops.metrics().await.get(&open), 0.0);
    let watching = blog.watch("gazette", "0-0").await.unwrap();
    assert_eq!(ops.metrics().await.get(&open), 1.0);
    drop(watching);
    ops.until(&open, |open| open == 0.0).await;
    let metrics = ops.metrics().await;
    assert_eq!(metrics.get(&requests(method, "CANCELLED")), 1.0);
    assert_eq!(metrics.find(&durations(method, "client")), None);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_callers_make_up_makes_no_series() {
    let failures = "throttle.failures_per_peer_per_minute";
    let (desk, ops) = super::desk_with(&[(failures, "1000000")]).await;
    let channel = Endpoint::from_shared(format!("http://{}", desk.replicas[0].address));
    let channel = channel.unwrap().connect().await.unwrap();
    let call = async |path: String| {
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.unwrap();
        let codec: ProstCodec<v1::GetSiteRequest, v1::GetSiteResponse> = ProstCodec::default();
        let path = path.parse().unwrap();
        let request = Request::new(v1::GetSiteRequest::default());
        let answer: Result<tonic::Response<v1::GetSiteResponse>, _> =
            grpc.unary(request, path, codec).await;
        answer.unwrap_err().code()
    };
    // The two ways in which such a path is refused make their two series once.
    call("/replydesk.v1.CommentService/MadeUp".to_owned()).await;
    call("/made.up.Service/MadeUp".to_owned()).await;
    let before = ops.metrics().await;
    for n in 0..500 {
        let of_ours = format!("/replydesk.v1.CommentService/MadeUp{n}");
        assert_eq!(call(of_ours).await, Code::Unauthenticated);
        let of_others = format!("/made.up{n}.Service/%22%0A{n}");
        assert_eq!(call(of_others).await, Code::Unimplemented);
    }
    let after = ops.metrics().await;
    assert_eq!(series(&after), series(&before));
    let other = r#"service="other",method="other""#;
    for code in ["UNAUTHENTICATED", "UNIMPLEMENTED"] {
        assert_eq!(after.more(&before, &requests(other, code)), 500.0);
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_passes_is_the_servers_fault_unless_none_could_keep_it() {
    let (desk, ops) = super::desk_with(&[("store.timeout_ms", "5000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    let before = ops.metrics().await;
    desk.redis.signal("STOP");
    for millis in [10, 300] {
        let mut request = Request::new(nth("gazette", millis));
        request.set_timeout(Duration::from_millis(millis as u64));
        let answer = blog.comments.clone().submit_comment(request).await;
        answer.unwrap_err();
    }
    let late = requests(SUBMIT, "DEADLINE_EXCEEDED");
    ops.until(&late, |count| count >= 2.0).await;
    desk.redis.signal("CONT");
    let after = ops.metrics().await;
    assert_eq!(after.more(&before, &durations(SUBMIT, "server")), 1.0);
    assert_eq!(after.more(&before, &durations(SUBMIT, "client")), 1.0);
    desk.finish().await;
}
