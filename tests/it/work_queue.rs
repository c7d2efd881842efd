//! A moderator's stream: sites in turn, lanes, notes, pauses, and what others do to what a moderator holds or sees.

use std::{collections::HashSet, time::Duration};

use replydesk::{
    comment::{ids::CommentId, ids::SiteId, lane::Lane},
    proto::v1::{
        self, AuditAction, CommentState, Verdict, WithdrawalReason, work_queue_request as up,
        work_queue_request::Message as Up, work_queue_response::Message as Down,
        work_queue_response::answer::Result as Answer,
    },
    store::keys,
};
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    refusals::{told, violations},
    streams::Work,
    until::{soon, until},
};

/// Far less than the slow poll and the leases of these tests, far more than a busy machine needs.
const AT_ONCE: Duration = Duration::from_secs(5);
/// Items come by wake-up or not at all.
const NO_POLL: (&str, &str) = ("moderation.poll_ms", "60000");

async fn submit(blog: &Client, site: &str, n: usize) -> String {
    let request = nth(site, n);
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    id
}

fn id(item: &v1::ReviewItem) -> String {
    item.comment.as_ref().unwrap().comment_id.clone()
}

async fn next_item(work: &mut Work) -> v1::ReviewItem {
    soon("an item comes", AT_ONCE, work.item()).await
}

fn starting(sites: &[&str], prefetch: i32, lanes: &[v1::Lane]) -> up::Start {
    up::Start {
        sites: sites.iter().map(|site| (*site).to_owned()).collect(),
        prefetch,
        lanes: lanes.iter().map(|lane| i32::from(*lane)).collect(),
        within: None,
    }
}

/// Moves a waiting comment to another lane, with a due time of its own.
pub fn move_to_lane(desk: &Desk, site: &str, comment: &str, lane: Lane, due_ms: i64) {
    let site: SiteId = site.parse().unwrap();
    let id: CommentId = comment.parse().unwrap();
    let mut moving = redis::pipe();
    for from in Lane::ALL {
        moving.zrem(keys::lane(&site, from), id.as_bytes());
    }
    moving.zadd(keys::lane(&site, lane), id.as_bytes(), due_ms);
    moving.setrange(keys::comment(&site, &id), 24, &[lane.number()]);
    moving.exec(&mut desk.redis.look()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_are_served_in_turn_and_a_busy_one_starves_nobody() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let sites = ["gazette", "herald", "courier"];
    let mut blogs = Vec::new();
    for site in sites {
        blogs.push(desk.site(site, everything_waits()).await);
    }
    let key = desk.key(&sites, v1::Role::Moderator, "ada").await;
    let ada = desk.client(0, &key);
    for n in 0..12 {
        submit(&blogs[0], "gazette", n).await;
    }
    for n in 0..3 {
        submit(&blogs[1], "herald", n).await;
    }
    let mut work = ada.start(starting(&sites, 1, &[])).await.unwrap();
    let mut came = Vec::new();
    for _ in 0..8 {
        let item = next_item(&mut work).await;
        came.push(item.comment.as_ref().unwrap().site.clone());
        work.decide(&item, Verdict::Approve).await;
        assert!(matches!(work.answer().await, Answer::Decision(_)));
    }
    let turns = ["gazette", "herald"].into_iter().cycle().take(6);
    let expected: Vec<_> = turns.chain(["gazette", "gazette"]).collect();
    assert_eq!(came, expected);
    // The idle one is heard as soon as it has something.
    let new = submit(&blogs[2], "courier", 0).await;
    let holding = next_item(&mut work).await;
    work.decide(&holding, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    assert_eq!(id(&next_item(&mut work).await), new);
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outstanding_items_of_all_sites_together_never_exceed_the_prefetch() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let sites = ["gazette", "herald"];
    for site in sites {
        let blog = desk.site(site, everything_waits()).await;
        for n in 0..10 {
            submit(&blog, site, n).await;
        }
    }
    let key = desk.key(&sites, v1::Role::Moderator, "ada").await;
    let ada = desk.client(0, &key);
    let mut work = ada.start(starting(&sites, 5, &[])).await.unwrap();
    let mut held = HashSet::new();
    for _ in 0..5 {
        held.insert(id(&next_item(&mut work).await));
    }
    assert_eq!(held.len(), 5);
    let leased = ada.stats("gazette").await.leased + ada.stats("herald").await.leased;
    assert_eq!(leased, 5);
    let unasked = work.leave().await.unwrap();
    assert_eq!(unasked, [], "came without a free hand");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_site_and_lane_of_a_start_is_checked() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let everywhere = desk.key(&[], v1::Role::Moderator, "ben").await;
    let ben = desk.client(0, &everywhere);
    let with_wave = |sites: &[&str], wave: &str| up::Start {
        within: Some(up::start::Within::WaveId(wave.to_owned())),
        ..starting(sites, 1, &[])
    };
    let with_thread = up::Start {
        within: Some(up::start::Within::ThreadId(String::new())),
        ..starting(&["gazette"], 1, &[])
    };
    let many: Vec<String> = (0..21).map(|n| format!("site-{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let unknown_lane = up::Start {
        lanes: vec![1, 17],
        ..starting(&["gazette"], 1, &[])
    };
    for (start, fields) in [
        (starting(&[], 1, &[]), &["start.sites"][..]),
        (starting(&many, 1, &[]), &["start.sites"]),
        (starting(&["gazette", "gazette"], 1, &[]), &["start.sites"]),
        (unknown_lane, &["start.lanes"]),
        (
            starting(&["gazette"], 1, &[v1::Lane::Review, v1::Lane::Review]),
            &["start.lanes"],
        ),
        (
            starting(&["no site!"], 101, &[v1::Lane::Unspecified]),
            &["start.sites", "start.prefetch", "start.lanes"],
        ),
        (with_wave(&["gazette"], "seventeen!"), &["start.wave_id"]),
        (
            with_wave(&["gazette", "herald"], "0000000000000001"),
            &["start.wave_id"],
        ),
        (with_thread, &["start.thread_id"]),
    ] {
        let refused = ben.start(start.clone()).await.err().unwrap();
        assert_eq!(refused.code(), Code::InvalidArgument, "{start:?}");
        let found: Vec<_> = violations(&refused).into_iter().map(|v| v.0).collect();
        assert_eq!(found, fields, "{start:?}");
    }
    for (who, start, code, reason) in [
        (
            &ada,
            starting(&["gazette", "herald"], 1, &[]),
            Code::PermissionDenied,
            "WRONG_SITE",
        ),
        (
            &ben,
            starting(&["gazette", "nowhere"], 1, &[]),
            Code::NotFound,
            "SITE_NOT_FOUND",
        ),
        (
            &ada,
            starting(&["gazette"], 1, &[v1::Lane::Escalated]),
            Code::PermissionDenied,
            "WRONG_ROLE",
        ),
    ] {
        let refused = who.start(start.clone()).await.err().unwrap();
        assert_eq!(told(&refused), (code, reason.to_owned()), "{start:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_lanes_the_earliest_due_comes_first_and_goes_back_where_it_was() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(submit(&blog, "gazette", n).await);
    }
    let lanes = [Lane::Review, Lane::Reported, Lane::Appeals];
    for (n, comment) in ids.iter().enumerate() {
        let due = 1_000 + i64::try_from(n).unwrap();
        move_to_lane(&desk, "gazette", comment, lanes[n % 3], due);
    }
    let usual = [
        ids[0].clone(),
        ids[1].clone(),
        ids[3].clone(),
        ids[4].clone(),
    ];
    for start in [
        starting(&["gazette"], 10, &[]),
        starting(&["gazette"], 10, &[v1::Lane::Reported, v1::Lane::Review]),
    ] {
        let mut work = ada.start(start).await.unwrap();
        let mut came = Vec::new();
        for n in 0..4 {
            let item = next_item(&mut work).await;
            let expected = [v1::Lane::Review, v1::Lane::Reported][n % 2];
            assert_eq!(item.lane(), expected);
            came.push(id(&item));
        }
        // The second time round: each is in its lane again, at its old place.
        assert_eq!(came, usual);
        work.leave().await.unwrap();
    }
    let start = starting(&["gazette"], 10, &[v1::Lane::Appeals]);
    let mut work = ada.start(start).await.unwrap();
    assert_eq!(id(&next_item(&mut work).await), ids[2]);
    assert_eq!(id(&next_item(&mut work).await), ids[5]);
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_escalated_item_comes_to_a_senior_moderator_and_to_no_other() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let eve = desk
        .someone(1, "gazette", v1::Role::SeniorModerator, "eve")
        .await;
    let start = starting(&["gazette"], 1, &[v1::Lane::Escalated]);
    let mut at_eve = eve.start(start).await.unwrap();
    let mut at_ada = ada.work("gazette", 1).await.unwrap();
    let comment = submit(&blog, "gazette", 0).await;
    let item = next_item(&mut at_ada).await;
    at_ada.decide(&item, Verdict::Escalate).await;
    let Answer::Decision(decision) = at_ada.answer().await else {
        panic!("not escalated")
    };
    assert_eq!(
        (decision.state(), decision.version),
        (CommentState::Pending, 1)
    );
    let escalated = next_item(&mut at_eve).await;
    assert_eq!(
        (id(&escalated), escalated.lane()),
        (comment, v1::Lane::Escalated)
    );
    // The same again, its answer having been lost with another stream.
    let mut again = ada.work("gazette", 1).await.unwrap();
    again.decide(&item, Verdict::Escalate).await;
    let Answer::Decision(decision) = again.answer().await else {
        panic!("not known again")
    };
    assert!(decision.replayed);
    at_eve.decide(&escalated, Verdict::Reject).await;
    assert!(matches!(at_eve.answer().await, Answer::Decision(_)));
    for work in [at_ada, at_eve, again] {
        work.leave().await.unwrap();
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_gives_everything_back_and_brings_nothing_until_it_ends() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let first = submit(&blog, "gazette", 0).await;
    let mut at_ada = ada.work("gazette", 5).await.unwrap();
    next_item(&mut at_ada).await;
    let request_id = at_ada.number();
    at_ada.say(Up::Pause(up::Pause { request_id })).await;
    assert!(matches!(at_ada.answer().await, Answer::Paused(_)));
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    let item = next_item(&mut at_ben).await;
    assert_eq!(id(&item), first);
    let second = submit(&blog, "gazette", 1).await;
    let request_id = at_ada.number();
    at_ada.say(Up::Pause(up::Pause { request_id })).await;
    assert!(
        matches!(at_ada.answer().await, Answer::Paused(_)),
        "again, and no item before it"
    );
    assert_eq!(ada.stats("gazette").await.waiting, 1);
    let request_id = at_ada.number();
    at_ada.say(Up::Resume(up::Resume { request_id })).await;
    assert!(matches!(at_ada.answer().await, Answer::Resumed(_)));
    assert_eq!(id(&next_item(&mut at_ada).await), second);
    at_ada.leave().await.unwrap();
    at_ben.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_an_item_for_too_long_loses_it_to_another_and_gets_no_more_until_there_is_work_done()
 {
    let settings = [
        ("moderation.max_hold_s", "1"),
        ("moderation.poll_ms", "100"),
    ];
    let desk = Desk::with(2, &settings).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let comment = submit(&blog, "gazette", 0).await;
    let mut at_ada = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut at_ada).await;
    let gone = loop {
        at_ada.say(Up::Ping(up::Ping {})).await;
        let next = tokio::time::timeout(Duration::from_millis(50), at_ada.next());
        if let Ok(next) = next.await {
            break next.unwrap();
        }
    };
    let Some(Down::Withdrawn(gone)) = gone else {
        panic!("not withdrawn: {gone:?}")
    };
    assert_eq!(gone.reason(), WithdrawalReason::HeldTooLong);
    assert_eq!(
        (gone.comment_id, gone.lease_token),
        (comment.clone(), item.lease_token.clone())
    );
    assert_eq!(ada.stats("gazette").await.waiting, 1, "it went back");
    let mut at_ben = ben.work("gazette", 1).await.unwrap();
    assert_eq!(id(&next_item(&mut at_ben).await), comment);
    at_ben.leave().await.unwrap();
    // Ada says something at last, and has it again.
    let request_id = at_ada.number();
    let nothing = Up::Watch(up::Watch {
        request_id,
        comments: Vec::new(),
    });
    at_ada.say(nothing).await;
    assert!(matches!(at_ada.answer().await, Answer::Watched(_)));
    assert_eq!(id(&next_item(&mut at_ada).await), comment);
    at_ada.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skip_can_say_how_long_the_item_rests() {
    let desk = Desk::with(1, &[("moderation.poll_ms", "100")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, "gazette", 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut work).await;
    let skip = |request_id, seconds| {
        Up::Skip(up::Skip {
            request_id,
            comment_id: comment.clone(),
            lease_token: item.lease_token.clone(),
            cool_down: Some(prost_types::Duration { seconds, nanos: 0 }),
            site: String::new(),
        })
    };
    for seconds in [0, -1, 3_601] {
        let request = work.number();
        work.say(skip(request, seconds)).await;
        let refused = work.problem().await;
        assert_eq!(
            refused,
            (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
        );
    }
    let skipped = std::time::Instant::now();
    let request = work.number();
    work.say(skip(request, 1)).await;
    assert!(matches!(work.answer().await, Answer::Skipped(_)));
    let again = next_item(&mut work).await;
    assert!(skipped.elapsed() >= Duration::from_millis(990));
    assert_eq!((id(&again), again.due_at), (comment.clone(), item.due_at));
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_on_what_the_client_does_not_hold_changes_nothing() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let key = desk
        .key(&["gazette", "herald"], v1::Role::Moderator, "ada")
        .await;
    let (ada, elsewhere) = (desk.client(0, &key), desk.client(1, &key));
    let comment = submit(&blog, "gazette", 0).await;
    let made_up = |site: &str| {
        Up::Decide(up::Decide {
            comment_id: comment.clone(),
            lease_token: "0102030405060708".to_owned(),
            version: 1,
            verdict: Verdict::Spam.into(),
            site: site.to_owned(),
            ..Default::default()
        })
    };
    let mut idle = ada.start(starting(&["herald"], 1, &[])).await.unwrap();
    idle.say(made_up("gazette")).await;
    assert_eq!(
        idle.problem().await,
        (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
    );
    let sites = ["gazette", "herald"];
    let mut first = ada.start(starting(&sites, 1, &[])).await.unwrap();
    let item = next_item(&mut first).await;
    let not_held = (Code::FailedPrecondition, "NOT_HELD".to_owned());
    first.say(made_up("gazette")).await;
    assert_eq!(first.problem().await, not_held);
    first.say(made_up("")).await;
    assert_eq!(
        first.problem().await,
        (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
    );
    // Given back: the token of a stream that has ended is not worth a verdict on another.
    first.leave().await.unwrap();
    let mut second = elsewhere
        .start(starting(&["gazette"], 1, &[v1::Lane::Reported]))
        .await
        .unwrap();
    second.decide(&item, Verdict::Spam).await;
    assert_eq!(second.problem().await, not_held);
    assert_eq!(blog.get("gazette", &comment).await.version, 1);
    assert_eq!(ada.stats("gazette").await.waiting, 1);
    // But what was carried out is known again, on any stream.
    let mut third = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut third).await;
    third.decide(&item, Verdict::Approve).await;
    assert!(matches!(third.answer().await, Answer::Decision(d) if !d.replayed));
    second.decide(&item, Verdict::Approve).await;
    assert!(matches!(second.answer().await, Answer::Decision(d) if d.replayed));
    for work in [idle, second, third] {
        work.leave().await.unwrap();
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_skipped_a_moment_ago_may_still_be_decided_by_who_skipped_it() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    submit(&blog, "gazette", 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut work).await;
    work.skip(&item).await;
    assert!(matches!(work.answer().await, Answer::Skipped(_)));
    work.decide(&item, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_kept_once_and_changes_no_version() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let comment = submit(&blog, "gazette", 0).await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = next_item(&mut work).await;
    let note = |request_id, comment_id: &str, note: &str| {
        Up::Note(up::Note {
            request_id,
            comment_id: comment_id.to_owned(),
            note: note.to_owned(),
            site: String::new(),
        })
    };
    for (text, times) in [("looks familiar", 2), ("asked the desk", 1)] {
        for _ in 0..times {
            let request = work.number();
            work.say(note(request, &comment, text)).await;
            assert!(matches!(work.answer().await, Answer::Noted(_)));
        }
    }
    let unknown = CommentId::fresh().to_string();
    for (comment, text, code, reason) in [
        (&comment, "", Code::InvalidArgument, "INVALID_FIELDS"),
        (&unknown, "hm", Code::NotFound, "COMMENT_NOT_FOUND"),
    ] {
        let request = work.number();
        work.say(note(request, comment, text)).await;
        assert_eq!(work.problem().await, (code, reason.to_owned()));
    }
    let request = v1::ListAuditEntriesRequest {
        site: "gazette".to_owned(),
        actions: vec![AuditAction::Noted.into()],
        ..Default::default()
    };
    let entries = ada.moderation.clone().list_audit_entries(request).await;
    let mut notes: Vec<_> = entries
        .unwrap()
        .into_inner()
        .entries
        .into_iter()
        .map(|entry| (entry.actor, entry.comment_id, entry.note))
        .collect();
    notes.sort();
    let noted = |text: &str| ("ada".to_owned(), comment.clone(), text.to_owned());
    assert_eq!(notes, [noted("asked the desk"), noted("looks familiar")]);
    work.decide(&item, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(d) if d.version == 2));
    assert_eq!(blog.all_events("gazette").await.len(), 2);
    work.leave().await.unwrap();
    desk.finish().await;
}

fn verdict(comment: &str, verdict: Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: comment.to_owned(),
        version: 1,
        verdict: verdict.into(),
        override_lease: true,
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_says_why_whichever_replica_did_it() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let decided = submit(&blog, "gazette", 0).await;
    let lost = submit(&blog, "gazette", 1).await;
    let mut at_ada = ada.work("gazette", 2).await.unwrap();
    for _ in 0..2 {
        next_item(&mut at_ada).await;
    }
    ben.decide(verdict(&decided, Verdict::Reject))
        .await
        .unwrap();
    let gone = soon("Ada is told", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::DecidedByAnother);
    assert_eq!(
        (gone.comment_id.as_str(), gone.site.as_str()),
        (decided.as_str(), "gazette")
    );
    assert_eq!((gone.state(), gone.version), (CommentState::Rejected, 2));
    // An escalation ends the lease, and leaves the comment as it was.
    ben.decide(verdict(&lost, Verdict::Escalate)).await.unwrap();
    let gone = soon("Ada is told", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::LeaseOver);
    assert_eq!((gone.comment_id, gone.version), (lost, 0));
    at_ada.leave().await.unwrap();
    desk.finish().await;
}

async fn watch(work: &mut Work, comments: &[(&str, u32)]) {
    let request_id = work.number();
    let comments = comments.iter().map(|(comment, version)| up::Seen {
        comment_id: (*comment).to_owned(),
        version: *version,
        site: String::new(),
    });
    let comments = comments.collect();
    work.say(Up::Watch(up::Watch {
        request_id,
        comments,
    }))
    .await;
    assert!(matches!(work.answer().await, Answer::Watched(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_decisions_on_what_is_seen_arrive_once_and_nothing_else() {
    let desk = Desk::with(2, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    // Ada holds nothing: she looks at the list.
    let start = starting(&["gazette"], 1, &[v1::Lane::Appeals]);
    let mut at_ada = ada.start(start).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(submit(&blog, "gazette", n).await);
    }
    ben.decide(verdict(&ids[0], Verdict::Approve))
        .await
        .unwrap();
    let seen: Vec<_> = ids[..3].iter().map(|id| (id.as_str(), 1)).collect();
    watch(&mut at_ada, &seen).await;
    let before = soon("what has changed before", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(before.comment_id, ids[0]);
    for (comment, said) in [
        (3, Verdict::Spam),
        (1, Verdict::Spam),
        (2, Verdict::Approve),
    ] {
        ben.decide(verdict(&ids[comment], said)).await.unwrap();
    }
    for comment in 1..3 {
        let gone = soon("what others decide", AT_ONCE, at_ada.withdrawn()).await;
        assert_eq!(
            gone.comment_id, ids[comment],
            "not the one that she does not see"
        );
        assert_eq!(gone.reason(), WithdrawalReason::DecidedByAnother);
        assert_eq!((gone.lease_token.as_str(), gone.version), ("", 2));
    }
    // What is undone has changed too.
    watch(&mut at_ada, &[(&ids[1], 2)]).await;
    let undo = v1::UndoDecisionRequest {
        site: "gazette".to_owned(),
        comment_id: ids[1].clone(),
        version: 2,
        note: String::new(),
    };
    ben.moderation.clone().undo_decision(undo).await.unwrap();
    let gone = soon("what is undone", AT_ONCE, at_ada.withdrawn()).await;
    assert_eq!(gone.reason(), WithdrawalReason::Changed);
    assert_eq!((gone.state(), gone.version), (CommentState::Pending, 3));
    assert_eq!(at_ada.leave().await.unwrap(), []);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_watched_is_bounded_and_named_right() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let mut work = ada.work("gazette", 1).await.unwrap();
    let seen = |comment_id: String, version, site: &str| up::Seen {
        comment_id,
        version,
        site: site.to_owned(),
    };
    let fresh = || CommentId::fresh().to_string();
    for comments in [
        (0..201).map(|_| seen(fresh(), 1, "")).collect(),
        vec![seen(fresh(), 0, "")],
        vec![seen(fresh(), 1, "herald")],
        vec![seen("17".to_owned(), 1, "")],
    ] {
        let request_id = work.number();
        work.say(Up::Watch(up::Watch {
            request_id,
            comments,
        }))
        .await;
        let refused = work.problem().await;
        assert_eq!(
            refused,
            (Code::InvalidArgument, "INVALID_FIELDS".to_owned())
        );
    }
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_tell_how_each_lane_of_each_site_stands() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(submit(&blog, "gazette", n).await);
    }
    move_to_lane(&desk, "gazette", &ids[0], Lane::Reported, 1);
    let key = desk
        .key(&["gazette", "herald"], v1::Role::Moderator, "ada")
        .await;
    let ada = desk.client(0, &key);
    let start = starting(&["herald", "gazette"], 1, &[v1::Lane::Appeals]);
    let mut work = ada.start(start).await.unwrap();
    let beat = until("a heartbeat", AT_ONCE, async || work.heartbeat().await).await;
    let sites: Vec<_> = beat.sites.iter().map(|queue| queue.site.as_str()).collect();
    assert_eq!(sites, ["herald", "gazette"]);
    for (queue, waiting) in beat.sites.iter().zip([[0; 4], [2, 1, 0, 0]]) {
        let lanes: Vec<_> = queue.lanes.iter().map(v1::LaneDepth::lane).collect();
        let all = [
            v1::Lane::Review,
            v1::Lane::Reported,
            v1::Lane::Escalated,
            v1::Lane::Appeals,
        ];
        assert_eq!(lanes, all);
        let depths: Vec<_> = queue.lanes.iter().map(|lane| lane.waiting).collect();
        assert_eq!(depths, waiting);
        for lane in &queue.lanes {
            assert_eq!(lane.oldest_waiting.is_some(), lane.waiting > 0);
        }
        assert!(queue.stats.is_some());
    }
    work.leave().await.unwrap();
    desk.finish().await;
}
