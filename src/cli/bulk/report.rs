//! What a bulk decision would do, did, and what undoing it did: for people and for scripts.

use serde_json::{Value, json};

use crate::{
    cli::{
        review::line::Line,
        style::{self, Paint},
        untrusted, words,
    },
    proto::v1::{
        BulkCounts, BulkUndoCounts, Verdict,
        bulk_decide_response::{Preview, Result as Decided},
        undo_bulk_decision_response::Result as Undone,
    },
};

/// How much of a comment stands in its line, in cells.
const EXCERPT: usize = 60;

/// How many comments were looked at.
pub(super) fn looked_at(counts: BulkCounts) -> u64 {
    let BulkCounts {
        decided,
        already_decided,
        held_by_another,
        reserved,
        gone,
    } = counts;
    let all = [decided, already_decided, held_by_another, reserved, gone];
    all.into_iter().map(u64::from).sum()
}

/// How many changes were looked at.
pub(super) fn undone_of(counts: BulkUndoCounts) -> u64 {
    let BulkUndoCounts {
        undone,
        changed_since,
        reserved,
        gone,
    } = counts;
    [undone, changed_since, reserved, gone]
        .into_iter()
        .map(u64::from)
        .sum()
}

/// What would be decided, with examples.
pub(super) fn preview(preview: &Preview, verdict: Verdict, paint: Paint) -> String {
    let counts = preview.counts.unwrap_or_default();
    let verdict = words::verdict(verdict.into()).to_lowercase();
    let mut lines = vec![format!(
        "{} to {verdict}{}",
        counts.decided,
        left_out(counts, preview.left)
    )];
    for example in &preview.examples {
        let excerpt = Line::of(style::Tone::Plain, untrusted::line(&example.excerpt)).cut(EXCERPT);
        let id = untrusted::line(&example.comment_id);
        lines.push(format!(
            "  {}  {}: {}",
            paint.paint(style::Tone::Faint, &id),
            untrusted::line(&example.display_name),
            excerpt.text()
        ));
    }
    let shown = u32::try_from(preview.examples.len()).unwrap_or(u32::MAX);
    if counts.decided > shown {
        lines.push(format!("  … and {} more", counts.decided - shown));
    }
    lines.join("\n")
}

/// What was decided.
pub(super) fn decided(result: &Decided) -> String {
    let counts = result.counts.unwrap_or_default();
    let before = if result.replayed { " before" } else { "" };
    format!(
        "{} decided{before}{}\n  operation {}",
        counts.decided,
        left_out(counts, result.left),
        untrusted::line(&result.operation_id)
    )
}

/// What was undone.
pub(super) fn undone(result: &Undone) -> String {
    let counts = result.counts.unwrap_or_default();
    let before = if result.replayed { " before" } else { "" };
    let rest = parts(&[
        (counts.changed_since.into(), "changed since"),
        (counts.reserved.into(), "for a senior moderator"),
        (counts.gone.into(), "gone"),
    ]);
    format!("{} undone{before}{rest}", counts.undone)
}

fn left_out(counts: BulkCounts, left: u64) -> String {
    parts(&[
        (counts.already_decided.into(), "already decided"),
        (counts.held_by_another.into(), "held by another moderator"),
        (counts.reserved.into(), "for another moderator to decide"),
        (counts.gone.into(), "gone"),
        (left, "left for another operation"),
    ])
}

fn parts(all: &[(u64, &str)]) -> String {
    let told = all.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| format!("; {count} {what}"))
        .collect()
}

fn counts_json(counts: Option<BulkCounts>) -> Value {
    let counts = counts.unwrap_or_default();
    json!({
        "decided": counts.decided,
        "already_decided": counts.already_decided,
        "held_by_another": counts.held_by_another,
        "reserved": counts.reserved,
        "gone": counts.gone,
    })
}

/// A preview as JSON.
pub(super) fn preview_json(preview: &Preview) -> Value {
    let example = |example: &crate::proto::v1::WaveMember| {
        json!({
            "comment_id": example.comment_id,
            "thread_id": example.thread_id,
            "display_name": example.display_name,
            "excerpt": example.excerpt,
        })
    };
    json!({ "preview": {
        "counts": counts_json(preview.counts),
        "left": preview.left,
        "examples": preview.examples.iter().map(example).collect::<Vec<_>>(),
    }})
}

/// A result as JSON.
pub(super) fn decided_json(result: &Decided) -> Value {
    json!({ "result": {
        "operation_id": result.operation_id,
        "counts": counts_json(result.counts),
        "left": result.left,
        "audit_sequence": result.audit_sequence,
        "replayed": result.replayed,
    }})
}

/// The same of an undoing.
pub(super) fn undone_json(result: &Undone) -> Value {
    let counts = result.counts.unwrap_or_default();
    json!({
        "operation_id": result.operation_id,
        "counts": {
            "undone": counts.undone,
            "changed_since": counts.changed_since,
            "reserved": counts.reserved,
            "gone": counts.gone,
        },
        "audit_sequence": result.audit_sequence,
        "replayed": result.replayed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::WaveMember;

    #[test]
    fn what_would_be_and_what_was_done_is_told_in_a_few_lines() {
        let counts = BulkCounts {
            decided: 50,
            already_decided: 3,
            held_by_another: 1,
            reserved: 2,
            gone: 0,
        };
        let example = WaveMember {
            comment_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            display_name: "Reader\n1".to_owned(),
            excerpt: "My cousin makes 70 dollars an hour at home on her laptop, go to this page"
                .to_owned(),
            ..WaveMember::default()
        };
        let previewed = Preview {
            counts: Some(counts),
            left: 7,
            examples: vec![example],
        };
        let result = Decided {
            operation_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            counts: Some(counts),
            replayed: true,
            ..Decided::default()
        };
        let taken_back = Undone {
            counts: Some(BulkUndoCounts {
                undone: 48,
                changed_since: 2,
                ..BulkUndoCounts::default()
            }),
            ..Undone::default()
        };
        let told = [
            preview(&previewed, Verdict::Spam, Paint::off()),
            decided(&result),
            undone(&taken_back),
        ];
        insta::assert_snapshot!(told.join("\n---\n"), @r"
        50 to spam; 3 already decided; 1 held by another moderator; 2 for another moderator to decide; 7 left for another operation
          01890a5d-ac96-774b-bcce-b302099a8057  Reader␊1: My cousin makes 70 dollars an hour at home on her laptop, g…
          … and 49 more
        ---
        50 decided before; 3 already decided; 1 held by another moderator; 2 for another moderator to decide
          operation 01890a5d-ac96-774b-bcce-b302099a8057
        ---
        48 undone; 2 changed since
        ");
    }
}
