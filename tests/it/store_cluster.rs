//! The store's connections to a cluster and by Sentinels: each call goes to who has its slot, what was not executed follows
//! a slot to where it went, and nothing runs twice.

use std::time::Duration;

use replydesk::store::{
    connection::{Store, StoreSettings},
    error::StoreError,
    script::{Script, ScriptCall},
};
use tokio::task::JoinSet;

use crate::{
    harness::{
        redis_group::{Cluster, Group, Watched},
        redis_server::RedisServer,
    },
    store_server::{cmd, eventually},
};

static COUNT: Script = Script::new("count", "return redis.call('INCR', KEYS[1])");

fn settings(url: &str) -> StoreSettings {
    StoreSettings {
        timeout: Duration::from_secs(5),
        probe_every: Duration::from_millis(100),
        ..StoreSettings::new(url)
    }
}

async fn count(store: &Store, key: &str) -> Result<u64, StoreError> {
    store.call(&COUNT, &ScriptCall::new().key(key)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_to_who_has_its_slot_and_follows_it() {
    let cluster = Cluster::start().await;
    let store = Store::open(settings(&cluster.url())).await.unwrap();

    // Over all nodes, and in order.
    let sets = (0..200).map(|n| cmd(&format!("SET {{site-{n}}}:a {n}")));
    let _: Vec<String> = store.each(sets.collect()).await.unwrap();
    let gets = (0..200).map(|n| cmd(&format!("GET {{site-{n}}}:a")));
    let found: Vec<u64> = store.each(gets.collect()).await.unwrap();
    assert_eq!(found, (0..200).collect::<Vec<u64>>());

    // Half-way to another node: a script whose keys are nowhere runs there, one whose keys are here runs here.
    let tag = "moving";
    assert_eq!(count(&store, "{moving}:old").await, Ok(1));
    let slot = cluster.begin_to_move(tag);
    assert_eq!(count(&store, "{moving}:old").await, Ok(2));
    assert_eq!(count(&store, "{moving}:new").await, Ok(1));
    assert_eq!(count(&store, "{moving}:new").await, Ok(2));

    // Keys at both ends: it waits until they are together, and runs once.
    let mut both = JoinSet::new();
    let waiting = store.clone();
    both.spawn(async move {
        let mut pipe = redis::pipe();
        pipe.cmd("GET").arg("{moving}:old");
        pipe.cmd("GET").arg("{moving}:new");
        let read: (u64, u64) = waiting.pipeline(&pipe).await.unwrap();
        read
    });
    cluster.finish_moving(tag, slot);
    assert_eq!(both.join_all().await, [(2, 2)]);

    // Many at once find out at once, and each counts once.
    let mut counting = JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        counting.spawn(async move { count(&store, "{moving}:old").await.unwrap() });
    }
    let mut counted = counting.join_all().await;
    counted.sort_unstable();
    assert_eq!(counted, (3..=102).collect::<Vec<u64>>());

    let crossing = ScriptCall::new().key("{moving}:old").key("{other}:key");
    let refused = store.call::<u64>(&COUNT, &crossing).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    store.shutdown().await;
    let closed = count(&store, "{moving}:old").await;
    assert!(matches!(closed, Err(StoreError::Away(_))), "{closed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_primary_that_sentinels_name_is_followed_while_the_old_one_answers() {
    let mut group = Watched::start().await;
    let store = Store::open(settings(&group.url())).await.unwrap();
    let () = store.query(&cmd("SET a first")).await.unwrap();
    let before: String = store
        .query(&cmd("CONFIG GET port"))
        .await
        .map(port)
        .unwrap();
    // As after a partition: both are primaries, and take writes.
    group.part();
    eventually("it is left", || async {
        let now = store.query(&cmd("CONFIG GET port")).await.map(port);
        now.is_ok_and(|now| now != before)
    })
    .await;
    let () = store.query(&cmd("SET a second")).await.unwrap();
    store.shutdown().await;
}

fn port(found: Vec<String>) -> String {
    found[1].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_lead_to_something_else_say_what_to_write() {
    let cluster = Cluster::start().await;
    let group = Watched::start().await;
    let plain = RedisServer::start();
    let port = plain.ask::<Vec<String>>(&["CONFIG", "GET", "port"]);
    assert_eq!(port[1], "0", "it has a socket only");

    let node = format!("redis://127.0.0.1:{}", cluster.nodes[0].port);
    let store = Store::open(settings(&node)).await.unwrap();
    let mut answers = Vec::new();
    for key in ["a", "b", "c", "d", "e", "f"] {
        answers.push(store.query::<()>(&cmd(&format!("SET {key} 1"))).await);
    }
    let advice = "give its address as redis+cluster://";
    let advised = answers
        .iter()
        .filter(|answer| matches!(answer, Err(StoreError::Refused(why)) if why.contains(advice)));
    assert!(advised.count() > 0, "{answers:?}");

    let sentinel = group.sentinels[0].port;
    for (url, part) in [
        (
            format!("redis+sentinel://127.0.0.1:{sentinel}/other"),
            "know no service \"other\"",
        ),
        (
            format!("redis+cluster://127.0.0.1:{}", group.port()),
            "is no node of a cluster: give its address as redis://",
        ),
    ] {
        let refused = Store::open(settings(&url)).await.map(drop).unwrap_err();
        assert!(refused.to_string().contains(part), "{url}: {refused}");
    }
    let nobody = "redis+sentinel://127.0.0.1:1/main";
    let away = Store::open(settings(nobody)).await.map(drop).unwrap_err();
    assert!(matches!(away, StoreError::Away(_)), "{away:?}");
}
