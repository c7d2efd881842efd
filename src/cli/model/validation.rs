//! How right the model was about decisions before it learnt from them, for people and for scripts.

use crate::{
    cli::output,
    proto::v1::{ModelValidation, ProbabilityRange},
};

pub(super) fn json(validation: &ModelValidation) -> serde_json::Value {
    let range = |range: &ProbabilityRange| {
        serde_json::json!({
            "from": range.from,
            "decisions": range.decisions,
            "predicted": range.predicted,
            "observed": range.observed,
        })
    };
    serde_json::json!({
        "decisions": validation.decisions,
        "log_loss": validation.log_loss,
        "mistakes": validation.mistakes,
        "calibration_error": validation.calibration_error,
        "ranges": validation.ranges.iter().map(range).collect::<Vec<_>>(),
    })
}

/// Nothing where it was tested by no decision yet.
pub(super) fn text(validation: &ModelValidation) -> Option<String> {
    let ModelValidation {
        decisions,
        log_loss: Some(log_loss),
        mistakes: Some(mistakes),
        calibration_error: Some(error),
        ranges,
    } = validation
    else {
        return None;
    };
    let rows: Vec<Vec<String>> = ranges.iter().map(row).collect();
    Some(format!(
        "Tested by {decisions} decisions before it learnt from them: {:.1} % mistakes, log loss {log_loss:.3}, probabilities off \
         by {error:.3} on average.\n\n{}",
        100.0 * mistakes,
        output::table(
            &["probability", "decisions", "predicted", "observed"],
            &rows
        )
    ))
}

fn row(range: &ProbabilityRange) -> Vec<String> {
    vec![
        format!("from {:.1}", range.from),
        range.decisions.to_string(),
        decimal(range.predicted),
        decimal(range.observed),
    ]
}

fn decimal(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"))
}
