//! What was done to a comment, what was said about it, and what it said before.

use std::time::SystemTime;

use crate::{
    cli::{
        clock,
        review::line::Line,
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{
        Appeal, AuditAction, Deed, EarlierVersion, LastDecision, Reports, ReviewContext, Verdict,
    },
};

/// The appeal, readers' reports, decisions and notes.
pub(super) fn lines(context: &ReviewContext, now: SystemTime) -> Vec<Line> {
    let mut lines = Vec::new();
    lines.extend(context.appeal.iter().map(|it| appeal(it, now)));
    lines.extend(context.reports.iter().flat_map(reports));
    if context.deeds.is_empty() {
        lines.extend(context.last_decision.iter().map(|it| decision(it, now)));
    }
    lines.extend(context.deeds.iter().map(|it| deed(it, now)));
    lines
}

fn ago(at: Option<&prost_types::Timestamp>, now: SystemTime) -> String {
    at.map_or_else(String::new, |at| format!(" {} ago", clock::age(at, now)))
}

fn appeal(appeal: &Appeal, now: SystemTime) -> Line {
    let when = ago(appeal.appealed_at.as_ref(), now);
    Line::of(Tone::Notice, format!("appeal{when}: "))
        .with(Tone::Plain, untrusted::line(&appeal.text))
}

fn reports(reports: &Reports) -> Vec<Line> {
    let reasons = reports.reasons.iter();
    let reasons: Vec<String> = reasons
        .map(|it| format!("{} {}", it.readers, untrusted::line(&it.reason)))
        .collect();
    let readers = match reports.readers {
        1 => "1 reader".to_owned(),
        many => format!("{many} readers"),
    };
    let title = format!("reported by {readers}: {}", reasons.join(", "));
    let mut lines = vec![Line::of(Tone::Notice, title)];
    let said = reports.newest.iter().filter(|it| !it.text.is_empty());
    lines.extend(said.map(|it| {
        Line::of(Tone::Faint, format!(" {}: ", untrusted::line(&it.reason)))
            .with(Tone::Plain, untrusted::line(&it.text))
    }));
    lines
}

fn decision(last: &LastDecision, now: SystemTime) -> Line {
    let verdict = words::verdict(last.verdict);
    let who = if last.moderator.is_empty() {
        "the admin key".to_owned()
    } else {
        untrusted::line(&last.moderator)
    };
    let when = ago(last.decided_at.as_ref(), now);
    Line::of(Tone::Strong, "decided before: ")
        .with(tone_of(verdict), verdict.to_lowercase())
        .with(
            Tone::Plain,
            format!(" by {who}{when}, on version {}", last.version),
        )
}

fn deed(deed: &Deed, now: SystemTime) -> Line {
    let done = done(deed);
    let who = if deed.actor.is_empty() {
        String::new()
    } else {
        format!(" by {}", untrusted::line(&deed.actor))
    };
    let tone = match deed.verdict() {
        Verdict::Unspecified => Tone::Plain,
        Verdict::Approve | Verdict::Reject | Verdict::Spam | Verdict::Escalate => {
            tone_of(words::verdict(deed.verdict))
        }
    };
    let mut line = Line::of(Tone::Strong, "before: ")
        .with(tone, done)
        .with(Tone::Plain, format!("{who}{}", ago(deed.at.as_ref(), now)));
    if !deed.reason_code.is_empty() {
        line = line.with(
            Tone::Notice,
            format!(" for {}", untrusted::line(&deed.reason_code)),
        );
    }
    if !deed.note.is_empty() {
        line = line.with(Tone::Plain, format!(": {}", untrusted::line(&deed.note)));
    }
    line
}

/// What was done, in a word or two.
fn done(deed: &Deed) -> String {
    let verdict = words::verdict(deed.verdict).to_lowercase();
    match deed.action() {
        AuditAction::Decided => verdict,
        AuditAction::Undone if deed.verdict() == Verdict::Unspecified => "undone".to_owned(),
        AuditAction::Undone => format!("undone ({verdict})"),
        AuditAction::Noted => "note".to_owned(),
        other @ (AuditAction::Escalated
        | AuditAction::Redacted
        | AuditAction::BulkDecided
        | AuditAction::BulkUndone
        | AuditAction::Reported
        | AuditAction::Retracted
        | AuditAction::Revised
        | AuditAction::Appealed
        | AuditAction::StandingSet
        | AuditAction::AuthorNoted
        | AuditAction::ThreadChanged
        | AuditAction::SiteCreated
        | AuditAction::PolicyUpdated
        | AuditAction::KeyCreated
        | AuditAction::KeyRevoked
        | AuditAction::KeyRotated
        | AuditAction::ContactRevealed
        | AuditAction::SubjectExported
        | AuditAction::SubjectErased
        | AuditAction::LegalHoldSet
        | AuditAction::DataKeysReplaced
        | AuditAction::Unspecified) => {
            let name = other.as_str_name();
            let name = name.strip_prefix("AUDIT_ACTION_").unwrap_or(name);
            name.to_lowercase().replace('_', " ")
        }
    }
}

/// What it said before, the newest first.
pub(super) fn earlier_versions(versions: &[EarlierVersion], now: SystemTime) -> Vec<Line> {
    let mut lines = Vec::new();
    for version in versions {
        let by = if version.redacted {
            "before it was blacked out"
        } else {
            "before its author changed it"
        };
        let when = ago(version.replaced_at.as_ref(), now);
        let title = format!("version {}, {by}{when}:", version.last_version);
        lines.push(Line::of(Tone::Notice, title));
        let body = untrusted::text(&version.body);
        lines.extend(
            body.lines()
                .map(|text| Line::of(Tone::Plain, format!("  {text}"))),
        );
    }
    lines
}
