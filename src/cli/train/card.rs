//! What the model card says of a training, and how it is measured and printed.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use crate::{
    cli::{failure::Failure, train::Args},
    spam::{
        dataset::{self, Labelled},
        measures::mean,
        training::{
            Settings,
            ablation::{self, Part},
            disguises,
            folds::FOLDS,
            held_out::{self, Figures},
            online,
        },
    },
};

/// What the model card says of a training.
#[derive(Debug, Default, Serialize)]
pub(super) struct Card {
    pub(super) digest: String,
    pub(super) bytes: usize,
    pub(super) collections: Vec<CollectionCard>,
    pub(super) left_out: Vec<String>,
    pub(super) steps: usize,
    pub(super) loss: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) disguises: Vec<DisguiseCard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) learning: Vec<LearningCard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ablation: Vec<AblationCard>,
}

#[derive(Debug, Serialize)]
pub(super) struct CollectionCard {
    pub(super) file: String,
    pub(super) source: String,
    pub(super) spam: usize,
    pub(super) ham: usize,
    pub(super) held_out: Option<HeldOutCard>,
}

/// Means over the folds that have such comments.
#[derive(Debug, Serialize)]
pub(super) struct HeldOutCard {
    auc: Option<f64>,
    auc_interval: Option<(f64, f64)>,
    auc_of_folds: Vec<f64>,
    recall_at_fpr_1e2: Option<f64>,
    recall_among_at_fpr_1e3: Option<f64>,
    ham_above_0_9: Option<f64>,
}

/// What a disguise changes.
#[derive(Debug, Serialize)]
pub(super) struct DisguiseCard {
    disguise: &'static str,
    recall_at_fpr_1e2: f64,
    recall_at_fpr_1e3: f64,
    ham_above_0_5: f64,
    ham_above_0_9: f64,
}

/// How a collection's comments were scored while they were learnt from, as those of a new site.
#[derive(Debug, Serialize)]
pub(super) struct LearningCard {
    file: String,
    auc_online: Option<f64>,
    /// Mean AUC after each of the numbers of decisions in [`online::CURVE`].
    auc_after: [Option<f64>; online::CURVE.len()],
}

/// Mean AUC (and recall among other comments) of each collection, without a part of the features.
#[derive(Debug, Serialize)]
pub(super) struct AblationCard {
    without: &'static str,
    auc: Vec<Option<f64>>,
    recall_among_at_fpr_1e3: Vec<Option<f64>>,
}

impl Card {
    /// Holds out whole groups and measures on them.
    pub(super) fn measure(
        &mut self,
        args: &Args,
        collections: &[Vec<Labelled>],
    ) -> Result<(), Failure> {
        let mut among = Vec::new();
        for file in &args.among {
            let rows = dataset::read(file).map_err(|error| Failure::usage(error.to_string()))?;
            among.extend(rows.into_iter().filter(|row| !row.spam));
        }
        let settings = Settings::default();
        let progress = |fold| eprintln!("replydesk: fold {} of {FOLDS}", fold + 1);
        let figures = held_out::measure(collections, &among, &settings, |_| {}, progress);
        for (collection, figures) in self.collections.iter_mut().zip(figures) {
            collection.held_out = Some(HeldOutCard::of(figures));
        }
        if args.disguises {
            let effects = disguises::measure(collections, &settings, progress);
            self.disguises = effects.iter().map(DisguiseCard::of).collect();
        }
        if args.learning {
            let learnt = online::measure(collections, &settings, progress);
            let rows = self.collections.iter().zip(learnt);
            self.learning = rows
                .map(|(collection, figures)| LearningCard::of(&collection.file, &figures))
                .collect();
        }
        if args.ablation {
            for part in Part::all() {
                eprintln!("replydesk: without {}", part.word());
                let figures = ablation::measure(collections, &among, &settings, part);
                self.ablation.push(AblationCard {
                    without: part.word(),
                    auc: figures.iter().map(|figures| mean(&figures.auc)).collect(),
                    recall_among_at_fpr_1e3: figures
                        .iter()
                        .map(|figures| mean(&figures.recall_among))
                        .collect(),
                });
            }
        }
        Ok(())
    }

    /// As tables.
    pub(super) fn print(&self, to: &mut impl Write, out: &Path) -> io::Result<()> {
        writeln!(
            to,
            "{:24} {:32} {:>7} {:>7}",
            "file", "source", "spam", "ham"
        )?;
        for collection in &self.collections {
            writeln!(
                to,
                "{:24} {:32} {:>7} {:>7}",
                collection.file, collection.source, collection.spam, collection.ham
            )?;
        }
        if !self.left_out.is_empty() {
            writeln!(
                to,
                "left out (may only be measured with): {}",
                self.left_out.join(", ")
            )?;
        }
        if self
            .collections
            .iter()
            .any(|collection| collection.held_out.is_some())
        {
            self.print_held_out(to)?;
        }
        self.print_disguises(to)?;
        self.print_learning(to)?;
        self.print_ablation(to)?;
        writeln!(to, "{} steps, loss {:.5}", self.steps, self.loss)?;
        writeln!(
            to,
            "{} bytes in {}, SHA-256 {}",
            self.bytes,
            out.display(),
            self.digest
        )?;
        Ok(())
    }

    fn print_held_out(&self, to: &mut impl Write) -> io::Result<()> {
        writeln!(to, "held out:")?;
        writeln!(
            to,
            "{:24} {:>7} {:>15} {:>15} {:>7} {:>13} {:>9}",
            "file", "AUC", "95 of 100", "of folds", "R@1%", "R@0.1% among", "ham >0.9"
        )?;
        for collection in &self.collections {
            let Some(held_out) = &collection.held_out else {
                continue;
            };
            let least = held_out.auc_of_folds.iter().copied().reduce(f64::min);
            let most = held_out.auc_of_folds.iter().copied().reduce(f64::max);
            let (low, high) = held_out.auc_interval.unzip();
            writeln!(
                to,
                "{:24} {:>7} {:>15} {:>15} {:>7} {:>13} {:>9}",
                collection.file,
                decimal(held_out.auc),
                format!("{}-{}", decimal(low), decimal(high)),
                format!("{}-{}", decimal(least), decimal(most)),
                decimal(held_out.recall_at_fpr_1e2),
                decimal(held_out.recall_among_at_fpr_1e3),
                decimal(held_out.ham_above_0_9),
            )?;
        }
        Ok(())
    }

    fn print_disguises(&self, to: &mut impl Write) -> io::Result<()> {
        if self.disguises.is_empty() {
            return Ok(());
        }
        writeln!(to, "held-out comments in disguise:")?;
        writeln!(
            to,
            "{:26} {:>7} {:>7} {:>9} {:>9}",
            "disguise", "R@1%", "R@0.1%", "ham >0.5", "ham >0.9"
        )?;
        for row in &self.disguises {
            writeln!(
                to,
                "{:26} {:>7.4} {:>7.4} {:>7.2} % {:>7.2} %",
                row.disguise,
                row.recall_at_fpr_1e2,
                row.recall_at_fpr_1e3,
                100.0 * row.ham_above_0_5,
                100.0 * row.ham_above_0_9,
            )?;
        }
        Ok(())
    }

    fn print_learning(&self, to: &mut impl Write) -> io::Result<()> {
        if self.learning.is_empty() {
            return Ok(());
        }
        write!(to, "{:24} {:>9}", "while it learns", "AUC")?;
        for decisions in online::CURVE {
            write!(to, " {:>9}", format!("after {decisions}"))?;
        }
        writeln!(to)?;
        for row in &self.learning {
            write!(to, "{:24} {:>9}", row.file, decimal(row.auc_online))?;
            for auc in row.auc_after {
                write!(to, " {:>9}", decimal(auc))?;
            }
            writeln!(to)?;
        }
        Ok(())
    }

    fn print_ablation(&self, to: &mut impl Write) -> io::Result<()> {
        if self.ablation.is_empty() {
            return Ok(());
        }
        writeln!(
            to,
            "AUC, and recall at 0.1 % among the comments of --among, without:"
        )?;
        write!(to, "{:22}", "")?;
        for collection in &self.collections {
            write!(to, " {:>18.18}", collection.file)?;
        }
        writeln!(to)?;
        for row in &self.ablation {
            write!(to, "{:22}", row.without)?;
            for (auc, among) in row.auc.iter().zip(&row.recall_among_at_fpr_1e3) {
                write!(to, " {:>9} {:>8}", decimal(*auc), decimal(*among))?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

impl HeldOutCard {
    fn of(figures: Figures) -> Self {
        Self {
            auc: mean(&figures.auc),
            auc_interval: figures.auc_interval,
            recall_at_fpr_1e2: mean(&figures.recall_at_fpr_1e2),
            recall_among_at_fpr_1e3: mean(&figures.recall_among),
            ham_above_0_9: mean(&figures.ham_above_0_9),
            auc_of_folds: figures.auc,
        }
    }
}

impl LearningCard {
    fn of(file: &str, figures: &online::Figures) -> Self {
        Self {
            file: file.to_owned(),
            auc_online: mean(&figures.auc),
            auc_after: std::array::from_fn(|n| {
                let known: Vec<f64> = figures.curves.iter().filter_map(|curve| curve[n]).collect();
                mean(&known)
            }),
        }
    }
}

impl DisguiseCard {
    fn of(effect: &disguises::Effect) -> Self {
        Self {
            disguise: effect.disguise.word(),
            recall_at_fpr_1e2: effect.recall_at_fpr_1e2,
            recall_at_fpr_1e3: effect.recall_at_fpr_1e3,
            ham_above_0_5: effect.ham_above_0_5,
            ham_above_0_9: effect.ham_above_0_9,
        }
    }
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}
