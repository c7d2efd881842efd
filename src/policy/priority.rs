//! How much each thing that makes an item urgent counts for a site; what the numbers do, `queue::priority` says.

/// A share: from 0 to 1, never NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// From a number; `None` outside 0 to 1 and for NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// As a number from 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Which share of the service level each bonus takes off at most: 0 does not count, 1 makes an item due on arrival.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriorityWeights {
    /// A score that could not be less certain; default 0.5.
    pub uncertainty: Share,
    /// Many reports of readers; default 0.5.
    pub reports: Share,
    /// A thread that is stormed; default 0.2.
    pub thread_heat: Share,
    /// A trusted author; default 0.2.
    pub standing: Share,
}

impl Default for PriorityWeights {
    fn default() -> Self {
        Self {
            uncertainty: Share(0.5),
            reports: Share(0.5),
            thread_heat: Share(0.2),
            standing: Share(0.2),
        }
    }
}
