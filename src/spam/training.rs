//! Makes weights from labelled comments: logistic regression with a ridge per family, solved to its one optimum.
//!
//! The same comments in the same order give the same bytes: sums run in a fixed order, and `libm` gives exp and ln.

pub mod ablation;
pub mod bootstrap;
mod descent;
pub mod disguises;
pub mod example;
pub mod folds;
pub mod held_out;
pub mod online;

use crate::spam::{features::Family, shape::Shape, weights::Weights};
use example::Example;

/// How the weights are held down and how long the solver may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The ridge on each family's weights, for a collection that counts as [`example::CALIBRE`] comments.
    pub family_ridge: [f64; Family::ALL.len()],
    /// The ridge on each counted fact's weight.
    pub shape_ridge: f64,
    /// How much more common features are held down: their ridge is divided by idf to this power.
    pub idf_power: f64,
    /// Steps of the solver.
    pub most_steps: usize,
    /// What log-odds are multiplied by at the end: on kinds of pages that it never saw, a model is surer than it is right.
    pub confidence: f64,
    /// Log-odds added at the end: what approving a spam costs, against holding a reader's comment.
    pub caution: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            family_ridge: [3.0; Family::ALL.len()],
            shape_ridge: 10.0,
            idf_power: 3.0,
            most_steps: 60,
            confidence: 0.7,
            caution: 0.6,
        }
    }
}

/// Trains on examples; `progress` hears of each step and its loss per comment.
pub fn train(
    examples: &[Example],
    settings: &Settings,
    progress: impl FnMut(usize, f64),
) -> Weights {
    let problem = Problem::of(examples, settings);
    let size = problem.size();
    let loss = |at: &[f64], gradient: &mut [f64]| problem.loss(at, gradient);
    let solution = descent::minimise(size, settings.most_steps, loss, progress);
    problem.weights(&solution, settings)
}

/// The loss to minimise. A point is: bias, shapes, then the slots that the examples have; each as a multiple of what its
/// ridge allows, so that one step suits all.
struct Problem {
    examples: Vec<Example>,
    calibre: f64,
    /// The slots of a point's weights.
    slots: Vec<u32>,
    /// Of a weight to its place in the point: one by the root of its ridge.
    scales: Vec<f64>,
}

/// Where a point's slots start.
const FIRST: usize = 1 + Shape::ALL.len();

impl Problem {
    fn of(examples: &[Example], settings: &Settings) -> Self {
        let calibre: f64 = examples.iter().map(|example| example.calibre).sum();
        let mut shares = vec![0.0; Weights::SLOTS];
        for example in examples {
            for slot in &example.slots {
                shares[*slot as usize] += example.calibre / calibre;
            }
        }
        let mut places = vec![0; Weights::SLOTS];
        let mut slots = Vec::new();
        let mut scales = vec![1.0 / settings.shape_ridge.sqrt(); FIRST];
        scales[0] = 1.0;
        for (family, strength) in Family::ALL.into_iter().zip(settings.family_ridge) {
            for slot in family.offset()..family.offset() + family.slots() {
                let share: f64 = shares[slot];
                if share > 0.0 {
                    places[slot] = bounded(FIRST + slots.len());
                    slots.push(bounded(slot));
                    let idf = 1.0 - libm::log(share.max(1e-4));
                    scales.push(libm::pow(idf, settings.idf_power / 2.0) / strength.sqrt());
                }
            }
        }
        let mut examples = examples.to_vec();
        for slot in examples.iter_mut().flat_map(|example| &mut example.slots) {
            *slot = places[*slot as usize];
        }
        Self {
            examples,
            calibre,
            slots,
            scales,
        }
    }

    fn size(&self) -> usize {
        self.scales.len()
    }

    /// Loss per comment at a point, and its gradient.
    fn loss(&self, at: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let weights = self.unscaled(at);
        let mut loss = 0.0;
        for example in &self.examples {
            let against = if example.spam { -1.0 } else { 1.0 };
            let log_odds = against * log_odds(example, &weights);
            let share = example.calibre / self.calibre;
            loss += share * softplus(log_odds);
            let slope = against * share / (1.0 + libm::exp(-log_odds));
            descend(example, slope, gradient);
        }
        for ((place, gradient), scale) in at.iter().zip(gradient.iter_mut()).zip(&self.scales) {
            *gradient = *gradient * scale + place / self.calibre;
            loss += 0.5 * place * place / self.calibre;
        }
        // Nothing holds the bias.
        if let (Some(bias), Some(gradient)) = (at.first(), gradient.first_mut()) {
            loss -= 0.5 * bias * bias / self.calibre;
            *gradient -= bias / self.calibre;
        }
        loss
    }

    fn unscaled(&self, at: &[f64]) -> Vec<f64> {
        std::iter::zip(at, &self.scales)
            .map(|(place, scale)| place * scale)
            .collect()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "weights are kept as bytes in the end"
    )]
    fn weights(&self, solution: &[f64], settings: &Settings) -> Weights {
        let calm = |weight: f64| (weight * settings.confidence) as f32;
        let mut weights = vec![0.0; Weights::SLOTS];
        let solution = self.unscaled(solution);
        let found = solution.iter().skip(FIRST);
        for (slot, weight) in self.slots.iter().zip(found) {
            weights[*slot as usize] = calm(*weight);
        }
        let number = |n: usize| solution.get(n).copied().unwrap_or(0.0);
        let shapes = std::array::from_fn(|n| calm(number(1 + n)));
        let bias = calm(number(0)) + settings.caution as f32;
        Weights::quantised(bias, shapes, &weights)
    }
}

fn descend(example: &Example, slope: f64, gradient: &mut [f64]) {
    for (value, family) in example.families() {
        for slot in family {
            gradient[*slot as usize] += slope * value;
        }
    }
    let values = std::iter::once(&1.0).chain(&example.shapes);
    for (gradient, value) in gradient.iter_mut().zip(values) {
        *gradient += slope * value;
    }
}

fn log_odds(example: &Example, at: &[f64]) -> f64 {
    let families = example.families().map(|(value, family)| {
        let sum: f64 = family.iter().map(|slot| at[*slot as usize]).sum();
        value * sum
    });
    let values = std::iter::once(&1.0).chain(&example.shapes);
    let shapes = values.zip(at).map(|(value, weight)| value * weight);
    families.chain(shapes).sum()
}

fn bounded(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// ln(1 + e^x) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::example::of_collection;
    use super::*;
    use crate::spam::{
        content::Content, dataset::Labelled, lesson::SiteTag, live::LiveModel, model::Model,
        scorer::Scorer, signals::Signals,
    };

    fn collection() -> Vec<Labelled> {
        let row = |spam, text: &str| Labelled {
            spam,
            text: text.to_owned(),
            author: String::new(),
            title: String::new(),
            source: String::new(),
            thread: String::new(),
        };
        vec![
            row(true, "Win cash now at http://lucky.example/win"),
            row(true, "Cheap pills, cheap pills, buy now"),
            row(true, "𝐖𝐢𝐧 𝐜𝐚𝐬𝐡 with the lucky bonus"),
            row(false, "The council should rebuild the bridge"),
            row(false, "I disagree with the author about the budget"),
            row(false, "My train was late again this morning"),
        ]
    }

    fn trained() -> Weights {
        train(
            &of_collection(&collection()),
            &Settings::default(),
            |_, _| {},
        )
    }

    #[test]
    fn the_same_comments_give_the_same_bytes() {
        assert_eq!(trained().to_bytes(), trained().to_bytes());
    }

    #[test]
    fn training_separates_what_it_saw_and_explains_with_its_words() {
        let scorer = Scorer::new(LiveModel::new(Model::new(trained())));
        let score = |text: &str| {
            let content = Content::of_text(text, "");
            scorer.score_with(SiteTag::default(), &content, &Signals::default())
        };
        let spam = score("Buy cheap pills for the bridge");
        assert!(
            spam.probability.get() > score("The bridge was late this morning").probability.get()
        );
        let told: Vec<(&str, bool)> = spam
            .contributions
            .iter()
            .map(|told| (told.feature.as_str(), told.weight > 0.0))
            .collect();
        for expected in [
            ("\"cheap\"", true),
            ("\"pills\"", true),
            ("\"bridge\"", false),
        ] {
            assert!(told.contains(&expected), "{told:?}");
        }
    }

    #[test]
    fn neither_a_large_collection_nor_its_common_label_drowns_the_rest() {
        let counts = |rows: &[Labelled], spam: bool| -> f64 {
            let examples = of_collection(rows);
            let of_label = examples.iter().filter(|example| example.spam == spam);
            of_label.map(|example| example.calibre).sum()
        };
        let rows = collection();
        let many: Vec<Labelled> = std::iter::repeat_n(rows.clone(), 100).flatten().collect();
        let growth = counts(&many, true) / counts(&rows, true);
        assert!((1.5..10.0).contains(&growth), "{growth}");
        let mut uneven = rows[..3].to_vec();
        uneven.extend(many.iter().filter(|row| !row.spam).take(27).cloned());
        let share = counts(&uneven, false) / counts(&uneven, true);
        let plain = 27.0 / 3.0;
        assert!(share > 1.0 && share < plain, "{share}");
    }

    #[test]
    fn progress_goes_down_to_the_optimum() {
        let mut losses = Vec::new();
        train(
            &of_collection(&collection()),
            &Settings::default(),
            |_, loss| losses.push(loss),
        );
        assert!(losses.len() > 3);
        assert!(
            losses.windows(2).all(|pair| pair[1] <= pair[0]),
            "{losses:?}"
        );
    }
}
