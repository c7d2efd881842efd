//! The service goes on while a backup is taken, and another one goes on with what was restored.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use replydesk::{
    app::service_secrets::ServiceSecrets,
    proto::v1::{self, Role, Verdict},
};
use tokio::task::JoinSet;
use tonic::Code;

use super::{restoring, take};
use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth, on},
    privacy::opened,
    redis_server::RedisServer,
    until::until,
};

/// Blogs that hand in comments until they are told to stop.
struct Load {
    acknowledged: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Load {
    fn start(desk: &Desk, key: &str) -> Self {
        let (acknowledged, stop) = (Arc::<Mutex<Vec<String>>>::default(), Arc::default());
        let next = Arc::new(AtomicUsize::new(1_000));
        let mut tasks = JoinSet::new();
        for worker in 0..6 {
            let blog = desk.client(worker % 2, key);
            let (acknowledged, stop): (_, Arc<AtomicBool>) =
                (Arc::clone(&acknowledged), Arc::clone(&stop));
            let next = Arc::clone(&next);
            tasks.spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let request = nth("gazette", n);
                    let id = request.comment_id.clone();
                    blog.submit(request).await.unwrap();
                    acknowledged.lock().unwrap().push(id);
                }
            });
        }
        Self {
            acknowledged,
            stop,
            tasks,
        }
    }

    async fn reaches(&self, count: usize) -> Vec<String> {
        until("enough is handed in", Duration::from_secs(60), async || {
            let acknowledged = self.acknowledged.lock().unwrap();
            (acknowledged.len() >= count).then(|| acknowledged.clone())
        })
        .await
    }

    async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.tasks.join_all().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_holds_all_that_was_acknowledged_before_and_a_service_goes_on_with_it()
{
    let mut desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let blog_key = desk.key(&["gazette"], Role::Submitter, "blog").await;
    let moderator_key = desk.key(&["gazette"], Role::Moderator, "mia").await;
    let officer_key = desk.admin().officer_key("gazette").await;

    let load = Load::start(&desk, &blog_key);
    let moderator = desk.client(1, &moderator_key);
    for id in &load.reaches(40).await[..10] {
        moderator.decide(on(id, 1, Verdict::Approve)).await.unwrap();
    }
    let before = load.reaches(120).await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("gazette.backup");
    let taken = take(&desk.redis, &file).await.unwrap();
    let at_its_end = load.acknowledged.lock().unwrap().len();
    load.reaches(at_its_end + 40).await;
    load.end().await;
    assert!(taken.end.keys > before.len() as u64);
    let blog = desk.client(0, &blog_key);
    let late = blog.all_events("gazette").await.pop().unwrap().cursor;

    move_to_another_redis(&mut desk, &file).await;
    let blog = desk.client(0, &blog_key);
    for id in &before {
        assert_eq!(blog.get("gazette", id).await.comment_id, *id);
    }
    let approved = blog.get("gazette", &before[0]).await;
    assert_eq!(approved.state(), v1::CommentState::Approved);
    consistent(&desk, &blog).await;

    // What is newer than the backup is a place in no feed.
    let refused = blog.events("gazette", &late).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange);
    // Sealed contacts open at the officer's.
    let officer = desk.client(0, &officer_key);
    let revealed = officer.reveal(&before[5]).await.unwrap();
    let contact = opened(&desk.officer, &revealed.contact.unwrap());
    assert!(contact.email.unwrap().contains("@readers.example"));
    // And all goes on.
    let request = nth("gazette", 1);
    let new = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    let moderator = desk.client(0, &moderator_key);
    for id in [&new, &before[20]] {
        moderator.decide(on(id, 1, Verdict::Approve)).await.unwrap();
    }
    consistent(&desk, &blog).await;
    desk.finish().await;
}

async fn move_to_another_redis(desk: &mut Desk, file: &std::path::Path) {
    for replica in &mut desk.replicas {
        replica.stop().await;
    }
    desk.replicas.clear();
    desk.redis = RedisServer::start();
    let identity = ServiceSecrets::configured(&desk.config())
        .unwrap()
        .identity();
    let restored = restoring(&desk.redis, file, identity, false)
        .run()
        .await
        .unwrap();
    assert!(restored.keys > 0);
    desk.add_replica().await;
}

/// Counts are what is counted, and the feed has no hole.
async fn consistent(desk: &Desk, blog: &Client) {
    let mut in_all = 0;
    for state in 1..=6 {
        let state = state.to_string();
        let counted: Option<u64> = desk.redis.ask(&["HGET", "{gazette}:n", &state]);
        let index = format!("{{gazette}}:i:{state}");
        let listed: u64 = desk.redis.ask(&["ZCARD", &index]);
        assert_eq!(counted.unwrap_or(0), listed, "state {state}");
        in_all += listed;
    }
    let comments = desk.redis.keys();
    let comments = comments
        .iter()
        .filter(|key| key.starts_with(b"{gazette}:c:"));
    assert_eq!(comments.count() as u64, in_all);
    let waiting = blog_stats(desk).await;
    let queued: u64 = desk.redis.ask(&["HGET", "{gazette}:n", "1"]);
    assert_eq!(waiting, queued);
    let events = blog.all_events("gazette").await;
    for (n, event) in events.iter().enumerate() {
        let sequence = event.cursor.split('-').next().unwrap();
        assert_eq!(sequence.parse::<usize>().unwrap(), n + 1);
    }
}

/// How many wait, as a moderator is told.
async fn blog_stats(desk: &Desk) -> u64 {
    let moderator = desk.moderator(0, "gazette", "max").await;
    let stats = moderator.stats("gazette").await;
    stats.waiting
}
