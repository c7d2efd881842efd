//! What was counted: from the domain to proto, and the period that is asked for.

use std::time::Duration;

use crate::{
    comment::{
        calendar::{Day, Hour, Period},
        ids::SiteId,
        lane::Lane,
        state::{CommentState, Outcome, Timestamp, Verdict},
        statistics::{ByNumber, Statistics},
        violation::Violations,
    },
    grpc::convert::{time::timestamp_to_proto, words},
    proto::v1,
    queue::overview::{Moderator, Overview},
    store::queue_counts::{LaneDepth, QueueCounts},
};

/// How many days are kept, today among them.
const KEPT_DAYS: i64 = 400;

/// The queue's answer.
#[must_use]
pub fn queue_stats(overview: Overview) -> v1::GetQueueStatsResponse {
    v1::GetQueueStatsResponse {
        stats: Some(stats(&overview.counts)),
        lanes: lane_stats(&overview.counts),
        this_hour: Some(work(&overview.this_hour())),
        last_day: Some(work(&overview.last_day())),
        hours: overview.hours.iter().map(hour).collect(),
        moderators: overview.moderators.into_iter().map(moderator).collect(),
    }
}

/// Lane by lane.
#[must_use]
pub fn lane_stats(counts: &QueueCounts) -> Vec<v1::LaneStats> {
    let told = |depth: &LaneDepth| v1::LaneStats {
        lane: words::lane(Some(depth.lane)),
        waiting: depth.waiting,
        oldest_waiting: oldest(counts, *depth),
    };
    counts.lanes.iter().map(told).collect()
}

/// For how long a lane's next item has waited.
fn oldest(counts: &QueueCounts, depth: LaneDepth) -> Option<prost_types::Duration> {
    let since = depth.next_since?;
    let ms = u64::try_from(counts.now.0 - since.0).unwrap_or(0);
    Some(words::duration(Duration::from_millis(ms)))
}

/// The queue and the site in numbers.
#[must_use]
pub fn stats(counts: &QueueCounts) -> v1::QueueStats {
    let of = |state: CommentState| u64::from(counts.by_state[usize::from(state.number()) - 1]);
    v1::QueueStats {
        waiting: counts.waiting(),
        leased: counts.leased,
        oldest_waiting: oldest(counts, counts.lane(Lane::Review)),
        pending: of(CommentState::Pending),
        approved: of(CommentState::Approved),
        rejected: of(CommentState::Rejected),
        spam: of(CommentState::Spam),
    }
}

fn hour((hour, counts): &(Hour, Statistics)) -> v1::HourStats {
    v1::HourStats {
        starts_at: Some(timestamp_to_proto(hour.start())),
        queued: counts.queued,
        decisions: counts.decided(),
        undone: counts.undone.total(),
    }
}

fn work(counts: &Statistics) -> v1::WorkStats {
    let quantile = |share| counts.waits.quantile(share).map(rounded);
    v1::WorkStats {
        queued: counts.queued,
        decisions: Some(verdicts(&counts.decisions)),
        bulk: Some(verdicts(&counts.bulk)),
        undone: Some(verdicts(&counts.undone)),
        share_undone: counts.share_undone(),
        agreement: counts.agreement(),
        time_to_decision_p50: quantile(0.5),
        time_to_decision_p90: quantile(0.9),
        time_to_decision_p99: quantile(0.99),
    }
}

/// To milliseconds: the rest would only look exact.
fn rounded(span: Duration) -> prost_types::Duration {
    let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    words::duration(Duration::from_millis(ms))
}

fn moderator(moderator: Moderator) -> v1::ModeratorStats {
    v1::ModeratorStats {
        key_id: moderator.key.to_string(),
        label: moderator.label,
        decisions: moderator.work.decisions,
        undone: moderator.work.undone,
    }
}

fn verdicts(counts: &ByNumber) -> v1::VerdictCounts {
    v1::VerdictCounts {
        approve: counts.verdict(Verdict::Approve),
        reject: counts.verdict(Verdict::Reject),
        spam: counts.verdict(Verdict::Spam),
        escalate: counts.number(4),
    }
}

/// Which days a report is of.
///
/// # Errors
/// Every violation at once.
pub fn period(
    request: &v1::GetTransparencyReportRequest,
    now: Timestamp,
) -> Result<Period, Violations> {
    let mut found = Violations::new();
    let first = found.take("from_day", request.from_day.parse::<Day>());
    let last = found.take("to_day", request.to_day.parse::<Day>());
    let oldest = Day::from_number(Day::of(now).number() - (KEPT_DAYS - 1));
    if first.is_some_and(|first| first < oldest) {
        let says = format!("must be {oldest} or later: older days are not kept");
        found.add("from_day", says);
    }
    let period = first.zip(last);
    let period = period.and_then(|(first, last)| found.take("to_day", Period::new(first, last)));
    period.filter(|_| found.is_empty()).ok_or(found)
}

/// A report, with what the site's codes mean to its readers.
#[must_use]
pub fn report(
    site: &SiteId,
    period: Period,
    days: &[(Day, Statistics)],
    text_of: impl Fn(&str) -> String,
) -> v1::TransparencyReport {
    let mut sum = Statistics::default();
    for (_, counts) in days {
        sum.add(counts);
    }
    let mut reasons: Vec<_> = sum
        .reasons
        .iter()
        .map(|(code, count)| v1::ReasonCount {
            text: text_of(code),
            reason_code: code.clone(),
            decisions: *count,
        })
        .collect();
    reasons.sort_by(|a, b| {
        let most = b.decisions.cmp(&a.decisions);
        most.then_with(|| a.reason_code.cmp(&b.reason_code))
    });
    v1::TransparencyReport {
        site: site.to_string(),
        from_day: period.first().to_string(),
        to_day: period.last().to_string(),
        submissions: Some(v1::OutcomeCounts {
            pending: sum.outcomes.outcome(Outcome::Pending),
            approved: sum.outcomes.outcome(Outcome::Approved),
            rejected: sum.outcomes.outcome(Outcome::Rejected),
            spam: sum.outcomes.outcome(Outcome::Spam),
        }),
        decisions: Some(verdicts(&sum.decisions)),
        bulk: Some(verdicts(&sum.bulk)),
        undone: Some(verdicts(&sum.undone)),
        reasons,
        other_reasons: sum.other_reasons,
        reports: sum.reports,
        appeals: sum.appeals,
        median_time_to_decision: sum.waits.quantile(0.5).map(rounded),
        days: days.iter().map(day).collect(),
    }
}

fn day((day, counts): &(Day, Statistics)) -> v1::DayStats {
    v1::DayStats {
        day: day.to_string(),
        submissions: counts.outcomes.total(),
        decisions: counts.decided(),
        undone: counts.undone.total(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_within_what_is_kept_and_all_that_is_wrong_is_said() {
        // 2026-01-31; 399 days before is 2024-12-28.
        let now = Timestamp(1_769_851_800_000);
        for (from_day, to_day, wrong) in [
            ("2026-01-01", "2026-01-31", &[][..]),
            ("2026-01-31", "2026-01-31", &[]),
            ("2024-12-28", "2024-12-28", &[]),
            ("2025-06-01", "2026-06-01", &[]),
            ("2024-12-27", "2024-12-28", &["from_day"]),
            ("2024-12-27", "2024-12-26", &["from_day", "to_day"]),
            ("2025-01-31", "2026-02-01", &["to_day"]),
            ("2026-01-31", "2026-01-30", &["to_day"]),
            ("", "yesterday", &["from_day", "to_day"]),
        ] {
            let request = v1::GetTransparencyReportRequest {
                site: "gazette".to_owned(),
                from_day: from_day.to_owned(),
                to_day: to_day.to_owned(),
            };
            let fields: Vec<_> = match period(&request, now) {
                Ok(_) => Vec::new(),
                Err(found) => found.as_slice().iter().map(|v| v.field).collect(),
            };
            assert_eq!(fields, wrong, "{from_day} {to_day}");
        }
    }
}
