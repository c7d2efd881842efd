//! Limits are exact, on all replicas together, and what is refused costs nothing.

use std::time::Duration;

use replydesk::proto::v1;
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits, no_limits, nth},
    crowd::{crowd, submit_at_once},
    refusals::{metadata, quotas, told, wait},
};

const BURST: u32 = 5;

fn limit(per_minute: u32, burst: u32) -> Option<v1::Limit> {
    Some(v1::Limit { per_minute, burst })
}

fn limited(limits: v1::Limits) -> v1::Policy {
    v1::Policy {
        limits: Some(limits),
        ..everything_waits()
    }
}

/// One limit of four: its site, its name, its policy, and the n-th of many comments that all fall under it.
struct Case {
    site: &'static str,
    name: &'static str,
    limits: v1::Limits,
    nth: fn(&'static str, usize) -> v1::SubmitCommentRequest,
}

fn cases() -> [Case; 4] {
    // One a minute: none is given back while the test runs.
    let (few, rest) = (limit(1, BURST), no_limits());
    [
        Case {
            site: "by-author",
            name: "author",
            limits: v1::Limits {
                author: few,
                ..rest
            },
            nth: |site, n| {
                let mut request = nth(site, n);
                request.author.as_mut().unwrap().email = "jo@readers.example".to_owned();
                request
            },
        },
        Case {
            site: "by-address",
            name: "ip_address",
            limits: v1::Limits {
                ip_address: few,
                ..rest
            },
            // One subscriber has a /64 of IPv6.
            nth: |site, n| {
                let mut request = nth(site, n);
                request.transport.as_mut().unwrap().ip_address = format!("2001:db8:0:7::{n:x}");
                request
            },
        },
        Case {
            site: "by-thread",
            name: "thread",
            limits: v1::Limits {
                thread: few,
                ..rest
            },
            nth: |site, n| {
                let mut request = nth(site, n);
                request.thread.as_mut().unwrap().thread_id = "bridge".to_owned();
                request
            },
        },
        Case {
            site: "by-site",
            name: "site",
            limits: v1::Limits { site: few, ..rest },
            nth,
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_clients_on_two_replicas_get_exactly_what_each_limit_allows() {
    let desk = Desk::with(2, &[]).await;
    for case in cases() {
        let blog = desk.site(case.site, limited(case.limits)).await;
        let key = desk
            .key(&[case.site], v1::Role::Submitter, "busy blog")
            .await;
        let requests = (0..16).map(|client| {
            let four = (0..4).map(|n| (case.nth)(case.site, client * 4 + n));
            four.collect()
        });
        let answers = submit_at_once(crowd(&desk, &key, 16), requests.collect()).await;

        let (admitted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(admitted.len(), BURST as usize, "{}", case.name);
        assert_eq!(blog.all_events(case.site).await.len(), BURST as usize);
        assert_eq!(refused.len(), 64 - BURST as usize);
        for status in refused.into_iter().map(Result::unwrap_err) {
            assert_limited(&status, case.name);
            let wait = wait(&status);
            assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60));
        }
    }
    desk.finish().await;
}

fn assert_limited(status: &Status, name: &str) {
    assert_eq!(
        told(status),
        (Code::ResourceExhausted, "LIMIT_EXCEEDED".to_owned())
    );
    assert_eq!(quotas(status), [format!("limit:{name}")]);
    assert_eq!(metadata(status, "limit"), name);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_site_limit_refuses_leaves_the_authors_limit_untouched() {
    let desk = Desk::start().await;
    let tight = v1::Limits {
        author: limit(1, 2),
        site: limit(1, 1),
        ..no_limits()
    };
    let blog = desk.site("gazette", limited(tight)).await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    for n in 0..3 {
        assert_limited(&by_jo(&blog, n).await.unwrap_err(), "site");
    }
    let wide = v1::Limits {
        site: no_limits().site,
        ..tight
    };
    set_limits(&desk, "gazette", wide).await;
    by_jo(&blog, 3).await.unwrap();
    by_jo(&blog, 4).await.unwrap();
    assert_limited(&by_jo(&blog, 5).await.unwrap_err(), "author");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_stored_comment_is_charged() {
    let desk = Desk::start().await;
    let limits = v1::Limits {
        author: limit(1, 2),
        ip_address: limit(1, 2),
        thread: limit(1, 2),
        site: limit(1, 2),
    };
    let blog = desk.site("gazette", limited(limits)).await;
    close(&desk, "gazette", "closed").await;
    let first = said(0);
    blog.submit(first.clone()).await.unwrap();

    // Each of these is refused, or done already, or only checked; three times each, so that one charge would show.
    let mut reused = said(1);
    reused.comment_id.clone_from(&first.comment_id);
    let mut incomplete = said(2);
    incomplete.author.as_mut().unwrap().display_name.clear();
    let mut elsewhere = said(3);
    elsewhere.thread.as_mut().unwrap().thread_id = "closed".to_owned();
    for _ in 0..3 {
        assert!(blog.submit(first.clone()).await.unwrap().replayed);
        let mut duplicate = said(0);
        duplicate.validate_only = false;
        let codes = [
            blog.submit(duplicate).await.unwrap_err().code(),
            blog.submit(reused.clone()).await.unwrap_err().code(),
            blog.submit(incomplete.clone()).await.unwrap_err().code(),
            blog.submit(elsewhere.clone()).await.unwrap_err().code(),
        ];
        use Code::{AlreadyExists, FailedPrecondition, InvalidArgument};
        assert_eq!(
            codes,
            [
                AlreadyExists,
                AlreadyExists,
                InvalidArgument,
                FailedPrecondition
            ]
        );
        let mut only_checked = said(4);
        only_checked.validate_only = true;
        assert!(!blog.submit(only_checked).await.unwrap().replayed);
    }
    blog.submit(said(5)).await.unwrap();
    let refused = blog.submit(said(6)).await.unwrap_err();
    assert_eq!(told(&refused).1, "LIMIT_EXCEEDED");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_as_told_is_admitted_on_another_replica_too() {
    let desk = Desk::with(2, &[]).await;
    let limits = v1::Limits {
        author: limit(120, 1),
        ..no_limits()
    };
    desk.site("gazette", limited(limits)).await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    let blogs = [desk.client(0, &key), desk.client(1, &key)];
    blogs[0].submit(said(0)).await.unwrap();
    let refused = blogs[1].submit(said(1)).await.unwrap_err();
    assert_limited(&refused, "author");
    let told = wait(&refused);
    assert!(told <= Duration::from_millis(500), "{told:?}");
    tokio::time::sleep(told).await;
    blogs[1].submit(said(1)).await.unwrap();
    assert_eq!(blogs[0].all_events("gazette").await.len(), 2);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_exceeded_limits_the_one_with_the_longest_wait_is_named() {
    let desk = Desk::start().await;
    let limits = v1::Limits {
        author: limit(60, 1),
        ip_address: limit(2, 1),
        thread: limit(6, 1),
        site: limit(12, 1),
    };
    let blog = desk.site("gazette", limited(limits)).await;
    blog.submit(said(0)).await.unwrap();
    let refused = blog.submit(said(1)).await.unwrap_err();
    assert_limited(&refused, "ip_address");
    assert!(wait(&refused) > Duration::from_secs(20));
    desk.finish().await;
}

/// The n-th thing that Jo says about the bridge.
fn said(n: usize) -> v1::SubmitCommentRequest {
    comment(
        "gazette",
        "bridge",
        "Jo",
        &format!("Reason {n} to repair it"),
    )
}

async fn by_jo(blog: &Client, n: usize) -> Result<v1::SubmitCommentResponse, Status> {
    blog.submit(said(n)).await
}

async fn set_limits(desk: &Desk, site: &str, limits: v1::Limits) {
    let policy = limited(limits);
    let set = desk.admin();
    set.update_policy(site, "limits", policy, 0).await.unwrap();
}

async fn close(desk: &Desk, site: &str, thread: &str) {
    let request = v1::CloseThreadRequest {
        site: site.to_owned(),
        thread_id: thread.to_owned(),
        reopen: false,
    };
    desk.admin().sites.close_thread(request).await.unwrap();
}
