//! `replydesk model`: how a replica's model stands.

mod validation;

use clap::Subcommand;

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    proto::v1::{GetModelStatusRequest, ModelCounts, ModelStatus},
};

use super::{failure::Failure, output, untrusted};

/// See how the model stands that learns from moderators. Needs an admin key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  replydesk model status
  replydesk model status --json | jq -r .digest   # the same on all replicas")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    reach: Reach,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show digest, place in the log, snapshots, what went wrong, and how right the model was, of the replica that answers.
    ///
    /// `predicted` is the mean probability that it gave to comments before moderators decided on them, `observed` which
    /// share of these they called spam: the nearer the two are, the more a probability means what it says.
    #[command(after_help = "Example:\n  replydesk model status --address http://10.0.0.7:50051")]
    Status,
}

/// Runs it.
///
/// # Errors
/// The service refuses it or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let target = args.reach.target()?;
    match args.verb {
        Verb::Status => {
            let connection = Connection::open(&target).await?;
            let request = timely(GetModelStatusRequest {});
            let response = once(connection.sites().get_model_status(request)).await;
            let status = response.map_err(|status| explain(&status))?.status;
            let status =
                status.ok_or_else(|| Failure::new("the service answered without the status"))?;
            if args.json {
                output::json(&json(&status))
            } else {
                output::say(text(&status))
            }
        }
    }
}

fn age_seconds(status: &ModelStatus) -> Option<i64> {
    status.snapshot_age.map(|age| age.seconds)
}

fn json(status: &ModelStatus) -> serde_json::Value {
    let counts = counted(status.counts.unwrap_or_default());
    let counts: serde_json::Map<String, serde_json::Value> = counts
        .into_iter()
        .map(|(name, count, _)| (name.to_owned(), count.into()))
        .collect();
    serde_json::json!({
        "digest": status.digest,
        "position": status.position,
        "lessons": status.lessons,
        "behind": status.behind,
        "caught_up": status.caught_up,
        "trains": status.trains,
        "has_trainer": status.has_trainer,
        "snapshot_position": status.snapshot_position,
        "snapshot_age_s": age_seconds(status),
        "counts": counts,
        "validation": validation::json(&status.validation.clone().unwrap_or_default()),
    })
}

fn text(status: &ModelStatus) -> String {
    let catching_up = if status.caught_up {
        ""
    } else {
        ", not caught up since it started"
    };
    let trainer = match (status.trains, status.has_trainer) {
        (true, _) => "this replica",
        (false, true) => "another replica",
        (false, false) => "none: nothing is learnt",
    };
    let snapshot = match (&status.snapshot_position, age_seconds(status)) {
        (Some(position), Some(age)) => format!("at {}, {age} s old", untrusted::line(position)),
        (Some(position), None) => format!("at {}", untrusted::line(position)),
        (None, _) => "none yet".to_owned(),
    };
    let mut text = format!(
        "digest     {}\nposition   {}, {} behind{catching_up}\nlessons    {}\ntrainer    {trainer}\nsnapshot   {snapshot}",
        untrusted::line(&status.digest),
        untrusted::line(&status.position),
        status.behind,
        status.lessons,
    );
    let told = counted(status.counts.unwrap_or_default());
    for (_, count, meaning) in told.into_iter().filter(|(_, count, _)| *count > 0) {
        text.push_str(&format!("\n  {count:>8}  {meaning}"));
    }
    if let Some(told) = status.validation.as_ref().and_then(validation::text) {
        text.push_str(&format!("\n\n{told}"));
    }
    text
}

/// Each count with its name and its meaning.
fn counted(counts: ModelCounts) -> [(&'static str, u64, &'static str); 12] {
    [
        ("appended", counts.appended, "lessons appended to the log"),
        (
            "comments_gone",
            counts.comments_gone,
            "decisions on comments that are gone",
        ),
        (
            "sources_cut",
            counts.sources_cut,
            "feeds that did not reach back to the trainer's cursor",
        ),
        (
            "imports_corrupt",
            counts.imports_corrupt,
            "imported lessons that are none",
        ),
        (
            "entries_corrupt",
            counts.entries_corrupt,
            "corrupt log entries, passed over",
        ),
        (
            "snapshots_corrupt",
            counts.snapshots_corrupt,
            "snapshots that could not be used",
        ),
        (
            "reloads",
            counts.reloads,
            "snapshots loaded since the log did not go on",
        ),
        ("gaps", counts.gaps, "gaps in the log that were crossed"),
        (
            "diverged",
            counts.diverged,
            "times the model was not the snapshot's",
        ),
        ("snapshots", counts.snapshots, "snapshots kept"),
        ("trimmed", counts.trimmed, "log entries trimmed"),
        ("tenures", counts.tenures, "times it became the trainer"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{ModelValidation, ProbabilityRange};

    #[test]
    fn the_status_is_told_in_a_few_lines() {
        let status = ModelStatus {
            digest: "2bf4eaf6".to_owned(),
            position: "1234-77".to_owned(),
            lessons: 1_200,
            behind: 3,
            caught_up: true,
            has_trainer: true,
            snapshot_position: Some("1000-5".to_owned()),
            snapshot_age: Some(prost_types::Duration {
                seconds: 61,
                nanos: 0,
            }),
            counts: Some(ModelCounts {
                entries_corrupt: 2,
                ..ModelCounts::default()
            }),
            validation: Some(ModelValidation {
                decisions: 1_130,
                log_loss: Some(0.2314),
                mistakes: Some(0.0619),
                calibration_error: Some(0.0312),
                ranges: (0_u32..10)
                    .map(|n| ProbabilityRange {
                        from: f64::from(n) / 10.0,
                        decisions: if n == 4 { 0 } else { 900 >> n },
                        predicted: (n != 4).then(|| 0.1 * f64::from(n) + 0.031),
                        observed: (n != 4).then(|| 0.1 * f64::from(n) + 0.052),
                    })
                    .collect(),
            }),
            ..ModelStatus::default()
        };
        insta::assert_snapshot!(text(&status));
        let told = json(&status);
        assert_eq!(told["counts"]["entries_corrupt"], 2);
        assert_eq!(told["validation"]["ranges"][2]["observed"], 0.252);
        assert_eq!(told["validation"]["log_loss"], 0.2314);
    }

    #[test]
    fn without_decisions_nothing_is_said_of_them() {
        let told = text(&ModelStatus::default());
        assert!(!told.contains("decisions"), "{told}");
        let none = &json(&ModelStatus::default())["validation"];
        assert_eq!(none["decisions"], 0);
        assert!(none["log_loss"].is_null());
    }
}
