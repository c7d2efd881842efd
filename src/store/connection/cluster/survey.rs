//! Asks nodes who has which slot, and believes the one with the latest epoch: one that was cut off tells what was.

use std::ops::RangeInclusive;

use redis::{AsyncConnectionConfig, Value};
use tokio::{task::JoinSet, time::timeout};

use super::{Shared, view::View};
use crate::store::{connection::address::HostPort, error::StoreError};

/// How many nodes are asked at once: enough that one which knows is among them.
const MOST: usize = 8;

impl Shared {
    /// The best view of those who answer: members first, then seeds.
    ///
    /// # Errors
    /// When none answers, what the last one said.
    pub(super) async fn survey(&self) -> Result<View, StoreError> {
        let members = self.topology.load_full();
        let mut places: Vec<HostPort> = members.members().iter().map(|m| m.at.clone()).collect();
        let strangers = self.seeds.iter().filter(|seed| !places.contains(seed));
        let strangers: Vec<HostPort> = strangers.cloned().collect();
        places.truncate(MOST / 2);
        places.extend(strangers);
        places.truncate(MOST);
        let mut asked = JoinSet::new();
        for at in places {
            let client = self.door.client_of(&at, self.settings.ca_pem.as_deref())?;
            let wait = self.settings.connect_timeout;
            asked.spawn(async move {
                let asking = ask(client, &at, wait);
                timeout(wait * 2, asking)
                    .await
                    .unwrap_or(Err(StoreError::TimedOut))
            });
        }
        let (mut best, mut last_error): (Option<View>, _) = (None, None);
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok(Ok(view)) => {
                    let rank = |view: &View| (view.is_well, view.epoch, view.ranges.len());
                    if best.as_ref().is_none_or(|best| rank(&view) > rank(best)) {
                        best = Some(view);
                    }
                }
                Ok(Err(error)) => last_error = Some(error),
                Err(_) => {}
            }
        }
        best.ok_or_else(|| self.nobody(last_error))
    }

    fn nobody(&self, error: Option<StoreError>) -> StoreError {
        match error {
            Some(error @ StoreError::Refused(_)) => error,
            error => {
                let why = error.map_or_else(|| "none answers".to_owned(), |e| e.to_string());
                StoreError::Away(format!("the cluster of {}: {why}", self.settings.address()))
            }
        }
    }
}

async fn ask(
    client: redis::Client,
    at: &HostPort,
    wait: std::time::Duration,
) -> Result<View, StoreError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(wait))
        .set_response_timeout(Some(wait));
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    let mut pipe = redis::pipe();
    pipe.cmd("CLUSTER").arg("INFO");
    pipe.cmd("CLUSTER").arg("SLOTS");
    let asked = pipe.query_async::<(String, Vec<Value>)>(&mut connection);
    let (info, slots) = match asked.await.map_err(StoreError::from) {
        Err(StoreError::Refused(why)) if why.contains("cluster support disabled") => {
            return Err(StoreError::Refused(format!(
                "{at} is no node of a cluster: give its address as redis://{at}"
            )));
        }
        asked => asked?,
    };
    let says = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
    Ok(View {
        epoch: says("cluster_current_epoch:")
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0),
        is_well: says("cluster_state:").is_some_and(|state| state.trim() == "ok"),
        ranges: slots.iter().filter_map(|range| read(range, at)).collect(),
    })
}

/// `[first, last, [host, port, …], replicas …]`. The host is the node's own where it is empty or absent.
fn read(range: &Value, here: &HostPort) -> Option<(RangeInclusive<u16>, HostPort)> {
    let Value::Array(parts) = range else {
        return None;
    };
    let [first, last, Value::Array(primary), ..] = parts.as_slice() else {
        return None;
    };
    let [host, port, ..] = primary.as_slice() else {
        return None;
    };
    let host: Option<String> = redis::from_redis_value(host.clone()).ok()?;
    let host = host.filter(|host| !matches!(host.as_str(), "" | "?"));
    let at = HostPort {
        host: host.unwrap_or_else(|| here.host.clone()),
        port: number(port)?,
    };
    Some((number(first)?..=number(last)?, at))
}

fn number(value: &Value) -> Option<u16> {
    let Value::Int(number) = value else {
        return None;
    };
    u16::try_from(*number).ok()
}
