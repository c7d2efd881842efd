//! The private keys that a privacy officer has: the one in use and those from before it. Where they are used the id in
//! what is sealed says which.

use std::fmt;

use crate::privacy::keys::{OfficerKeyId, OfficerPrivateKey};

/// At least one private key. `Debug` names them by their ids.
#[derive(Clone)]
pub struct Keyring(Vec<OfficerPrivateKey>);

impl Keyring {
    /// With these keys; `None` without any.
    #[must_use]
    pub fn new(keys: Vec<OfficerPrivateKey>) -> Option<Self> {
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key of this id.
    #[must_use]
    pub fn find(&self, id: OfficerKeyId) -> Option<&OfficerPrivateKey> {
        self.0.iter().find(|key| key.public().id() == id)
    }

    /// Which keys are there, for messages.
    pub fn ids(&self) -> impl Iterator<Item = OfficerKeyId> {
        self.0.iter().map(|key| key.public().id())
    }
}

impl From<OfficerPrivateKey> for Keyring {
    fn from(key: OfficerPrivateKey) -> Self {
        Self(vec![key])
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.ids()).finish()
    }
}
