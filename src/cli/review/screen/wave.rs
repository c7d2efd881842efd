//! The wave that the comment is of.

use crate::cli::{
    review::{
        context,
        line::Line,
        session::{Session, Surroundings},
    },
    style::Tone,
    untrusted,
};

pub(super) fn lines(session: &Session, width: usize) -> Vec<Line> {
    let lines = match &session.surroundings {
        None | Some(Surroundings::Asked) => vec![Line::of(Tone::Faint, "asking the service …")],
        Some(Surroundings::Unknown(why)) => vec![Line::of(Tone::Bad, untrusted::line(why))],
        Some(Surroundings::Known(known)) => match &known.wave {
            Some(wave) => context::wave_lines(wave, session.now),
            None => vec![Line::of(
                Tone::Notice,
                "the wave is forgotten: nobody said nearly the same for long",
            )],
        },
    };
    lines.into_iter().map(|line| line.cut(width)).collect()
}
