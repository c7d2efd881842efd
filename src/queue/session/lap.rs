//! How far a session has looked through a wave or a thread.

/// Looks that a trigger allows in a lap where the one before found nothing: each reads 500 members.
const LOOKS: u32 = 4;

/// A lap through the members, from the first to the last. A long one is spread over many looks, and one that follows
/// upon a lap in vain over many triggers, so that whoever waits at the end of a big wave costs little.
#[derive(Debug)]
pub(super) struct Lap {
    /// Where to look next; 0 before the first.
    pub(super) place: u64,
    running: bool,
    found: bool,
    /// Whether the last lap found nothing.
    in_vain: bool,
    looks: u32,
}

impl Default for Lap {
    fn default() -> Self {
        Self {
            place: 0,
            running: true,
            found: false,
            in_vain: false,
            looks: LOOKS,
        }
    }
}

impl Lap {
    /// There may be something new: a new lap, or more looks for the one that runs.
    pub(super) fn triggered(&mut self) {
        self.running = true;
        self.looks = LOOKS;
    }

    /// Whether there is more to look at.
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// After a look that found so many and named where to go on; answers whether to go on without another trigger.
    pub(super) fn looked(&mut self, found: usize, next: Option<u64>) -> bool {
        self.found |= found > 0;
        let Some(next) = next else {
            *self = Self {
                running: false,
                in_vain: !self.found,
                ..Self::default()
            };
            return false;
        };
        self.place = next;
        self.looks = self.looks.saturating_sub(1);
        !self.in_vain || found > 0 || self.looks > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lap_goes_on_to_the_end_and_one_after_a_lap_in_vain_waits_for_triggers() {
        let mut lap = Lap::default();
        for place in 1..=100 {
            assert!(lap.looked(0, Some(place)), "the first lap goes through");
        }
        assert!(!lap.looked(0, None));
        assert!(!lap.is_running());
        lap.triggered();
        assert_eq!(lap.place, 0, "from the first again");
        for place in 1..LOOKS {
            assert!(lap.looked(0, Some(u64::from(place))));
        }
        assert!(!lap.looked(0, Some(4)), "enough for one trigger");
        lap.triggered();
        assert_eq!(lap.place, 4, "on from there");
        assert!(lap.looked(3, Some(5)));
        assert!(!lap.looked(0, None));
        lap.triggered();
        for place in 1..=100 {
            assert!(lap.looked(0, Some(place)), "the last lap found something");
        }
    }
}
