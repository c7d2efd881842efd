//! Which part of a queue somebody works.

use crate::comment::{
    ids::{ThreadId, WaveId},
    lane::Lane,
};

/// Some lanes, at least one, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lanes(u8);

impl Lanes {
    /// Where a moderator works who names no lanes.
    pub const USUAL: Self = Self(bit(Lane::Review) | bit(Lane::Reported));

    /// Just these; `None` for none at all.
    #[must_use]
    pub fn of(lanes: impl IntoIterator<Item = Lane>) -> Option<Self> {
        let bits = lanes.into_iter().fold(0, |bits, lane| bits | bit(lane));
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the lane is among them.
    #[must_use]
    pub fn contain(self, lane: Lane) -> bool {
        self.0 & bit(lane) != 0
    }

    /// Each, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Lane> {
        Lane::ALL
            .into_iter()
            .filter(move |lane| self.contain(*lane))
    }
}

const fn bit(lane: Lane) -> u8 {
    1 << lane as u8
}

/// A part of the lanes that is worked as if it were a lane of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Within {
    /// The comments of a wave.
    Wave(WaveId),
    /// The pending comments of a thread.
    Thread(ThreadId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_what_they_were_made_of() {
        assert_eq!(Lanes::of([]), None);
        for lanes in [
            &[Lane::Review][..],
            &[Lane::Reported, Lane::Appeals],
            &Lane::ALL,
        ] {
            let some = Lanes::of(lanes.iter().copied()).unwrap();
            assert_eq!(some.iter().collect::<Vec<_>>(), lanes);
        }
        assert_eq!(
            Lanes::of([Lane::Reported, Lane::Review]),
            Some(Lanes::USUAL)
        );
    }
}
