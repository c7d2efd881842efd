//! How far a figure would move if other groups had been collected: drawn again, with replacement.

use crate::spam::measures::{Ranking, mean};

/// Draws.
const DRAWS: usize = 200;

/// A fold of fewer groups is drawn by comment: one video can't stand for its like.
const FEWEST_GROUPS: usize = 20;

/// A held-out comment.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    /// The higher, the more like spam.
    pub score: f64,
    /// Its label.
    pub spam: bool,
    /// What it is drawn with.
    pub group: u32,
}

impl Scored {
    /// As [`Ranking::of`] takes it.
    #[must_use]
    pub fn pair(&self) -> (f64, bool) {
        (self.score, self.spam)
    }
}

/// The bounds of the middle 95 % of the folds' mean AUC; `None` if no fold has both labels. The same every time.
#[must_use]
pub fn interval_of_mean_auc(folds: &[Vec<Scored>]) -> Option<(f64, f64)> {
    let folds: Vec<Vec<Vec<(f64, bool)>>> = folds.iter().map(|fold| in_groups(fold)).collect();
    let mut random = SplitMix(1);
    let mut means: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let of_fold = |groups: &Vec<Vec<(f64, bool)>>| {
                let drawn = groups.iter().flat_map(|_| random.choose(groups));
                Ranking::of(&drawn.copied().collect::<Vec<_>>()).auc()
            };
            mean(&folds.iter().filter_map(of_fold).collect::<Vec<_>>())
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let cut = means.len() / 40;
    Some((*means.get(cut)?, *means.get(means.len() - 1 - cut)?))
}

fn in_groups(fold: &[Scored]) -> Vec<Vec<(f64, bool)>> {
    let mut sorted = fold.to_vec();
    sorted.sort_by_key(|scored| scored.group);
    let groups: Vec<Vec<(f64, bool)>> = sorted
        .chunk_by(|a, b| a.group == b.group)
        .map(|group| group.iter().map(Scored::pair).collect())
        .collect();
    if groups.len() < FEWEST_GROUPS {
        fold.iter().map(|scored| vec![scored.pair()]).collect()
    } else {
        groups
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn choose<'a, T>(&mut self, of: &'a [Vec<T>]) -> &'a [T] {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        let place = (u128::from(z) * of.len() as u128) >> 64;
        usize::try_from(place)
            .ok()
            .and_then(|place| of.get(place))
            .map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_figure_and_is_wider_for_fewer_comments() {
        let fold = |count: u32| -> Vec<Scored> {
            (0..count)
                .map(|n| Scored {
                    score: f64::from(n % 10) + if n % 2 == 0 { 3.0 } else { 0.0 },
                    spam: n % 2 == 0,
                    group: n,
                })
                .collect()
        };
        let auc = |fold: &[Scored]| {
            let pairs: Vec<_> = fold.iter().map(Scored::pair).collect();
            Ranking::of(&pairs).auc().unwrap()
        };
        let (few, many) = (fold(40), fold(1_000));
        let (low, high) = interval_of_mean_auc(std::slice::from_ref(&few)).unwrap();
        assert!(low < auc(&few) && auc(&few) < high, "{low} {high}");
        let (from, to) = interval_of_mean_auc(&[many]).unwrap();
        assert!(to - from < (high - low) / 2.0, "{from} {to}");
        assert_eq!(interval_of_mean_auc(&[Vec::new()]), None);
    }
}
