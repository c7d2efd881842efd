//! A cluster's backup is a snapshot of each primary; it goes into one server or into another cluster.

use replydesk::store::connection::{Store, StoreSettings};

use super::{IDENTITY, its_own, restoring, take_from};
use crate::harness::{
    redis_group::{Cluster, Group},
    redis_server::RedisServer,
};

const SITES: usize = 200;

fn command(words: &[&str]) -> redis::Cmd {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command
}

/// Each site's value, from wherever it is.
async fn values(store: &Store) -> Vec<Option<String>> {
    let gets = (0..SITES).map(|n| command(&["GET", &format!("{{site-{n}}}:a")]));
    store.each(gets.collect()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_comes_back_as_one_server_and_as_a_cluster() {
    let (from, to) = (Cluster::start().await, Cluster::start().await);
    for node in from.nodes.iter() {
        let () = node
            .ask(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"])
            .unwrap();
    }
    let store = Store::connect(&from.url()).await.unwrap();
    let claim = ["HSET", IDENTITY, "pepper", "pepper", "privacy_key", "key"];
    let _: u64 = store.query(&command(&claim)).await.unwrap();
    let sets =
        (0..SITES).map(|n| command(&["SET", &format!("{{site-{n}}}:a"), &format!("value {n}")]));
    let _: Vec<String> = store.each(sets.collect()).await.unwrap();
    let there = values(&store).await;
    store.shutdown().await;

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup");
    let taken = take_from(StoreSettings::new(from.url()), &file)
        .await
        .unwrap();
    assert_eq!(taken.sources.len(), 3);

    // What was in the other cluster goes, on every primary.
    let other = Store::connect(&to.url()).await.unwrap();
    let sets = (0..SITES).map(|n| command(&["SET", &format!("{{other-{n}}}:a"), "other"]));
    let _: Vec<String> = other.each(sets.collect()).await.unwrap();
    let single = RedisServer::start();
    for (redis, erase) in [(single, false), (RedisServer::elsewhere(&to.url()), true)] {
        let mut restore = restoring(&redis, &file, its_own(), erase);
        // The cluster syncs each second only.
        restore.target.allow_unsafe = true;
        restore.run().await.unwrap();
        let store = redis.store().await;
        assert_eq!(values(&store).await, there, "{}", redis.url());
        store.shutdown().await;
    }
    let gets = (0..SITES).map(|n| command(&["GET", &format!("{{other-{n}}}:a")]));
    let left: Vec<Option<String>> = other.each(gets.collect()).await.unwrap();
    assert_eq!(left, vec![None; SITES]);
    // Without being told to, nothing goes into one that has something, wherever in the cluster it is.
    let refused = restoring(&RedisServer::elsewhere(&to.url()), &file, its_own(), false);
    assert!(refused.run().await.is_err());
    other.shutdown().await;
}
