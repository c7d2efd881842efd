//! Integration tests: one binary, real Redis.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod access_keys;
mod private_redis;
mod sites;

/// Handlers of a multi-threaded server must be able to await these.
#[expect(dead_code, reason = "it only has to compile")]
fn may_move_between_threads(
    sites: &replydesk::policy::sites::Sites,
    access: &replydesk::access::Access,
    site: &replydesk::comment::ids::SiteId,
    caller: &replydesk::access::caller::Caller,
) {
    fn check(_: impl Send) {}
    check(sites.get(site));
    check(sites.list());
    check(access.authenticate(None));
    check(access.list(caller));
}
