//! One item as a moderator sees it: the article, the author, why it is here, what speaks for and against spam.
//! Everything in it comes from outside and is cleaned before it is shown.

use std::time::SystemTime;

use crate::{
    cli::{
        clock,
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{AuthorHistory, Comment, Contribution, ReviewItem},
};

use super::line::{Line, wrap};

/// Cells of the longest bar.
const BAR: usize = 12;

/// What stands above the comment, at most `width` cells wide, with at most `bars` parts of the score.
#[must_use]
pub fn head(item: &ReviewItem, width: usize, bars: usize, now: SystemTime) -> Vec<Line> {
    let Some(comment) = &item.comment else {
        return vec![Line::of(Tone::Bad, "an item without a comment")];
    };
    let mut lines = article(comment);
    lines.push(author(comment, item.author_history.as_ref()));
    lines.push(standing(comment, now));
    if let Some(score) = &comment.score {
        let mut line = probability(score.spam_probability, &score.model);
        if comment.wave_size > 1 {
            line = line.with(Tone::Notice, wave(comment.wave_size));
        }
        lines.push(line);
        let strongest = score.contributions.iter().take(bars);
        let longest = score
            .contributions
            .iter()
            .map(|part| part.weight.abs())
            .fold(0.0, f64::max);
        lines.extend(strongest.map(|part| contribution(part, longest)));
    }
    lines.into_iter().map(|line| line.cut(width)).collect()
}

/// The comment, wrapped.
#[must_use]
pub fn body(item: &ReviewItem, width: usize) -> Vec<String> {
    let body = item
        .comment
        .as_ref()
        .map_or("", |comment| comment.body.as_str());
    wrap(&untrusted::text(body), width)
}

fn article(comment: &Comment) -> Vec<Line> {
    let thread = comment.thread.clone().unwrap_or_default();
    let title = if thread.title.is_empty() {
        &thread.thread_id
    } else {
        &thread.title
    };
    let mut lines = vec![Line::of(Tone::Strong, untrusted::line(title))];
    if !thread.url.is_empty() {
        lines.push(Line::of(Tone::Faint, untrusted::line(&thread.url)));
    }
    lines
}

fn author(comment: &Comment, history: Option<&AuthorHistory>) -> Line {
    let author = comment.author.clone().unwrap_or_default();
    let name = if author.display_name.is_empty() {
        "(no name)"
    } else {
        &author.display_name
    };
    let mut line = Line::of(Tone::Strong, untrusted::line(name));
    if let Some(history) = history {
        let counts = format!(
            "  {} approved, {} pending, {} rejected, {} spam",
            history.approved, history.pending, history.rejected, history.spam
        );
        line = line.with(Tone::Plain, counts);
    }
    if !author.website.is_empty() {
        line = line.with(
            Tone::Faint,
            format!("  {}", untrusted::line(&author.website)),
        );
    }
    line
}

fn standing(comment: &Comment, now: SystemTime) -> Line {
    let state = words::state(comment.state);
    let since = comment
        .submitted_at
        .as_ref()
        .map(|at| format!(", {} ago", clock::age(at, now)));
    let answers = if comment.parent_id.is_empty() {
        ""
    } else {
        ", an answer"
    };
    Line::of(tone_of(state), state)
        .with(
            Tone::Plain,
            format!("{}{answers}: ", since.unwrap_or_default()),
        )
        .with(Tone::Notice, words::reasons(&comment.reasons))
}

/// What `comments` says of it too.
fn wave(size: u32) -> String {
    format!("  one of {size} that say nearly the same")
}

/// How likely it is spam, in a line.
#[must_use]
pub(super) fn probability(spam: f64, model: &str) -> Line {
    let tone = if spam > 0.5 { Tone::Bad } else { Tone::Good };
    Line::of(Tone::Plain, "spam ")
        .with(tone, format!("{:5.1} %", spam * 100.0))
        .with(Tone::Faint, format!("  model {}", untrusted::line(model)))
}

/// A part of the score, with its bar.
#[must_use]
pub(super) fn contribution(part: &Contribution, longest: f64) -> Line {
    let tone = if part.weight > 0.0 {
        Tone::Bad
    } else {
        Tone::Good
    };
    let bar = bar(part.weight.abs(), longest);
    Line::of(tone, format!(" {:+6.2} {bar:<BAR$} ", part.weight))
        .with(Tone::Plain, untrusted::line(&part.feature))
}

fn bar(weight: f64, longest: f64) -> String {
    let share = if longest > 0.0 { weight / longest } else { 0.0 };
    // At most BAR cells, at least one.
    (0..BAR)
        .map(|cell| f64::from(u32::try_from(cell).unwrap_or(0)))
        .take_while(|cell| *cell < (share * 12.0).max(1.0))
        .map(|_| '█')
        .collect()
}
