//! Nothing missing, nothing twice: the service's books against what its clients know.

use std::{collections::BTreeMap, time::Duration};

use replydesk::proto::v1::{self, event::Cause};
use tokio::time::{Instant, sleep};

use super::{
    SITE,
    follower::Seen,
    ledger::{Ledger, Refused},
    load::People,
};
use crate::harness::clients::Client;

/// How long the follower may take to catch up.
const CATCH_UP: Duration = Duration::from_secs(20);

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub comments: usize,
    pub acknowledged: usize,
    pub decisions: usize,
    pub events: usize,
    pub undecided: u64,
    /// Stored, though their acknowledgement never arrived.
    pub stored_unacknowledged: usize,
}

/// While nobody works: everything adds up.
pub async fn everything(people: &People, seen: &Seen) -> Found {
    let client = &people.follower;
    let listed = list(client).await;
    let events = client.all_events(SITE).await;
    let stats = people.moderators[0].stats(SITE).await;
    let changes = feed(&events, &listed);
    counts(&stats, &listed);
    let (acknowledged, decisions) = promises(&people.ledger, &listed, &changes);
    followed(&events, seen).await;
    Found {
        comments: listed.len(),
        acknowledged,
        decisions,
        events: events.len(),
        undecided: stats.waiting + stats.leased,
        stored_unacknowledged: listed.len() - acknowledged,
    }
}

/// What was acknowledged is there. Returns how many comments and decisions that is.
fn promises(ledger: &Ledger, listed: &Listed, changes: &Changes<'_>) -> (usize, usize) {
    let book = ledger.open();
    let missing: Vec<_> = book
        .acknowledged
        .iter()
        .filter(|id| !listed.contains_key(*id))
        .collect();
    assert!(missing.is_empty(), "acknowledged and missing: {missing:?}");
    let strange: Vec<_> = listed
        .keys()
        .filter(|id| !book.sent.contains(*id))
        .collect();
    assert!(strange.is_empty(), "stored and never sent: {strange:?}");
    for decision in &book.decisions {
        let told = changes.get(&(decision.comment.as_str(), decision.version));
        let told = told.map(|event| event.state());
        assert_eq!(
            told,
            Some(decision.state),
            "acknowledged and lost: {decision:?}"
        );
    }
    for Refused { moderator, request } in &book.refused {
        let told = changes.get(&(request.comment_id.as_str(), request.version + 1));
        if let Some(Cause::Decided(decided)) = told.and_then(|event| event.cause.as_ref()) {
            let theirs = (&decided.moderator, decided.verdict) == (moderator, request.verdict);
            assert!(!theirs, "refused and carried out: {request:?}");
        }
    }
    (book.acknowledged.len(), book.decisions.len())
}

/// By comment and version.
type Changes<'a> = BTreeMap<(&'a str, u32), &'a v1::Event>;
type Listed = BTreeMap<String, (v1::CommentState, u32)>;

/// Every comment, and each once.
async fn list(client: &Client) -> Listed {
    let mut listed = BTreeMap::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListCommentsRequest {
            site: SITE.to_owned(),
            page_size: 200,
            page_token,
            ..Default::default()
        };
        let page = client
            .comments
            .clone()
            .list_comments(request)
            .await
            .unwrap()
            .into_inner();
        for comment in page.comments {
            let stands = (comment.state(), comment.version);
            let before = listed.insert(comment.comment_id.clone(), stands);
            assert_eq!(before, None, "twice: {}", comment.comment_id);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return listed;
        }
    }
}

/// The feed is dense, and tells each change of each comment once, up to how it stands. Returns the changes.
fn feed<'a>(events: &'a [v1::Event], listed: &Listed) -> Changes<'a> {
    let mut changes = BTreeMap::new();
    let mut last: BTreeMap<&str, (v1::CommentState, u32)> = BTreeMap::new();
    for (n, event) in (1..).zip(events) {
        let (sequence, _) = event.cursor.split_once('-').unwrap();
        assert_eq!(sequence.parse::<u64>(), Ok(n), "not dense");
        let id = event.comment_id.as_str();
        let version = last.get(id).map_or(0, |(_, version)| *version);
        assert_eq!(
            event.version,
            version + 1,
            "a change of {id} is missing or told twice"
        );
        last.insert(id, (event.state(), event.version));
        changes.insert((id, event.version), event);
    }
    assert_eq!(last.len(), listed.len(), "comments in the feed");
    for (id, told) in last {
        assert_eq!(listed.get(id), Some(&told), "how {id} stands");
    }
    changes
}

/// The counts are those of the comments, and what nobody has decided waits or is held: nothing is stuck.
fn counts(stats: &v1::QueueStats, listed: &Listed) {
    let count = |state| listed.values().filter(|(found, _)| *found == state).count() as u64;
    let counted = (stats.pending, stats.approved, stats.rejected, stats.spam);
    let expected = (
        count(v1::CommentState::Pending),
        count(v1::CommentState::Approved),
        count(v1::CommentState::Rejected),
        count(v1::CommentState::Spam),
    );
    assert_eq!(counted, expected, "counts by state");
    // Each comment is queued when it comes, also one that policy takes for spam.
    let undecided = listed.values().filter(|(_, version)| *version == 1);
    let queued = stats.waiting + stats.leased;
    assert_eq!(
        queued,
        undecided.count() as u64,
        "what is undecided is in the queue"
    );
}

/// The follower has seen the feed: nothing twice, nothing missed.
async fn followed(events: &[v1::Event], seen: &Seen) {
    let started = Instant::now();
    while seen.lock().unwrap().len() < events.len() {
        assert!(
            started.elapsed() < CATCH_UP,
            "the follower does not catch up"
        );
        sleep(Duration::from_millis(20)).await;
    }
    let seen = seen.lock().unwrap();
    assert!(*seen == events, "the follower has seen another feed");
}
