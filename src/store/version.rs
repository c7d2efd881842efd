//! Which server it is, and whether it is new enough.

use std::fmt;

/// The first Redis whose scripts take flags (`allow-oom`) and whose append-only file has parts.
pub(in crate::store) const OLDEST: Version = Version {
    valkey: false,
    major: 7,
    minor: 0,
};

/// A server's kind and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    valkey: bool,
    major: u32,
    minor: u32,
}

impl Version {
    /// From what the program says: `Redis server v=7.0.15 …` or `Valkey server v=8.0.1 …`.
    pub(in crate::store) fn from_program(said: &str) -> Option<Self> {
        let number = said.split_whitespace().find_map(|w| w.strip_prefix("v="))?;
        Self::parse(said.starts_with("Valkey"), number)
    }

    /// From a number such as `7.0.15`.
    pub(in crate::store) fn parse(valkey: bool, number: &str) -> Option<Self> {
        let mut parts = number.split('.').map(str::parse);
        Some(Self {
            valkey,
            major: parts.next()?.ok()?,
            minor: parts.next()?.ok()?,
        })
    }

    /// Valkey began with Redis 7.2, so every Valkey is.
    pub(in crate::store) fn is_new_enough(&self) -> bool {
        self.valkey || (self.major, self.minor) >= (OLDEST.major, OLDEST.minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.valkey { "Valkey" } else { "Redis" };
        write!(f, "{name} {}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_their_age() {
        for (said, new_enough) in [
            (
                "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64",
                Some(true),
            ),
            ("Redis server v=10.0.0 sha=0", Some(true)),
            ("Redis server v=6.2.14 sha=0", Some(false)),
            ("Valkey server v=8.0.1 sha=0", Some(true)),
            ("Redis server v=x", None),
            ("", None),
        ] {
            let version = Version::from_program(said);
            assert_eq!(version.map(|v| v.is_new_enough()), new_enough, "{said}");
        }
    }
}
