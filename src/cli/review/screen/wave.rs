//! The wave that the comment is of, and one verdict on all of it.

use crate::{
    cli::{
        review::{
            context,
            line::Line,
            session::{Bulk, Session, Stage, Surroundings},
        },
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{BulkCounts, bulk_decide_response::Preview},
};

/// Cells of a bar of progress.
const BAR: u64 = 30;

pub(super) fn lines(session: &Session, width: usize) -> Vec<Line> {
    let mut lines = session
        .bulk_of_wave()
        .map_or_else(Vec::new, |bulk| bulk_lines(session, bulk, width));
    let is_preview = matches!(
        session.bulk_of_wave().map(|bulk| &bulk.stage),
        Some(Stage::Preview(_))
    );
    if !is_preview {
        lines.extend(members(session, width));
    }
    let wrapped = lines.into_iter().flat_map(|line| line.wrapped(width, 2));
    wrapped.collect()
}

fn members(session: &Session, width: usize) -> Vec<Line> {
    match &session.surroundings {
        None | Some(Surroundings::Asked) => vec![Line::of(Tone::Faint, "asking the service …")],
        Some(Surroundings::Unknown(why)) => vec![Line::of(Tone::Bad, untrusted::line(why))],
        Some(Surroundings::Known(known)) => match &known.wave {
            Some(wave) => context::wave_lines(wave, width, session.now),
            None => vec![Line::of(
                Tone::Notice,
                "the wave is forgotten: nobody said nearly the same for long",
            )],
        },
    }
}

fn bulk_lines(session: &Session, bulk: &Bulk, width: usize) -> Vec<Line> {
    let verdict = words::verdict(bulk.verdict.into());
    let mut said = Line::of(tone_of(verdict), verdict.to_lowercase());
    if !bulk.reason_code.is_empty() {
        said = said.with(
            Tone::Plain,
            format!(", {}", untrusted::line(&bulk.reason_code)),
        );
    }
    let mut lines = match &bulk.stage {
        Stage::Asked => vec![said.with(Tone::Faint, ": asking what it would do …")],
        Stage::Preview(preview) => preview_lines(session, said, preview, width),
        Stage::Running(counts, total) => vec![
            said.with(Tone::Plain, format!(": {}", counted(counts))),
            bar(u64::from(looked_at(counts)), *total),
        ],
        Stage::Done(done) => {
            let counts = done.counts.unwrap_or_default();
            let mut lines = vec![said.with(Tone::Good, format!(" done: {}", counted(&counts)))];
            lines.extend(left(done.left));
            lines
        }
        Stage::Failed(why) => vec![
            said.with(Tone::Bad, format!(": {}", untrusted::line(why))),
            Line::of(Tone::Plain, "What was decided until then stays decided."),
        ],
    };
    lines.push(Line::new());
    lines
}

fn preview_lines(session: &Session, said: Line, preview: &Preview, width: usize) -> Vec<Line> {
    let counts = preview.counts.unwrap_or_default();
    let mut lines = vec![
        Line::of(Tone::Strong, "Decide on the whole wave: ").and(said),
        Line::of(Tone::Plain, format!("would be: {}", counted(&counts))),
    ];
    lines.extend(left(preview.left));
    if !preview.examples.is_empty() {
        lines.push(Line::of(Tone::Notice, "among them"));
        lines.extend(context::wave_members(&preview.examples, width, session.now));
    }
    lines
}

fn left(left: u64) -> Option<Line> {
    let told = format!("{left} more are left for another one");
    (left > 0).then(|| Line::of(Tone::Notice, told))
}

fn counted(counts: &BulkCounts) -> String {
    let parts = [
        (counts.decided, "decided"),
        (counts.already_decided, "decided before"),
        (counts.held_by_another, "held by another moderator"),
        (counts.reserved, "for another moderator"),
        (counts.gone, "gone"),
    ];
    let told = parts.iter().enumerate();
    let told = told.filter(|(number, (count, _))| *number == 0 || *count > 0);
    let told: Vec<String> = told
        .map(|(_, (count, what))| format!("{count} {what}"))
        .collect();
    told.join(", ")
}

fn looked_at(counts: &BulkCounts) -> u32 {
    let all = [
        counts.decided,
        counts.already_decided,
        counts.held_by_another,
        counts.reserved,
        counts.gone,
    ];
    all.into_iter().fold(0, u32::saturating_add)
}

fn bar(done: u64, total: u64) -> Line {
    let total = total.max(done).max(1);
    let full = (done * BAR / total).min(BAR);
    let full = usize::try_from(full).unwrap_or(0);
    let rest = usize::try_from(BAR).unwrap_or(0) - full;
    Line::of(Tone::Good, "█".repeat(full))
        .with(Tone::Faint, "░".repeat(rest))
        .with(Tone::Plain, format!(" {done} of {total}"))
}
