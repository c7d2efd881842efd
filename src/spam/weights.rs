//! What each feature is worth: one byte a weight, one scale a family, checked by a digest.
//!
//! The file, little endian: `RDWEIGHT`, format (u32), bias (f32), the shapes' weights (f32 each), the families' scales
//! (f32 each), the families' weights (i8 each, in the order of [`Family::ALL`]), and the SHA-256 of all before it.

use sha2::{Digest, Sha256};

use crate::spam::{features::Family, shape::Shape};

const MAGIC: &[u8; 8] = b"RDWEIGHT";
const FORMAT: u32 = 2;
const DIGEST_BYTES: usize = 32;

/// Why weights can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not a file of weights, or of another format.
    #[error("these are no weights of format {FORMAT}: rebuild them with `replydesk train`")]
    Format,
    /// Shorter or longer than its format says.
    #[error(
        "the weights have {found} bytes instead of {expected}: rebuild them with `replydesk train`"
    )]
    Size {
        /// What the format says.
        expected: usize,
        /// What there is.
        found: usize,
    },
    /// Changed since they were written.
    #[error("the weights don't match their digest: rebuild them with `replydesk train`")]
    Digest,
}

/// The weights of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Log-odds of a text without features.
    pub bias: f32,
    /// For each of [`Shape::ALL`].
    pub shapes: [f32; Shape::ALL.len()],
    /// Log-odds of one step of a weight, for each of [`Family::ALL`].
    pub scales: [f32; Family::ALL.len()],
    /// Steps, for all slots of all families.
    pub steps: Vec<i8>,
    digest: [u8; DIGEST_BYTES],
}

impl Weights {
    /// How many slots all families have.
    pub const SLOTS: usize = Family::slots_of_all();

    fn file_bytes() -> usize {
        let numbers = 1 + Shape::ALL.len() + Family::ALL.len();
        MAGIC.len() + 4 + 4 * numbers + Self::SLOTS + DIGEST_BYTES
    }

    /// Rounds weights to steps: each family's largest weight is 127 steps.
    #[must_use]
    pub fn quantised(bias: f32, shapes: [f32; Shape::ALL.len()], weights: &[f32]) -> Self {
        let mut scales = [0.0; Family::ALL.len()];
        let mut steps = vec![0; Self::SLOTS];
        for (family, scale) in Family::ALL.into_iter().zip(&mut scales) {
            let range = family.offset()..family.offset() + family.slots();
            let weights = weights.get(range.clone()).unwrap_or(&[]);
            let largest = weights
                .iter()
                .fold(0.0_f32, |most, weight| most.max(weight.abs()));
            *scale = largest / 127.0;
            for (step, weight) in steps[range].iter_mut().zip(weights) {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "at most 127 by the scale; `as` saturates"
                )]
                let rounded = if largest > 0.0 {
                    (weight / *scale).round() as i8
                } else {
                    0
                };
                *step = rounded;
            }
        }
        let mut made = Self {
            bias,
            shapes,
            scales,
            steps,
            digest: [0; DIGEST_BYTES],
        };
        made.digest = Sha256::digest(made.body()).into();
        made
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::file_bytes());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        let numbers = std::iter::once(self.bias)
            .chain(self.shapes)
            .chain(self.scales);
        for number in numbers {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend(self.steps.iter().map(|step| step.to_le_bytes()[0]));
        bytes
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.body();
        bytes.extend_from_slice(&self.digest);
        bytes
    }

    /// From a file.
    ///
    /// # Errors
    /// Another format, another size, or a digest that doesn't match.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Format)?;
        let rest = rest
            .strip_prefix(&FORMAT.to_le_bytes())
            .ok_or(ModelError::Format)?;
        if bytes.len() != Self::file_bytes() {
            return Err(ModelError::Size {
                expected: Self::file_bytes(),
                found: bytes.len(),
            });
        }
        let (body, digest) = bytes.split_at(bytes.len() - DIGEST_BYTES);
        let computed: [u8; DIGEST_BYTES] = Sha256::digest(body).into();
        if computed != digest {
            return Err(ModelError::Digest);
        }
        let (numbers, steps) = rest.split_at(4 * (1 + Shape::ALL.len() + Family::ALL.len()));
        let mut numbers = numbers.chunks_exact(4).map(|four| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(four);
            f32::from_le_bytes(bytes)
        });
        let mut next = || numbers.next().unwrap_or(0.0);
        let bias = next();
        let shapes = std::array::from_fn(|_| next());
        let scales = std::array::from_fn(|_| next());
        let steps = &steps[..Self::SLOTS];
        Ok(Self {
            bias,
            shapes,
            scales,
            steps: steps
                .iter()
                .map(|byte| i8::from_le_bytes([*byte]))
                .collect(),
            digest: computed,
        })
    }

    /// SHA-256 of the weights.
    #[must_use]
    pub fn digest(&self) -> [u8; DIGEST_BYTES] {
        self.digest
    }

    /// The first 32 bits of the digest: what scores and records name the model by.
    #[must_use]
    pub fn model(&self) -> u32 {
        let [a, b, c, d, ..] = self.digest;
        u32::from_be_bytes([a, b, c, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Weights {
        let mut weights = vec![0.0; Weights::SLOTS];
        weights[3] = -2.0;
        weights[Family::Chars.offset()] = 0.5;
        Weights::quantised(-1.0, [0.25; Shape::ALL.len()], &weights)
    }

    #[test]
    fn weights_survive_their_file() {
        let weights = some();
        assert_eq!(
            Weights::from_bytes(&weights.to_bytes()),
            Ok(weights.clone())
        );
        assert_eq!(weights.steps[3], -127);
        assert!((weights.scales[0] - 2.0 / 127.0).abs() < 1e-6);
    }

    #[test]
    fn damaged_files_are_refused() {
        let good = some().to_bytes();
        let mut flipped = good.clone();
        flipped[1_000] ^= 1;
        assert_eq!(Weights::from_bytes(&flipped), Err(ModelError::Digest));
        assert!(matches!(
            Weights::from_bytes(&good[..good.len() - 1]),
            Err(ModelError::Size { .. })
        ));
        assert_eq!(Weights::from_bytes(b"text"), Err(ModelError::Format));
        assert_eq!(Weights::from_bytes(b""), Err(ModelError::Format));
    }
}
