//! Policies: each part changed on its own and known everywhere, the reasons to reject for, the order of the queue.

mod reasons;

use std::time::{Duration, Instant};

use replydesk::{
    policy::field::PolicyField,
    proto::v1::{self, AuditAction},
};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, comment, everything_waits, no_limits, nth},
    policies::rejection_reasons,
    refusals::{metadata, told, violations},
};

const SITE: &str = "gazette";

async fn get(client: &Client) -> v1::Site {
    let request = v1::GetSiteRequest {
        site: SITE.to_owned(),
    };
    let site = client.sites.clone().get_site(request).await.unwrap();
    site.into_inner().site.unwrap()
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
        rejection_reasons: rejection_reasons(&[("insult", "Be kind."), ("advert", "No adverts.")]),
        close_threads_after_days: Some(90),
        follow_wave_hours: Some(0),
        moderator_statistics: Some(true),
        appeals: Some(false),
        sampled_share: Some(0.3),
        retention: Some(v1::Retention {
            contact_days: Some(14),
            text_days: Some(90),
            audit_days: Some(365),
        }),
        masking: Some(v1::Masking {
            email_addresses: Some(false),
            phone_numbers: Some(false),
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_changes_alone_and_another_replica_knows_it_within_a_second() {
    let desk = Desk::with(2, &[]).await;
    desk.site(SITE, v1::Policy::default()).await;
    let key = desk.key(&[SITE], v1::Role::Admin, "editor").await;
    let (here, there) = (desk.client(0, &key), desk.client(1, &key));
    let mut version = get(&there).await.policy_version;
    for part in PolicyField::ALL {
        let after = here
            .update_policy(SITE, part.name(), another_policy(), version)
            .await;
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
        let stale = there
            .update_policy(SITE, part.name(), v1::Policy::default(), version)
            .await;
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
    desk.site(SITE, v1::Policy::default()).await;
    let editor = desk.someone(0, SITE, v1::Role::Admin, "editor").await;
    let (limits, reasons) = ("limits", "rejection_reasons");
    for part in [limits, reasons] {
        editor
            .update_policy(SITE, part, another_policy(), 0)
            .await
            .unwrap();
    }
    let wrong = v1::Policy {
        follow_wave_hours: Some(169),
        ..Default::default()
    };
    let wrong = editor
        .update_policy(SITE, "follow_wave_hours", wrong, 0)
        .await;
    assert_eq!(violations(&wrong.unwrap_err()).len(), 1);
    let stale = editor
        .update_policy(SITE, "mode", another_policy(), 1)
        .await;
    assert_eq!(stale.unwrap_err().code(), Code::Aborted);
    let entries = editor.whole_audit(SITE).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn of_what_the_score_approves_moderators_see_the_share_that_the_policy_names() {
    let desk = Desk::start().await;
    let sampling = |share| v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        sampled_share: Some(share),
        ..automatic()
    };
    let blog = desk.site(SITE, sampling(0.0)).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for (n, share, codes) in [
        (0, 0.0, vec![v1::ReasonCode::ScoreLow]),
        (
            1,
            1.0,
            vec![v1::ReasonCode::ScoreLow, v1::ReasonCode::Sampled],
        ),
    ] {
        let admin = desk.admin();
        admin
            .update_policy(SITE, "sampled_share", sampling(share), 0)
            .await
            .unwrap();
        let came = blog.submit(nth(SITE, n)).await.unwrap();
        assert_eq!(came.outcome(), v1::Outcome::Approved);
        let reasons: Vec<_> = came.reasons.iter().map(v1::Reason::code).collect();
        assert_eq!(reasons, codes);
        let waiting = mira.stats(SITE).await.waiting;
        assert_eq!(waiting, u64::from(share > 0.0));
    }
    desk.finish().await;
}

/// How long after its arrival each item of the queue is due, in seconds.
async fn due_after(moderator: &Client) -> Vec<f64> {
    let request = v1::ListQueueRequest {
        site: SITE.to_owned(),
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
    let blog = desk.site(SITE, policy).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    for name in ["Jo", "Kim", "Lee", "Max"] {
        let said = comment(SITE, "tram", name, &format!("{name} has a word to say."));
        blog.submit(said).await.unwrap();
    }
    blog.submit(nth(SITE, 0)).await.unwrap();
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
