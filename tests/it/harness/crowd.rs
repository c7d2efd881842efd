//! Many clients at once.

use std::sync::Arc;

use replydesk::proto::v1;
use tokio::{sync::Barrier, task::JoinSet};
use tonic::Status;

use super::{Desk, clients::Client};

/// Each on a connection of its own, spread over the replicas.
pub fn crowd(desk: &Desk, key: &str, size: usize) -> Vec<Client> {
    (0..size)
        .map(|n| desk.client(n % desk.replicas.len(), key))
        .collect()
}

/// Everyone hands in their comments, all starting at the same moment.
pub async fn submit_at_once(
    clients: Vec<Client>,
    requests: Vec<Vec<v1::SubmitCommentRequest>>,
) -> Vec<Result<v1::SubmitCommentResponse, Status>> {
    let start = Arc::new(Barrier::new(clients.len()));
    let mut tasks = JoinSet::new();
    for (client, requests) in clients.into_iter().zip(requests) {
        let start = start.clone();
        tasks.spawn(async move {
            start.wait().await;
            let mut answers = Vec::new();
            for request in requests {
                answers.push(client.submit(request).await);
            }
            answers
        });
    }
    tasks.join_all().await.concat()
}
