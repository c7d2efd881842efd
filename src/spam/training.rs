//! Makes weights from labelled comments: logistic regression with a ridge per family, solved to its one optimum.
//!
//! The same comments in the same order give the same bytes: sums run in a fixed order, and `libm` gives exp and ln.

mod descent;

use crate::spam::{
    content::Content,
    dataset::Labelled,
    features::{Family, Parts},
    shape::Shape,
    weights::Weights,
};

/// How the weights are held down and how long the solver may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The ridge on each family's weights, for a collection that counts as [`Settings::CALIBRE`] comments.
    pub family_ridge: [f64; Family::ALL.len()],
    /// The ridge on each counted fact's weight.
    pub shape_ridge: f64,
    /// How much more common features are held down: their ridge is divided by idf to this power.
    pub idf_power: f64,
    /// Steps of the solver.
    pub most_steps: usize,
    /// Log-odds added at the end: how much rarer spam is where comments are moderated than in the collections.
    pub bias_shift: f64,
}

impl Settings {
    /// Each collection counts as this many comments, however many it has: a large one must not drown the others.
    pub const CALIBRE: f64 = 4_000.0;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            family_ridge: [0.3; Family::ALL.len()],
            shape_ridge: 10.0,
            idf_power: 1.0,
            most_steps: 60,
            bias_shift: 0.0,
        }
    }
}

/// One comment as the solver sees it.
#[derive(Debug, Clone)]
pub struct Example {
    spam: bool,
    /// How many comments it counts as.
    calibre: f64,
    /// Distinct slots, by family.
    slots: Vec<u32>,
    ends: [usize; Family::ALL.len()],
    shapes: [f64; Shape::ALL.len()],
}

impl Example {
    /// Reads a comment.
    #[must_use]
    pub fn of(row: &Labelled, calibre: f64) -> Self {
        let content = Content::of_text(&row.text, &row.author);
        let mut by_family: [Vec<u32>; Family::ALL.len()] = Default::default();
        Parts::of(&content).each(|feature| {
            let slot = u32::try_from(feature.slot()).unwrap_or(u32::MAX);
            by_family[feature.family as usize].push(slot);
        });
        let mut slots = Vec::new();
        let ends = by_family.map(|mut family| {
            family.sort_unstable();
            family.dedup();
            slots.append(&mut family);
            slots.len()
        });
        Self {
            spam: row.spam,
            calibre,
            slots,
            ends,
            shapes: Shape::ALL.map(|shape| shape.value(&content)),
        }
    }

    /// Its slots, family by family, with what one of them counts.
    fn families(&self) -> impl Iterator<Item = (f64, &[u32])> {
        let starts = std::iter::once(0).chain(self.ends);
        Family::ALL
            .into_iter()
            .zip(starts.zip(self.ends))
            .map(|(family, (start, end))| {
                let slots = self.slots.get(start..end).unwrap_or(&[]);
                (family.value(slots.len()), slots)
            })
    }
}

/// Reads collections, each counting alike.
#[must_use]
pub fn examples(collections: &[Vec<Labelled>]) -> Vec<Example> {
    let mut examples = Vec::new();
    for rows in collections {
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of comments are far below 2^53"
        )]
        let calibre = Settings::CALIBRE / rows.len().max(1) as f64;
        examples.extend(rows.iter().map(|row| Example::of(row, calibre)));
    }
    examples
}

/// Trains on examples; `progress` hears of each step and its loss per comment.
pub fn train(
    examples: &[Example],
    settings: &Settings,
    progress: impl FnMut(usize, f64),
) -> Weights {
    let problem = Problem::of(examples, settings);
    let solution = descent::minimise(
        SIZE,
        settings.most_steps,
        |at, gradient| problem.loss(at, gradient),
        progress,
    );
    #[expect(
        clippy::cast_possible_truncation,
        reason = "weights are kept as bytes in the end"
    )]
    let small: Vec<f32> = solution.iter().map(|weight| *weight as f32).collect();
    let (slots, rest) = small.split_at(Weights::SLOTS);
    let shapes = std::array::from_fn(|n| rest.get(n).copied().unwrap_or(0.0));
    #[expect(clippy::cast_possible_truncation, reason = "a constant of one digit")]
    let bias = rest.last().copied().unwrap_or(0.0) + settings.bias_shift as f32;
    Weights::quantised(bias, shapes, slots)
}

/// A point of the problem: slots, shapes, bias.
const SIZE: usize = Weights::SLOTS + Shape::ALL.len() + 1;

/// The loss to minimise.
struct Problem<'a> {
    examples: &'a [Example],
    calibre: f64,
    ridge: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn of(examples: &'a [Example], settings: &Settings) -> Self {
        let calibre: f64 = examples.iter().map(|example| example.calibre).sum();
        let mut ridge = vec![0.0; SIZE];
        for example in examples {
            for slot in &example.slots {
                ridge[*slot as usize] += example.calibre / calibre;
            }
        }
        for (family, strength) in Family::ALL.into_iter().zip(settings.family_ridge) {
            for share in &mut ridge[family.offset()..family.offset() + family.slots()] {
                let idf = 1.0 - libm::log(share.max(1e-4));
                *share = strength / calibre * libm::pow(idf, -settings.idf_power);
            }
        }
        ridge[Weights::SLOTS..SIZE - 1].fill(settings.shape_ridge / calibre);
        Self {
            examples,
            calibre,
            ridge,
        }
    }

    /// Loss per comment at a point, and its gradient.
    fn loss(&self, at: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut loss = 0.0;
        for example in self.examples {
            let against = if example.spam { -1.0 } else { 1.0 };
            let log_odds = against * log_odds(example, at);
            let share = example.calibre / self.calibre;
            loss += share * softplus(log_odds);
            descend(
                example,
                against * share / (1.0 + libm::exp(-log_odds)),
                gradient,
            );
        }
        for ((weight, gradient), ridge) in at.iter().zip(gradient.iter_mut()).zip(&self.ridge) {
            loss += 0.5 * ridge * weight * weight;
            *gradient += ridge * weight;
        }
        loss
    }
}

fn descend(example: &Example, slope: f64, gradient: &mut [f64]) {
    for (value, family) in example.families() {
        for slot in family {
            gradient[*slot as usize] += slope * value;
        }
    }
    let rest = gradient.iter_mut().skip(Weights::SLOTS);
    for (gradient, value) in rest.zip(example.shapes.iter().chain([&1.0])) {
        *gradient += slope * value;
    }
}

fn log_odds(example: &Example, at: &[f64]) -> f64 {
    let families = example.families().map(|(value, family)| {
        let sum: f64 = family.iter().map(|slot| at[*slot as usize]).sum();
        value * sum
    });
    let shapes = example
        .shapes
        .iter()
        .chain([&1.0])
        .zip(&at[Weights::SLOTS..])
        .map(|(value, weight)| value * weight);
    families.chain(shapes).sum()
}

/// ln(1 + e^x) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}
