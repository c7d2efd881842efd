//! Submissions as a blog would send them, so many in flight, and what came of them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use replydesk::proto::v1::comment_service_client::CommentServiceClient;
use tokio::task::JoinSet;
use tonic::{
    Request,
    transport::{Channel, Endpoint},
};

use crate::{processes::Server, readers::submission};

/// 420 bytes, as DESIGN measures with.
pub const BODY: &str = "The council has promised this bridge for eleven years now, and every spring we hear the same \
story about budgets. I walk my daughter to school across the old one, and when it rains the planks are so slippery \
that we take the long way round by the mill. Nobody asks for marble: a railing, some light, and boards that hold. \
Could the paper please print what the last three estimates were, and who signed off on each of these, year by year?";

/// One round's figures.
#[derive(Clone, Copy)]
pub struct Round {
    pub per_second: f64,
    pub median_latency: Duration,
    pub done: u64,
}

/// A client of a server.
pub async fn client(address: SocketAddr) -> CommentServiceClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    CommentServiceClient::new(endpoint.connect().await.expect("the server answers"))
}

/// Submits for a while with so many in flight, from the `next`-th comment on.
pub async fn run(
    server: &Server,
    next: &Arc<AtomicU64>,
    in_flight: usize,
    time: Duration,
) -> Round {
    let client = client(server.address).await;
    let bearer: Arc<str> = format!("Bearer {}", server.key).into();
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..in_flight {
        let (mut client, bearer) = (client.clone(), Arc::clone(&bearer));
        let next = Arc::clone(next);
        workers.spawn(async move {
            let mut waits = Vec::new();
            while started.elapsed() < time {
                let mut request = Request::new(submission(next.fetch_add(1, Ordering::Relaxed)));
                request
                    .metadata_mut()
                    .insert("authorization", bearer.parse().expect("a header"));
                let sent = Instant::now();
                client
                    .submit_comment(request)
                    .await
                    .expect("every submission is taken");
                waits.push(sent.elapsed().as_secs_f64());
            }
            waits
        });
    }
    let mut waits: Vec<f64> = workers.join_all().await.into_iter().flatten().collect();
    let elapsed = started.elapsed().as_secs_f64();
    let median = crate::report::percentile(&mut waits, 0.5);
    Round {
        per_second: waits.len() as f64 / elapsed,
        median_latency: Duration::from_secs_f64(median),
        done: waits.len() as u64,
    }
}
