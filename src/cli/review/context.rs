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
    match surroundings {
        Surroundings::Asked => vec![Line::of(Tone::Faint, "asking the service …").cut(width)],
        Surroundings::Unknown(why) => Line::of(Tone::Bad, untrusted::line(why)).wrapped(width, 2),
        Surroundings::Known(context) => known(context, width, now),
    }
}

/// What a decision hangs on most comes first.
fn known(context: &ReviewContext, width: usize, now: SystemTime) -> Vec<Line> {
    let mut told = past::lines(context, now);
    told.extend(people::author_lines(context, now));
    told.extend(people::thread_lines(context, now));
    let wrapped = |told: Vec<Line>| {
        told.into_iter()
            .flat_map(move |line| line.wrapped(width, 2))
    };
    let mut lines: Vec<Line> = wrapped(told).collect();
    if let Some(wave) = &context.wave {
        lines.extend(wave_lines(wave, width, now));
    }
    let mut told = Vec::new();
    if let Some(score) = &context.score_now {
        told.extend(score_lines(score));
    }
    if !context.signals.is_empty() {
        told.push(seen(&context.signals));
    }
    told.extend(past::earlier_versions(&context.earlier_versions, now));
    lines.extend(wrapped(told));
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

/// The wave: its first member whole, the others in a line each, since they say nearly the same.
pub(super) fn wave_lines(wave: &Wave, width: usize, now: SystemTime) -> Vec<Line> {
    let title = format!(
        "wave {}: {} say nearly the same",
        untrusted::line(&wave.wave_id),
        wave.size
    );
    let mut lines = vec![Line::of(Tone::Notice, title).cut(width)];
    lines.extend(wave_members(&wave.members, width, now));
    lines
}

/// Members of a wave, the first whole.
pub(super) fn wave_members(members: &[WaveMember], width: usize, now: SystemTime) -> Vec<Line> {
    let lines = (0_usize..).zip(members).flat_map(|(number, member)| {
        let line = member_line(member, now);
        if number == 0 {
            line.wrapped(width, 2)
        } else {
            vec![line.cut(width)]
        }
    });
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
