//! What a queued comment takes in Redis: a 420-byte body and 150 bytes of sealed contact.

use std::{collections::HashSet, time::Duration};

use redis::Commands;
use replydesk::{
    comment::{
        ids::{CommentId, IpHash, KeyedHash, SiteId},
        lane::Lane,
        limits::Limits,
        observed::{Fingerprints, SeenVersions},
        reason::{Reason, ReasonCode},
        score::{Contribution, Probability, Score},
        state::Outcome,
        stored::{CommentContent, ThreadDetails},
        subject::Subject,
    },
    store::{
        connection::Store,
        keys,
        submit::{NewComment, Stored},
    },
};

use crate::{load::BODY, processes, report::Report};

const COMMENTS: usize = 20_000;

pub async fn run(report: &mut Report) {
    let (_redis, url) = processes::redis("everysec");
    let mut look = redis::Client::open(&*url)
        .and_then(|client| client.get_connection())
        .expect("redis");
    let site: SiteId = "gazette".parse().expect("a name");
    let _: () = look.hset(keys::site(&site), "v", 1).expect("a site");
    let store = Store::connect(&url).await.expect("redis");
    let before = used(&mut look);
    let mut ids = Vec::new();
    for n in 0..COMMENTS {
        ids.push(store_one(&store, &site, n).await);
    }
    let all = (used(&mut look) - before) / COMMENTS as f64;
    report.add(
        "Redis memory per queued comment, all indexes, limits and counters",
        all,
        "bytes",
        None,
    );
    let mut weigh = |key: Vec<u8>| -> f64 {
        redis::cmd("MEMORY")
            .arg("USAGE")
            .arg(key)
            .arg("SAMPLES")
            .arg(0)
            .query(&mut look)
            .expect("a key")
    };
    let value = ids
        .iter()
        .map(|id| weigh(keys::comment(&site, id)))
        .sum::<f64>()
        / COMMENTS as f64;
    let queue = weigh(keys::lane(&site, Lane::Review)) / COMMENTS as f64;
    let event = weigh(keys::events(&site)) / COMMENTS as f64;
    report.add(
        "Redis memory per queued comment: comment with signals",
        value,
        "bytes",
        None,
    );
    report.add(
        "Redis memory per queued comment: queue entry",
        queue,
        "bytes",
        None,
    );
    report.add(
        "Redis memory per queued comment: event",
        event,
        "bytes",
        None,
    );
    // What the three take with their share of Redis's own tables: everything else is deleted.
    let mut kept: HashSet<Vec<u8>> = ids.iter().map(|id| keys::comment(&site, id)).collect();
    kept.extend([keys::lane(&site, Lane::Review), keys::events(&site)]);
    let left = delete_all_but(&kept, &mut look).await;
    report.add(
        "Redis memory per queued comment",
        (left - before) / COMMENTS as f64,
        "bytes",
        Some("<= 1024"),
    );
}

fn used(look: &mut redis::Connection) -> f64 {
    let info: String = redis::cmd("INFO").arg("memory").query(look).expect("INFO");
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"))
        .expect("a line of it");
    line.parse().expect("a number")
}

/// Deletes, waits until Redis has shrunk its tables, and returns what it uses then.
async fn delete_all_but(kept: &HashSet<Vec<u8>>, look: &mut redis::Connection) -> f64 {
    let others: Vec<Vec<u8>> = look.keys("*").expect("keys");
    for key in others.into_iter().filter(|key| !kept.contains(key)) {
        let _: () = look.del(key).expect("it is deleted");
    }
    let mut left = used(look);
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = used(look);
        if (left - now).abs() < 10_000.0 {
            return now;
        }
        left = now;
    }
}

/// What a comment on a new site is judged at.
const NEW_SITE: SeenVersions = SeenVersions {
    policy: 1,
    author: 0,
    thread: 0,
};

/// None that is reached.
fn no_limits() -> Limits {
    let most = replydesk::comment::limits::Limit::new(1_000_000, 1_000_000).expect("in range");
    Limits {
        author: most,
        ip_address: most,
        thread: most,
        site: most,
    }
}

async fn store_one(store: &Store, site: &SiteId, n: usize) -> CommentId {
    let id = CommentId::fresh();
    let hash = |purpose: u8| {
        let mut bytes = [purpose; 16];
        bytes[..8].copy_from_slice(&n.to_le_bytes());
        KeyedHash::from_bytes(bytes)
    };
    let contribution = |feature: &str, weight| Contribution {
        feature: feature.to_owned(),
        weight,
    };
    let content = CommentContent {
        thread: format!("bridge-{}", n % 200).parse().expect("a name"),
        parent: None,
        display_name: "Jo Reader".into(),
        website: String::new(),
        account_id: String::new(),
        body: BODY[..420].into(),
        author: Some(hash(1)),
        ip: Some(IpHash::of(&hash(2))),
        other_ip: None,
        email: None,
        sealed_contact: vec![7; 150],
        reasons: vec![Reason::new(ReasonCode::FirstComment, "")],
        score: Score {
            probability: Probability::new(0.31).expect("a probability"),
            contributions: [
                "\"bridge\"",
                "\"council\"",
                "\"please\"",
                "\"budgets\"",
                "\"mill\"",
                "first_comment",
            ]
            .map(|feature| contribution(feature, 0.31))
            .to_vec(),
            model: 7,
            lessons: 0,
        },
        signals: vec![1; 17],
    };
    let prints = Fingerprints {
        author: Some(hash(1)),
        email: None,
        ip: Some(hash(2)),
        said: Some(hash(3)),
        sketch: (0..6).map(|part| (n * 6 + part) as u64).collect(),
        link_hosts: Vec::new(),
        subjects: vec![Subject::IpAddress(IpHash::of(&hash(2))).into()],
    };
    let limits = no_limits();
    let stored = store
        .submit(&NewComment {
            site,
            id,
            digest: [7; 8],
            outcome: Outcome::Pending,
            content: &content,
            thread: &ThreadDetails::default(),
            contact: None,
            prints: &prints,
            thread_words: None,
            subject_marks: &[0; 8],
            named: &[],
            wave_decision: None,
            limits: &limits,
            close_threads_after: None,
            judged_at: Some(NEW_SITE),
            due_in: Some(Duration::from_secs(14_400)),
            only_check: false,
        })
        .await;
    assert!(matches!(stored, Ok(Stored::Admitted { .. })), "{stored:?}");
    id
}
