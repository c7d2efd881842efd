//! What stands above the item: live counters, and whether the item is still ours.

use std::time::Duration;

use crate::{
    cli::{
        clock,
        review::{
            line::Line,
            session::{Current, Gone, Hold, Link, Session},
        },
        style::Tone,
        untrusted, words,
    },
    proto::v1::{Lane, WithdrawalReason, work_queue_request::start::Within},
};

/// Where the moderator is, what waits there, and what was done.
pub(super) fn counters(session: &Session) -> Line {
    let width = session.window.0;
    let right = done(session);
    // As much as fits: ages go first.
    let variants = [true, false].map(|ages| {
        Line::of(Tone::Strong, place(session))
            .with(Tone::Plain, format!("  {}", waiting(session, ages)))
    });
    let room = width.saturating_sub(right.width() + 1);
    let [full, short] = variants;
    let left = if full.width() <= room { full } else { short };
    Line::spread(left, right, width)
}

fn place(session: &Session) -> String {
    let sites = match session.place.sites.as_slice() {
        [site] => untrusted::line(site),
        several => format!("{} sites", several.len()),
    };
    match &session.place.within {
        Some(Within::WaveId(_)) => format!("{sites}, one wave"),
        Some(Within::ThreadId(_)) => format!("{sites}, one article"),
        None => sites,
    }
}

fn waiting(session: &Session, with_ages: bool) -> String {
    if session.queues.is_empty() {
        return "waiting ?".to_owned();
    }
    let lanes = [Lane::Review, Lane::Reported, Lane::Escalated, Lane::Appeals];
    let told = lanes.into_iter().filter_map(|lane| {
        let (count, oldest) = depth(session, lane);
        let is_worked = session.place.works(lane);
        if count == 0 && !(is_worked && lane == Lane::Review) {
            return None;
        }
        let age = oldest.filter(|_| with_ages).map(clock::rough);
        let age = age.map(|age| format!(", {age}"));
        Some(format!(
            "{} {count}{}",
            words::lane(lane.into()),
            age.unwrap_or_default()
        ))
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// Of all sites together.
fn depth(session: &Session, lane: Lane) -> (u64, Option<Duration>) {
    let lanes = session.queues.iter().flat_map(|queue| &queue.lanes);
    let lanes = lanes.filter(|depth| depth.lane() == lane);
    lanes.fold((0, None), |(count, oldest), depth| {
        let seconds = depth.oldest_waiting.as_ref().map(|age| age.seconds);
        let age = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        (
            count + depth.waiting,
            oldest.max(age.map(Duration::from_secs)),
        )
    })
}

fn done(session: &Session) -> Line {
    let mut told = if session.is_wide() && session.decisions() > 0 {
        let parts = session.decided.iter();
        let parts = parts.map(|(state, count)| format!("{count} {}", state.to_lowercase()));
        format!("decided: {}", parts.collect::<Vec<_>>().join(", "))
    } else {
        format!("decided {}", session.decisions())
    };
    if let Some(rate) = session.decisions_per_hour() {
        told.push_str(&format!(", {rate}/h"));
    }
    told.push_str(&format!(" · held {}", session.held()));
    Line::of(Tone::Plain, told)
}

/// The rule above the item. It says so for as long as the item cannot be decided: no news hides it.
pub(super) fn mark(session: &Session) -> Line {
    let width = session.window.0;
    let (tone, why) = match session.current.as_ref().map(|current| &current.hold) {
        Some(Hold::Lost) if session.link == Link::Resting => (
            Tone::Notice,
            "given back while you were away; any key brings the queue again".to_owned(),
        ),
        Some(Hold::Lost) => (
            Tone::Bad,
            "lost, waiting for it again; k goes on".to_owned(),
        ),
        Some(Hold::Paused) => (
            Tone::Notice,
            "given back while you pause; p goes on".to_owned(),
        ),
        Some(Hold::Withdrawn(gone)) => (Tone::Bad, format!("{}; k goes on", withdrawn(gone))),
        None if session.is_paused => (Tone::Notice, "you pause; p goes on".to_owned()),
        Some(Hold::Ours) | None => match session.current.as_ref().and_then(brought_by) {
            Some(why) => (Tone::Notice, why.to_owned()),
            None => return super::rule(width),
        },
    };
    let why = Line::of(tone, why);
    let rest = width.saturating_sub(why.width() + 1);
    why.with(Tone::Faint, format!(" {}", "─".repeat(rest)))
        .cut(width)
}

/// What brought an item here that no policy did.
fn brought_by(current: &Current) -> Option<&'static str> {
    match current.item.lane() {
        Lane::Reported => Some("readers reported it; w tells why"),
        Lane::Escalated => Some("left to a senior moderator; w tells why"),
        Lane::Appeals => Some("its author appeals; w tells why"),
        Lane::Review | Lane::Unspecified => None,
    }
}

/// Why, by whom, and how it stands.
fn withdrawn(gone: &Gone) -> String {
    let state = match gone.state {
        0 => String::new(),
        state => format!(", {} now", words::state(state).to_lowercase()),
    };
    match (gone.why, &gone.by) {
        (WithdrawalReason::DecidedByAnother, Some((who, verdict))) => {
            let who = if who.is_empty() {
                "the admin key".to_owned()
            } else {
                untrusted::line(who)
            };
            let verdict = words::verdict((*verdict).into()).to_lowercase();
            format!("decided by {who}: {verdict}")
        }
        (WithdrawalReason::DecidedByAnother, None) => format!("decided by another{state}"),
        (WithdrawalReason::Changed, _) => format!("changed meanwhile{state}"),
        (WithdrawalReason::Retracted, _) => format!("withdrawn by its author{state}"),
        (WithdrawalReason::HeldTooLong, _) => "held for too long, back in the queue".to_owned(),
        (WithdrawalReason::LeaseOver | WithdrawalReason::Unspecified, _) => {
            format!("not yours any more{state}")
        }
    }
}
