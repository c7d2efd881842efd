//! Contact data in clear, at the privacy officer's.

use std::{fmt, net::IpAddr};

use zeroize::Zeroizing;

/// What was sealed, as it was typed. Leaves memory when dropped; `Debug` tells nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OpenedContact {
    /// The author's address.
    pub email: Option<Zeroizing<String>>,
    /// Where the form came from.
    pub ip: Option<IpAddr>,
    /// With which browser.
    pub user_agent: Option<Zeroizing<String>>,
}

impl fmt::Debug for OpenedContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
