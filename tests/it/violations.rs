//! A form that is not filled in right is answered at once and in full, and changes nothing.

use replydesk::proto::v1;
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    comments::{comment, everything_waits},
    refusals::{told, violations},
};

type Change = fn(&mut v1::SubmitCommentRequest, String);

/// Each field that takes a text, by its path.
const FIELDS: [(&str, Change); 11] = [
    ("author.display_name", |r, text| {
        author(r).display_name = text
    }),
    ("author.email", |r, text| author(r).email = text),
    ("author.website", |r, text| author(r).website = text),
    ("author.account_id", |r, text| author(r).account_id = text),
    ("body", |r, text| r.body = text),
    ("thread.thread_id", |r, text| thread(r).thread_id = text),
    ("thread.url", |r, text| thread(r).url = text),
    ("thread.title", |r, text| thread(r).title = text),
    ("thread.language", |r, text| thread(r).language = text),
    ("transport.user_agent", |r, text| {
        transport(r).user_agent = text
    }),
    ("transport.referrer", |r, text| transport(r).referrer = text),
];

fn author(request: &mut v1::SubmitCommentRequest) -> &mut v1::AuthorInput {
    request.author.as_mut().unwrap()
}

fn thread(request: &mut v1::SubmitCommentRequest) -> &mut v1::Thread {
    request.thread.as_mut().unwrap()
}

fn transport(request: &mut v1::SubmitCommentRequest) -> &mut v1::Transport {
    request.transport.as_mut().unwrap()
}

fn said(text: &str) -> v1::SubmitCommentRequest {
    comment("gazette", "bridge", "Jo Reader", text)
}

/// Nothing in it is right.
fn all_wrong() -> v1::SubmitCommentRequest {
    v1::SubmitCommentRequest {
        site: "gazette".to_owned(),
        comment_id: "17".to_owned(),
        parent_id: "the one above".to_owned(),
        thread: Some(v1::Thread {
            thread_id: "a".repeat(201),
            url: "gazette.example/bridge".to_owned(),
            title: "t".repeat(501),
            language: "en\u{7}".to_owned(),
        }),
        author: Some(v1::AuthorInput {
            display_name: "\u{200B}\u{3164}".to_owned(),
            email: "jo at readers.example".to_owned(),
            website: "javascript:alert(1)".to_owned(),
            account_id: "a".repeat(201),
        }),
        body: " \n\u{FEFF}\t ".to_owned(),
        transport: Some(v1::Transport {
            ip_address: "203.0.113.900".to_owned(),
            user_agent: "u".repeat(1_025),
            referrer: "r".repeat(2_049),
            honeypot: String::new(),
            form_opened_at: Some(prost_types::Timestamp {
                seconds: 0,
                nanos: -1,
            }),
        }),
        validate_only: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut before = desk.redis.keys();
    let mut texts = Vec::new();
    for request in [
        all_wrong(),
        v1::SubmitCommentRequest {
            site: "gazette".to_owned(),
            ..Default::default()
        },
    ] {
        let refused = blog.submit(request).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
        );
        let lines = violations(&refused).into_iter();
        let lines: Vec<_> = lines.map(|(path, why)| format!("{path}: {why}")).collect();
        texts.push(format!("{}\n\n{}", refused.message(), lines.join("\n")));
    }
    insta::assert_snapshot!(texts.join("\n---\n"));
    let mut after = desk.redis.keys();
    before.sort();
    after.sort();
    assert_eq!(before, after, "bad input changes nothing");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_character_is_refused_in_every_field() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    for (path, set) in FIELDS {
        for control in ['\0', '\u{7}', '\u{1B}', '\u{7F}', '\u{9B}'] {
            let mut request = said("I cycle over this bridge every day.");
            set(&mut request, format!("a{control}b"));
            let refused = blog.submit(request).await.unwrap_err();
            let found = violations(&refused);
            assert_eq!(found.len(), 1, "{path}: {found:?}");
            assert_eq!(found[0].0, path);
            let text = format!("{refused:?}");
            assert!(!text.contains(control), "{path}: it is not echoed");
        }
    }
    let mut lines = said("One line\n\tand\r\nanother");
    lines.validate_only = true;
    blog.submit(lines).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_see_counts_as_not_filled_in() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    for invisible in [
        "",
        " ",
        "\u{A0}\u{2003}",
        "\u{200B}\u{200D}",
        "\u{3164}",
        "\u{2800}",
    ] {
        let mut request = said(invisible);
        author(&mut request).display_name = invisible.to_owned();
        author(&mut request).email = invisible.to_owned();
        // Not required, so not missed.
        author(&mut request).website = invisible.to_owned();
        let refused = blog.submit(request).await.unwrap_err();
        let required = |path: &str| (path.to_owned(), "is required".to_owned());
        assert_eq!(
            violations(&refused),
            ["author.display_name", "author.email", "body"].map(required),
            "{invisible:?}"
        );
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn international_addresses_are_taken() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    for (n, (email, website)) in [
        ("jörg@bücher.example", "https://bücher.example/über?q=ä#ö"),
        ("用户@例子.example", "http://例子.example/"),
        (
            "o'brien+news@xn--bcher-kva.example",
            "https://xn--bcher-kva.example",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut request = said(&format!("Point {n}"));
        author(&mut request).email = email.to_owned();
        author(&mut request).website = website.to_owned();
        let id = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        let shown = blog.get("gazette", &id).await.author.unwrap();
        assert_eq!(shown.website, website, "as it was typed");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_comment_is_taken_and_a_longer_one_is_a_violation() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let longest = "ü".repeat(65_524 / 2) + "x";
    blog.submit(said(&longest)).await.unwrap();
    let refused = blog.submit(said(&(longest + "x"))).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "body");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_size_limit_is_told_so() {
    let desk = Desk::with(1, &[("server.max_message_bytes", "70000")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let refused = blog.submit(said(&"x".repeat(70_000))).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".to_owned())
    );
    assert!(refused.message().contains("70000"), "{refused:?}");
    // The connection is as good as before.
    blog.submit(said("Shorter now.")).await.unwrap();
    desk.finish().await;
}

/// A submission's message whose texts need not be texts.
#[derive(Clone, PartialEq, prost::Message)]
struct Bytes {
    #[prost(bytes = "vec", tag = "1")]
    site: Vec<u8>,
}

async fn call(desk: &Desk, key: Option<&str>, method: &'static str, site: &[u8]) -> Status {
    let address = format!("http://{}", desk.replicas[0].address);
    let channel = tonic::transport::Endpoint::from_shared(address).unwrap();
    let mut grpc = tonic::client::Grpc::new(channel.connect_lazy());
    grpc.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<Bytes, v1::SubmitCommentResponse>::default();
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(method);
    let site = site.to_vec();
    let mut request = tonic::Request::new(Bytes { site });
    if let Some(key) = key {
        let header = format!("Bearer {key}").parse().unwrap();
        request.metadata_mut().insert("authorization", header);
    }
    let answer = grpc.unary(request, path, codec);
    answer.await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_at_all_is_refused_with_a_reason_too() {
    let desk = Desk::start().await;
    let submit = "/replydesk.v1.CommentService/SubmitComment";
    let key = desk.key(&[], v1::Role::Admin, "root").await;
    let key = Some(key.as_str());
    for (key, method, site, code, reason) in [
        // Who has no key learns nothing of what is wrong: the body is not even read.
        (
            None,
            submit,
            &b"\xff\xfe"[..],
            Code::Unauthenticated,
            "UNAUTHENTICATED",
        ),
        (
            key,
            submit,
            &b"\xff\xfe"[..],
            Code::InvalidArgument,
            "MALFORMED_MESSAGE",
        ),
        (
            key,
            "/replydesk.v1.CommentService/Shout",
            b"gazette",
            Code::Unimplemented,
            "UNKNOWN_METHOD",
        ),
    ] {
        let refused = call(&desk, key, method, site).await;
        assert_eq!(told(&refused), (code, reason.to_owned()), "{method}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_a_message_over_the_size_limit_ends_and_says_why() {
    let desk = Desk::with(1, &[("server.max_message_bytes", "70000")]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    work.say(v1::work_queue_request::Message::Skip(
        v1::work_queue_request::Skip {
            lease_token: "x".repeat(70_000),
            ..Default::default()
        },
    ))
    .await;
    let ended = work.next().await.unwrap_err();
    assert_eq!(
        told(&ended),
        (Code::InvalidArgument, "MALFORMED_MESSAGE".to_owned())
    );
    desk.finish().await;
}
