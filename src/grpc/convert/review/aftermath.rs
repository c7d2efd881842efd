//! What became of a comment since it came: reports, earlier versions, an appeal.

use std::collections::BTreeMap;

use crate::{
    comment::{
        earlier::{EarlierVersion, Replacement},
        report::{Appeal, Reports, ToldReport},
    },
    grpc::convert::{time::timestamp_to_proto as time, words},
    proto::v1,
};

/// The most reports that are told in their readers' words.
const MOST_TOLD: usize = 10;

/// `None` where nobody reported it.
pub(super) fn reports(reports: Reports) -> Option<v1::Reports> {
    let (first, last) = reports.between?;
    let mut by_reason: BTreeMap<&str, u32> = BTreeMap::new();
    for report in &reports.told {
        *by_reason.entry(&report.reason).or_default() += 1;
    }
    let mut reasons: Vec<_> = by_reason
        .into_iter()
        .map(|(reason, readers)| v1::reports::ReasonCount {
            reason: reason.to_owned(),
            readers,
        })
        .collect();
    // In the order of their names where equally many gave them.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.readers));
    let newest = reports.told.into_iter().take(MOST_TOLD);
    Some(v1::Reports {
        readers: reports.readers,
        reasons,
        first_at: Some(time(first)),
        last_at: Some(time(last)),
        newest: newest.map(report).collect(),
    })
}

fn report(report: ToldReport) -> v1::Report {
    v1::Report {
        reason: report.reason,
        text: report.text,
        reported_at: Some(time(report.at)),
    }
}

pub(in crate::grpc::convert) fn earlier(version: EarlierVersion) -> v1::EarlierVersion {
    v1::EarlierVersion {
        first_version: version.first.get(),
        last_version: version.last.get(),
        body: version.content.body.into_verbatim(),
        state: words::state(version.state),
        outcome: words::outcome(version.outcome),
        reasons: words::reasons(version.content.reasons),
        spam_probability: version.content.score.probability.get(),
        written_at: Some(time(version.written_at)),
        replaced_at: Some(time(version.replaced_at)),
        redacted: version.replaced_by == Replacement::Redaction,
    }
}

pub(super) fn appeal(appeal: Appeal) -> v1::Appeal {
    v1::Appeal {
        text: appeal.text,
        version: appeal.version.get(),
        appealed_at: Some(time(appeal.at)),
    }
}
