//! `replydesk doctor`: what is wrong, and how to mend it.

use std::time::SystemTime;

use serde_json::json;

use super::{
    configuration::OperatorArgs,
    failure::Failure,
    output,
    style::{Paint, Tone},
    untrusted,
};
use crate::doctor::{self, Check, Level};

const HELP: &str = "\
Run it where the service runs, as its user, with its configuration. It looks at the configuration, \
files of keys, certificates, Redis (reach, settings, memory, disk, distance, whose data it is), the \
identity provider, the port, the disk and the clock, and changes nothing.

It ends with 0 if all is well or there are only warnings, and with 1 after a failure; --strict \
makes warnings failures.

Examples:
  replydesk doctor
  replydesk doctor --config /etc/replydesk.toml --strict --json";

/// Look at everything that the service needs, and say how to mend what is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// End with 1 after warnings too.
    #[arg(long)]
    strict: bool,
    /// Print JSON, one line a check.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: OperatorArgs,
}

/// Looks, and tells.
///
/// # Errors
/// Something is wrong.
pub async fn run(args: Args) -> Result<(), Failure> {
    let checks = doctor::examine(&args.config.sources(), SystemTime::now()).await;
    if args.json {
        for check in &checks {
            output::json(&json!({
                "check": check.name,
                "level": check.level.word(),
                "found": check.found,
                "mend": check.mend,
            }))?;
        }
    } else {
        output::say(report(&checks, Paint::for_stdout()))?;
    }
    let count = |level| checks.iter().filter(|check| check.level == level).count();
    let (failures, warnings) = (count(Level::Failure), count(Level::Warning));
    match doctor::worst(&checks) {
        Level::Failure => Err(Failure::new(format!("{failures} of the checks failed"))),
        Level::Warning if args.strict => {
            Err(Failure::new(format!("{warnings} of the checks warn")))
        }
        Level::Ok | Level::Warning => Ok(()),
    }
}

/// For people: a line a check, and below it how to mend it.
fn report(checks: &[Check], paint: Paint) -> String {
    let width = checks
        .iter()
        .map(|check| check.name.len())
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for check in checks {
        let (tone, word) = match check.level {
            Level::Ok => (Tone::Good, "ok     "),
            Level::Warning => (Tone::Notice, "warning"),
            Level::Failure => (Tone::Bad, "failure"),
        };
        let found = untrusted::line(&check.found);
        lines.push(format!(
            "{}  {:width$}  {found}",
            paint.paint(tone, word),
            check.name
        ));
        if !check.mend.is_empty() {
            let mend = untrusted::line(&check.mend);
            lines.push(format!("{:7}  {:width$}  -> {mend}", "", ""));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_each_check_and_what_mends_it() {
        let check = |name, level, found: &str, mend: &str| Check {
            name,
            level,
            found: found.to_owned(),
            mend: mend.to_owned(),
        };
        let checks = [
            check("configuration", Level::Ok, "can be used", ""),
            check(
                "redis memory",
                Level::Warning,
                "800 MiB of 1024 MiB (78 %)",
                "raise maxmemory",
            ),
            check(
                "port",
                Level::Failure,
                "127.0.0.1:50051 is taken",
                "stop it",
            ),
        ];
        insta::assert_snapshot!(report(&checks, Paint::off()), @r"
        ok       configuration  can be used
        warning  redis memory   800 MiB of 1024 MiB (78 %)
                                -> raise maxmemory
        failure  port           127.0.0.1:50051 is taken
                                -> stop it
        ");
    }
}
