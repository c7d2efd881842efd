//! The signature algorithms that a token may have: asymmetric ones alone, named by the configuration.

use std::{collections::BTreeSet, fmt, str::FromStr};

/// A signature algorithm. There is no `HS256` and no `none`: who can check a token here must not be able to make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519, called `EdDSA` (RFC 8037) or `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// As `alg` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of an `alg`, spelt exactly.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// Why a text names no algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one or more of RS256, PS256, ES256, EdDSA, separated by commas")]
pub struct AlgorithmsError;

/// The algorithms that are accepted: at least one, each named once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithms(BTreeSet<Algorithm>);

impl Algorithms {
    /// Whether it is among them.
    #[must_use]
    pub fn allow(&self, algorithm: Algorithm) -> bool {
        self.0.contains(&algorithm)
    }
}

impl FromStr for Algorithms {
    type Err = AlgorithmsError;

    fn from_str(text: &str) -> Result<Self, AlgorithmsError> {
        let mut algorithms = BTreeSet::new();
        for name in text.split(',') {
            let algorithm = Algorithm::of_name(name.trim()).ok_or(AlgorithmsError)?;
            if !algorithms.insert(algorithm) {
                return Err(AlgorithmsError);
            }
        }
        Ok(Self(algorithms))
    }
}

impl fmt::Display for Algorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|algorithm| algorithm.name()).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_asymmetric_ones_can_be_named() {
        let some: Algorithms = "ES256, RS256".parse().unwrap();
        assert!(some.allow(Algorithm::Es256) && !some.allow(Algorithm::EdDsa));
        assert_eq!(some.to_string(), "RS256,ES256");
        for wrong in [
            "",
            "none",
            "HS256",
            "RS256,HS256",
            "rs256",
            "RS256,",
            "EdDSA,Ed25519",
        ] {
            assert_eq!(wrong.parse::<Algorithms>(), Err(AlgorithmsError), "{wrong}");
        }
    }
}
