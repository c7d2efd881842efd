//! What must hold after every step: Redis holds what the model says, and nothing else.

mod queue;
mod telling;

use std::collections::BTreeMap;

use redis::FromRedisValue;
use replydesk::{
    comment::{ids::CommentId, state::CommentState},
    store::keys,
};

use super::{
    model::{AUTHORS, Model, THREADS},
    names::{author, id, number, thread},
    real::Real,
};

type Bytes = Vec<u8>;

pub async fn everything(real: &Real, model: &Model) {
    let times = telling::times(real, model).await;
    comments(real, model).await;
    queue::lanes(real, model, &times);
    queue::leases(real, model, &times);
    counts(real, model);
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
            let (state, version) = (comment.state, comment.version.get());
            (number(&comment.id), state, version, comment.lane)
        })
        .collect();
    let expected = model.comments.iter().enumerate();
    let expected: Vec<_> = expected
        .map(|(n, comment)| (n, comment.state, comment.version, comment.lane))
        .collect();
    assert_eq!(found, expected, "comments, states, versions, lanes");
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
            count(keys::author(&real.site, &author(n))),
            expected,
            "counts of author {n}"
        );
    }
}
