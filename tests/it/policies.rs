//! Policies: each part changed on its own and known everywhere, the reasons to reject for, the order of the queue.

use std::time::{Duration, Instant};

use replydesk::{
    policy::field::PolicyField,
    proto::v1::{
        self, AuditAction, CommentState, Verdict, event::Cause, work_queue_request as up,
        work_queue_request::Message as Up, work_queue_response::answer::Result as Answer,
    },
};
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    bulk::{order, these},
    clients::Client,
    comments::{automatic, comment, everything_waits, no_limits, nth, submit},
    refusals::{metadata, told, violations},
};

async fn get(client: &Client) -> v1::Site {
    let request = v1::GetSiteRequest {
        site: "gazette".to_owned(),
    };
    let site = client.sites.clone().get_site(request).await.unwrap();
    site.into_inner().site.unwrap()
}

async fn update(
    client: &Client,
    part: &str,
    policy: v1::Policy,
    expected_version: u32,
) -> Result<v1::Site, Status> {
    let request = v1::UpdateSiteRequest {
        site: Some(v1::Site {
            site: "gazette".to_owned(),
            policy: Some(policy),
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec![format!("policy.{part}")],
        }),
        expected_version,
    };
    let updated = client.sites.clone().update_site(request).await?;
    Ok(updated.into_inner().site.unwrap())
}

fn reasons(given: &[(&str, &str)]) -> Vec<v1::RejectionReason> {
    let reason = |(code, text): &(&str, &str)| v1::RejectionReason {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    };
    given.iter().map(reason).collect()
}

/// Every part at a value that is no default.
fn another_policy() -> v1::Policy {
    let limit = |per_minute| {
        Some(v1::Limit {
            per_minute,
            burst: 7,
        })
    };
    v1::Policy {
        mode: v1::ModerationMode::Post.into(),
        approve_at: Some(0.1),
        spam_at: Some(0.9),
        hold_first_comment: Some(true),
        max_links: Some(5),
        hold_words: vec!["casino".to_owned()],
        reject_words: vec!["forbidden".to_owned()],
        required: Some(v1::RequiredFields {
            display_name: Some(true),
            email: Some(false),
            website: Some(true),
        }),
        limits: Some(v1::Limits {
            author: limit(1),
            ip_address: limit(2),
            thread: limit(3),
            site: limit(4),
        }),
        service_level: Some(prost_types::Duration {
            seconds: 60,
            nanos: 0,
        }),
        share_learning: Some(false),
        priority: Some(v1::PriorityWeights {
            uncertainty: Some(0.1),
            reports: Some(0.2),
            thread_heat: Some(0.3),
            standing: Some(0.4),
        }),
        rejection_reasons: reasons(&[("insult", "Be kind."), ("advert", "No adverts.")]),
        close_threads_after_days: Some(90),
        follow_wave_hours: Some(0),
        moderator_statistics: Some(true),
        appeals: Some(false),
        sampled_share: Some(0.3),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_changes_alone_and_another_replica_knows_it_within_a_second() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", v1::Policy::default()).await;
    let key = desk.key(&["gazette"], v1::Role::Admin, "editor").await;
    let (here, there) = (desk.client(0, &key), desk.client(1, &key));
    let mut version = get(&there).await.policy_version;
    for part in PolicyField::ALL {
        let after = update(&here, part.name(), another_policy(), version).await;
        let after = after.unwrap();
        let changed = Instant::now();
        while get(&there).await != after {
            let age = changed.elapsed();
            assert!(
                age < Duration::from_secs(1),
                "{} after {age:?}",
                part.name()
            );
        }
        let stale = update(&there, part.name(), v1::Policy::default(), version).await;
        let stale = stale.unwrap_err();
        assert_eq!(told(&stale), (Code::Aborted, "STALE_POLICY".to_owned()));
        version += 1;
        assert_eq!(metadata(&stale, "policy_version"), version.to_string());
    }
    // All parts were named, and each took its own value and no other.
    assert_eq!(get(&here).await.policy, Some(another_policy()));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_tells_who_changed_a_policy_from_what_to_what() {
    let desk = Desk::start().await;
    desk.site("gazette", v1::Policy::default()).await;
    let editor = desk.someone(0, "gazette", v1::Role::Admin, "editor").await;
    let (limits, reasons) = ("limits", "rejection_reasons");
    for part in [limits, reasons] {
        update(&editor, part, another_policy(), 0).await.unwrap();
    }
    let wrong = v1::Policy {
        follow_wave_hours: Some(169),
        ..Default::default()
    };
    let wrong = update(&editor, "follow_wave_hours", wrong, 0).await;
    assert_eq!(violations(&wrong.unwrap_err()).len(), 1);
    let stale = update(&editor, "mode", another_policy(), 1).await;
    assert_eq!(stale.unwrap_err().code(), Code::Aborted);
    let entries = editor.whole_audit("gazette").await;
    let told = entries
        .iter()
        .filter(|entry| entry.action() == AuditAction::PolicyUpdated);
    let told: Vec<String> = told
        .map(|entry| {
            let (actor, subject) = (&entry.actor, &entry.subject);
            format!("{actor}: {subject}\n{}\n->\n{}", entry.before, entry.after)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
    desk.finish().await;
}

fn on(comment: &str, version: u32, reason_code: &str) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version,
        verdict: Verdict::Reject.into(),
        reason_code: reason_code.to_owned(),
        ..Default::default()
    }
}

async fn told_to_readers(blog: &Client) -> Vec<(String, String)> {
    let events = blog.all_events("gazette").await.into_iter();
    let decided = events.filter_map(|event| match event.cause {
        Some(Cause::Decided(decided)) => Some((decided.reason_code, decided.reason_text)),
        Some(_) | None => None,
    });
    decided.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_names_one_of_the_site_s_reasons_and_its_event_the_text() {
    let desk = Desk::with(2, &[]).await;
    let policy = v1::Policy {
        rejection_reasons: reasons(&[("insult", "Be kind."), ("advert", "No adverts.")]),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comments = [submit(&blog, 0).await, submit(&blog, 1).await];
    let wrong = ada.decide(on(&comments[0], 1, "off-topic")).await;
    let wrong = wrong.unwrap_err();
    assert_eq!(
        violations(&wrong),
        [(
            "reason_code".to_owned(),
            "must be empty or one of the site's own: insult, advert".to_owned()
        )]
    );
    let now = blog.get("gazette", &comments[0]).await;
    assert_eq!((now.state(), now.version), (CommentState::Pending, 1));
    let done = ada.decide(on(&comments[0], 1, "insult")).await.unwrap();
    assert_eq!(done.state(), CommentState::Rejected);

    // The same on a stream; the item stays with who got it wrong.
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = work.item().await;
    let say = |reason_code: &str| {
        Up::Decide(up::Decide {
            request_id: 7,
            comment_id: comments[1].clone(),
            lease_token: item.lease_token.clone(),
            version: 1,
            verdict: Verdict::Reject.into(),
            reason_code: reason_code.to_owned(),
            ..Default::default()
        })
    };
    work.say(say("off-topic")).await;
    let Answer::Problem(problem) = work.answer().await else {
        panic!("off-topic is no reason here");
    };
    assert_eq!(
        (problem.code, problem.reason.as_str()),
        (Code::InvalidArgument.into(), "INVALID_FIELDS")
    );
    assert!(problem.message.contains("insult, advert"), "{problem:?}");
    work.say(say("")).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    drop(work);
    let told = [("insult", "Be kind."), ("", "")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(told_to_readers(&blog).await, told);
    desk.finish().await;
}

/// Nobody is told why a comment is shown; a reason there would be published, and counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_for_a_rejection_or_spam_alone() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        rejection_reasons: reasons(&[("insult", "Be kind.")]),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    let saying = |verdict: Verdict, version| v1::DecideCommentRequest {
        verdict: verdict.into(),
        ..on(&comment, version, "insult")
    };
    for verdict in [Verdict::Approve, Verdict::Escalate] {
        let refused = ada.decide(saying(verdict, 1)).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "reason_code", "{verdict:?}");
        let mut bulk = order(
            "gazette",
            these(std::slice::from_ref(&comment)),
            Verdict::Approve,
        );
        bulk.reason_code = "insult".to_owned();
        let refused = ada.bulk(bulk).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "reason_code");
    }
    assert_eq!(blog.get("gazette", &comment).await.version, 1);
    ada.decide(saying(Verdict::Spam, 1)).await.unwrap();
    ada.decide(saying(Verdict::Reject, 2)).await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_was_dropped_changes_no_event_and_no_repetition() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        rejection_reasons: reasons(&[("insult", "Be kind.")]),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, 0).await;
    ada.decide(on(&comment, 1, "insult")).await.unwrap();
    let others = v1::Policy {
        rejection_reasons: reasons(&[("rude", "Be polite.")]),
        ..Default::default()
    };
    update(&desk.admin(), "rejection_reasons", others, 0)
        .await
        .unwrap();
    // A reply was lost; Ada says it again.
    assert!(
        ada.decide(on(&comment, 1, "insult"))
            .await
            .unwrap()
            .replayed
    );
    let again = ada.decide(on(&comment, 2, "insult")).await.unwrap_err();
    assert_eq!(violations(&again)[0].0, "reason_code");
    let ben = desk.moderator(0, "gazette", "ben").await;
    let stale = ben.decide(on(&comment, 1, "insult")).await.unwrap_err();
    assert_eq!(told(&stale), (Code::Aborted, "STALE_VERSION".to_owned()));
    assert_eq!(
        told_to_readers(&blog).await,
        [("insult".to_owned(), "Be kind.".to_owned())]
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_the_score_approves_moderators_see_the_share_that_the_policy_names() {
    let desk = Desk::start().await;
    let sampling = |share| v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        sampled_share: Some(share),
        ..automatic()
    };
    let blog = desk.site("gazette", sampling(0.0)).await;
    let mira = desk.moderator(0, "gazette", "mira").await;
    for (n, share, codes) in [
        (0, 0.0, vec![v1::ReasonCode::ScoreLow]),
        (
            1,
            1.0,
            vec![v1::ReasonCode::ScoreLow, v1::ReasonCode::Sampled],
        ),
    ] {
        let admin = desk.admin();
        update(&admin, "sampled_share", sampling(share), 0)
            .await
            .unwrap();
        let came = blog.submit(nth("gazette", n)).await.unwrap();
        assert_eq!(came.outcome(), v1::Outcome::Approved);
        let reasons: Vec<_> = came.reasons.iter().map(v1::Reason::code).collect();
        assert_eq!(reasons, codes);
        let waiting = mira.stats("gazette").await.waiting;
        assert_eq!(waiting, u64::from(share > 0.0));
    }
    desk.finish().await;
}

/// How long after its arrival each item of the queue is due, in seconds.
async fn due_after(moderator: &Client) -> Vec<f64> {
    let request = v1::ListQueueRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    let listed = moderator.moderation.clone().list_queue(request).await;
    let items = listed.unwrap().into_inner().items;
    let seconds = |time: prost_types::Timestamp| {
        f64::from(i32::try_from(time.seconds - 1_700_000_000).unwrap())
            + f64::from(time.nanos) / 1e9
    };
    let due = |item: v1::ReviewItem| {
        seconds(item.due_at.unwrap()) - seconds(item.comment.unwrap().submitted_at.unwrap())
    };
    items.into_iter().map(due).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_makes_its_comments_due_sooner() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        service_level: Some(prost_types::Duration {
            seconds: 3_600,
            nanos: 0,
        }),
        priority: Some(v1::PriorityWeights {
            uncertainty: Some(0.0),
            reports: Some(0.0),
            thread_heat: Some(1.0),
            standing: Some(0.0),
        }),
        limits: Some(v1::Limits {
            thread: Some(v1::Limit {
                per_minute: 1,
                burst: 4,
            }),
            ..no_limits()
        }),
        ..everything_waits()
    };
    let blog = desk.site("gazette", policy).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    for name in ["Jo", "Kim", "Lee", "Max"] {
        let said = comment(
            "gazette",
            "tram",
            name,
            &format!("{name} has a word to say."),
        );
        blog.submit(said).await.unwrap();
    }
    blog.submit(nth("gazette", 0)).await.unwrap();
    // A quarter, half and three quarters of the thread's limit were used up before; a tenth is no heat. What it has
    // cooled down meanwhile is a minute's worth at most.
    let due = due_after(&ada).await;
    for (found, expected) in due
        .iter()
        .zip([1_000.0, 2_000.0, 3_000.0, 3_600.0, 3_600.0])
    {
        assert!((0.0..1_000.0).contains(&(found - expected)), "{due:?}");
    }
    assert_eq!(due.len(), 5);
    assert_eq!(due[3..], [3_600.0, 3_600.0]);
    desk.finish().await;
}
