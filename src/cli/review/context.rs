//! What surrounds a comment as a moderator sees it: all that speaks for and against spam, the article, the author, the
//! wave, and the last decision. Everything in it comes from outside and is cleaned before it is shown.

use std::time::SystemTime;

use crate::{
    cli::{
        clock,
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{LastDecision, ReviewContext, Score, SeenSignal, Wave, WaveMember},
};

use super::{card, line::Line, session::Surroundings};

/// The pane's lines, each at most `width` cells wide.
#[must_use]
pub fn lines(surroundings: &Surroundings, width: usize, now: SystemTime) -> Vec<Line> {
    let lines = match surroundings {
        Surroundings::Asked => vec![Line::of(Tone::Faint, "asking the service …")],
        Surroundings::Unknown(why) => vec![Line::of(Tone::Bad, untrusted::line(why))],
        Surroundings::Known(context) => known(context, now),
    };
    lines.into_iter().map(|line| line.cut(width)).collect()
}

fn known(context: &ReviewContext, now: SystemTime) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(last) = &context.last_decision {
        lines.push(decision(last, now));
    }
    if let Some(wave) = &context.wave {
        lines.extend(wave_lines(wave, now));
    }
    lines.extend(known_since(context));
    lines.push(article(context));
    if let Some(score) = &context.score_now {
        lines.extend(score_lines(score));
    }
    if !context.signals.is_empty() {
        lines.push(seen(&context.signals));
    }
    lines
}

fn decision(last: &LastDecision, now: SystemTime) -> Line {
    let verdict = words::verdict(last.verdict);
    let when = last.decided_at.as_ref();
    let when = when.map(|at| format!(" {} ago", clock::age(at, now)));
    let who = if last.moderator.is_empty() {
        "the admin key".to_owned()
    } else {
        untrusted::line(&last.moderator)
    };
    Line::of(Tone::Strong, "decided before: ")
        .with(tone_of(verdict), verdict)
        .with(
            Tone::Plain,
            format!(
                " by {who}{}, on version {}",
                when.unwrap_or_default(),
                last.version
            ),
        )
}

pub(super) fn wave_lines(wave: &Wave, now: SystemTime) -> Vec<Line> {
    let title = format!(
        "wave {}: {} say nearly the same",
        untrusted::line(&wave.wave_id),
        wave.size
    );
    let mut lines = vec![Line::of(Tone::Notice, title)];
    lines.extend(wave.members.iter().map(|member| member_line(member, now)));
    lines
}

fn member_line(member: &WaveMember, now: SystemTime) -> Line {
    let state = words::state(member.state);
    let age = member.submitted_at.as_ref().map(|at| clock::age(at, now));
    Line::of(tone_of(state), format!(" {state:<9}"))
        .with(Tone::Faint, format!(" {:>6} ", age.unwrap_or_default()))
        .with(
            Tone::Plain,
            format!(
                "{}: {}",
                untrusted::line(&member.display_name),
                untrusted::line(&member.excerpt)
            ),
        )
}

fn known_since(context: &ReviewContext) -> Option<Line> {
    let first = context.author_history.as_ref()?.first_seen_at.as_ref()?;
    let at = clock::rfc3339(first)?;
    let day = at.get(..10).unwrap_or_default();
    Some(Line::of(
        Tone::Plain,
        format!("the author's first comment: {day}"),
    ))
}

fn article(context: &ReviewContext) -> Line {
    let counts = context.thread_counts.unwrap_or_default();
    Line::of(Tone::Plain, "below the article: ").with(
        Tone::Plain,
        format!(
            "{} approved, {} pending, {} rejected, {} spam",
            counts.approved, counts.pending, counts.rejected, counts.spam
        ),
    )
}

fn score_lines(score: &Score) -> Vec<Line> {
    let parts = &score.contributions;
    let longest = parts
        .iter()
        .map(|part| part.weight.abs())
        .fold(0.0, f64::max);
    let mut lines =
        vec![card::probability(score.spam_probability, &score.model).with(Tone::Faint, "  now")];
    lines.extend(parts.iter().map(|part| card::contribution(part, longest)));
    lines
}

fn seen(signals: &[SeenSignal]) -> Line {
    let seen: Vec<String> = signals
        .iter()
        .map(|signal| format!("{} {:.2}", untrusted::line(&signal.name), signal.value))
        .collect();
    Line::of(Tone::Faint, format!("seen: {}", seen.join(", ")))
}
