//! Addresses and numbers that readers write into a comment: masked for the blog, not for who moderates.

use std::time::{Duration, Instant};

use replydesk::proto::v1::{self, CommentState, Role, Verdict};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, comment, everything_waits},
    sessions::verdict,
};

const SITE: &str = "gazette";
const BODY: &str =
    "Mail ursula@casino.example or call 030 7654321. On 28.11.2026 the tram was late.";
const MASKED: &str = "Mail […@…] or call [☎…]. On 28.11.2026 the tram was late.";
const NAME: &str = "Ursula +49 151 23456789";
const MASKED_NAME: &str = "Ursula [☎…]";

/// Words of what is masked, as an explanation would name them.
const HIDDEN: [&str; 4] = ["casino", "7654321", "23456789", "ursula@"];

fn written() -> v1::SubmitCommentRequest {
    let mut request = comment(SITE, "tram", NAME, BODY);
    request.author.as_mut().unwrap().email = "reader@readers.example".to_owned();
    request
}

fn masking(email_addresses: bool, phone_numbers: bool) -> v1::Policy {
    v1::Policy {
        masking: Some(v1::Masking {
            email_addresses: Some(email_addresses),
            phone_numbers: Some(phone_numbers),
        }),
        ..Default::default()
    }
}

async fn listed(client: &Client) -> v1::Comment {
    let request = v1::ListCommentsRequest {
        site: SITE.to_owned(),
        ..Default::default()
    };
    let page = client.comments.clone().list_comments(request).await;
    page.unwrap().into_inner().comments.remove(0)
}

fn said(comment: &v1::Comment) -> (&str, &str) {
    let name = &comment.author.as_ref().unwrap().display_name;
    (comment.body.as_str(), name.as_str())
}

fn assert_hides(told: &impl std::fmt::Debug) {
    let told = format!("{told:?}").to_lowercase();
    for hidden in HIDDEN {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blog_gets_them_masked_and_everybody_else_as_they_were_written() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        // What a reason names is a word of the comment too.
        hold_words: vec!["casino".to_owned()],
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let request = written();
    let id = request.comment_id.clone();
    blog.submit(request.clone()).await.unwrap();
    for seen in [blog.get(SITE, &id).await, listed(&blog).await] {
        assert_eq!(said(&seen), (MASKED, MASKED_NAME));
        assert_hides(&seen);
        assert!(
            seen.score.unwrap().contributions.len() > 1,
            "the rest is explained"
        );
    }

    for role in [Role::Moderator, Role::SeniorModerator, Role::Admin] {
        let someone = desk.someone(0, SITE, role, "someone").await;
        for seen in [someone.get(SITE, &id).await, listed(&someone).await] {
            assert_eq!(said(&seen), (BODY, NAME), "{role:?}");
        }
    }
    let ada = desk.moderator(0, SITE, "ada").await;
    let seen = ada.context(SITE, &id).await.unwrap().comment.unwrap();
    assert_eq!(said(&seen), (BODY, NAME));
    let mut work = ada.work(SITE, 1).await.unwrap();
    let item = work.item().await;
    assert_eq!(said(item.comment.as_ref().unwrap()), (BODY, NAME));
    work.decide(&item, Verdict::Approve).await;
    work.answer().await;
    work.leave().await.unwrap();

    // What changes a comment later is masked as well; what is kept stays whole, so that the same is known again.
    assert!(blog.submit(request).await.unwrap().replayed);
    let again = BODY.replace("Mail", "Write to");
    blog.revise(SITE, &id, 2, &again).await.unwrap();
    let seen = blog.get(SITE, &id).await;
    assert_eq!(seen.body, MASKED.replace("Mail", "Write to"));
    assert_hides(&seen);
    let earlier = ada.context(SITE, &id).await.unwrap().earlier_versions;
    assert_eq!(earlier[0].body, BODY);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_names_no_word_of_what_is_masked() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        hold_words: vec!["example".to_owned()],
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let request = comment(SITE, "tram", "Jo Reader", "Write ursula@casino.example");
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    let seen = ada.get(SITE, &id).await;
    let names = |score: Option<v1::Score>, word: &str| {
        let parts = score.unwrap().contributions;
        parts.iter().any(|part| part.feature.contains(word))
    };
    let held = |reasons: &[v1::Reason]| reasons.iter().any(|reason| reason.detail == "example");
    assert!(held(&seen.reasons), "{seen:?}");
    assert!(names(seen.score.clone(), "\"example\""), "{seen:?}");
    assert!(names(seen.score.clone(), "Write"), "{seen:?}");
    let seen = blog.get(SITE, &id).await;
    assert_eq!(seen.body, "Write […@…]");
    assert!(
        !held(&seen.reasons) && !names(seen.score.clone(), "\"example\""),
        "{seen:?}"
    );
    assert!(names(seen.score.clone(), "Write"), "{seen:?}");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_carry_no_text() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, automatic()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let request = written();
    let id = request.comment_id.clone();
    let version = blog.submit(request).await.unwrap().version;
    let again = format!("{BODY} Again.");
    let revised = blog.revise(SITE, &id, version, &again).await.unwrap();
    let rejected = v1::DecideCommentRequest {
        site: SITE.to_owned(),
        version: revised.version,
        ..verdict(&id, Verdict::Reject)
    };
    ada.decide(rejected).await.unwrap();
    let events = blog.all_events(SITE).await;
    assert_eq!(events.len(), 3);
    assert_hides(&events);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_masks_each_kind_or_none_and_another_replica_knows_it_within_a_second() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let there = blog.through(desk.replicas[1].address);
    let editor = desk.someone(0, SITE, Role::Admin, "editor").await;
    let request = written();
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    assert_eq!(said(&there.get(SITE, &id).await), (MASKED, MASKED_NAME));
    let no_number = BODY.replace("030 7654321", "[☎…]");
    let no_address = BODY.replace("ursula@casino.example", "[…@…]");
    for (email_addresses, phone_numbers, body, name) in [
        (false, false, BODY, NAME),
        (false, true, no_number.as_str(), MASKED_NAME),
        (true, false, no_address.as_str(), NAME),
        (true, true, MASKED, MASKED_NAME),
    ] {
        let policy = masking(email_addresses, phone_numbers);
        let updated = editor.update_policy(SITE, "masking", policy, 0).await;
        updated.unwrap();
        let changed = Instant::now();
        assert_eq!(said(&blog.get(SITE, &id).await), (body, name));
        while said(&there.get(SITE, &id).await) != (body, name) {
            assert!(changed.elapsed() < Duration::from_secs(1), "{body}");
        }
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_moderator_blacks_out_is_named_as_it_was_written() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let request = written();
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    let masked = ada.redact(SITE, &id, 1, &["[…@…]"]).await;
    assert!(masked.is_err(), "nobody wrote that");
    let redacted = ada.redact(SITE, &id, 1, &["ursula@casino.example"]).await;
    let redacted = redacted.unwrap();
    assert_eq!(redacted.body, BODY.replace("ursula@casino.example", "[…]"));
    let seen = blog.get(SITE, &id).await;
    assert_eq!(seen.body, MASKED.replace("[…@…]", "[…]"));
    assert_eq!(seen.state(), CommentState::Pending);
    assert_hides(&seen);
    desk.finish().await;
}
