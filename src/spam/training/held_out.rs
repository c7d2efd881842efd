//! How good weights are on what they haven't seen: whole groups held out, one fold after the other.

use crate::spam::{
    dataset::Labelled,
    measures::{Ranking, share_above},
    training::{
        Settings,
        bootstrap::{self, Scored},
        example::Example,
        folds,
    },
};

/// What held-out comments of one collection were scored like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// AUC of each fold that has both labels.
    pub auc: Vec<f64>,
    /// Between which values 95 of 100 mean AUCs of drawn groups lie.
    pub auc_interval: Option<(f64, f64)>,
    /// Recall at 1 % false positives, of the same folds.
    pub recall_at_fpr_1e2: Vec<f64>,
    /// Recall at 0.1 % false positives among the comments that were given for it, of each fold with spam.
    pub recall_among: Vec<f64>,
    /// The share of held-out ham above 0.9, of each fold.
    pub ham_above_0_9: Vec<f64>,
}

/// Trains once for each fold without its groups, and measures on them; spam also among other comments, all ham.
/// `change` may take features away from all examples first.
pub fn measure(
    collections: &[Vec<Labelled>],
    among: &[Labelled],
    settings: &Settings,
    change: impl Fn(&mut Example),
    mut progress: impl FnMut(usize),
) -> Vec<Figures> {
    let mut figures = vec![Figures::default(); collections.len()];
    let mut scored: Vec<Vec<Vec<Scored>>> = vec![Vec::new(); collections.len()];
    folds::each(collections, settings, change, |number, fold| {
        progress(number);
        let score = |row: &Labelled| fold.log_odds(&row.text, &row.author);
        let among: Vec<(f64, bool)> = among.iter().map(|row| (score(row), false)).collect();
        for ((rows, figures), all) in fold.held_out.iter().zip(&mut figures).zip(&mut scored) {
            let scored: Vec<Scored> = rows
                .iter()
                .map(|(row, group)| Scored {
                    score: score(row),
                    spam: row.spam,
                    group: *group,
                })
                .collect();
            figures.add(scored.iter().map(Scored::pair).collect(), &among);
            all.push(scored);
        }
    });
    for (figures, scored) in figures.iter_mut().zip(&scored) {
        figures.auc_interval = bootstrap::interval_of_mean_auc(scored);
    }
    figures
}

impl Figures {
    fn add(&mut self, scored: Vec<(f64, bool)>, among: &[(f64, bool)]) {
        let ranking = Ranking::of(&scored);
        self.auc.extend(ranking.auc());
        self.recall_at_fpr_1e2.extend(ranking.recall_at(100));
        let spam = scored.iter().filter(|(_, spam)| *spam);
        let mixed: Vec<(f64, bool)> = spam.chain(among).copied().collect();
        self.recall_among
            .extend(Ranking::of(&mixed).recall_at(1_000));
        let ham = scored
            .iter()
            .filter(|(_, spam)| !*spam)
            .map(|(log_odds, _)| *log_odds);
        // 0.9 as log-odds.
        self.ham_above_0_9.extend(share_above(ham, libm::log(9.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spam::measures::mean;
    use crate::spam::training::folds::FOLDS;

    fn row(spam: bool, thread: &str, text: &str) -> Labelled {
        Labelled {
            spam,
            text: text.to_owned(),
            author: String::new(),
            title: String::new(),
            source: String::new(),
            thread: thread.to_owned(),
        }
    }

    #[test]
    fn every_fold_is_measured() {
        let text = |n: usize| format!("cheap cash at shop {n} now");
        let mut rows: Vec<Labelled> = (0..8).map(|n| row(true, "", &text(n))).collect();
        rows.extend((0..8).map(|n| row(false, "", &format!("the bridge needs {n} new lamps"))));
        let among = [row(false, "", "the council meets at noon")];
        let figures = measure(&[rows], &among, &Settings::default(), |_| {}, |_| {});
        assert_eq!(mean(&figures[0].auc), Some(1.0));
        assert_eq!(mean(&figures[0].recall_among), Some(1.0));
        assert_eq!(figures[0].ham_above_0_9.len(), FOLDS);
    }
}
