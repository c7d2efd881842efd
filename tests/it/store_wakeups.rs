//! Wake-ups over a real Redis: one of the queue's waiters, all of the feed's, and everyone after an outage.

use std::time::Duration;

use replydesk::{
    comment::{ids::SiteId, lanes::Lanes},
    store::{
        connection::Store,
        wakeups::{CHANNEL, Wakeups},
    },
};
use tokio::{task::JoinSet, time::timeout};

use crate::store_server::{Server, cmd, eventually, signal};

const SOON: Duration = Duration::from_secs(10);

async fn publish(store: &Store, message: &str) {
    let _: u64 = store
        .query(&cmd(&format!("PUBLISH {CHANNEL} {message}")))
        .await
        .unwrap();
}

/// Subscribed, and the wake-up that follows every subscription is over.
async fn subscribed(store: &Store, wakeups: &Wakeups) {
    let mut barrier = wakeups.event_waiter(&"barrier".parse().unwrap());
    eventually("subscribed", || async {
        let asked = cmd(&format!("PUBSUB NUMSUB {CHANNEL}"));
        let found = store.query::<(String, u64)>(&asked).await;
        found.is_ok_and(|(_, count)| count == 1)
    })
    .await;
    publish(store, "ebarrier").await;
    timeout(SOON, barrier.wait()).await.unwrap();
}

#[tokio::test]
async fn a_queue_message_wakes_one_waiter_and_a_feed_message_all() {
    let server = Server::start().await;
    let store = server.store().await;
    let wakeups = Wakeups::spawn(store.clone(), server.settings());
    subscribed(&store, &wakeups).await;
    let site: SiteId = "news".parse().unwrap();

    let mut queue = JoinSet::new();
    let mut feed = JoinSet::new();
    for _ in 0..3 {
        let waiter = wakeups.queue_waiter(&site, Lanes::USUAL);
        queue.spawn(async move { waiter.wait().await });
        let mut waiter = wakeups.event_waiter(&site);
        feed.spawn(async move { waiter.wait().await });
    }
    publish(&store, "enews").await;
    for _ in 0..3 {
        timeout(SOON, feed.join_next())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
    for left in (0..3).rev() {
        publish(&store, "qsport").await;
        publish(&store, "qnews").await;
        timeout(SOON, queue.join_next())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        assert_eq!(queue.len(), left);
        assert!(queue.try_join_next().is_none(), "one message wakes one");
    }
    assert_eq!(wakeups.sites(), 0);
    wakeups.shutdown().await;
    server.stop().await;
}

#[tokio::test]
async fn after_an_outage_everyone_is_woken_once() {
    let server = Server::start().await;
    let store = server.store().await;
    let wakeups = Wakeups::spawn(store.clone(), server.settings());
    subscribed(&store, &wakeups).await;
    let site: SiteId = "news".parse().unwrap();
    let queue = wakeups.queue_waiter(&site, Lanes::USUAL);
    let mut feed = wakeups.event_waiter(&site);
    signal("-KILL", server.pid().await);
    timeout(SOON, queue.wait()).await.unwrap();
    timeout(SOON, feed.wait()).await.unwrap();
    wakeups.shutdown().await;
    server.stop().await;
}
