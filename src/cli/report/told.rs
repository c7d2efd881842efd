//! A transparency report, for people and for scripts. A page of 80 columns.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};

use crate::{
    cli::{
        bars, clock,
        review::line::Line,
        stats::verdicts as verdicts_json,
        style::{Paint, Tone},
        untrusted,
    },
    proto::v1::{OutcomeCounts, TransparencyReport, VerdictCounts},
};

/// How wide the longest bar is, in cells.
const BAR: usize = 24;
/// How much of a code or its text stands in a line, in cells.
const CODE: usize = 30;
/// Columns of days in a line: more days are put together.
const DAYS: usize = 62;

/// For people.
#[must_use]
pub fn text(report: &TransparencyReport, paint: Paint) -> String {
    let head = format!(
        "{}: {} to {}, days in UTC",
        untrusted::line(&report.site),
        untrusted::line(&report.from_day),
        untrusted::line(&report.to_day)
    );
    let mut out = paint.paint(Tone::Strong, &head) + "\n";
    let came = report.submissions.unwrap_or_default();
    let rows = [
        ("shown at once", came.approved),
        ("held for a moderator", came.pending),
        ("marked as spam", came.spam),
        ("rejected by policy", came.rejected),
    ];
    out.push_str(&table("Submitted", submitted(&came), &rows, paint));
    let decisions = report.decisions.unwrap_or_default();
    let title = "Decided by moderators, one by one";
    out.push_str(&table(
        title,
        total(&decisions),
        &verdicts(&decisions),
        paint,
    ));
    let bulk = report.bulk.unwrap_or_default();
    out.push_str(&table(
        "Decided in bulk",
        total(&bulk),
        &verdicts(&bulk),
        paint,
    ));
    let undone = report.undone.unwrap_or_default();
    out.push_str(&table("Undone", total(&undone), &verdicts(&undone), paint));
    out.push_str(&reasons(report, paint));
    out.push_str(&other(report));
    out.push_str(&days(report, paint));
    out.trim_end().to_owned()
}

fn submitted(came: &OutcomeCounts) -> u64 {
    came.pending + came.approved + came.rejected + came.spam
}

fn total(counts: &VerdictCounts) -> u64 {
    counts.approve + counts.reject + counts.spam + counts.escalate
}

fn verdicts(counts: &VerdictCounts) -> [(&'static str, u64); 4] {
    [
        ("approved", counts.approve),
        ("rejected", counts.reject),
        ("spam", counts.spam),
        ("escalated", counts.escalate),
    ]
}

/// Nothing for what did not happen.
fn table(title: &str, all: u64, rows: &[(&str, u64)], paint: Paint) -> String {
    if all == 0 && title != "Submitted" {
        return String::new();
    }
    let title = paint.paint(Tone::Strong, &format!("{title:<34}"));
    let mut out = format!("\n{title}{all:>10}\n");
    for (name, count) in rows.iter().filter(|(_, count)| *count > 0) {
        out.push_str(&row(name, *count, all));
    }
    out
}

fn row(name: &str, count: u64, all: u64) -> String {
    let drawn = bars::bar(count, all, BAR);
    let line = format!(
        "  {name:<32}{count:>10}{:>9}  {drawn}",
        bars::share(count, all)
    );
    line.trim_end().to_owned() + "\n"
}

fn reasons(report: &TransparencyReport, paint: Paint) -> String {
    let named = report.reasons.iter().map(|reason| reason.decisions);
    let all = named.sum::<u64>() + report.other_reasons;
    if all == 0 {
        return String::new();
    }
    let title = format!("{:<34}", "By reason");
    let mut out = format!("\n{}{all:>10}\n", paint.paint(Tone::Strong, &title));
    for reason in &report.reasons {
        let name = if reason.text.is_empty() {
            untrusted::line(&reason.reason_code)
        } else {
            untrusted::line(&reason.text)
        };
        let short = Line::of(Tone::Plain, name).cut(CODE);
        out.push_str(&row(&short.text(), reason.decisions, all));
    }
    if report.other_reasons > 0 {
        out.push_str(&row("other codes", report.other_reasons, all));
    }
    out
}

fn other(report: &TransparencyReport) -> String {
    let mut out = String::from("\n");
    for (name, count) in [
        ("Reports by readers", report.reports),
        ("Appeals of authors", report.appeals),
    ] {
        if count > 0 {
            let _ = writeln!(out, "{name:<34}{count:>10}");
        }
    }
    if let Some(median) = report.median_time_to_decision {
        let median = Duration::try_from(median).unwrap_or_default();
        let _ = writeln!(
            out,
            "{:<34}{:>10}",
            "Median time to a decision",
            clock::rough(median)
        );
    }
    out
}

fn days(report: &TransparencyReport, paint: Paint) -> String {
    let at_once = report.days.len().div_ceil(DAYS).max(1);
    let each = |of: fn(&crate::proto::v1::DayStats) -> u64| -> Vec<u64> {
        let chunks = report.days.chunks(at_once);
        chunks.map(|days| days.iter().map(of).sum()).collect()
    };
    let mut out = String::new();
    let span = match at_once {
        1 => "day".to_owned(),
        days => format!("{days} days"),
    };
    for (name, numbers) in [
        ("Submitted", each(|day| day.submissions)),
        ("Decided", each(|day| day.decisions)),
    ] {
        let most = numbers.iter().copied().max().unwrap_or(0);
        if most > 0 {
            let title = format!("{name} by {span}, at most {most}");
            let _ = writeln!(
                out,
                "\n{}\n  {}",
                paint.paint(Tone::Strong, &title),
                bars::columns(&numbers, 1, 0)
            );
        }
    }
    out
}

/// For scripts.
#[must_use]
pub fn json(report: &TransparencyReport) -> Value {
    let came = report.submissions.unwrap_or_default();
    let reasons = report.reasons.iter().map(|reason| {
        json!({
            "reason_code": reason.reason_code,
            "text": reason.text,
            "decisions": reason.decisions,
        })
    });
    let days = report.days.iter().map(|day| {
        json!({
            "day": day.day,
            "submissions": day.submissions,
            "decisions": day.decisions,
            "undone": day.undone,
        })
    });
    let median = report
        .median_time_to_decision
        .and_then(|span| Duration::try_from(span).ok())
        .map(|span| span.as_secs_f64());
    json!({
        "site": report.site,
        "from_day": report.from_day,
        "to_day": report.to_day,
        "submissions": {
            "pending": came.pending,
            "approved": came.approved,
            "rejected": came.rejected,
            "spam": came.spam,
        },
        "decisions": verdicts_json(report.decisions.as_ref()),
        "bulk": verdicts_json(report.bulk.as_ref()),
        "undone": verdicts_json(report.undone.as_ref()),
        "reasons": reasons.collect::<Value>(),
        "other_reasons": report.other_reasons,
        "reports": report.reports,
        "appeals": report.appeals,
        "median_time_to_decision_seconds": median,
        "days": days.collect::<Value>(),
    })
}

#[cfg(test)]
mod tests;
