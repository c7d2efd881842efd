//! What is chosen, listed and previewed.

use super::*;
use crate::proto::v1::{
    BulkCounts,
    bulk_decide_response::{Preview, Progress, Result as Done},
};

#[test]
fn what_is_chosen_or_written_stands_below_the_comment() {
    let mut screens = Vec::new();
    let mut reasons = session(BODY);
    press(&mut reasons, "r↓");
    screens.push(screen(&reasons, 80, 24));
    press(&mut reasons, "nshe was warned before");
    screens.push(screen(&reasons, 80, 24));
    let mut note = session(BODY);
    press(&mut note, "nlooks like the one of yesterday");
    screens.push(screen(&note, 80, 24));
    insta::assert_snapshot!("chosen_80x24", screens.join("\n========\n"));
}

#[test]
fn what_was_decided_is_listed_with_what_became_of_it() {
    let mut session = session(BODY);
    session.hear(said(Down::Item(item("c", "lease-c", "A third."))));
    press(&mut session, "as");
    let approved = decided("a", 1, Verdict::Approve, CommentState::Approved);
    session.hear(said(approved));
    session.hear(said(decided("b", 2, Verdict::Spam, CommentState::Spam)));
    press(&mut session, "uu");
    session.replied(Reply::Undone(2, Err("something came after it".to_owned())));
    session.tick(now() + Duration::from_secs(95));
    insta::assert_snapshot!("undo_80x24", screen(&session, 80, 24));
}

#[test]
fn lanes_and_sites_are_chosen_with_what_waits_there() {
    let mut session = session(BODY);
    press(&mut session, "l↓ ↓↓");
    insta::assert_snapshot!("lanes_80x24", screen(&session, 80, 24));
}

#[test]
fn the_author_is_chosen_for_with_how_they_stand_now() {
    let mut session = session(BODY);
    press(&mut session, "b↓ ");
    let mut session = with_surroundings(session, (80, 24));
    let mut screens = vec![screen(&session, 80, 24)];
    press(&mut session, "⏎");
    screens.push(screen(&session, 80, 24));
    insta::assert_snapshot!("author_80x24", screens.join("\n========\n"));
}

#[test]
fn closing_an_article_is_asked_for_with_its_title() {
    let mut session = session(BODY);
    press(&mut session, "c");
    insta::assert_snapshot!("close_80x24", screen(&session, 80, 24));
}

#[test]
fn words_are_marked_where_they_stand() {
    let mut session = session(BODY);
    press(&mut session, "x→→  →");
    insta::assert_snapshot!("black_out_80x24", screen(&session, 80, 24));
}

#[test]
fn a_wave_is_shown_previewed_and_followed_to_its_end() {
    let mut session = session(BODY);
    press(&mut session, "k");
    session.hear(said(Down::Item(wave_item("c"))));
    press(&mut session, "kv");
    session.resize(80, 24);
    while session.next_effect().is_some() {}
    let known = Surroundings::Known(Box::new(surroundings()));
    session.replied(Reply::Context("c".to_owned(), known));
    let mut screens = vec![screen(&session, 80, 24)];
    press(&mut session, "s");
    let counts = |decided| {
        Some(BulkCounts {
            decided,
            already_decided: 1,
            held_by_another: 2,
            ..BulkCounts::default()
        })
    };
    let news = [
        BulkNews::Preview(Preview {
            counts: counts(4),
            left: 0,
            examples: vec![
                surroundings::member(2, CommentState::Pending),
                surroundings::member(3, CommentState::Pending),
            ],
        }),
        BulkNews::Progress(Progress {
            counts: counts(1),
            total: 7,
        }),
        BulkNews::Done(Done {
            counts: counts(4),
            ..Done::default()
        }),
        BulkNews::Failed("the store is away".to_owned()),
    ];
    for news in news {
        session.replied(Reply::Bulk(news));
        screens.push(screen(&session, 80, 24));
    }
    insta::assert_snapshot!("wave_80x24", screens.join("\n========\n"));
}
