//! Where the identity provider's keys are read: a file, or an address.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use url::{Host, Url};

/// Where a JWKS document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwksSource {
    /// A file, which somebody else keeps up to date.
    File(PathBuf),
    /// The provider's `jwks_uri`.
    Url(JwksUrl),
}

impl fmt::Display for JwksSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => write!(f, "{url}"),
        }
    }
}

/// An `https://` address; `http://` only on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksUrl(Url);

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an https:// address without user, password and fragment, such as https://id.example/keys; http:// is for loopback only"
)]
pub struct JwksUrlError;

impl JwksUrl {
    /// The host's name or address, without brackets.
    #[must_use]
    pub fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// The port; the scheme's own if none is named.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// Whether TLS protects it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Host and, where it is not the scheme's own, port: the `Host` header.
    pub(super) fn authority(&self) -> &str {
        self.0.authority()
    }

    /// Path and query.
    pub(super) fn target(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }
}

/// Without the query: that may be nobody's business.
impl fmt::Display for JwksUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, path) = (self.0.scheme(), self.0.path());
        write!(f, "{scheme}://{}{path}", self.0.authority())
    }
}

impl FromStr for JwksUrl {
    type Err = JwksUrlError;

    fn from_str(text: &str) -> Result<Self, JwksUrlError> {
        let url: Url = text.parse().map_err(|_| JwksUrlError)?;
        let loopback = match url.host().ok_or(JwksUrlError)? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => IpAddr::V4(address).is_loopback(),
            Host::Ipv6(address) => IpAddr::V6(address).is_loopback(),
        };
        let scheme_fits = match url.scheme() {
            "https" => true,
            "http" => loopback,
            _ => false,
        };
        let bare =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        // Also with an empty user, as in `https://@host`.
        if scheme_fits && bare && !text.contains('@') {
            Ok(Self(url))
        } else {
            Err(JwksUrlError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_keys_may_come_from() {
        for (text, host, port, target) in [
            ("https://id.example/keys", "id.example", 443, "/keys"),
            (
                "https://id.example:8443?p=b2c",
                "id.example",
                8443,
                "/?p=b2c",
            ),
            ("http://127.0.0.1:1/a", "127.0.0.1", 1, "/a"),
            ("http://[::1]:1/", "::1", 1, "/"),
            ("http://localhost/", "localhost", 80, "/"),
        ] {
            let url: JwksUrl = text.parse().expect(text);
            assert_eq!((url.host().as_str(), url.port()), (host, port), "{text}");
            assert_eq!(url.target(), target);
            assert!(!url.to_string().contains("b2c"));
        }
    }

    #[test]
    fn addresses_that_they_may_not_come_from() {
        for text in [
            "",
            "id.example",
            "http://id.example/keys",
            "http://192.0.2.1/keys",
            "http://localhost.example/keys",
            "ftp://id.example/keys",
            "file:///etc/keys",
            "https://user:secret@id.example/keys",
            "https://@id.example/keys",
            "https://id.example/keys#a",
            "https://",
        ] {
            assert_eq!(text.parse::<JwksUrl>(), Err(JwksUrlError), "{text}");
        }
    }
}
