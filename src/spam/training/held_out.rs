//! How good weights are on what they haven't seen: whole groups held out, one fold after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::spam::{
    content::Content,
    dataset::Labelled,
    lesson::SiteTag,
    measures::{Ranking, share_above},
    model::Model,
    signals::Signals,
    training::{
        Settings,
        example::{self, Example},
        train,
    },
    vector::Vector,
};

/// Each group is held out in one of so many folds.
pub const FOLDS: usize = 4;

/// What held-out comments of one collection were scored like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// AUC of each fold that has both labels.
    pub auc: Vec<f64>,
    /// Recall at 1 % false positives, of the same folds.
    pub recall_at_fpr_1e2: Vec<f64>,
    /// Recall at 0.1 % false positives among the comments that were given for it, of each fold with spam.
    pub recall_among: Vec<f64>,
    /// The share of held-out ham above 0.9, of each fold.
    pub ham_above_0_9: Vec<f64>,
}

/// The mean of some figures; `None` of none.
#[must_use]
pub fn mean(figures: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "as many as folds")]
    let count = figures.len() as f64;
    (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / count)
}

/// Trains once for each fold without its groups, and measures on them; spam also among other comments, all ham.
pub fn measure(
    collections: &[Vec<Labelled>],
    among: &[Labelled],
    settings: &Settings,
    mut progress: impl FnMut(usize),
) -> Vec<Figures> {
    let folds: Vec<Vec<usize>> = collections.iter().map(|rows| folds(rows)).collect();
    let examples: Vec<Vec<Example>> = collections
        .iter()
        .map(|rows| example::of_collection(rows))
        .collect();
    let mut figures = vec![Figures::default(); collections.len()];
    for fold in 0..FOLDS {
        progress(fold);
        let seen: Vec<Example> = std::iter::zip(&examples, &folds)
            .flat_map(|(examples, folds)| std::iter::zip(examples, folds))
            .filter(|(_, of)| **of != fold)
            .map(|(example, _)| example.clone())
            .collect();
        let model = Model::new(train(&seen, settings, |_, _| {}));
        let log_odds = |row: &Labelled| {
            let content = Content::of_text(&row.text, &row.author);
            let vector = Vector::of(&content, Signals::default());
            model.log_odds(&vector, SiteTag::default())
        };
        let among: Vec<(f64, bool)> = among.iter().map(|row| (log_odds(row), false)).collect();
        for ((rows, folds), figures) in collections.iter().zip(&folds).zip(&mut figures) {
            let held_out = std::iter::zip(rows, folds).filter(|(_, of)| **of == fold);
            let scored = held_out.map(|(row, _)| (log_odds(row), row.spam)).collect();
            figures.add(scored, &among);
        }
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

/// The fold of each comment: its group's, and groups take turns by name.
fn folds(rows: &[Labelled]) -> Vec<usize> {
    let groups = groups(rows);
    let names: BTreeSet<&str> = groups.iter().map(String::as_str).collect();
    let turns: BTreeMap<&str, usize> = names.into_iter().zip((0..FOLDS).cycle()).collect();
    let fold = |group: &String| turns.get(group.as_str()).copied().unwrap_or(0);
    groups.iter().map(fold).collect()
}

/// A video or article is a group; without one, spam that shares a campaign's word, and else each text by itself.
fn groups(rows: &[Labelled]) -> Vec<String> {
    let texts: Vec<String> = rows
        .iter()
        .map(|row| Content::of_text(&row.text, "").folded().to_owned())
        .collect();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (row, text) in rows.iter().zip(&texts) {
        for word in text.split(' ').collect::<BTreeSet<_>>() {
            let (spam, ham) = counts.entry(word).or_default();
            *(if row.spam { spam } else { ham }) += 1;
        }
    }
    let campaign = |text: &str| {
        let words = text.split(' ').filter(|word| may_name_a_campaign(word));
        let known =
            words.filter_map(|word| counts.get(word).map(|(spam, ham)| (*spam, *ham, word)));
        let own = known.filter(|(spam, ham, _)| *spam >= 3 && *ham == 0);
        own.max().map(|(_, _, word)| word.to_owned())
    };
    let group = |(row, text): (&Labelled, &String)| match (row.thread.as_str(), row.spam) {
        ("", true) => campaign(text).unwrap_or_else(|| text.clone()),
        ("", false) => text.clone(),
        (thread, _) => thread.to_owned(),
    };
    rows.iter().zip(&texts).map(group).collect()
}

/// Brands of comment spam: letters with digits (`win1221`), or the endings that gambling sites like.
fn may_name_a_campaign(word: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        "toto", "win", "jitu", "togel", "ad", "slot", "bet", "jp", "gaming",
    ];
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    word.len() > 2 && (mixed || ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_video_or_a_campaign_is_never_on_both_sides() {
        let mut rows = Vec::new();
        for n in 0..8 {
            rows.push(row(
                true,
                "",
                &format!("number {n} says play lucky88 today"),
            ));
            rows.push(row(true, "", &format!("m4xwin pays number {n}")));
            rows.push(row(false, "video", &format!("comment {n}")));
        }
        let folds = folds(&rows);
        for kind in 0..3 {
            let of_kind: BTreeSet<usize> = folds.iter().skip(kind).step_by(3).copied().collect();
            assert_eq!(of_kind.len(), 1, "{kind}");
        }
        assert_ne!(folds[0], folds[1]);
    }

    #[test]
    fn every_fold_is_measured() {
        let text = |n: usize| format!("cheap cash at shop {n} now");
        let mut rows: Vec<Labelled> = (0..8).map(|n| row(true, "", &text(n))).collect();
        rows.extend((0..8).map(|n| row(false, "", &format!("the bridge needs {n} new lamps"))));
        let among = [row(false, "", "the council meets at noon")];
        let figures = measure(&[rows], &among, &Settings::default(), |_| {});
        assert_eq!(mean(&figures[0].auc), Some(1.0));
        assert_eq!(mean(&figures[0].recall_among), Some(1.0));
        assert_eq!(figures[0].ham_above_0_9.len(), FOLDS);
    }
}
