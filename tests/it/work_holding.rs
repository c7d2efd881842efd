//! What a moderator does with an item in hand, or without one: pauses, skips, notes, verdicts, holding for too long.

use std::time::Duration;

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{
        self, AuditAction, Verdict, WithdrawalReason, work_queue_request as up,
        work_queue_request::Message as Up, work_queue_response::Message as Down,
        work_queue_response::answer::Result as Answer,
    },
};
use tonic::Code;

use crate::harness::{
    Desk,
    comments::everything_waits,
    sessions::{NO_POLL, id, next_item, starting, submit},
};

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
