//! `replydesk eval`: how good the compiled-in model is on labelled comments, as it is or while it learns from them.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    cli::{failure::Failure, output},
    spam::{
        content::Content,
        dataset::{self, Labelled},
        lesson::SiteTag,
        measures::{Ranking, share, share_above},
        model::{Model, Validation},
        signals::Signals,
        training::online,
        vector::Vector,
    },
};

/// The policy's defaults: approve at or below, spam at or above.
const APPROVE_AT: f64 = 0.20;
const SPAM_AT: f64 = 0.95;

const HELP: &str = "\
Each line of a file is a JSON object with \"text\" and \"label\" (\"spam\" or \"ham\"); \"author\" is read as the display \
name. Ids and times take no part in the score, and without --online neither does the order of lines.

With --online each file is a new site of its own: every comment is first scored, and then learnt from as if a moderator had \
decided so at once. The figures are of the scores before. \"auc_after\", in --json, is the learning curve: AUC on a third \
of the file after 0, 10, 30, 100 and 300 decisions on the rest, null where the file is too small.

The shares are of the ham, which is what readers suffer, also in files that have spam too; in a file of spam only they \
are of the spam. \"approved\" is at or below 0.20 and \"marked\" at or above 0.95, the default thresholds. Equal scores \
stand or fall together. A figure that needs both labels is - (null in --json) where a file has only one.

Examples:
  replydesk eval --json comments.jsonl more.jsonl
  replydesk eval --online comments.jsonl";

/// Measure the compiled-in spam model on files of labelled comments.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// Files of JSON lines.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Learn from each comment after it was scored, in the order of the file.
    #[arg(long)]
    online: bool,
    /// Print a JSON list, one object a file.
    #[arg(long)]
    json: bool,
}

/// The figures of one file.
#[derive(Debug, Serialize)]
struct Figures {
    file: String,
    n: usize,
    auc: Option<f64>,
    average_precision: Option<f64>,
    recall_at_fpr_1e2: Option<f64>,
    recall_at_fpr_1e3: Option<f64>,
    share_above_0_5: Option<f64>,
    share_above_0_9: Option<f64>,
    calibration_error: Option<f64>,
    /// AUC on a third of the comments after 0, 10, 30, 100 and 300 decisions on others, a mean over orders; with --online.
    #[serde(skip_serializing_if = "Option::is_none")]
    auc_after: Option<[Option<f64>; online::CURVE.len()]>,
    #[serde(skip)]
    approved: Option<f64>,
    #[serde(skip)]
    marked: Option<f64>,
}

/// Reads, scores and measures each file.
///
/// # Errors
/// A file that can't be read, or a line that is no labelled comment.
#[expect(clippy::unused_async, reason = "every command has the same form")]
pub async fn run(args: Args) -> Result<(), Failure> {
    let model = Model::prior().map_err(|error| Failure::new(error.to_string()))?;
    let mut all = Vec::new();
    for file in &args.files {
        let rows = dataset::read(file).map_err(|error| Failure::usage(error.to_string()))?;
        let scored = if args.online {
            online::progressive(model.clone(), &rows)
        } else {
            frozen(&rows, &model)
        };
        let mut figures = figures(file, &scored);
        if args.online {
            figures.auc_after = Some(online::curve(&model, &rows));
        }
        all.push(figures);
    }
    if args.json {
        let json = serde_json::to_string_pretty(&all);
        output::say(json.map_err(|error| Failure::new(error.to_string()))?)
    } else {
        output::say(table(&all))
    }
}

fn vector(row: &Labelled) -> Vector {
    Vector::of(
        &Content::of_text(&row.text, &row.author),
        Signals::default(),
    )
}

fn frozen(rows: &[Labelled], model: &Model) -> Vec<(f64, bool)> {
    let score = |row: &Labelled| model.probability(&vector(row), SiteTag::default()).get();
    rows.iter().map(|row| (score(row), row.spam)).collect()
}

fn figures(file: &Path, scored: &[(f64, bool)]) -> Figures {
    let ranking = Ranking::of(scored);
    let of_spam = scored.iter().all(|(_, spam)| *spam);
    let judged = || {
        let rows = scored.iter().filter(move |(_, spam)| *spam == of_spam);
        rows.map(|(score, _)| *score)
    };
    Figures {
        file: file.display().to_string(),
        n: scored.len(),
        auc: ranking.auc(),
        average_precision: ranking.average_precision(),
        recall_at_fpr_1e2: ranking.recall_at(100),
        recall_at_fpr_1e3: ranking.recall_at(1_000),
        share_above_0_5: share_above(judged(), 0.5),
        share_above_0_9: share_above(judged(), 0.9),
        calibration_error: Validation::of(scored).calibration_error(),
        auc_after: None,
        approved: share(judged(), |score| score <= APPROVE_AT),
        marked: share(judged(), |score| score >= SPAM_AT),
    }
}

fn table(all: &[Figures]) -> String {
    let width = all
        .iter()
        .map(|figures| figures.file.chars().count())
        .max()
        .unwrap_or(0)
        .max(4);
    let mut text = format!(
        "{:width$} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8}",
        "file", "n", "AUC", "AP", "R@1%", "R@0.1%", ">0.5", ">0.9", "approved", "marked"
    );
    for figures in all {
        text.push_str(&format!(
            "\n{:width$} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8}",
            figures.file,
            figures.n,
            decimal(figures.auc),
            decimal(figures.average_precision),
            decimal(figures.recall_at_fpr_1e2),
            decimal(figures.recall_at_fpr_1e3),
            percent(figures.share_above_0_5),
            percent(figures.share_above_0_9),
            percent(figures.approved),
            percent(figures.marked),
        ));
    }
    if all.iter().any(|figures| figures.auc_after.is_some()) {
        text.push_str(&curves(all, width));
    }
    text
}

fn curves(all: &[Figures], width: usize) -> String {
    let mut text = format!(
        "\n\nAUC on a third of the comments after so many decisions on others, and how far off probabilities are on \
         average:\n{:width$}",
        "file"
    );
    for decisions in online::CURVE {
        text.push_str(&format!(" {decisions:>7}"));
    }
    text.push_str("  off by");
    for figures in all {
        text.push_str(&format!("\n{:width$}", figures.file));
        for auc in figures.auc_after.iter().flatten() {
            text.push_str(&format!(" {:>7}", decimal(*auc)));
        }
        text.push_str(&format!(" {:>7}", decimal(figures.calibration_error)));
    }
    text
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{:.2} %", 100.0 * value))
}
