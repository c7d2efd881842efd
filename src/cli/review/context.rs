//! What surrounds a comment as a moderator sees it: all that speaks for and against spam, the article, the author, the
//! wave, and the last decision. Everything in it comes from outside and is cleaned before it is shown.

mod past;
mod people;

use std::time::SystemTime;

use crate::{
    cli::{
        clock,
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::{ReviewContext, Score, SeenSignal, Wave, WaveMember},
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
    let wrapped = lines.into_iter().flat_map(|line| line.wrapped(width, 2));
    wrapped.collect()
}

/// What a decision hangs on most comes first.
fn known(context: &ReviewContext, now: SystemTime) -> Vec<Line> {
    let mut lines = past::lines(context, now);
    lines.extend(people::author_lines(context, now));
    lines.extend(people::thread_lines(context, now));
    if let Some(wave) = &context.wave {
        lines.extend(wave_lines(wave, now));
    }
    if let Some(score) = &context.score_now {
        lines.extend(score_lines(score));
    }
    if !context.signals.is_empty() {
        lines.push(seen(&context.signals));
    }
    lines.extend(past::earlier_versions(&context.earlier_versions, now));
    lines
}

/// A comment in a list: how it stands, how old it is, who says what.
pub(super) fn comment_line(
    state: i32,
    at: Option<&prost_types::Timestamp>,
    now: SystemTime,
    said: &str,
) -> Line {
    let state = words::state(state);
    let age = at.map(|at| clock::age(at, now)).unwrap_or_default();
    Line::of(tone_of(state), format!(" {state:<9}"))
        .with(Tone::Faint, format!(" {age:>6} "))
        .with(Tone::Plain, untrusted::line(said))
}

pub(super) fn wave_lines(wave: &Wave, now: SystemTime) -> Vec<Line> {
    let title = format!(
        "wave {}: {} say nearly the same",
        untrusted::line(&wave.wave_id),
        wave.size
    );
    let mut lines = vec![Line::of(Tone::Notice, title)];
    lines.extend(wave_members(&wave.members, now));
    lines
}

/// Members of a wave, a line each.
pub(super) fn wave_members(members: &[WaveMember], now: SystemTime) -> Vec<Line> {
    let lines = members.iter().map(|member| member_line(member, now));
    lines.collect()
}

fn member_line(member: &WaveMember, now: SystemTime) -> Line {
    let said = format!("{}: {}", member.display_name, member.excerpt);
    comment_line(member.state, member.submitted_at.as_ref(), now, &said)
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
