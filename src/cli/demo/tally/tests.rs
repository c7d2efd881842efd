use super::*;
use crate::proto::v1::{CommentState, Outcome, Verdict};

fn change(id: &str, version: u32, state: CommentState) -> Event {
    let cause = if version == 1 {
        event::Cause::Submitted(event::Submitted::default())
    } else {
        event::Cause::Decided(event::Decided::default())
    };
    Event {
        cursor: format!("{id}-{version}"),
        comment_id: id.to_owned(),
        version,
        state: state.into(),
        cause: Some(cause),
        ..Event::default()
    }
}

fn one_stored_and_decided() -> Tally {
    let mut tally = Tally::new(2);
    let response = SubmitCommentResponse {
        outcome: Outcome::Pending.into(),
        ..Default::default()
    };
    tally.stored(Some("ham"), &response);
    tally.refused(Some("spam"), "duplicate".to_owned());
    let decision = Decision {
        version: 2,
        verdict: Verdict::Approve.into(),
        ..Decision::default()
    };
    tally.decided(1, &decision);
    tally.event(change("a", 1, CommentState::Pending));
    tally.event(change("a", 2, CommentState::Approved));
    tally.queue.approved = 1;
    tally
}

#[test]
fn what_adds_up_has_no_breach() {
    assert_eq!(one_stored_and_decided().breaches(), Vec::<String>::new());
}

#[test]
fn each_way_not_to_add_up_is_named() {
    type Damage = fn(&mut Tally);
    let table: [(Damage, &str); 6] = [
        (|t| t.total = 3, "comments there are"),
        (|t| t.failed("lost".to_owned()), "lost"),
        (
            |t| t.event(change("a", 2, CommentState::Approved)),
            "version 2 of comment a after version 2",
        ),
        (
            |t| t.event(change("b", 1, CommentState::Pending)),
            "events in the feed",
        ),
        (|t| t.changes = 0, "stored + new versions"),
        (|t| t.queue.spam = 1, "SPAM by the feed"),
    ];
    for (damage, says) in table {
        let mut tally = one_stored_and_decided();
        damage(&mut tally);
        let breaches = tally.breaches().join("; ");
        assert!(breaches.contains(says), "{says}: {breaches}");
    }
}
