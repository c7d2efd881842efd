//! `replydesk report`: what was decided on a site in a period, for publication.

mod told;

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    proto::v1::GetTransparencyReportRequest,
};

use super::{clock, failure::Failure, output, style::Paint};

/// Count what was decided on a site in a period: by verdict, by reason, and by who decided. Any key of the site will do;
/// no person is named in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk report --site daily                     # the 30 days before today
  replydesk report --site daily --from 2026-01-01 --to 2026-03-31
  replydesk report --site daily --json > transparency.json")]
pub struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The first day, in UTC; without it, the 30th before the last.
    #[arg(long, value_name = "DAY", value_parser = clock::parse_day)]
    from: Option<Date>,
    /// The last day, counted too; without it, yesterday.
    #[arg(long, value_name = "DAY", value_parser = clock::parse_day)]
    to: Option<Date>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs it.
///
/// # Errors
/// No such site, a period that is none, the key is not good for the site, or the service is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let today = TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let (from, to) = period(args.from, args.to, today)?;
    let connection = Connection::open(&args.reach.target()?).await?;
    let request = GetTransparencyReportRequest {
        site: args.site,
        from_day: from.to_string(),
        to_day: to.to_string(),
    };
    let mut comments = connection.comments();
    let asked = comments.get_transparency_report(timely(request));
    let report = once(asked).await.map_err(|status| explain(&status))?.report;
    let report = report.ok_or_else(|| Failure::new("the service answered without the report"))?;
    if args.json {
        return output::json(&told::json(&report));
    }
    output::say(told::text(&report, Paint::for_stdout()))
}

/// Thirty whole days, unless told otherwise: today is not over.
fn period(from: Option<Date>, to: Option<Date>, today: Date) -> Result<(Date, Date), Failure> {
    let too_far = |_| Failure::usage("a day such as 2026-01-31 is needed");
    let to = match to {
        Some(to) => to,
        None => today.checked_sub(1.day()).map_err(too_far)?,
    };
    let from = match from {
        Some(from) => from,
        None => to.checked_sub(29.days()).map_err(too_far)?,
    };
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_of_thirty_whole_days_unless_told_otherwise() {
        let day = |text: &str| text.parse::<Date>().expect(text);
        for (from, to, expected) in [
            (None, None, ("2026-01-01", "2026-01-30")),
            (Some("2026-01-20"), None, ("2026-01-20", "2026-01-30")),
            (None, Some("2025-03-01"), ("2025-01-31", "2025-03-01")),
            (
                Some("2025-03-01"),
                Some("2025-03-01"),
                ("2025-03-01", "2025-03-01"),
            ),
        ] {
            let found = period(from.map(day), to.map(day), day("2026-01-31")).expect("a period");
            assert_eq!(found, (day(expected.0), day(expected.1)));
        }
        assert!(period(None, Some(Date::MIN), day("2026-01-31")).is_err());
    }
}
