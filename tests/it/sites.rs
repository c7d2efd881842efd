//! Sites: created once, changed on the version seen, known to every replica within a second.

use std::time::{Duration, Instant};

use replydesk::{
    comment::ids::{SiteId, ThreadId},
    policy::{
        ModerationMode, Policy,
        draft::PolicyDraft,
        field::PolicyField,
        sites::{SiteChange, SiteError, Sites},
    },
};

use crate::harness::{nobody, redis_server::RedisServer};

fn gazette() -> SiteId {
    "gazette".parse().unwrap()
}

fn mode(mode: ModerationMode) -> SiteChange {
    let draft = PolicyDraft {
        mode: Some(mode),
        ..PolicyDraft::default()
    };
    SiteChange {
        policy: Some((draft, vec![PolicyField::Mode])),
        ..SiteChange::default()
    }
}

async fn with_gazette(redis: &RedisServer) -> Sites {
    let sites = Sites::new(redis.store().await);
    let policy = Policy::from_toml("max_links = 7\nhold_words = ['Casino']").unwrap();
    let name = "The Gazette".parse().unwrap();
    sites
        .create(gazette(), name, policy, &nobody())
        .await
        .unwrap();
    sites
}

#[tokio::test]
async fn a_site_is_read_back_as_it_was_created_and_created_once() {
    let redis = RedisServer::start();
    let sites = Sites::new(redis.store().await);
    assert!(matches!(
        sites.get(&gazette()).await,
        Err(SiteError::NotFound)
    ));
    let name: replydesk::policy::sites::SiteName = "The Gazette".parse().unwrap();
    let policy = Policy::from_toml("mode = 'pre'\nspam_at = 0.9\nreject_words = ['Öl']").unwrap();
    let created = sites
        .create(gazette(), name.clone(), policy.clone(), &nobody())
        .await
        .unwrap();
    assert_eq!(created.policy_version, 1);
    assert!(created.created_at.0 > 1_700_000_000_000);
    assert_eq!(*sites.get(&gazette()).await.unwrap(), created);
    assert_eq!(sites.list().await.unwrap(), std::slice::from_ref(&created));
    let again = sites
        .create(gazette(), name, Policy::default(), &nobody())
        .await;
    assert!(matches!(again, Err(SiteError::Exists)));
    assert_eq!(*sites.get(&gazette()).await.unwrap(), created);
}

#[tokio::test]
async fn sites_are_listed_by_name_over_many_pages() {
    let redis = RedisServer::start();
    let sites = Sites::new(redis.store().await);
    let mut names: Vec<String> = (0..250).map(|n| format!("site-{n}")).collect();
    for name in &names {
        let site = name.parse().unwrap();
        let none = replydesk::policy::sites::SiteName::default();
        sites
            .create(site, none, Policy::default(), &nobody())
            .await
            .unwrap();
    }
    // A name whose creation came to no end.
    let store = redis.store().await;
    let mut half = redis::cmd("SADD");
    half.arg("{replydesk}:sites").arg("half");
    store.query::<i64>(&half).await.unwrap();
    names.sort();
    let listed = sites.list().await.unwrap();
    let listed: Vec<String> = listed.iter().map(|site| site.id.to_string()).collect();
    assert_eq!(listed, names);
}

#[tokio::test]
async fn a_part_is_changed_and_the_rest_stays() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let change = mode(ModerationMode::Post);
    let after = sites
        .update(&gazette(), &change, Some(1), &nobody())
        .await
        .unwrap();
    assert_eq!(after.policy_version, 2);
    assert_eq!(after.policy.mode(), ModerationMode::Post);
    assert_eq!(after.policy.max_links(), 7);
    assert_eq!(after.policy.hold_words().entries(), ["Casino"]);
    assert_eq!(after.display_name.as_str(), "The Gazette");
    assert_eq!(*sites.get(&gazette()).await.unwrap(), after);
}

#[tokio::test]
async fn a_change_on_a_stale_version_names_the_current_one_and_changes_nothing() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let (post, pre) = (mode(ModerationMode::Post), mode(ModerationMode::Pre));
    sites
        .update(&gazette(), &post, Some(1), &nobody())
        .await
        .unwrap();
    let stale = sites.update(&gazette(), &pre, Some(1), &nobody()).await;
    assert!(matches!(stale, Err(SiteError::Stale { current: 2 })));
    let site = sites.get(&gazette()).await.unwrap();
    assert_eq!(site.policy.mode(), ModerationMode::Post);
    let nowhere = "nowhere".parse().unwrap();
    let missing = sites.update(&nowhere, &pre, None, &nobody()).await;
    assert!(matches!(missing, Err(SiteError::NotFound)));
}

#[tokio::test]
async fn parts_must_fit_the_policy_that_they_join() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let draft = PolicyDraft {
        approve_at: Some(0.96),
        ..PolicyDraft::default()
    };
    let change = SiteChange {
        policy: Some((draft, vec![PolicyField::ApproveAt])),
        ..SiteChange::default()
    };
    let Err(SiteError::Violations(found)) =
        sites.update(&gazette(), &change, None, &nobody()).await
    else {
        panic!("0.96 is above the site's spam_at of 0.95");
    };
    assert_eq!(found.as_slice()[0].field, "site.policy.spam_at");
    assert_eq!(sites.get(&gazette()).await.unwrap().policy_version, 1);
}

#[tokio::test]
async fn writers_at_the_same_time_lose_no_change() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let other = Sites::new(redis.store().await);
    let (site, change) = (gazette(), mode(ModerationMode::Pre));
    let rename = SiteChange {
        display_name: Some("Renamed".parse().unwrap()),
        ..SiteChange::default()
    };
    let nobody = nobody();
    for _ in 0..50 {
        let (a, b) = tokio::join!(
            sites.update(&site, &change, None, &nobody),
            other.update(&site, &rename, None, &nobody)
        );
        assert_ne!(a.unwrap().policy_version, b.unwrap().policy_version);
    }
    let after = Sites::new(redis.store().await).get(&site).await.unwrap();
    assert_eq!(after.policy_version, 101);
    assert_eq!(after.policy.mode(), ModerationMode::Pre);
    assert_eq!(after.display_name.as_str(), "Renamed");
}

#[tokio::test]
async fn another_replica_knows_a_change_within_a_second() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let other = Sites::new(redis.store().await);
    assert_eq!(other.get(&gazette()).await.unwrap().policy_version, 1);
    let change = mode(ModerationMode::Pre);
    sites
        .update(&gazette(), &change, None, &nobody())
        .await
        .unwrap();
    let changed = Instant::now();
    while other.get(&gazette()).await.unwrap().policy_version == 1 {
        assert!(changed.elapsed() < Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_redis_an_old_policy_is_not_served() {
    let mut redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    sites.get(&gazette()).await.unwrap();
    redis.crash();
    let killed = Instant::now();
    let error = loop {
        match sites.get(&gazette()).await {
            Ok(_) => assert!(killed.elapsed() < Duration::from_secs(1)),
            Err(error) => break error,
        }
        tokio::task::yield_now().await;
    };
    assert!(matches!(error, SiteError::Store(_)), "{error}");
}

#[tokio::test]
async fn a_policy_from_an_older_release_has_defaults_and_a_broken_one_is_an_error() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let store = redis.store().await;
    let put = async |json: &str| {
        let mut set = redis::cmd("HSET");
        set.arg("{gazette}:site").arg("p").arg(json);
        store.query::<i64>(&set).await.unwrap();
        sites.forget(&gazette());
    };
    put(r#"{"mode":"pre","of_a_newer_release":[1]}"#).await;
    let site = sites.get(&gazette()).await.unwrap();
    assert_eq!(site.policy, Policy::from_toml("mode = 'pre'").unwrap());
    put("{").await;
    assert!(matches!(
        sites.get(&gazette()).await,
        Err(SiteError::Store(_))
    ));
}

#[tokio::test]
async fn a_thread_s_version_rises_only_when_it_closes_or_opens() {
    let redis = RedisServer::start();
    let sites = with_gazette(&redis).await;
    let thread: ThreadId = "2024/07/a: {story}".parse().unwrap();
    for (closed, version) in [(true, 1), (true, 1), (false, 2), (false, 2), (true, 3)] {
        let set = sites
            .close_thread(&gazette(), &thread, closed, &nobody())
            .await;
        assert_eq!(set.unwrap(), version);
    }
    let mut read = redis::cmd("HGETALL");
    read.arg("{gazette}:t:2024/07/a: {story}");
    let mut fields: Vec<(String, String)> = redis.store().await.query(&read).await.unwrap();
    fields.sort();
    let expected = [("closed", "1"), ("v", "3")].map(|(f, v)| (f.to_owned(), v.to_owned()));
    assert_eq!(fields, expected);
    let nowhere = "nowhere".parse().unwrap();
    let missing = sites.close_thread(&nowhere, &thread, true, &nobody()).await;
    assert!(matches!(missing, Err(SiteError::NotFound)));
}
