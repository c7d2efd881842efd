//! Where a primary is: at a fixed address, or where Sentinels say.

use redis::Client;

use super::{
    address::{Address, Door, HostPort},
    sentinels::Sentinels,
    settings::StoreSettings,
};
use crate::store::error::StoreError;

/// Where to connect to, each time that it is asked.
pub(super) enum Whereabouts {
    /// At one address.
    Fixed {
        client: Box<Client>,
        /// For messages.
        shown: String,
    },
    /// The primary of a service.
    BySentinels(Box<Sentinels>),
}

impl Whereabouts {
    /// By an address that is no cluster's.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it can't be used.
    pub(super) fn of(address: Address, settings: &StoreSettings) -> Result<Self, StoreError> {
        match address {
            Address::Server(door) => Ok(Self::Fixed {
                client: Box::new(Address::only_client(&door, settings.ca_pem.as_deref())?),
                shown: settings.address(),
            }),
            Address::Sentinels {
                sentinels,
                service,
                door,
                primary,
            } => {
                let settings = settings.clone();
                let sentinels = Sentinels::new(sentinels, service, door, primary, settings);
                Ok(Self::BySentinels(Box::new(sentinels)))
            }
            Address::Cluster { .. } => Err(StoreError::Refused(
                "a cluster has several primaries".to_owned(),
            )),
        }
    }

    /// One node of a cluster.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when its address can't be used.
    pub(super) fn node(
        door: &Door,
        node: &HostPort,
        settings: &StoreSettings,
    ) -> Result<Self, StoreError> {
        Ok(Self::Fixed {
            client: Box::new(door.client_of(node, settings.ca_pem.as_deref())?),
            shown: node.to_string(),
        })
    }

    /// What makes connections to where the primary is now, for whoever keeps one there: [`Whereabouts::moved`] compares with
    /// it. Asks the Sentinels, where there are any.
    ///
    /// # Errors
    /// [`StoreError::Away`] when nobody knows.
    pub(super) async fn follow(&self) -> Result<Client, StoreError> {
        match self {
            Self::Fixed { client, .. } => Ok((**client).clone()),
            Self::BySentinels(sentinels) => sentinels.follow().await,
        }
    }

    /// The same for whoever keeps none.
    ///
    /// # Errors
    /// As for [`Whereabouts::follow`].
    pub(super) async fn client(&self) -> Result<Client, StoreError> {
        match self {
            Self::Fixed { client, .. } => Ok((**client).clone()),
            Self::BySentinels(sentinels) => sentinels.client().await,
        }
    }

    /// Whether it can ever be elsewhere.
    pub(super) fn may_change(&self) -> bool {
        matches!(self, Self::BySentinels(_))
    }

    /// Where the primary is now, if that is not the one that was followed last.
    pub(super) async fn moved(&self) -> Option<HostPort> {
        match self {
            Self::Fixed { .. } => None,
            Self::BySentinels(sentinels) => sentinels.moved().await,
        }
    }

    /// For messages; without user name and password.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Fixed { shown, .. } => shown.clone(),
            Self::BySentinels(sentinels) => sentinels.shown(),
        }
    }
}
