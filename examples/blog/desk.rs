//! The connection to ReplyDesk: the crate's client, with the deadlines and retries of the service config.

use std::{future::Future, time::Duration};

use replydesk::{
    cli::{
        client::{Connection, Keyed, reach::Target},
        failure::Failure,
    },
    proto::v1::comment_service_client::CommentServiceClient,
};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep, timeout_at},
};
use tonic::{Code, Request, Response, Status};

use super::{
    pause::Pause,
    refusal::code_name,
    service_config::{Policy, ServiceConfig},
};

const SERVICE: &str = "replydesk.v1.CommentService";

/// Longer than any stream lives.
const NO_DEADLINE: Duration = Duration::from_secs(86_400);

pub type Comments = CommentServiceClient<Keyed>;

/// CommentService as flags and environment name it.
pub struct Desk {
    target: Target,
    config: ServiceConfig,
    /// Once open it comes back by itself after a loss.
    connection: OnceCell<Connection>,
}

impl Desk {
    pub fn new(target: Target) -> Result<Self, super::Error> {
        Ok(Self {
            target,
            config: ServiceConfig::load()?,
            connection: OnceCell::new(),
        })
    }

    /// Calls a method; again after an outage, where the service config says that it is safe. `send` is called for each
    /// attempt. The deadline is for opening alone where the answer is a stream.
    pub async fn call<Q, A, F>(
        &self,
        method: &str,
        request: Q,
        send: impl Fn(Comments, Request<Q>) -> F,
    ) -> Result<A, Status>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let policy = self.config.policy(SERVICE, method);
        let deadline = Instant::now() + policy.timeout.unwrap_or(NO_DEADLINE);
        let mut attempts = Attempts::new(&policy);
        loop {
            let attempt = self.attempt(&policy, deadline, request.clone(), &send);
            let status = match timeout_at(deadline, attempt).await {
                Ok(Ok(answer)) => return Ok(answer.into_inner()),
                Ok(Err(status)) => outage_if_torn(status),
                Err(_) => return Err(Status::deadline_exceeded("no answer in time")),
            };
            match attempts.next(&status) {
                Some(wait) if Instant::now() + wait < deadline => sleep(wait).await,
                Some(_) | None => return Err(status),
            }
        }
    }

    async fn attempt<Q, A, F>(
        &self,
        policy: &Policy,
        deadline: Instant,
        message: Q,
        send: impl Fn(Comments, Request<Q>) -> F,
    ) -> Result<Response<A>, Status>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let connection = self
            .connection
            .get_or_try_init(|| Connection::open(&self.target));
        let connection = connection.await.map_err(|failure| unopened(&failure))?;
        let mut request = Request::new(message);
        if policy.timeout.is_some() {
            // The service hears of it, and does not work for nobody.
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        }
        send(connection.comments(), request).await
    }
}

/// Nothing answers there, or the address is none.
fn unopened(failure: &Failure) -> Status {
    if failure.exit_code() == 2 {
        Status::internal(failure.to_string())
    } else {
        Status::unavailable(failure.to_string())
    }
}

/// A connection that was cut is `Unknown` or `Cancelled` to tonic, and has a source; other clients say `Unavailable`.
fn outage_if_torn(status: Status) -> Status {
    let is_torn = std::error::Error::source(&status).is_some();
    if is_torn && matches!(status.code(), Code::Unknown | Code::Cancelled) {
        return Status::unavailable(status.message());
    }
    status
}

/// How often a call may still be sent.
struct Attempts {
    left: u32,
    pause: Pause,
    codes: Vec<String>,
}

impl Attempts {
    fn new(policy: &Policy) -> Self {
        policy.retry.as_ref().map_or_else(
            || Self {
                left: 0,
                pause: Pause::new(),
                codes: Vec::new(),
            },
            |retry| Self {
                left: retry.attempts - 1,
                pause: Pause::of(retry),
                codes: retry.codes.clone(),
            },
        )
    }

    /// How long to wait before the next one, if there is one.
    fn next(&mut self, status: &Status) -> Option<Duration> {
        if !self.codes.contains(&code_name(status.code())) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        Some(self.pause.next(None))
    }
}
