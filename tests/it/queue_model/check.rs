//! What must hold after every step: Redis holds what the model says, and nothing else.

use std::collections::BTreeMap;

use redis::FromRedisValue;
use replydesk::{
    comment::{event::Cause, ids::CommentId, lane::Lane, state::CommentState},
    store::{
        audit::{AuditLog, AuditOrder},
        events::FeedPage,
        keys,
    },
};

use super::{
    model::{AUTHORS, Model, THREADS},
    names::{author, id, number, thread, token},
    real::Real,
    words::{Audited, BLOG, Event, Place, Told},
};

const HOUR_MS: i64 = 3_600_000;
type Bytes = Vec<u8>;

pub async fn everything(real: &Real, model: &Model) {
    comments(real, model).await;
    queue_and_leases(real, model);
    counts(real, model);
    feed(real, model).await;
    audit(real, model).await;
}

fn ask<T: FromRedisValue>(real: &Real, command: &str, key: Bytes, rest: &[&str]) -> T {
    let mut look = real.look.borrow_mut();
    redis::cmd(command)
        .arg(key)
        .arg(rest)
        .query(&mut *look)
        .unwrap()
}

/// State and version of each, through the indexes, in the order of arrival.
async fn comments(real: &Real, model: &Model) {
    let list = real.stores[0].list(&real.site, None, &CommentState::ALL, 0, 1_000);
    let page = list.await.unwrap();
    let found = page.comments.iter();
    let found: Vec<_> = found
        .map(|comment| (number(&comment.id), comment.state, comment.version.get()))
        .collect();
    let expected = model.comments.iter().enumerate();
    let expected: Vec<_> = expected
        .map(|(n, comment)| (n, comment.state, comment.version))
        .collect();
    assert_eq!(found, expected, "comments, states, versions");
    for n in 0..THREADS {
        let of_thread = model.comments.iter().filter(|comment| comment.thread == n);
        let thread = thread(n);
        let list = real.stores[0].list(&real.site, Some(&thread), &CommentState::ALL, 0, 1_000);
        assert_eq!(
            list.await.unwrap().comments.len(),
            of_thread.count(),
            "thread {n}"
        );
    }
    // Due times, once for all: they never change while a comment waits.
    let waiting: Vec<(Bytes, i64)> = ask(
        real,
        "ZRANGE",
        keys::lane(&real.site, Lane::Review),
        &["0", "-1", "WITHSCORES"],
    );
    for (member, due) in waiting {
        let n = number_of(member);
        let hours = i64::from(model.comments[n].due_in.unwrap());
        assert_eq!(
            due,
            page.comments[n].submitted_at.0 + hours * HOUR_MS,
            "due time of {n}"
        );
    }
}

fn number_of(member: Bytes) -> usize {
    number(&CommentId::from_bytes(member.try_into().unwrap()))
}

/// The queue in its order; the three books of leases agree with the model and so with each other.
fn queue_and_leases(real: &Real, model: &Model) {
    let queue: Vec<Bytes> = ask(
        real,
        "ZRANGE",
        keys::lane(&real.site, Lane::Review),
        &["0", "-1"],
    );
    let queue: Vec<_> = queue.into_iter().map(number_of).collect();
    assert_eq!(queue, model.waiting(), "the queue");

    for lane in [Lane::Reported, Lane::Escalated, Lane::Appeals] {
        let key = keys::lane(&real.site, lane);
        let mut found: Vec<_> = ask::<Vec<Bytes>>(real, "ZRANGE", key, &["0", "-1"])
            .into_iter()
            .map(number_of)
            .collect();
        found.sort_unstable();
        assert_eq!(found, model.in_lane(lane), "{lane}");
    }
    let expiries: Vec<Bytes> = ask(real, "ZRANGE", keys::leases(&real.site), &["0", "-1"]);
    let mut expiries: Vec<_> = expiries.into_iter().map(number_of).collect();
    expiries.sort_unstable();
    assert_eq!(expiries, model.resting(), "expiries");

    let holders: BTreeMap<Bytes, Bytes> =
        ask(real, "HGETALL", keys::lease_holders(&real.site), &[]);
    let mut tokens: BTreeMap<Bytes, Bytes> =
        ask(real, "HGETALL", keys::lease_tokens(&real.site), &[]);
    assert_eq!(holders.len(), model.resting().len(), "holders");
    for n in model.resting() {
        let name = id(n).as_bytes().to_vec();
        let held_under = &holders[&name][..8];
        match model.comments[n].place {
            Place::Leased {
                token: expected, ..
            } => {
                assert_eq!(held_under, token(expected).as_bytes(), "holder of {n}");
                assert_eq!(tokens.remove(held_under), Some(name), "token of {n}");
            }
            Place::Cooling { .. } => assert_eq!(held_under, [0; 8], "{n} cools down"),
            Place::Nowhere | Place::Waiting => unreachable!("it rests"),
        }
    }
    assert!(tokens.is_empty(), "tokens of nothing: {tokens:?}");
}

/// Counts of site, threads and authors, by state.
fn counts(real: &Real, model: &Model) {
    let count = |key: Bytes| {
        // Other fields may hold bytes that are no text.
        let found: BTreeMap<String, Bytes> = ask(real, "HGETALL", key, &[]);
        let numbers = found.into_iter().filter_map(|(state, n)| {
            let n: i64 = String::from_utf8(n).ok()?.parse().ok()?;
            Some((state.parse::<u8>().ok()?, n))
        });
        numbers.filter(|(_, n)| *n != 0).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(
        count(keys::counters(&real.site)),
        model.counts(|_| true),
        "the site's counts"
    );
    for n in 0..THREADS {
        let expected = model.counts(|comment| comment.thread == n);
        assert_eq!(
            count(keys::thread(&real.site, &thread(n))),
            expected,
            "counts of thread {n}"
        );
    }
    for n in 0..AUTHORS {
        let expected = model.counts(|comment| comment.author == Some(n));
        assert_eq!(
            count(keys::author(&real.site, &author(n))),
            expected,
            "counts of author {n}"
        );
    }
}

/// The feed is the history, dense and each change once; so is what a follower has seen that goes on from its cursor.
async fn feed(real: &Real, model: &Model) {
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
        Cause::Revised { .. } | Cause::Redacted { .. } => {
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
async fn audit(real: &Real, model: &Model) {
    let log = AuditLog::Site(real.site.clone());
    let read = real.stores[0].audit_entries(&log, AuditOrder::OldestFirst, None, 1_000);
    let entries = read.await.unwrap();
    let sequences: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, (1..=entries.len() as u64).collect::<Vec<_>>());
    let told = entries.iter().filter_map(|entry| {
        let change = entry.change?;
        Some(Audited {
            action: entry.action,
            by: label(&entry.actor.label),
            comment: number(&change.comment),
            before: change.before,
            after: change.after,
            event: change
                .version
                .map(|version| version.get())
                .zip(change.event),
        })
    });
    assert_eq!(told.collect::<Vec<_>>(), model.audit, "the audit log");
}

fn label(moderator: &str) -> u8 {
    let number = moderator
        .strip_prefix("moderator-")
        .and_then(|n| n.parse().ok());
    number.unwrap_or(BLOG)
}
