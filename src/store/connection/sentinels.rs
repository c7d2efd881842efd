//! Sentinels, and the primary that they name.
//!
//! All are asked at once, and of those who answer, the one with the latest epoch is believed: one that was cut off tells
//! what was before a fail-over. Nothing is kept between two questions but the last answer.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};

use super::{
    address::{Door, HostPort},
    settings::StoreSettings,
};
use crate::store::error::StoreError;

/// How long the slower ones are waited for once most have answered.
const GRACE: Duration = Duration::from_millis(100);

pub(super) struct Sentinels {
    sentinels: Vec<HostPort>,
    service: String,
    door: Door,
    primary: Door,
    settings: StoreSettings,
    /// The one that was followed last.
    last: Mutex<Option<HostPort>>,
}

/// What one Sentinel says.
struct Told {
    epoch: u64,
    primary: HostPort,
}

impl Sentinels {
    pub(super) fn new(
        sentinels: Vec<HostPort>,
        service: String,
        door: Door,
        primary: Door,
        settings: StoreSettings,
    ) -> Self {
        Self {
            sentinels,
            service,
            door,
            primary,
            settings,
            last: Mutex::new(None),
        }
    }

    /// What makes connections to the primary that they name, which [`Sentinels::moved`] compares with from then on.
    pub(super) async fn follow(&self) -> Result<Client, StoreError> {
        let primary = self.ask().await?;
        let client = self.client_of(&primary)?;
        *self.last() = Some(primary);
        Ok(client)
    }

    /// What makes connections to the primary that they name.
    pub(super) async fn client(&self) -> Result<Client, StoreError> {
        self.client_of(&self.ask().await?)
    }

    fn client_of(&self, primary: &HostPort) -> Result<Client, StoreError> {
        let ca_pem = self.settings.ca_pem.as_deref();
        Ok(self.primary.client_of(primary, ca_pem)?)
    }

    /// The primary, if they name another than the one that was followed last. While none answers, nothing has moved.
    pub(super) async fn moved(&self) -> Option<HostPort> {
        let primary = self.ask().await.ok()?;
        (self.last().as_ref() != Some(&primary)).then_some(primary)
    }

    /// For messages.
    pub(super) fn shown(&self) -> String {
        let address = self.settings.address();
        match &*self.last() {
            Some(primary) => format!("{primary}, of {address}"),
            None => address,
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<HostPort>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self) -> Result<HostPort, StoreError> {
        let mut questions = JoinSet::new();
        for sentinel in &self.sentinels {
            let client = self
                .door
                .client_of(sentinel, self.settings.ca_pem.as_deref())?;
            let (service, wait) = (self.service.clone(), self.settings.connect_timeout);
            questions.spawn(async move {
                let asking = ask_one(client, &service, wait);
                timeout(wait, asking)
                    .await
                    .unwrap_or(Err(StoreError::TimedOut))
            });
        }
        self.best(questions).await
    }

    async fn best(
        &self,
        mut questions: JoinSet<Result<Told, StoreError>>,
    ) -> Result<HostPort, StoreError> {
        let most = self.sentinels.len() / 2 + 1;
        let (mut told, mut last_error) = (Vec::new(), None);
        let mut until = Instant::now() + self.settings.connect_timeout * 2;
        while let Ok(Some(answer)) = timeout_at(until, questions.join_next()).await {
            match answer {
                Ok(Ok(answer)) => told.push(answer),
                Ok(Err(error)) => last_error = Some(error),
                Err(_) => {}
            }
            if told.len() == most {
                until = until.min(Instant::now() + GRACE);
            }
        }
        match (told.into_iter().max_by_key(|told| told.epoch), last_error) {
            (Some(told), _) => Ok(told.primary),
            (None, Some(error @ StoreError::Refused(_))) => Err(error),
            (None, error) => {
                let why = error.map_or_else(|| "none answers".to_owned(), |e| e.to_string());
                let address = self.settings.address();
                Err(StoreError::Away(format!(
                    "the Sentinels of {address}: {why}"
                )))
            }
        }
    }
}

async fn ask_one(client: Client, service: &str, wait: Duration) -> Result<Told, StoreError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(wait))
        .set_response_timeout(Some(wait));
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&config)
        .await?;
    let mut ask = redis::pipe();
    // In the midst of a fail-over the first names the new primary already, the second still has the old one's address.
    ask.cmd("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(service);
    ask.cmd("SENTINEL").arg("MASTER").arg(service);
    type Answers = (Option<(String, u16)>, HashMap<String, String>);
    let asked: Result<Answers, _> = ask.query_async(&mut connection).await;
    let (primary, fields) = match asked.map_err(StoreError::from) {
        Err(StoreError::Refused(why)) if why.contains("No such master") => {
            return Err(StoreError::Refused(format!(
                "the Sentinels know no service {service:?}: name the one that `sentinel monitor` has"
            )));
        }
        answers => answers?,
    };
    let epoch = fields
        .get("config-epoch")
        .and_then(|text| text.parse().ok());
    match (primary, epoch) {
        (Some((host, port)), Some(epoch)) if port > 0 && !host.is_empty() => Ok(Told {
            epoch,
            primary: HostPort { host, port },
        }),
        _ => Err(StoreError::Corrupt {
            what: "a Sentinel's reply",
        }),
    }
}
