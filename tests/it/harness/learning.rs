//! What is known of the model: replicas' status, and what a single process makes of the log and of the feeds.

use std::{net::SocketAddr, time::Duration};

use replydesk::{
    comment::{
        event::{Cause, Cursor},
        ids::SiteId,
    },
    proto::v1,
    spam::{
        content::Content,
        lesson::{Lesson, SiteTag, Subject},
        model::Model,
        signals::Signals,
        teaching::{Weight, lessons_of},
        vector::Vector,
    },
    store::{
        connection::Store,
        events::FeedPage,
        model_log::{EntryContent, LogFrom, LogPage},
    },
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Desk, until::until};

/// From a decision to a replica's next score it takes less than a second; a busy machine may be slower.
pub const LEARNT_WITHIN: Duration = Duration::from_secs(20);

impl Desk {
    /// How a replica's model stands.
    pub async fn model(&self, address: SocketAddr) -> v1::ModelStatus {
        let mut admin = self.admin_at(address).sites;
        let answer = admin.get_model_status(v1::GetModelStatusRequest {}).await;
        answer.unwrap().into_inner().status.unwrap()
    }

    /// Waits until these replicas have learnt so many lessons and are at the end of the log, and tells how they stand.
    pub async fn until_learnt(
        &self,
        replicas: &[SocketAddr],
        lessons: u64,
    ) -> Vec<v1::ModelStatus> {
        let mut all = Vec::new();
        for address in replicas {
            let what = format!("{address} has learnt {lessons} lessons");
            let status = until(&what, LEARNT_WITHIN, async || {
                let status = self.model(*address).await;
                assert!(status.lessons <= lessons, "learnt too much: {status:?}");
                (status.lessons == lessons && status.behind == 0).then_some(status)
            });
            all.push(status.await);
        }
        all
    }

    /// The replicas of this process.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.replicas
            .iter()
            .map(|replica| replica.address)
            .collect()
    }
}

/// All of them have the same digest; which.
pub fn same_digest(all: &[v1::ModelStatus]) -> String {
    let digest = all[0].digest.clone();
    assert!(all.iter().all(|status| status.digest == digest), "{all:#?}");
    digest
}

/// A model's digest as a status shows it.
pub fn digest_of(model: &Model) -> String {
    data_encoding::HEXLOWER.encode(&model.digest())
}

/// A single process that reads the log from its start and never stops.
pub struct Reader {
    reading: JoinHandle<(Model, Vec<Vec<u8>>)>,
    stop: CancellationToken,
}

impl Reader {
    /// Reads along, ahead of every trimming.
    pub fn start(store: Store) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        #[expect(clippy::disallowed_methods, reason = "`stop` joins it")]
        let reading = tokio::spawn(async move { read(store, stopped).await });
        Self { reading, stop }
    }

    /// Reads to the end; the model, and all lessons.
    pub async fn stop(self) -> (Model, Vec<Vec<u8>>) {
        self.stop.cancel();
        self.reading.await.unwrap()
    }
}

async fn read(store: Store, stop: CancellationToken) -> (Model, Vec<Vec<u8>>) {
    let (mut model, mut lessons) = (Model::prior().unwrap(), Vec::new());
    let mut from = LogFrom::Start;
    loop {
        let last = stop.is_cancelled();
        // A connection that is cut is no reason to start anew.
        let Ok(page) = store.read_model_log(from, 500).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let LogPage::Entries(entries) = page else {
            panic!("the log does not go on from {from:?}");
        };
        if entries.is_empty() {
            if last {
                return (model, lessons);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for entry in entries {
            if let EntryContent::Lesson(bytes) = entry.content {
                model.learn(&Lesson::from_bytes(&bytes).unwrap());
                lessons.push(bytes);
            }
            from = LogFrom::After(entry.position);
        }
    }
}

/// What the decisions in a site's feed teach, in order: each exactly once.
pub async fn taught_by_feed(store: &Store, site: &str, shared: bool) -> Vec<Vec<u8>> {
    let site: SiteId = site.parse().unwrap();
    let (mut lessons, mut after) = (Vec::new(), Cursor::START);
    loop {
        let page = store.read_events(&site, Some(after), 500).await.unwrap();
        let FeedPage::Events(events) = page else {
            panic!("the feed is dense");
        };
        let Some(last) = events.last() else {
            return lessons;
        };
        after = last.cursor;
        for event in &events {
            let (said, earlier, is_undone) = match &event.cause {
                Cause::Submitted { .. }
                | Cause::Retracted
                | Cause::Erased { .. }
                | Cause::Revised { .. }
                | Cause::Redacted { .. } => continue,
                Cause::Decided {
                    verdict, earlier, ..
                } => (*verdict, *earlier, false),
                Cause::Undone {
                    verdict, earlier, ..
                } => (*verdict, *earlier, true),
            };
            let said = (!event.untaught.verdict).then_some(said);
            let earlier = earlier.filter(|_| !event.untaught.earlier);
            let (before, now) = if is_undone {
                (said, earlier)
            } else {
                (earlier, said)
            };
            let comment = store.comment(&site, event.comment).await.unwrap().unwrap();
            let text = &comment.content;
            let signals = Signals::from_bytes(&text.signals).unwrap();
            let tag = SiteTag::of(&site);
            let content = Content::of_text(text.body.verbatim(), text.display_name.verbatim());
            for (label, weight) in lessons_of(before, now) {
                let lesson = Lesson {
                    site: tag,
                    subject: Subject::of(tag, &event.comment),
                    label,
                    taken_back: weight == Weight::TakeBack,
                    shared,
                    vector: Vector::of(&content, signals),
                };
                lessons.push(lesson.to_bytes());
            }
        }
    }
}

/// All lessons that the log has, from its start.
pub async fn lessons_in_log(store: &Store) -> Vec<Lesson> {
    let page = store.read_model_log(LogFrom::Start, 100_000).await.unwrap();
    let LogPage::Entries(entries) = page else {
        panic!("the log starts elsewhere");
    };
    let lesson = |content| match content {
        EntryContent::Lesson(bytes) => Some(Lesson::from_bytes(&bytes).unwrap()),
        EntryContent::Mark | EntryContent::Corrupt => None,
    };
    entries
        .into_iter()
        .filter_map(|entry| lesson(entry.content))
        .collect()
}

/// What somebody has learnt who reads the log from its start.
pub async fn learnt_from_log(store: &Store) -> Model {
    let mut model = Model::prior().unwrap();
    for lesson in lessons_in_log(store).await {
        model.learn(&lesson);
    }
    model
}
