//! The queue: with a million that wait against a hundred, and from a submission to an idle moderator's screen.

use std::time::{Duration, Instant};

use redis::Commands;
use replydesk::{
    comment::{
        audit::Actor,
        ids::{CommentId, KeyId, SiteId, ThreadId},
        lane::Lane,
        lanes::Lanes,
        lease::LeaseToken,
        state::{Verdict, Version, Word},
    },
    proto::v1::{
        self, moderation_service_client::ModerationServiceClient, work_queue_request,
        work_queue_response,
    },
    store::{
        connection::Store,
        decide::{Decided, NewDecision},
        keys,
        leases::Claim,
    },
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, transport::Endpoint};

use crate::{
    load, path, processes, readers,
    report::{Report, median, percentile},
};

/// Copies a comment that the service stored under as many names as wanted: record, queue entry, indexes.
const FILL: &str = "
local value = redis.call('GET', KEYS[1])
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local id = struct.pack('>I8I8', 7, i)
  redis.call('SET', ARGV[3] .. id, value)
  redis.call('ZADD', KEYS[2], 2000000000000 + i, id)
  redis.call('ZADD', KEYS[3], i + 10, id)
  redis.call('ZADD', KEYS[4], i + 10, id)
end";

/// Claim and decide with 1,000,000 pending against 100.
pub async fn claim_and_decide(report: &mut Report) {
    let (_few_redis, few) = processes::redis("everysec");
    let (_many_redis, many) = processes::redis("everysec");
    let mut costs = [Vec::new(), Vec::new()];
    let mut desks = Vec::new();
    for (url, pending) in [(&few, 100u64), (&many, 1_000_000)] {
        let server = processes::service(url, path::policy()).await;
        fill(url, &server, pending).await;
        desks.push((Store::connect(url).await.expect("redis"), server));
    }
    // Whoever decides one makes room for one, so that few stay few.
    for round in 0..300 {
        for which in [round % 2, 1 - round % 2] {
            costs[which].push(
                claim_and_decide_once(&desks[which].0, if which == 0 { 90 } else { 300 }, round)
                    .await,
            );
        }
    }
    let [few, many] = costs;
    let few: Vec<f64> = few.into_iter().flatten().collect();
    let many: Vec<f64> = many.into_iter().flatten().collect();
    report.add(
        "claim + decide with 100 pending",
        median(few.clone()),
        "us",
        None,
    );
    report.add(
        "claim + decide with 1,000,000 pending",
        median(many.clone()),
        "us",
        None,
    );
    report.add(
        "claim + decide, 1,000,000 against 100 pending",
        median(many) / median(few),
        "ratio",
        Some("<= 1.2"),
    );
}

async fn fill(url: &str, server: &processes::Server, pending: u64) {
    let site: SiteId = "bench".parse().expect("a name");
    let request = readers::submission(u64::from(u32::MAX));
    let (id, thread) = (
        request.comment_id.clone(),
        request.thread.clone().expect("a thread").thread_id,
    );
    let mut sent = Request::new(request);
    sent.metadata_mut().insert(
        "authorization",
        format!("Bearer {}", server.key).parse().expect("a header"),
    );
    load::client(server.address)
        .await
        .submit_comment(sent)
        .await
        .expect("it is taken");
    let id: CommentId = id.parse().expect("an id");
    let thread: ThreadId = thread.parse().expect("a name");
    let mut look = redis::Client::open(url)
        .and_then(|client| client.get_connection())
        .expect("redis");
    let state = replydesk::comment::state::CommentState::Pending;
    for start in (0..pending).step_by(10_000) {
        let _: () = redis::cmd("EVAL")
            .arg(FILL)
            .arg(4)
            .arg(keys::comment(&site, &id))
            .arg(keys::lane(&site, Lane::Review))
            .arg(keys::index(&site, state, None))
            .arg(keys::index(&site, state, Some(&thread)))
            .arg(start)
            .arg((start + 9_999).min(pending - 1))
            .arg(keys::comment_prefix(&site))
            .query(&mut look)
            .expect("it fills");
    }
    let waiting: u64 = look
        .zcard(keys::lane(&site, Lane::Review))
        .expect("a number");
    assert_eq!(waiting, pending + 1);
}

/// `None` once the queue has been worked down too far to compare.
async fn claim_and_decide_once(store: &Store, rounds: usize, round: usize) -> Option<f64> {
    if round >= rounds {
        return None;
    }
    let site: SiteId = "bench".parse().expect("a name");
    let holder = KeyId::from_bytes([1; 8]);
    let token = LeaseToken::from_bytes((round as u64 + 1).to_le_bytes()).expect("not nobody's");
    let lease = Duration::from_secs(120);
    let started = Instant::now();
    let items = store
        .claim(
            &site,
            &Claim {
                holder,
                tokens: &[token],
                lanes: Lanes::USUAL,
                within: None,
                place: 0,
                lease,
                longest_cool_down: lease,
            },
        )
        .await
        .expect("it claims")
        .items;
    let comment = &items[0].item.comment;
    let decided = store
        .decide(&NewDecision {
            site: &site,
            comment: comment.id,
            version: Version::FIRST,
            word: Word::Verdict(Verdict::Approve),
            actor: &Actor {
                key: holder,
                label: "bench".into(),
            },
            reason_code: "",
            reason_text: "",
            note: "",
            lease: Some(token),
            override_lease: false,
            senior: false,
            by_moderator: false,
            longest_rest: lease,
        })
        .await
        .expect("it decides");
    assert!(
        matches!(
            decided,
            Decided::Done {
                replayed: false,
                ..
            }
        ),
        "{decided:?}"
    );
    Some(started.elapsed().as_secs_f64() * 1e6)
}

/// From handing a comment in to its arrival at a moderator who waits for it.
pub async fn submit_to_item(report: &mut Report) {
    let (_redis, url) = processes::redis("everysec");
    let server = processes::service(&url, path::policy()).await;
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address)).expect("an address");
    let channel = endpoint.connect().await.expect("the service answers");
    let keyed = |mut request: Request<v1::SubmitCommentRequest>| {
        request.metadata_mut().insert(
            "authorization",
            format!("Bearer {}", server.key).parse().expect("a header"),
        );
        request
    };
    let (up, requests) = mpsc::channel(100);
    let start = work_queue_request::Start {
        sites: vec!["bench".to_owned()],
        prefetch: 100,
        ..Default::default()
    };
    let say = |message| v1::WorkQueueRequest {
        message: Some(message),
    };
    up.send(say(work_queue_request::Message::Start(start)))
        .await
        .expect("the stream is open");
    let mut work = Request::new(ReceiverStream::new(requests));
    work.metadata_mut().insert(
        "authorization",
        format!("Bearer {}", server.key).parse().expect("a header"),
    );
    let mut items = ModerationServiceClient::new(channel)
        .work_queue(work)
        .await
        .expect("it opens")
        .into_inner();
    let mut comments = load::client(server.address).await;
    let mut waits = Vec::new();
    for n in 0..500 {
        let request = readers::submission(n);
        let id = request.comment_id.clone();
        let sent = Instant::now();
        let submitting = comments.submit_comment(keyed(Request::new(request)));
        let arriving = async {
            loop {
                let message = items
                    .message()
                    .await
                    .expect("the stream lives")
                    .expect("the stream goes on")
                    .message;
                if let Some(work_queue_response::Message::Item(item)) = message
                    && item
                        .comment
                        .as_ref()
                        .is_some_and(|comment| comment.comment_id == id)
                {
                    break (sent.elapsed(), item);
                }
            }
        };
        let (submitted, (took, item)) = tokio::join!(submitting, arriving);
        submitted.expect("it is taken");
        waits.push(took.as_secs_f64() * 1e3);
        let decide = approve(n, id, item.lease_token);
        up.send(say(work_queue_request::Message::Decide(decide)))
            .await
            .expect("the stream is open");
    }
    report.add(
        "submit to item on an idle moderator's stream, median",
        median(waits.clone()),
        "ms",
        None,
    );
    report.add(
        "submit to item on an idle moderator's stream, p99",
        percentile(&mut waits, 0.99),
        "ms",
        Some("<= 10"),
    );
}

fn approve(request_id: u64, comment_id: String, lease_token: String) -> work_queue_request::Decide {
    work_queue_request::Decide {
        request_id,
        comment_id,
        lease_token,
        version: 1,
        verdict: v1::Verdict::Approve.into(),
        ..Default::default()
    }
}
