//! Later members of a decided wave follow the decision, and say so.

use replydesk::{
    comment::{
        ids::CommentId,
        limits::{Limit, Limits},
        observed::{Fingerprints, Observed},
        stored::ThreadDetails,
    },
    proto::v1::{CommentState, Outcome, ReasonCode, Verdict, bulk_decide_request::Selector},
    store::{
        connection::Store,
        submit::{NewComment, Stored},
    },
};

use super::{SITE, of_wave, submit_wave};
use crate::harness::{
    Desk,
    bulk::order,
    comments::{everything_waits, nth},
};

#[tokio::test(flavor = "multi_thread")]
async fn later_members_follow_until_the_decision_is_undone() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let (_, wave) = submit_wave(&blog, 0..3).await;
    for (verdict, outcome) in [
        (Verdict::Spam, Outcome::Spam),
        (Verdict::Reject, Outcome::Rejected),
        (Verdict::Approve, Outcome::Approved),
    ] {
        let request = order(SITE, Selector::WaveId(wave.clone()), verdict);
        ada.bulk(request.clone()).await.unwrap();
        let later = of_wave(100 + verdict as usize);
        let id = later.comment_id.clone();
        let answer = blog.submit(later).await.unwrap();
        assert_eq!(answer.outcome(), outcome);
        let reasons: Vec<_> = answer
            .reasons
            .iter()
            .map(|r| (r.code(), &r.detail))
            .collect();
        assert_eq!(reasons, [(ReasonCode::WaveDecided, &request.operation_id)]);
        assert_eq!(blog.get(SITE, &id).await.wave_id, wave);
        let other = blog.submit(nth(SITE, verdict as usize)).await.unwrap();
        assert_eq!(other.outcome(), Outcome::Pending);

        ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
        let answer = blog.submit(of_wave(200 + verdict as usize)).await.unwrap();
        assert_eq!(answer.outcome(), Outcome::Pending);
        assert_eq!(blog.get(SITE, &id).await.version, 1, "who followed stays");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_decision_on_a_wave_is_followed_whatever_is_undone_of_earlier_ones() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let (_, wave) = submit_wave(&blog, 0..3).await;
    let selector = || Selector::WaveId(wave.clone());
    let first = order(SITE, selector(), Verdict::Spam);
    ada.bulk(first.clone()).await.unwrap();
    let second = order(SITE, selector(), Verdict::Reject);
    ada.bulk(second).await.unwrap();
    ada.undo_bulk(SITE, &first.operation_id).await.unwrap();
    let answer = blog.submit(of_wave(50)).await.unwrap();
    assert_eq!(answer.state(), CommentState::Rejected);
    // What concerns a part of a wave only says nothing of what comes.
    let mut part = order(SITE, selector(), Verdict::Approve);
    part.thread_id = "article-0".to_owned();
    ada.bulk(part).await.unwrap();
    let answer = blog.submit(of_wave(51)).await.unwrap();
    assert_eq!(answer.state(), CommentState::Rejected);
    desk.finish().await;
}

/// Between a submission's read and its write the wave is decided, or that is undone.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_judged_before_a_decision_is_judged_again() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let (ids, wave) = submit_wave(&blog, 0..3).await;
    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let site = SITE.parse().unwrap();
    let like = store.comment(&site, ids[0].parse().unwrap()).await.unwrap();
    let content = like.unwrap().content;
    let sketch: Vec<u64> = desk
        .redis
        .keys()
        .iter()
        .filter_map(|key| key.strip_prefix(b"{gazette}:m:"))
        .map(|part| (part[0], u64::from_le_bytes(part[1..].try_into().unwrap())))
        .collect::<std::collections::BTreeMap<_, _>>()
        .into_values()
        .collect();
    let prints = Fingerprints {
        sketch,
        ..Fingerprints::default()
    };
    let limit = Limit::new(Limit::MAX, Limit::MAX).unwrap();
    let limits = Limits {
        author: limit,
        ip_address: limit,
        thread: limit,
        site: limit,
    };
    let observe = async || {
        let seen = store.observe(&site, &content.thread, &prints, &limits, 1);
        seen.await.unwrap()
    };
    let submit = async |seen: &Observed| {
        let new = NewComment {
            site: &site,
            id: CommentId::fresh(),
            digest: [7; 8],
            outcome: replydesk::comment::state::Outcome::Pending,
            content: &content,
            thread: &ThreadDetails::default(),
            contact: None,
            prints: &prints,
            thread_words: None,
            wave_decision: seen.wave_decision.as_ref(),
            subject_marks: &seen.subject_marks,
            named: &[],
            limits: &limits,
            close_threads_after: None,
            judged_at: Some(seen.versions),
            due_in: None,
            only_check: true,
        };
        store.submit(&new).await.unwrap()
    };
    let before = observe().await;
    assert!(before.near_duplicates >= 2 && before.wave_decision.is_none());
    let request = order(SITE, Selector::WaveId(wave), Verdict::Spam);
    ada.bulk(request.clone()).await.unwrap();
    assert!(matches!(submit(&before).await, Stored::Stale { .. }));
    let decided = observe().await;
    assert_eq!(
        decided
            .wave_decision
            .as_ref()
            .unwrap()
            .operation
            .to_string(),
        request.operation_id
    );
    assert!(matches!(submit(&decided).await, Stored::Admitted { .. }));
    ada.undo_bulk(SITE, &request.operation_id).await.unwrap();
    assert!(matches!(submit(&decided).await, Stored::Stale { .. }));
    assert!(matches!(submit(&before).await, Stored::Admitted { .. }));
    desk.finish().await;
}
