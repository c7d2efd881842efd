//! What must hold after every step: Redis holds what the model says, and nothing else.

mod queue;
mod telling;

use std::collections::BTreeMap;

use redis::FromRedisValue;
use replydesk::{
    comment::{
        earlier::{EarlierVersion, Replacement},
        ids::CommentId,
        state::CommentState,
        subject::Subject,
    },
    store::keys,
};

use super::{
    model::{AUTHORS, Model, THREADS},
    names::{body, id, number, thread},
    real::Real,
};

type Bytes = Vec<u8>;

pub async fn everything(real: &Real, model: &Model) {
    let times = telling::times(real, model).await;
    comments(real, model).await;
    queue::lanes(real, model, &times);
    queue::leases(real, model, &times);
    counts(real, model);
    authors(real, model).await;
}

fn ask<T: FromRedisValue>(real: &Real, command: &str, key: Bytes, rest: &[&str]) -> T {
    let mut look = real.look.borrow_mut();
    redis::cmd(command)
        .arg(key)
        .arg(rest)
        .query(&mut *look)
        .unwrap()
}

/// State, version and lane of each, through the indexes, in the order of arrival.
async fn comments(real: &Real, model: &Model) {
    let list = real.stores[0].list(&real.site, None, &CommentState::ALL, 0, 1_000);
    let page = list.await.unwrap();
    let found = page.comments.iter();
    let found: Vec<_> = found
        .map(|comment| {
            let (n, version) = (number(&comment.id), comment.version.get());
            let body = comment.content.body.verbatim().to_owned();
            (n, comment.state, version, comment.lane, body)
        })
        .collect();
    let expected = model.comments.iter().enumerate();
    let expected: Vec<_> = expected
        .map(|(n, comment)| {
            let body = body(n, comment.text);
            (n, comment.state, comment.version, comment.lane, body)
        })
        .collect();
    assert_eq!(found, expected, "comments, states, versions, lanes, texts");
    earlier_versions(real, model).await;
    for (n, comment) in model.comments.iter().enumerate() {
        let reports = real.stores[0].reports(&real.site, id(n)).await.unwrap();
        let readers = usize::try_from(reports.readers).unwrap();
        let expected = comment.reports.told.len();
        assert_eq!(
            (readers, reports.told.len()),
            (expected, expected),
            "reports of {n}"
        );
    }
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
}

/// What was said before, the newest first.
async fn earlier_versions(real: &Real, model: &Model) {
    let ids: Vec<_> = (0..model.comments.len()).map(id).collect();
    let found = real.stores[0].earlier_versions(&real.site, &ids);
    for (n, found) in found.await.unwrap().into_iter().enumerate() {
        let told = |one: EarlierVersion| {
            assert_eq!(one.replaced_by, Replacement::Revision);
            (
                one.first.get(),
                one.last.get(),
                one.state,
                one.content.body.into_verbatim(),
            )
        };
        let found: Vec<_> = found.into_iter().map(told).collect();
        let expected = model.comments[n].earlier.iter();
        let expected: Vec<_> = expected
            .map(|one| (one.first, one.last, one.state, body(n, one.text)))
            .collect();
        assert_eq!(found, expected, "earlier versions of {n}");
    }
}

fn number_of(member: Bytes) -> usize {
    number(&CommentId::from_bytes(member.try_into().unwrap()))
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
            count(keys::author(&real.site, &real.author(n))),
            expected,
            "counts of author {n}"
        );
    }
}

/// How each author stands, and who said so.
async fn authors(real: &Real, model: &Model) {
    let subjects: Vec<_> = (0..AUTHORS)
        .map(|n| Subject::Author(real.author(n)))
        .collect();
    let found = real.stores[0].standings(&real.site, &subjects).await;
    for (n, (stands, author)) in found.unwrap().iter().zip(&model.authors).enumerate() {
        let numbers = (stands.standing(), stands.version, stands.strikes);
        let strikes = u32::try_from(author.strikes.len()).unwrap();
        assert_eq!(
            numbers,
            (author.standing, author.changes, strikes),
            "author {n}"
        );
        let set = stands.set.as_ref();
        let set = set.map(|set| {
            let named_by = set.named_by.map(|id| number(&id));
            (set.reason.as_str(), set.moderator.as_str(), named_by)
        });
        let by = author
            .set
            .map(|(by, comment)| (format!("moderator-{by}"), comment));
        let expected = by
            .as_ref()
            .map(|(by, comment)| (author.reason, by.as_str(), Some(*comment)));
        assert_eq!(set, expected, "what was said of author {n}");
    }
}
