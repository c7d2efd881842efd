//! What feed and audit log tell.

use replydesk::{
    comment::event::Cause,
    store::{
        audit::{AuditLog, AuditOrder},
        events::FeedPage,
    },
};

use super::super::{
    due::ToldBy,
    model::Model,
    names::number,
    real::Real,
    words::{Audited, BLOG, Event, Told},
};

/// When each event and each entry on a comment was written, in milliseconds.
pub struct Times {
    events: Vec<i64>,
    entries: Vec<i64>,
}

impl Times {
    /// When a comment is due that waits somewhere.
    pub fn due(&self, model: &Model, n: usize) -> i64 {
        let due = model.comments[n].due.unwrap();
        let since = match due.since.told {
            ToldBy::Event(place) => self.events[place],
            ToldBy::Entry(place) => self.entries[place],
        };
        since + i64::try_from(due.after.as_millis()).unwrap()
    }
}

pub async fn times(real: &Real, model: &Model) -> Times {
    Times {
        events: feed(real, model).await,
        entries: audit(real, model).await,
    }
}

/// The feed is the history, dense and each change once; so is what a follower has seen that goes on from its cursor.
async fn feed(real: &Real, model: &Model) -> Vec<i64> {
    let read = async |after, count| match real.stores[1]
        .read_events(&real.site, after, count)
        .await
        .unwrap()
    {
        FeedPage::Events(events) => events,
        FeedPage::OutOfRange { head } => panic!("out of range, head {head}"),
    };
    let whole = read(None, 1_000).await;
    let sequences: Vec<_> = whole.iter().map(|event| event.cursor.sequence()).collect();
    assert_eq!(
        sequences,
        (1..=model.history.len() as u64).collect::<Vec<_>>(),
        "dense"
    );
    let told: Vec<_> = whole.iter().map(told).collect();
    assert_eq!(told, model.history, "the feed");

    let last = real.followed.borrow().last().map(|event| event.cursor);
    let news = read(last, 3).await;
    real.followed.borrow_mut().extend(news);
    let followed = real.followed.borrow();
    assert_eq!(
        *followed,
        whole[..followed.len()],
        "what a follower has seen"
    );
    whole.iter().map(|event| event.at.0).collect()
}

fn told(event: &replydesk::comment::event::Event) -> Event {
    let told = match &event.cause {
        Cause::Submitted { .. } => Told::Submitted,
        Cause::Decided {
            verdict,
            moderator,
            earlier,
            ..
        } => Told::Decided(*verdict, label(moderator), *earlier),
        Cause::Undone {
            verdict,
            moderator,
            earlier,
            ..
        } => Told::Undone(*verdict, label(moderator), *earlier),
        Cause::Retracted => Told::Retracted,
        Cause::Revised { .. } => Told::Revised,
        Cause::Redacted { .. } => {
            unreachable!("nobody does such things here")
        }
    };
    Event {
        comment: number(&event.comment),
        state: event.state,
        version: event.version.get(),
        told,
    }
}

/// The audit log is dense, and tells all that was done to comments, with the event of each.
async fn audit(real: &Real, model: &Model) -> Vec<i64> {
    let log = AuditLog::Site(real.site.clone());
    let read = real.stores[0].audit_entries(&log, AuditOrder::OldestFirst, None, 1_000);
    let entries = read.await.unwrap();
    let sequences: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, (1..=entries.len() as u64).collect::<Vec<_>>());
    let told = entries.iter().filter_map(|entry| {
        let change = entry.change?;
        Some((
            entry.at.0,
            Audited {
                action: entry.action,
                by: label(&entry.actor.label),
                comment: number(&change.comment),
                before: change.before,
                after: change.after,
                event: change
                    .version
                    .map(|version| version.get())
                    .zip(change.event),
            },
        ))
    });
    let (times, told): (Vec<_>, Vec<_>) = told.unzip();
    assert_eq!(told, model.audit, "the audit log");
    times
}

fn label(moderator: &str) -> u8 {
    let number = moderator
        .strip_prefix("moderator-")
        .and_then(|n| n.parse().ok());
    number.unwrap_or(BLOG)
}
