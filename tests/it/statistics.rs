//! What is counted of a site: once each, in its hour and its day, whichever replica is asked.

mod reports;

use std::{collections::BTreeMap, time::SystemTime};

use replydesk::{
    comment::{
        calendar::{Day, Hour},
        ids::CommentId,
        state::Timestamp,
    },
    proto::v1::{self, Lane, Verdict},
};
use tonic::Code;

use crate::harness::{
    Desk, bulk,
    clients::Client,
    comments::{comment, everything_waits, on, submit},
};

const SITE: &str = "gazette";

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp(i64::try_from(since.unwrap().as_millis()).unwrap())
}

/// The day so many days from today.
fn day(from_today: i64) -> String {
    Day::from_number(Day::of(now()).number() + from_today).to_string()
}

async fn stats(client: &Client) -> v1::GetQueueStatsResponse {
    let request = v1::GetQueueStatsRequest {
        site: SITE.to_owned(),
    };
    let stats = client.moderation.clone().get_queue_stats(request).await;
    stats.unwrap().into_inner()
}

/// From yesterday to tomorrow: a test may run over midnight.
async fn report(client: &Client) -> v1::TransparencyReport {
    let request = v1::GetTransparencyReportRequest {
        site: SITE.to_owned(),
        from_day: day(-1),
        to_day: day(1),
    };
    let mut comments = client.comments.clone();
    let report = comments.get_transparency_report(request).await;
    report.unwrap().into_inner().report.unwrap()
}

fn verdicts(approve: u64, reject: u64, spam: u64, escalate: u64) -> Option<v1::VerdictCounts> {
    Some(v1::VerdictCounts {
        approve,
        reject,
        spam,
        escalate,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_decision_is_counted_once_and_told_alike_by_every_replica() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let noor = desk.moderator(1, SITE, "noor").await;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(submit(&blog, n).await);
    }
    for id in &ids[..3] {
        mira.decide(on(id, 1, Verdict::Approve)).await.unwrap();
    }
    let rejection = v1::DecideCommentRequest {
        reason_code: "insult".to_owned(),
        ..on(&ids[3], 1, Verdict::Reject)
    };
    noor.decide(rejection.clone()).await.unwrap();
    noor.decide(on(&ids[4], 1, Verdict::Spam)).await.unwrap();
    noor.decide(on(&ids[5], 1, Verdict::Escalate))
        .await
        .unwrap();
    // Again, after a lost reply, and on a version that is gone: neither is a decision.
    assert!(noor.decide(rejection).await.unwrap().replayed);
    let stale = mira.decide(on(&ids[4], 1, Verdict::Approve)).await;
    assert_eq!(stale.unwrap_err().code(), Code::Aborted);
    let undone = noor.undo(SITE, &ids[4], 2).await.unwrap();
    assert!(!undone.replayed);
    assert!(noor.undo(SITE, &ids[4], 2).await.unwrap().replayed);
    // Decided anew: a decision, but not the first of this comment.
    mira.decide(on(&ids[4], 3, Verdict::Reject)).await.unwrap();
    for client in [&mira, &noor] {
        let stats = stats(client).await;
        let day = stats.last_day.unwrap();
        assert_eq!(day.queued, 8);
        assert_eq!(day.decisions, verdicts(3, 2, 1, 1));
        assert_eq!(day.bulk, verdicts(0, 0, 0, 0));
        assert_eq!(day.undone, verdicts(0, 0, 1, 0));
        assert!((day.share_undone.unwrap() - 1.0 / 7.0).abs() < 1e-9);
        assert!(day.time_to_decision_p50.is_some() && day.time_to_decision_p99.is_some());
        assert_eq!(stats.hours.len(), 24);
        let sums = stats.hours.iter().fold((0, 0, 0), |sum, hour| {
            (
                sum.0 + hour.queued,
                sum.1 + hour.decisions,
                sum.2 + hour.undone,
            )
        });
        assert_eq!(sums, (8, 7, 1));
        let waits = |lane: Lane| {
            let lane = stats.lanes.iter().find(|counts| counts.lane() == lane);
            (
                lane.unwrap().waiting,
                lane.unwrap().oldest_waiting.is_some(),
            )
        };
        assert_eq!(waits(Lane::Review), (2, true));
        assert_eq!(waits(Lane::Escalated), (1, true));
        assert_eq!(waits(Lane::Reported), (0, false));
        let all: u64 = stats.lanes.iter().map(|lane| lane.waiting).sum();
        assert_eq!(stats.stats.unwrap().waiting, all);
        assert_eq!(stats.moderators, [], "the policy does not want it");
    }
    let report = report(&blog).await;
    assert_eq!(report.submissions.unwrap().pending, 8);
    assert_eq!(report.decisions, verdicts(3, 2, 1, 1));
    assert_eq!(report.undone, verdicts(0, 0, 1, 0));
    assert_eq!(report.days.len(), 3);
    let reasons: Vec<_> = report
        .reasons
        .iter()
        .map(|reason| (reason.reason_code.as_str(), reason.decisions))
        .collect();
    assert_eq!(reasons, [("insult", 1)]);
    desk.finish().await;
}

/// The fields of the hashes of a kind, added up; names that are not text are left out.
fn fields(desk: &Desk, kind: &str) -> BTreeMap<String, u64> {
    let mut sum = BTreeMap::new();
    for key in desk.redis.keys() {
        let Ok(key) = String::from_utf8(key) else {
            continue;
        };
        if key.starts_with(&format!("{{{SITE}}}:{kind}:")) {
            let fields: BTreeMap<Vec<u8>, u64> = desk.redis.ask(&["HGETALL", &key]);
            for (field, count) in fields {
                *sum.entry(String::from_utf8_lossy(&field).into_owned())
                    .or_default() += count;
            }
        }
    }
    sum
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_decisions_reports_and_appeals_are_counted_too() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(submit(&blog, n).await);
    }
    let request = bulk::order(SITE, bulk::these(&ids), Verdict::Reject);
    for client in [&ada, &ada] {
        client.bulk(request.clone()).await.unwrap();
    }
    for id in &ids {
        blog.appeal(SITE, id, 2, "Why?").await.unwrap();
        blog.appeal(SITE, id, 2, "Why?").await.unwrap();
    }
    ben.decide(on(&ids[0], 2, Verdict::Approve)).await.unwrap();
    let reported = v1::ReportCommentRequest {
        site: SITE.to_owned(),
        comment_id: ids[0].clone(),
        reporter: Some(v1::Reporter {
            account_id: "a reader".to_owned(),
            ..Default::default()
        }),
        reason: "insult".to_owned(),
        text: String::new(),
    };
    for _ in 0..2 {
        blog.report(reported.clone()).await.unwrap();
    }
    ben.undo_bulk(SITE, &request.operation_id).await.unwrap();
    let told = report(&ada).await;
    assert_eq!(told.bulk, verdicts(0, 5, 0, 0));
    assert_eq!(told.decisions, verdicts(1, 0, 0, 0));
    assert_eq!(told.undone, verdicts(0, 4, 0, 0), "one was decided anew");
    assert_eq!((told.reports, told.appeals), (1, 5));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_at_the_same_time_are_all_counted_and_what_is_counted_passes() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let people = [
        desk.moderator(0, SITE, "mira").await,
        desk.moderator(1, SITE, "noor").await,
    ];
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(submit(&blog, n).await);
    }
    let decide = ids.iter().enumerate().map(|(n, id)| {
        let (client, id) = (people[n % 2].clone(), id.clone());
        async move { client.decide(on(&id, 1, Verdict::Approve)).await.unwrap() }
    });
    futures_all(decide).await;
    let day = stats(&people[0]).await.last_day.unwrap();
    assert_eq!(day.decisions, verdicts(40, 0, 0, 0));
    for (kind, days) in [("st", 8), ("std", 400)] {
        assert_eq!(fields(&desk, kind)["d1"], 40);
        for key in desk.redis.keys() {
            let key = String::from_utf8_lossy(&key).into_owned();
            if key.starts_with(&format!("{{{SITE}}}:{kind}:")) {
                let left: i64 = desk.redis.ask(&["TTL", &key]);
                let most = days * 86_400;
                assert!((most - 3_600..=most).contains(&left), "{key}: {left} s");
            }
        }
    }
    desk.finish().await;
}

async fn futures_all<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) {
    let mut set = tokio::task::JoinSet::new();
    for one in all {
        set.spawn(one);
    }
    while let Some(done) = set.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_is_counted_where_it_belongs() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    // Seconds since arrival, and the bucket: 8 + 4 log2, from 0 to 108.
    let table: [(i64, &str); 7] = [
        (-50, "w0"),
        (5, "w17"),
        (65, "w32"),
        (3_700, "w55"),
        (90_000, "w73"),
        (30_000_000, "w107"),
        (900_000_000, "w108"),
    ];
    for (n, (seconds, bucket)) in table.into_iter().enumerate() {
        let id = submit(&blog, n).await;
        let key = [
            format!("{{{SITE}}}:c:").as_bytes(),
            &id.parse::<CommentId>().unwrap().as_bytes()[..],
        ]
        .concat();
        // Where a comment's value has the time of its arrival.
        let arrived = (now().0 - seconds * 1_000).to_le_bytes();
        let mut set = redis::cmd("SETRANGE");
        set.arg(key).arg(7).arg(&arrived[..]);
        set.exec(&mut desk.redis.look()).unwrap();
        mira.decide(on(&id, 1, Verdict::Approve)).await.unwrap();
        let fields = fields(&desk, "st");
        assert_eq!(fields.get(bucket), Some(&1), "{seconds} s: {fields:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_score_is_compared_with_what_moderators_say() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let spam = "FREE c4$ino bonus!!! http://win.example http://win.example/2 click here viagra";
    let plain = "I have ridden this line since I was a child, and so has my mother before me.";
    let mut alike = 0;
    for (n, (body, verdict)) in [
        (spam, Verdict::Spam),
        (spam, Verdict::Approve),
        (plain, Verdict::Approve),
        (plain, Verdict::Reject),
        (plain, Verdict::Spam),
        (plain, Verdict::Approve),
    ]
    .into_iter()
    .enumerate()
    {
        let request = comment(SITE, &format!("article-{n}"), &format!("Reader {n}"), body);
        let id = request.comment_id.clone();
        let score = blog.submit(request).await.unwrap().score.unwrap();
        let said_spam = score.spam_probability >= 0.5;
        assert_eq!(said_spam, body == spam, "{score:?}");
        if verdict != Verdict::Reject && said_spam == (verdict == Verdict::Spam) {
            alike += 1;
        }
        mira.decide(on(&id, 1, verdict)).await.unwrap();
    }
    assert_eq!(alike, 3);
    let day = stats(&mira).await.last_day.unwrap();
    assert!((day.agreement.unwrap() - 0.6).abs() < 1e-9, "{day:?}");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions_of_an_hour_that_is_over_move_to_its_hour_and_its_day() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    submit(&blog, 0).await;
    // The running hour becomes one of three hours ago, in which 5 were approved, 2 pending, and 3 queued.
    let before = Hour::of(now()).number() - 3;
    let numbers = [u32::try_from(before).unwrap(), 2, 5, 0, 0, 3];
    let packed: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    let mut set = redis::cmd("HSET");
    set.arg(format!("{{{SITE}}}:n")).arg("st").arg(packed);
    set.exec(&mut desk.redis.look()).unwrap();
    let queued = async || {
        let hours = stats(&mira).await.hours;
        let hours = hours.iter().filter(|hour| hour.queued > 0);
        hours
            .map(|hour| (hour.starts_at.unwrap().seconds / 3_600, hour.queued))
            .collect::<Vec<_>>()
    };
    assert_eq!(queued().await, [(before, 3)], "not moved yet");
    submit(&blog, 1).await;
    submit(&blog, 2).await;
    let found = queued().await;
    assert_eq!(found[0], (before, 3), "moved, and counted once");
    assert_eq!(found[1..].iter().map(|(_, n)| n).sum::<u64>(), 2);
    let hour: BTreeMap<String, u64> = desk
        .redis
        .ask(&["HGETALL", &format!("{{{SITE}}}:st:{before}")]);
    let expected = [("o1", 2), ("o2", 5), ("q", 3)];
    assert_eq!(hour, expected.map(|(k, n)| (k.to_owned(), n)).into());
    let report = report(&blog).await;
    let came = report.submissions.unwrap();
    assert_eq!((came.pending, came.approved), (4, 5));
    assert_eq!(
        report.days.iter().map(|day| day.submissions).sum::<u64>(),
        9
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decided_how_much_is_counted_and_told_only_where_the_policy_wants_it() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let noor = desk.moderator(0, SITE, "noor").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(submit(&blog, n).await);
    }
    let by_moderator = |fields: BTreeMap<String, u64>| {
        let names = fields.keys().filter(|name| name.contains(':'));
        names.count()
    };
    mira.decide(on(&ids[0], 1, Verdict::Approve)).await.unwrap();
    assert_eq!(by_moderator(fields(&desk, "st")), 0);

    let switched = |on| v1::Policy {
        moderator_statistics: Some(on),
        ..Default::default()
    };
    desk.admin()
        .update_policy(SITE, "moderator_statistics", switched(true), 0)
        .await
        .unwrap();
    for id in &ids[1..3] {
        mira.decide(on(id, 1, Verdict::Approve)).await.unwrap();
    }
    for id in &ids[3..6] {
        noor.decide(on(id, 1, Verdict::Spam)).await.unwrap();
    }
    // Undone by another than who had decided.
    mira.undo(SITE, &ids[5], 2).await.unwrap();
    let told = stats(&mira).await.moderators;
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.label.as_str(), one.decisions, one.undone))
        .collect();
    assert_eq!(told, [("noor", 3, 1), ("mira", 2, 0)]);
    assert_eq!(by_moderator(fields(&desk, "std")), 0, "hours only");

    desk.admin()
        .update_policy(SITE, "moderator_statistics", switched(false), 0)
        .await
        .unwrap();
    let stats = stats(&mira).await;
    assert_eq!(stats.moderators, []);
    assert_eq!(stats.last_day.unwrap().decisions, verdicts(3, 0, 3, 0));
    desk.finish().await;
}
