//! Why a call to one node did not succeed: it is another's, or it failed.

use redis::{RedisError, RedisResult, ServerError};
use tokio::time::error::Elapsed;

use super::address::HostPort;
use crate::store::error::StoreError;

/// A cluster's node answers for its own slots only. None of these was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Redirect {
    /// The slot is that node's now. An empty host is the one that answered.
    Moved { slot: u16, to: Whither },
    /// The slot is on its way to that node, and the keys of this call are there already, or nowhere.
    Ask(Whither),
    /// The slot is on its way, and the keys of this call are at both ends.
    TryAgain,
}

/// A node as another names it: the host may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whither(String);

impl Whither {
    /// The node, if `here` named it.
    pub(super) fn from(&self, here: &HostPort) -> Option<HostPort> {
        match self.0.strip_prefix(':').filter(|port| !port.contains(':')) {
            Some(port) => Some(HostPort {
                host: here.host.clone(),
                port: port.parse().ok()?,
            }),
            None => HostPort::parse(&self.0, here.port),
        }
    }
}

/// Why there is no reply.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Redirected(Redirect),
    Failed(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Failure {
    /// Where there is one server only.
    pub(super) fn without_cluster(self) -> StoreError {
        match self {
            Self::Failed(error) => error,
            Self::Redirected(_) => StoreError::Refused(
                "it is one node of a cluster: give its address as redis+cluster://HOST:PORT"
                    .to_owned(),
            ),
        }
    }
}

/// A call's end.
pub(super) fn outcome<T>(ended: Result<RedisResult<T>, Elapsed>) -> Result<T, Failure> {
    match ended {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(match redirect(&error) {
            Some(redirect) => Failure::Redirected(redirect),
            None => Failure::Failed(error.into()),
        }),
        Err(Elapsed { .. }) => Err(Failure::Failed(StoreError::TimedOut)),
    }
}

fn redirect(error: &RedisError) -> Option<Redirect> {
    let refusals = error.clone().into_server_errors()?;
    // Of a pipeline, one that was moved says more than one that waits.
    refusals
        .iter()
        .filter_map(|(_, refusal)| read(refusal))
        .max_by_key(|redirect| matches!(redirect, Redirect::Moved { .. }))
}

fn read(refusal: &ServerError) -> Option<Redirect> {
    let code = refusal.code();
    if code == "TRYAGAIN" {
        return Some(Redirect::TryAgain);
    }
    if !matches!(code, "MOVED" | "ASK") {
        return None;
    }
    let (slot, to) = refusal.details()?.split_once(' ')?;
    let to = Whither(to.trim().to_owned());
    Some(match code {
        "MOVED" => Redirect::Moved {
            slot: slot.parse().ok()?,
            to,
        },
        _ => Redirect::Ask(to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_names_another_or_itself() {
        let here = HostPort {
            host: "10.0.0.1".to_owned(),
            port: 6379,
        };
        for (named, means) in [
            ("10.0.0.2:7000", Some("10.0.0.2:7000")),
            (":7000", Some("10.0.0.1:7000")),
            ("::1:7000", Some("[::1]:7000")),
            ("redis-2.local:7000", Some("redis-2.local:7000")),
            ("", None),
        ] {
            let node = Whither(named.to_owned()).from(&here);
            assert_eq!(
                node.map(|node| node.to_string()).as_deref(),
                means,
                "{named}"
            );
        }
    }
}
