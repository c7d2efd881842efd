//! Hostile and careless HTTP/2 clients, on real sockets: each is bounded, and none holds others up.

use std::{net::SocketAddr, time::Duration};

use h2::client::{Connection, SendRequest};
use replydesk::proto::v1::{self, Role};
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::Instant,
};
use tonic::{
    Code, Request,
    codegen::{Bytes, http},
};

use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(20);
const COUNT: &str = "/replydesk.v1.CommentService/CountComments";

type Http2 = (SendRequest<Bytes>, Connection<TcpStream, Bytes>);

async fn http2(address: SocketAddr, client: &h2::client::Builder) -> Http2 {
    let stream = TcpStream::connect(address).await.unwrap();
    client.handshake(stream).await.unwrap()
}

fn call(path: &str, key: &str) -> http::Request<()> {
    http::Request::post(format!("http://desk{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", format!("Bearer {key}"))
        .body(())
        .unwrap()
}

/// Whether a server that has nothing to say keeps the connection.
async fn is_closed(stream: &mut TcpStream, within: Duration) -> bool {
    let mut byte = [0; 1];
    let read = tokio::time::timeout(within, stream.read(&mut byte)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_has_its_share_is_turned_away_and_others_are_not() {
    let desk = Desk::with(1, &[("server.max_connections_per_peer", "3")]).await;
    let address = desk.replicas[0].address;
    let from_elsewhere = async || {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        socket.connect(address).await.unwrap()
    };
    let mut theirs = Vec::new();
    for _ in 0..3 {
        theirs.push(from_elsewhere().await);
    }
    let mut fourth = from_elsewhere().await;
    assert!(is_closed(&mut fourth, Duration::from_secs(2)).await);
    // Another peer's place is its own.
    desk.site("gazette", everything_waits()).await;
    assert!(!is_closed(&mut theirs[0], Duration::from_millis(1)).await);
    drop(theirs);
    // Who leaves makes room: a silent connection is kept until its preface is overdue.
    until("room", BOUND, async || {
        let mut next = from_elsewhere().await;
        (!is_closed(&mut next, Duration::from_millis(500)).await).then_some(())
    })
    .await;
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_calls_is_closed_and_one_with_a_stream_is_not() {
    let desk = Desk::with(1, &[("server.idle_timeout_s", "1")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut watch = blog.watch("gazette", "").await.unwrap();
    let (_calls, connection) = http2(desk.replicas[0].address, &h2::client::Builder::new()).await;
    let begun = Instant::now();
    // Pings are answered all the while; they are no calls.
    drop(soon("the end", BOUND, connection).await);
    assert!(begun.elapsed() >= Duration::from_secs(1), "closed at once");
    desk.someone(0, "gazette", Role::Submitter, "another")
        .await
        .submit(nth("gazette", 0))
        .await
        .unwrap();
    soon("the event", BOUND, watch.event()).await;
    drop((watch, blog));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aged_connection_says_good_bye_and_its_stream_goes_on() {
    let desk = Desk::with(1, &[("server.connection_max_age_s", "1")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut watch = blog.watch("gazette", "").await.unwrap();
    let (calls, connection) = http2(desk.replicas[0].address, &h2::client::Builder::new()).await;
    // GOAWAY without an error, long before it would be closed for being idle.
    let ended = soon("good-bye", BOUND, connection).await;
    ended.unwrap();
    assert!(soon("refusal", BOUND, calls.ready()).await.is_err());
    // The watch's connection is older still.
    let by_another = blog.through(desk.replicas[0].address);
    by_another.submit(nth("gazette", 0)).await.unwrap();
    soon("the event", BOUND, watch.event()).await;
    drop((watch, blog));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_calls_at_once_are_bounded_and_the_server_says_so() {
    let desk = Desk::with(1, &[("server.max_concurrent_streams", "7")]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], Role::Submitter, "blog").await;
    let (mut calls, mut connection) =
        http2(desk.replicas[0].address, &h2::client::Builder::new()).await;
    let mut large = call(COUNT, &key);
    let value = http::HeaderValue::from_str(&"x".repeat(32 * 1024)).unwrap();
    large.headers_mut().insert("x-large", value);
    let (answer, _body) = calls.send_request(large, false).unwrap();
    let refused = tokio::select! {
        answer = answer => answer,
        ended = &mut connection => panic!("{ended:?}"),
    };
    match refused {
        Ok(answer) => assert_eq!(
            answer.status(),
            http::StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
        ),
        Err(error) => assert!(error.reason().is_some(), "{error:?}"),
    }
    assert_eq!(connection.max_concurrent_send_streams(), 7);
    drop((calls, connection));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_resets_holds_up_nobody() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], Role::Submitter, "flood").await;
    let mut floods = JoinSet::new();
    for _ in 0..4 {
        let (address, key) = (desk.replicas[0].address, key.clone());
        floods.spawn(flood(address, key));
    }
    let mut slowest = Duration::ZERO;
    for n in 0..50 {
        let begun = Instant::now();
        blog.submit(nth("gazette", n)).await.unwrap();
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    while let Some(ended) = soon("the floods end", BOUND, floods.join_next()).await {
        ended.unwrap();
    }
    drop(blog);
    desk.finish().await;
}

/// Opens and resets until the server has enough, or some ten thousand were taken.
async fn flood(address: SocketAddr, key: String) {
    let (calls, connection) = http2(address, &h2::client::Builder::new()).await;
    let flooding = async move {
        let mut calls = calls;
        for _ in 0..10_000 {
            let Ok(ready) = calls.ready().await else {
                return;
            };
            calls = ready;
            let Ok((_, mut body)) = calls.send_request(call(COUNT, &key), false) else {
                return;
            };
            body.send_reset(h2::Reason::CANCEL);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = flooding => {}
        _ended = connection => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_replies_is_cut_and_others_get_theirs() {
    let desk = Desk::with(1, &[("server.unread_timeout_s", "1")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], Role::Submitter, "deaf").await;
    // Takes no byte of any reply.
    let mut deaf = h2::client::Builder::new();
    deaf.initial_window_size(0);
    let (mut calls, mut connection) = http2(desk.replicas[0].address, &deaf).await;
    let mut answers = JoinSet::new();
    for _ in 0..20 {
        let list = call("/replydesk.v1.CommentService/ListComments", &key);
        let (answer, mut body) = calls.send_request(list, false).unwrap();
        // A message of `site = "gazette"`.
        let message = Bytes::from_static(b"\x00\x00\x00\x00\x09\x0a\x07gazette");
        body.send_data(message, true).unwrap();
        // Whose body is never asked for, nor let go.
        answers.spawn(answer);
    }
    blog.submit(nth("gazette", 0)).await.unwrap();
    let ended = soon("the cut", BOUND, &mut connection).await;
    drop((ended, answers, calls));
    blog.submit(nth("gazette", 1)).await.unwrap();
    drop(blog);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_deadline_bounds_what_its_call_waits_for_redis() {
    let desk = Desk::with(1, &[("store.timeout_ms", "10000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    desk.redis.signal("STOP");
    let mut request = Request::new(v1::ListCommentsRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    });
    // The client's own timer would hide the server's: the header alone is sent.
    request
        .metadata_mut()
        .insert("grpc-timeout", "300m".parse().unwrap());
    let begun = Instant::now();
    let late = soon(
        "an answer",
        BOUND,
        blog.comments.clone().list_comments(request),
    )
    .await;
    let took = begun.elapsed();
    desk.redis.signal("CONT");
    let late = late.unwrap_err();
    assert!(
        matches!(late.code(), Code::Cancelled | Code::DeadlineExceeded),
        "{late:?}"
    );
    assert!(took < Duration::from_secs(2), "{took:?}");
    drop(blog);
    desk.finish().await;
}
