//! One `(site, comment_id)` makes one comment, however often and to however many replicas it is sent.

use replydesk::proto::v1;
use tonic::Code;

use crate::harness::{
    Desk,
    comments::{automatic, comment, everything_waits, no_limits},
    crowd::{crowd, submit_at_once},
    refusals::{metadata, told, violations},
};

fn said(text: &str) -> v1::SubmitCommentRequest {
    comment("gazette", "bridge", "Jo Reader", text)
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_clients_on_two_replicas_make_one_comment_and_one_event() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let key = desk.key(&["gazette"], v1::Role::Submitter, "blog").await;
    for round in 0..10 {
        let request = said(&format!("Reason {round} to repair it"));
        let requests = vec![vec![request.clone(); 3]; 16];
        let answers = submit_at_once(crowd(&desk, &key, 16), requests).await;
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        let stored: Vec<_> = answers.iter().filter(|answer| !answer.replayed).collect();
        assert_eq!(stored.len(), 1, "one was stored, the others are replays");
        for answer in &answers {
            let receipt = v1::SubmitCommentResponse {
                replayed: false,
                ..answer.clone()
            };
            assert_eq!(&receipt, stored[0], "all are told the same");
        }
    }
    assert_eq!(blog.all_events("gazette").await.len(), 10);
    let stats = ada.stats("gazette").await;
    assert_eq!((stats.pending, stats.waiting), (10, 10));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_content_under_a_known_id_is_an_error_and_changes_nothing() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let first = said("I cycle over this bridge every day.");
    blog.submit(first.clone()).await.unwrap();
    let stored = blog.get("gazette", &first.comment_id).await;

    let other = |change: fn(&mut v1::SubmitCommentRequest)| {
        let mut request = first.clone();
        change(&mut request);
        request
    };
    for different in [
        other(|r| r.body.push('!')),
        other(|r| r.author.as_mut().unwrap().display_name.push('a')),
        other(|r| r.author.as_mut().unwrap().email.insert(0, 'x')),
        other(|r| r.author.as_mut().unwrap().account_id = "7".to_owned()),
        other(|r| r.author.as_mut().unwrap().website = "https://jo.example".to_owned()),
        other(|r| r.thread.as_mut().unwrap().thread_id = "tunnel".to_owned()),
        other(|r| r.parent_id = "0192d3a0-0000-7000-8000-000000000001".to_owned()),
    ] {
        let refused = blog.submit(different).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::AlreadyExists, "COMMENT_ID_REUSED".to_owned())
        );
    }
    // How it arrived is no part of what was said: a retry may come from elsewhere.
    for same in [
        other(|r| r.transport.as_mut().unwrap().ip_address = "198.51.100.4".to_owned()),
        other(|r| r.transport.as_mut().unwrap().user_agent = "curl/8".to_owned()),
        other(|r| r.transport = None),
        other(|r| r.thread.as_mut().unwrap().title = "A new title".to_owned()),
        other(|r| r.comment_id = r.comment_id.to_uppercase()),
    ] {
        assert!(blog.submit(same).await.unwrap().replayed);
    }
    assert_eq!(blog.get("gazette", &first.comment_id).await, stored);
    assert_eq!(blog.all_events("gazette").await.len(), 1);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_id_is_a_replay_before_it_is_a_violation_a_limit_or_a_closed_thread() {
    let desk = Desk::start().await;
    let limits = v1::Limits {
        author: Some(v1::Limit {
            per_minute: 1,
            burst: 1,
        }),
        ..no_limits()
    };
    let policy = v1::Policy {
        limits: Some(limits),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy.clone()).await;
    let first = said("I cycle over this bridge every day.");
    blog.submit(first.clone()).await.unwrap();

    let refused = blog.submit(said("And my children do.")).await.unwrap_err();
    assert_eq!(told(&refused).1, "LIMIT_EXCEEDED");
    assert!(blog.submit(first.clone()).await.unwrap().replayed);

    close(&desk, false).await;
    let refused = blog.submit(said("And so do I.")).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::FailedPrecondition, "THREAD_CLOSED".to_owned())
    );
    assert!(blog.submit(first.clone()).await.unwrap().replayed);

    // Stricter from now on: a website is required.
    require_website(&desk, policy).await;
    let refused = blog.submit(said("Repair it.")).await.unwrap_err();
    assert_eq!(
        violations(&refused),
        [("author.website".to_owned(), "is required".to_owned())]
    );
    assert!(blog.submit(first.clone()).await.unwrap().replayed);

    // Another content under the id is no replay: then the violations are what to mend first.
    let mut other = first.clone();
    other.body.push('!');
    let refused = blog.submit(other).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(blog.all_events("gazette").await.len(), 1);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_retry_tells_how_the_comment_stands_now() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(1, "gazette", "ada").await;
    for (verdict, state) in [
        (v1::Verdict::Approve, v1::CommentState::Approved),
        (v1::Verdict::Reject, v1::CommentState::Rejected),
        (v1::Verdict::Spam, v1::CommentState::Spam),
    ] {
        let request = said(&format!("I think: {verdict:?}"));
        let receipt = blog.submit(request.clone()).await.unwrap();
        ada.decide(v1::DecideCommentRequest {
            site: "gazette".to_owned(),
            comment_id: request.comment_id.clone(),
            version: 1,
            verdict: verdict.into(),
            ..Default::default()
        })
        .await
        .unwrap();
        let retry = blog.submit(request).await.unwrap();
        assert!(retry.replayed);
        assert_eq!((retry.state(), retry.version), (state, 2));
        // The outcome is what policy said at first; it never changes.
        assert_eq!(
            (retry.outcome(), retry.submitted_at),
            (v1::Outcome::Pending, receipt.submitted_at)
        );
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn validate_only_goes_the_whole_way_and_leaves_no_trace() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    let mut before = desk.redis.keys();
    let mut request = said("I cycle over this bridge every day.");
    request.validate_only = true;
    for _ in 0..3 {
        let receipt = blog.submit(request.clone()).await.unwrap();
        assert_eq!(receipt.outcome(), v1::Outcome::Pending);
        assert!(receipt.score.is_some() && !receipt.replayed);
    }
    let mut after = desk.redis.keys();
    before.sort();
    after.sort();
    assert_eq!(before, after, "nothing was stored or charged");
    request.validate_only = false;
    assert!(!blog.submit(request.clone()).await.unwrap().replayed);
    request.validate_only = true;
    assert!(blog.submit(request).await.unwrap().replayed);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_names_the_first_comment() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", automatic()).await;
    let first = said("Repair the bridge!");
    blog.submit(first.clone()).await.unwrap();
    for again in [
        "Repair the bridge!",
        "REPAIR  the bridge!",
        "Ｒepair the bridge!",
    ] {
        let refused = blog.submit(said(again)).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::AlreadyExists, "DUPLICATE_COMMENT".to_owned()),
            "{again}"
        );
        assert_eq!(metadata(&refused, "comment_id"), first.comment_id);
    }
    // The same words by another, elsewhere, or as an answer are a comment of their own.
    let mut answer = said("Repair the bridge!");
    answer.parent_id.clone_from(&first.comment_id);
    for other in [
        comment("gazette", "bridge", "Kim", "Repair the bridge!"),
        comment("gazette", "tunnel", "Jo Reader", "Repair the bridge!"),
        answer,
    ] {
        blog.submit(other).await.unwrap();
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_open_again_takes_comments_again() {
    let desk = Desk::start().await;
    let blog = desk.site("gazette", everything_waits()).await;
    close(&desk, false).await;
    assert!(blog.submit(said("Too late?")).await.is_err());
    assert!(blog.all_events("gazette").await.is_empty());
    close(&desk, true).await;
    blog.submit(said("In time.")).await.unwrap();
    desk.finish().await;
}

async fn close(desk: &Desk, reopen: bool) {
    let request = v1::CloseThreadRequest {
        site: "gazette".to_owned(),
        thread_id: "bridge".to_owned(),
        reopen,
    };
    desk.admin().sites.close_thread(request).await.unwrap();
}

async fn require_website(desk: &Desk, policy: v1::Policy) {
    let strict = v1::Policy {
        required: Some(v1::RequiredFields {
            website: Some(true),
            ..Default::default()
        }),
        ..policy
    };
    let admin = desk.admin();
    admin.update_policy("gazette", "", strict, 0).await.unwrap();
}
