//! Lists with a row under the cursor: decisions to undo, sites and lanes.

use crate::{
    cli::{
        clock,
        review::{
            line::Line,
            session::{Deed, Fate, Mode, Row, Session},
        },
        style::{Tone, tone_of},
        untrusted, words,
    },
    proto::v1::SiteQueue,
};

/// The rows around the chosen one, as many as fit.
pub(super) fn window(rows: &[Line], chosen: usize, (width, room): (usize, usize)) -> Vec<Line> {
    // One row more below it where there is one: it shows that the list goes on.
    let first = (chosen + 2).saturating_sub(room);
    let first = first.min(rows.len().saturating_sub(room));
    let shown = rows.iter().skip(first).take(room);
    shown.map(|line| line.clone().cut(width)).collect()
}

/// A row, with the cursor before it if it is the chosen one.
pub(super) fn row(is_chosen: bool) -> Line {
    Line::of(Tone::Strong, if is_chosen { "▸ " } else { "  " })
}

/// What was decided in this session, the newest first.
pub(super) fn deeds(session: &Session) -> Vec<Line> {
    let is_chosen = |number| session.mode == Mode::Deeds(number);
    let deeds = session.deeds.iter().enumerate();
    deeds
        .map(|(number, deed)| deed_line(session, deed, is_chosen(number)))
        .collect()
}

fn deed_line(session: &Session, deed: &Deed, is_chosen: bool) -> Line {
    let ago = session.now.duration_since(deed.at).unwrap_or_default();
    let verdict = words::verdict(deed.verdict.into());
    let line = row(is_chosen)
        .with(Tone::Faint, format!("{:>7}  ", clock::rough(ago)))
        .with(tone_of(verdict), format!("{:<9} ", verdict.to_lowercase()));
    let line = match &deed.fate {
        Fate::Stands => line,
        Fate::Undoing => line.with(Tone::Notice, "being undone  "),
        Fate::Undone => line.with(Tone::Good, "undone  "),
        Fate::Refused(why) => line.with(Tone::Bad, format!("not undone ({why})  ")),
    };
    line.with(Tone::Plain, untrusted::line(&deed.about))
}

/// Sites and lanes to choose from, with what waits in each.
pub(super) fn places(session: &Session) -> Vec<Line> {
    let Mode::Places(places) = &session.mode else {
        return Vec::new();
    };
    let rows = places.rows.iter().enumerate();
    rows.map(|(number, place)| {
        let mark = if places.marked.contains(&number) {
            "[x] "
        } else {
            "[ ] "
        };
        let (name, more) = match place {
            Row::Site(site) => {
                let desk = session.desks.iter().find(|desk| desk.site == *site);
                let title = desk.map_or("", |desk| desk.display_name.as_str());
                let lane = |queue: &SiteQueue| queue.lanes.iter().map(|lane| lane.waiting).sum();
                let queue = session.queues.iter().find(|queue| queue.site == *site);
                (
                    format!("site {}", untrusted::line(site)),
                    format!("{}{}", waiting(queue.map(lane)), untrusted::line(title)),
                )
            }
            Row::Lane(lane) => {
                let lanes = session.queues.iter().flat_map(|queue| &queue.lanes);
                let here = lanes.filter(|depth| depth.lane() == *lane);
                let count = here.map(|depth| depth.waiting).sum();
                let count = (!session.queues.is_empty()).then_some(count);
                (
                    format!("lane {}", words::lane((*lane).into())),
                    waiting(count),
                )
            }
        };
        row(number == places.row)
            .with(Tone::Strong, mark)
            .with(Tone::Plain, format!("{name:<24} "))
            .with(Tone::Faint, more)
    })
    .collect()
}

fn waiting(count: Option<u64>) -> String {
    count.map_or_else(String::new, |count| format!("{count} waiting  "))
}
