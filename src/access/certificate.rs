//! A client's certificate, as far as access asks about it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

/// A certificate that a connection's client showed; its chain and the possession of its key were checked then.
#[derive(Debug)]
pub struct ClientCertificate {
    names: Vec<String>,
    expires_at: SystemTime,
    distrusted: AtomicBool,
}

impl ClientCertificate {
    /// With the subject's alternative names of the kinds DNS and URI, as they are written there.
    #[must_use]
    pub fn new(names: Vec<String>, expires_at: SystemTime) -> Self {
        Self {
            names,
            expires_at,
            distrusted: AtomicBool::new(false),
        }
    }

    /// Whom it names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// From now on it stands for nobody: who signed it is trusted no more.
    pub fn distrust(&self) {
        self.distrusted.store(true, Ordering::Release);
    }

    /// Whether it was once trusted and is no more.
    #[must_use]
    pub fn is_distrusted(&self) -> bool {
        self.distrusted.load(Ordering::Acquire)
    }
}
