//! Every key, spelt here and nowhere else. A site's keys share the hash tag `{site}`, so one script may touch them all.
//!
//! What each holds, for how long, and which script writes it is the table in `docs/REDIS.md`. Names are short because each
//! is paid for once a comment.

mod access;
mod authors;
mod comments;
mod contacts;
mod learning;
mod queue;

pub use self::{access::*, authors::*, comments::*, contacts::*, learning::*, queue::*};

use crate::comment::{
    calendar::{Day, Hour},
    ids::{SiteId, ThreadId},
};

fn of_site(site: &SiteId, kind: &str, rest: &[u8]) -> Vec<u8> {
    let site = site.as_str().as_bytes();
    let mut key = Vec::with_capacity(site.len() + kind.len() + rest.len() + 2);
    key.push(b'{');
    key.extend(site);
    key.push(b'}');
    key.extend(kind.as_bytes());
    key.extend(rest);
    key
}

/// Hash: the site's policy and its version.
#[must_use]
pub fn site(site: &SiteId) -> Vec<u8> {
    of_site(site, ":site", b"")
}

/// Hash: a thread's settings, details and counts.
#[must_use]
pub fn thread(site: &SiteId, thread: &ThreadId) -> Vec<u8> {
    of_site(site, ":t:", thread.as_str().as_bytes())
}

/// Stream: the event feed.
#[must_use]
pub fn events(site: &SiteId) -> Vec<u8> {
    of_site(site, ":e", b"")
}

/// Stream: the audit log.
#[must_use]
pub fn audit(site: &SiteId) -> Vec<u8> {
    of_site(site, ":au", b"")
}

/// Hash: the feed's last sequence, and counts by state.
#[must_use]
pub fn counters(site: &SiteId) -> Vec<u8> {
    of_site(site, ":n", b"")
}

/// Hash: what was counted in an hour of the clock.
#[must_use]
pub fn hour_statistics(site: &SiteId, hour: Hour) -> Vec<u8> {
    of_site(site, ":st:", hour.number().to_string().as_bytes())
}

/// Hash: what was counted on a day, in UTC.
#[must_use]
pub fn day_statistics(site: &SiteId, day: Day) -> Vec<u8> {
    of_site(site, ":std:", day.number().to_string().as_bytes())
}

/// What [`hour_statistics`] keys start with, up to `:`, and [`day_statistics`] keys, up to `d:`: for scripts, which learn
/// the time on their way.
#[must_use]
pub fn statistics_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":st", b"")
}

/// Stream: the audit log of what concerns no site alone.
#[must_use]
pub fn global_audit() -> Vec<u8> {
    b"{replydesk}:au".to_vec()
}

/// Hash: the last sequence of [`global_audit`].
#[must_use]
pub fn global_counters() -> Vec<u8> {
    b"{replydesk}:n".to_vec()
}

/// Set: the names of all sites; a name may be left here whose site was never written.
#[must_use]
pub fn sites() -> Vec<u8> {
    b"{replydesk}:sites".to_vec()
}

/// Hash: which pepper and privacy key the data is of.
#[must_use]
pub fn identity() -> Vec<u8> {
    b"{replydesk}:identity".to_vec()
}

/// Sorted set: privacy keys by when a replica last said that it seals to them, in milliseconds.
#[must_use]
pub fn sealing() -> Vec<u8> {
    b"{replydesk}:sealing".to_vec()
}

/// Hash: a restore that has not finished.
#[must_use]
pub fn restore() -> Vec<u8> {
    b"{replydesk}:restore".to_vec()
}

/// String: what the health probe writes.
#[must_use]
pub fn probe() -> Vec<u8> {
    b"{replydesk}:probe".to_vec()
}

/// String: the same for another primary of a cluster, which has this number's slot; it holds nothing either.
#[must_use]
pub fn numbered_probe(number: u16) -> Vec<u8> {
    format!("{{replydesk-{number}}}:probe").into_bytes()
}

/// Whether a key is where a health probe writes: on any server, it holds nothing of anybody.
#[must_use]
pub fn is_probe(key: &[u8]) -> bool {
    let number = key
        .strip_prefix(b"{replydesk-")
        .and_then(|rest| rest.strip_suffix(b"}:probe"));
    key == probe() || number.is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}
