//! How good a model becomes while it learns from one site's decisions.

use crate::spam::{
    content::Content,
    dataset::Labelled,
    features::hashing::mix,
    lesson::{Label, Lesson, SiteTag, Subject},
    measures::Ranking,
    model::Model,
    signals::Signals,
    training::{Settings, example::Example, folds},
    vector::Vector,
};

/// After so many decisions the learning curve is measured.
pub const CURVE: [usize; 5] = [0, 10, 30, 100, 300];

/// The curve is a mean over so many orders of decisions: which ten come first matters much.
const ORDERS: u64 = 20;

/// A comment as the model sees it, with its label.
type Judged = (Vector, Label);

fn judged(row: &Labelled) -> Judged {
    let content = Content::of_text(&row.text, &row.author);
    let label = if row.spam { Label::Spam } else { Label::Ham };
    (Vector::of(&content, Signals::default()), label)
}

fn learn(model: &mut Model, site: SiteTag, (vector, label): &Judged) {
    model.learn(&Lesson {
        site,
        subject: Subject::named(site, b""),
        label: *label,
        taken_back: false,
        shared: true,
        vector: vector.clone(),
    });
}

/// Scores each comment, then learns from it, in this order (progressive validation); with each its label, `true` for
/// spam.
#[must_use]
pub fn progressive(mut model: Model, rows: &[Labelled]) -> Vec<(f64, bool)> {
    let site = SiteTag::default();
    let step = |row: &Labelled| {
        let judged = judged(row);
        let probability = model.probability(&judged.0, site).get();
        learn(&mut model, site, &judged);
        (probability, row.spam)
    };
    rows.iter().map(step).collect()
}

/// How held-out comments of one collection were scored while they were learnt from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// AUC of scores before learning, of each fold that has both labels.
    pub auc: Vec<f64>,
    /// The learning curves of the folds.
    pub curves: Vec<[Option<f64>; CURVE.len()]>,
}

/// Trains once for each fold without its groups, and lets that model learn from them as one new site's decisions, in a
/// shuffled order.
pub fn measure(
    collections: &[Vec<Labelled>],
    settings: &Settings,
    mut progress: impl FnMut(usize),
) -> Vec<Figures> {
    let mut figures = vec![Figures::default(); collections.len()];
    let unchanged = |_: &mut Example| {};
    folds::each(collections, settings, unchanged, |number, fold| {
        progress(number);
        for (rows, figures) in fold.held_out.iter().zip(&mut figures) {
            let rows: Vec<Labelled> = rows.iter().map(|(row, _)| (*row).clone()).collect();
            let rows: Vec<Labelled> = shuffled(&rows, ORDERS).into_iter().cloned().collect();
            let scored = progressive(fold.model.clone(), &rows);
            if let Some(auc) = Ranking::of(&scored).auc() {
                figures.auc.push(auc);
                figures.curves.push(curve(&fold.model, &rows));
            }
        }
    });
    figures
}

/// AUC on a third of the comments after each of [`CURVE`]'s numbers of decisions on others; `None` where there are not
/// so many, or only one label.
#[must_use]
pub fn curve(model: &Model, rows: &[Labelled]) -> [Option<f64>; CURVE.len()] {
    let has = |spam: bool| rows.iter().any(|row| row.spam == spam);
    if !(has(true) && has(false)) {
        return [None; CURVE.len()];
    }
    let judged: Vec<Judged> = rows.iter().map(judged).collect();
    let mut sums = [0.0; CURVE.len()];
    let mut counts = [0.0; CURVE.len()];
    for order in 0..ORDERS {
        let found = one_curve(model.clone(), &shuffled(&judged, order));
        for (found, (sum, count)) in found.iter().zip(sums.iter_mut().zip(&mut counts)) {
            if let Some(auc) = found {
                *sum += auc;
                *count += 1.0;
            }
        }
    }
    std::array::from_fn(|n| (counts[n] > 0.0).then(|| sums[n] / counts[n]))
}

fn one_curve(mut model: Model, rows: &[&Judged]) -> [Option<f64>; CURVE.len()] {
    let site = SiteTag::default();
    let (tests, lessons) = rows.split_at(rows.len() / 3);
    let mut learnt = 0;
    CURVE.map(|decisions| {
        let more = lessons.get(learnt..decisions)?;
        more.iter()
            .for_each(|lesson| learn(&mut model, site, lesson));
        learnt = decisions;
        let scored = tests
            .iter()
            .map(|(vector, label)| (model.log_odds(vector, site), *label == Label::Spam));
        Ranking::of(&scored.collect::<Vec<_>>()).auc()
    })
}

/// By hashes of places, the same on every machine.
fn shuffled<T>(rows: &[T], order: u64) -> Vec<&T> {
    let mut keyed: Vec<(u64, &T)> = (0u64..)
        .zip(rows)
        .map(|(place, row)| (mix(place ^ mix(order + 1)), row))
        .collect();
    keyed.sort_unstable_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Labelled> {
        let row = |spam, text: String| Labelled {
            spam,
            text,
            author: String::new(),
            title: String::new(),
            source: String::new(),
            thread: String::new(),
        };
        let spam = (0..60).map(|n| row(true, format!("moonstone bracelets number {n} heal you")));
        let ham = (0..60).map(|n| row(false, format!("the bridge of platform {n} was late")));
        spam.zip(ham).flat_map(|(a, b)| [a, b]).collect()
    }

    #[test]
    fn a_new_kind_of_spam_is_learnt_within_a_few_decisions() {
        let model = Model::prior().unwrap();
        let [before, ten, thirty, .., three_hundred] = curve(&model, &rows());
        assert!(
            ten > before && thirty >= ten,
            "{before:?} {ten:?} {thirty:?}"
        );
        assert!(thirty > Some(0.95), "{thirty:?}");
        assert_eq!(three_hundred, None, "there are not so many");
    }

    #[test]
    fn a_comment_is_scored_before_it_is_learnt_from() {
        let model = Model::prior().unwrap();
        let rows = rows();
        let scored = progressive(model.clone(), &rows);
        let first = model.probability(&judged(&rows[0]).0, SiteTag::default());
        assert!((scored[0].0 - first.get()).abs() < 1e-12);
        assert!(scored[118].0 > 0.9, "{:?}", scored[118]);
    }
}
