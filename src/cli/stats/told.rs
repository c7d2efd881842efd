//! The figures of a queue, for people and for scripts. A page of 80 columns.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};

use crate::{
    cli::{
        bars, clock, json,
        review::line::Line,
        style::{Paint, Tone},
        untrusted, words,
    },
    proto::v1::{
        GetQueueStatsResponse, HourStats, LaneStats, QueueStats, VerdictCounts, WorkStats,
    },
};

/// How wide a moderator's name may be, in cells.
const NAME: usize = 28;

/// For people.
#[must_use]
pub fn text(site: &str, found: &GetQueueStatsResponse, paint: Paint) -> String {
    let stats = found.stats.unwrap_or_default();
    let mut out = paint.paint(Tone::Strong, &untrusted::line(site)) + "\n";
    out.push_str(&waiting(&stats));
    out.push_str(&lanes(&found.lanes));
    out.push_str(&figures(
        &found.this_hour.unwrap_or_default(),
        &found.last_day.unwrap_or_default(),
        paint,
    ));
    out.push_str(&hours(&found.hours, paint));
    if !found.moderators.is_empty() {
        let _ = write!(out, "\n{}\n", paint.paint(Tone::Strong, "By moderator"));
    }
    let most = found.moderators.iter().map(|one| one.decisions).max();
    for one in &found.moderators {
        let label = if one.label.is_empty() {
            untrusted::line(&one.key_id)
        } else {
            untrusted::line(&one.label)
        };
        let label = Line::of(Tone::Plain, label).cut(NAME).text();
        let _ = writeln!(
            out,
            "  {label:<NAME$}  {:>7} decided  {:>5} undone  {}",
            one.decisions,
            one.undone,
            bars::bar(one.decisions, most.unwrap_or(0), 16)
        );
    }
    out.trim_end().to_owned()
}

fn waiting(stats: &QueueStats) -> String {
    let oldest = stats.oldest_waiting.as_ref().map_or_else(
        || "nothing waits".to_owned(),
        |oldest| format!("the next has waited {}", rough(oldest)),
    );
    format!(
        "  queue      {} waiting, {} held; {oldest}\n  comments   {} pending, {} approved, {} rejected, {} spam\n",
        stats.waiting, stats.leased, stats.pending, stats.approved, stats.rejected, stats.spam
    )
}

/// Those where something waits, if there is more than the queue that everybody works.
fn lanes(lanes: &[LaneStats]) -> String {
    let mut out = String::new();
    for lane in lanes.iter().filter(|lane| lane.waiting > 0) {
        let oldest = lane.oldest_waiting.as_ref().map(rough);
        let _ = writeln!(
            out,
            "  {:<9}  {} waiting; the next has waited {}",
            words::lane(lane.lane),
            lane.waiting,
            oldest.unwrap_or_else(|| "-".to_owned())
        );
    }
    out
}

fn figures(hour: &WorkStats, day: &WorkStats, paint: Paint) -> String {
    let head = format!("{:<22}{:>12}{:>14}", "", "this hour", "24 hours");
    let mut out = format!("\n{}\n", paint.paint(Tone::Faint, &head));
    let mut row = |name: &str, of: &dyn Fn(&WorkStats) -> String| {
        let _ = writeln!(out, "  {name:<20}{:>12}{:>14}", of(hour), of(day));
    };
    row("joined the queue", &|work| work.queued.to_string());
    row("decided", &|work| decided(work).to_string());
    type Count = fn(&VerdictCounts) -> u64;
    let verdicts: [(&str, Count); 4] = [
        ("  approved", |counts| counts.approve),
        ("  rejected", |counts| counts.reject),
        ("  spam", |counts| counts.spam),
        ("  escalated", |counts| counts.escalate),
    ];
    for (name, of) in verdicts {
        row(name, &|work| {
            let both = work.decisions.iter().chain(&work.bulk).map(of);
            both.sum::<u64>().to_string()
        });
    }
    row("  of these in bulk", &|work| {
        total(work.bulk.as_ref()).to_string()
    });
    row("undone", &|work| total(work.undone.as_ref()).to_string());
    row("share undone", &|work| percent(work.share_undone));
    row("score agreed", &|work| percent(work.agreement));
    row("time to decision p50", &|work| {
        span(work.time_to_decision_p50)
    });
    row("                 p90", &|work| {
        span(work.time_to_decision_p90)
    });
    row("                 p99", &|work| {
        span(work.time_to_decision_p99)
    });
    out
}

/// Two drawn lines, three cells an hour: 72 columns.
fn hours(hours: &[HourStats], paint: Paint) -> String {
    if hours.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let mut draw = |name: &str, of: fn(&HourStats) -> u64| {
        let numbers: Vec<u64> = hours.iter().map(of).collect();
        let most = numbers.iter().copied().max().unwrap_or(0);
        let title = format!("{name} by hour, at most {most}");
        let _ = writeln!(
            out,
            "\n{}\n  {}",
            paint.paint(Tone::Strong, &title),
            bars::columns(&numbers, 2, 1)
        );
    };
    draw("Joined the queue", |hour| hour.queued);
    draw("Decided", |hour| hour.decisions);
    let clock: Vec<String> = hours.iter().map(of_the_clock).collect();
    let _ = writeln!(out, "  {}  UTC", paint.paint(Tone::Faint, &clock.join(" ")));
    out
}

fn of_the_clock(hour: &HourStats) -> String {
    let seconds = hour.starts_at.map_or(0, |at| at.seconds);
    format!("{:02}", seconds.div_euclid(3_600).rem_euclid(24))
}

fn decided(work: &WorkStats) -> u64 {
    total(work.decisions.as_ref()) + total(work.bulk.as_ref())
}

fn total(counts: Option<&VerdictCounts>) -> u64 {
    counts.map_or(0, |counts| {
        counts.approve + counts.reject + counts.spam + counts.escalate
    })
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn span(span: Option<prost_types::Duration>) -> String {
    span.as_ref().map_or_else(|| "-".to_owned(), rough)
}

fn rough(span: &prost_types::Duration) -> String {
    let span = Duration::try_from(*span).unwrap_or_default();
    if span < Duration::from_secs(1) {
        return "< 1 s".to_owned();
    }
    clock::rough(span)
}

/// For scripts.
#[must_use]
pub fn json(site: &str, found: &GetQueueStatsResponse) -> Value {
    let hours = found.hours.iter().map(|hour| {
        json!({
            "starts_at": hour.starts_at.as_ref().and_then(clock::rfc3339),
            "queued": hour.queued,
            "decisions": hour.decisions,
            "undone": hour.undone,
        })
    });
    let moderators = found.moderators.iter().map(|one| {
        json!({
            "key_id": one.key_id,
            "label": one.label,
            "decisions": one.decisions,
            "undone": one.undone,
        })
    });
    let lanes = found.lanes.iter().map(|lane| {
        json!({
            "lane": words::lane(lane.lane),
            "waiting": lane.waiting,
            "oldest_waiting_seconds": lane.oldest_waiting.map(|oldest| oldest.seconds),
        })
    });
    json!({
        "site": site,
        "lanes": lanes.collect::<Value>(),
        "stats": json::stats(&found.stats.unwrap_or_default()),
        "this_hour": work(&found.this_hour.unwrap_or_default()),
        "last_day": work(&found.last_day.unwrap_or_default()),
        "hours": hours.collect::<Value>(),
        "moderators": moderators.collect::<Value>(),
    })
}

fn work(work: &WorkStats) -> Value {
    let seconds = |span: Option<prost_types::Duration>| {
        let span = span.and_then(|span| Duration::try_from(span).ok());
        span.map(|span| span.as_secs_f64())
    };
    json!({
        "queued": work.queued,
        "decisions": verdicts(work.decisions.as_ref()),
        "bulk": verdicts(work.bulk.as_ref()),
        "undone": verdicts(work.undone.as_ref()),
        "share_undone": work.share_undone,
        "agreement": work.agreement,
        "time_to_decision_p50_seconds": seconds(work.time_to_decision_p50),
        "time_to_decision_p90_seconds": seconds(work.time_to_decision_p90),
        "time_to_decision_p99_seconds": seconds(work.time_to_decision_p99),
    })
}

/// Counts by verdict.
#[must_use]
pub fn verdicts(counts: Option<&VerdictCounts>) -> Value {
    let counts = counts.copied().unwrap_or_default();
    json!({
        "approve": counts.approve,
        "reject": counts.reject,
        "spam": counts.spam,
        "escalate": counts.escalate,
    })
}

#[cfg(test)]
mod tests;
