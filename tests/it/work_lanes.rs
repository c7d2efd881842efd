//! A moderator's stream for lanes: the earliest due of them first, and each lane for those whom it is for.

use replydesk::{
    comment::lane::Lane,
    proto::v1::{
        self, CommentState, Verdict, work_queue_request as up, work_queue_request::Message as Up,
        work_queue_response::answer::Result as Answer,
    },
};

use crate::harness::{
    Desk,
    comments::everything_waits,
    sessions::{NO_POLL, id, move_to_lane, next_item, starting, submit, verdict},
};

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
async fn an_appeal_comes_to_another_moderator_than_the_one_who_decided() {
    let desk = Desk::with(2, &[("moderation.poll_ms", "100")]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let ben = desk.moderator(1, "gazette", "ben").await;
    let mut ids = Vec::new();
    let due = |n: usize| 1_000 + i64::try_from(n).unwrap();
    for n in 0..3 {
        let comment = submit(&blog, "gazette", n).await;
        let who = if n == 2 { &ben } else { &ada };
        who.decide(verdict(&comment, Verdict::Reject))
            .await
            .unwrap();
        blog.appeal("gazette", &comment, 2, "Why?").await.unwrap();
        move_to_lane(&desk, "gazette", &comment, Lane::Appeals, due(n));
        ids.push(comment);
    }
    let start = || starting(&["gazette"], 3, &[v1::Lane::Appeals]);
    let mut at_ada = ada.start(start()).await.unwrap();
    // Behind two that are not for her.
    assert_eq!(id(&next_item(&mut at_ada).await), ids[2]);
    let mut at_ben = ben.start(start()).await.unwrap();
    for expected in &ids[..2] {
        assert_eq!(id(&next_item(&mut at_ben).await), *expected);
    }
    // When he gives them back, they are still not for her.
    assert_eq!(at_ben.leave().await.unwrap(), []);
    let request_id = at_ada.number();
    at_ada.say(Up::Pause(up::Pause { request_id })).await;
    assert!(matches!(at_ada.answer().await, Answer::Paused(_)));
    let request_id = at_ada.number();
    at_ada.say(Up::Resume(up::Resume { request_id })).await;
    assert!(matches!(at_ada.answer().await, Answer::Resumed(_)));
    assert_eq!(id(&next_item(&mut at_ada).await), ids[2]);
    assert_eq!(at_ada.leave().await.unwrap(), []);
    desk.finish().await;
}
