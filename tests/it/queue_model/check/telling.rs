//! What feed and audit log tell.

use replydesk::{
    comment::{
        audit::{AuditAction, AuditEntry},
        event::{Cause, Event as Change},
    },
    store::{
        audit::{AuditLog, AuditOrder},
        events::FeedPage,
        keys,
    },
};

use super::super::{
    due::ToldBy,
    model::{AUTHORS, Model},
    names::number,
    real::Real,
    standings::StandingTold,
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
    let events = feed(real, model).await;
    let entries = audit(real, model, &events).await;
    Times {
        events: events.iter().map(|event| event.at.0).collect(),
        entries,
    }
}

/// The feed is the history, dense and each change once; so is what a follower has seen that goes on from its cursor.
async fn feed(real: &Real, model: &Model) -> Vec<Change> {
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
    let mut told: Vec<_> = whole.iter().map(told).collect();
    for one in &model.at_once {
        told[one.events.clone()].sort_by_key(|event| event.comment);
    }
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
    drop(followed);
    whole
}

fn told(event: &Change) -> Event {
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
        Cause::Redacted { .. } | Cause::Erased { .. } => {
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
async fn audit(real: &Real, model: &Model, events: &[Change]) -> Vec<i64> {
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
    let (times, mut told): (Vec<_>, Vec<_>) = told.unzip();
    let linked: Vec<_> = told.iter().filter_map(|entry| entry.event).collect();
    assert!(
        linked.is_sorted_by_key(|(_, event)| event),
        "in the order of the events"
    );
    for entry in &told {
        if let Some((version, event)) = entry.event {
            let event = &events[usize::try_from(event - 1).unwrap()];
            let of = (number(&event.comment), event.version.get());
            assert_eq!(of, (entry.comment, version), "the event of an entry");
        }
    }
    for one in &model.at_once {
        in_order(&mut told[one.entries.clone()], one.events.start);
    }
    assert_eq!(told, model.audit, "the audit log");
    standings(&references(real).await, model, &entries);
    times
}

/// What was done at once, as the model does it: by comment, with the events so too.
fn in_order(told: &mut [Audited], first_event: usize) {
    told.sort_by_key(|entry| entry.comment);
    for (place, entry) in told.iter_mut().enumerate() {
        if let Some((_, event)) = &mut entry.event {
            *event = (first_event + place + 1) as u64;
        }
    }
}

/// What the log calls the authors, where it has called them something.
async fn references(real: &Real) -> Vec<Option<String>> {
    let mut references = Vec::new();
    for n in 0..AUTHORS {
        let mut get = redis::cmd("HGET");
        get.arg(keys::author(&real.site, &real.author(n)))
            .arg("ref");
        references.push(real.stores[0].query(&get).await.unwrap());
    }
    references
}

/// What the log tells of how authors stand.
fn standings(references: &[Option<String>], model: &Model, entries: &[AuditEntry]) {
    let set = |entry: &&AuditEntry| entry.action == AuditAction::StandingSet;
    let author = |subject: &str| {
        let reference = subject.strip_prefix("author ").unwrap().to_owned();
        let place = references
            .iter()
            .position(|known| *known == Some(reference.clone()));
        u8::try_from(place.unwrap()).unwrap()
    };
    let told = entries.iter().filter(set).map(|entry| StandingTold {
        by: label(&entry.actor.label),
        author: author(&entry.subject),
        before: entry.before.clone(),
        after: entry.after.clone(),
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        model.standings,
        "the audit log on authors"
    );
}

fn label(moderator: &str) -> u8 {
    let number = moderator
        .strip_prefix("moderator-")
        .and_then(|n| n.parse().ok());
    number.unwrap_or(BLOG)
}
