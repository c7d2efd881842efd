//! What is more than a verdict on one comment: a wave, an author, parts of a comment.

use super::*;
use crate::proto::v1::{
    BulkCounts, BulkDecideRequest, PendingAction, RedactCommentResponse, Standing,
    bulk_decide_request::Selector,
    bulk_decide_response::{Preview, Progress, Result as Done},
    subject::NamedBy,
};

fn of_a_wave() -> Session {
    let mut session = Session::new(place());
    session.opened();
    session.hear(said(Down::Item(wave_item("a"))));
    session.hear(said(Down::Item(item("b", "lease-b", "text"))));
    session
}

fn asked(session: &mut Session) -> Vec<Ask> {
    let asks = |effect| match effect {
        // What surrounds the comment is asked for too.
        Effect::Say(_) | Effect::Reopen | Effect::Quit | Effect::Ask(Ask::Context(_)) => None,
        Effect::Ask(ask) => Some(ask),
    };
    effects(session).into_iter().filter_map(asks).collect()
}

fn counts(decided: u32) -> Option<BulkCounts> {
    Some(BulkCounts {
        decided,
        ..BulkCounts::default()
    })
}

fn preview(session: &mut Session) {
    session.replied(Reply::Bulk(BulkNews::Preview(Preview {
        counts: counts(6),
        ..Preview::default()
    })));
}

#[test]
fn a_wave_is_decided_only_after_a_preview_and_a_yes() {
    let mut session = of_a_wave();
    press(&mut session, "vs");
    let wave = |validate_only| {
        Ask::Bulk(BulkDecideRequest {
            site: "daily".to_owned(),
            selector: Some(Selector::WaveId("4711".to_owned())),
            verdict: Verdict::Spam.into(),
            validate_only,
            ..BulkDecideRequest::default()
        })
    };
    assert_eq!(asked(&mut session), [wave(true)]);
    press(&mut session, "y");
    assert_eq!(asked(&mut session), [], "nothing was shown yet");
    preview(&mut session);
    for key in ["s", "a", "r", "k", "u"] {
        press(&mut session, key);
        assert_eq!(asked(&mut session), [], "{key} is no yes");
    }
    press(&mut session, "y");
    assert_eq!(asked(&mut session), [wave(false)]);
    press(&mut session, "y");
    assert_eq!(asked(&mut session), [], "once");

    session.replied(Reply::Bulk(BulkNews::Progress(Progress {
        counts: counts(2),
        total: 6,
    })));
    assert!(session.is_bulk_running());
    press(&mut session, "⎋k");
    assert_eq!(
        session.shown(),
        Some("b"),
        "others can be decided meanwhile"
    );
    session.replied(Reply::Bulk(BulkNews::Done(Done {
        operation_id: "op".to_owned(),
        counts: counts(6),
        ..Done::default()
    })));
    assert_eq!(session.shown(), Some("b"));
    assert_eq!(session.decided.get("IN BULK"), Some(&6));
    press(&mut session, "uu");
    let undo = asked(&mut session);
    assert!(
        matches!(undo.as_slice(), [Ask::UndoBulk(_, request)] if request.operation_id == "op"),
        "{undo:?}"
    );
    let undone = Undone {
        now: "5 as before, 1 changed since".to_owned(),
        comments: 5,
    };
    session.replied(Reply::Undone(1, Ok(undone)));
    assert_eq!(session.decided.get("IN BULK"), Some(&1));
}

#[test]
fn a_waves_rejection_asks_for_one_of_the_sites_reasons() {
    let mut session = of_a_wave();
    session.replied(Reply::Desks(vec![desk("daily")]));
    press(&mut session, "vr");
    assert_eq!(
        asked(&mut session),
        [],
        "without a reason nothing is previewed"
    );
    press(&mut session, "⎋");
    assert_eq!(session.mode, Mode::Wave);
    press(&mut session, "rnspam club⏎2");
    assert_eq!(session.mode, Mode::Wave);
    let wave = |validate_only| {
        Ask::Bulk(BulkDecideRequest {
            site: "daily".to_owned(),
            selector: Some(Selector::WaveId("4711".to_owned())),
            verdict: Verdict::Reject.into(),
            reason_code: "insult".to_owned(),
            note: "spam club".to_owned(),
            validate_only,
            ..BulkDecideRequest::default()
        })
    };
    assert_eq!(asked(&mut session), [wave(true)]);
    preview(&mut session);
    press(&mut session, "y");
    assert_eq!(asked(&mut session), [wave(false)]);
}

#[test]
fn a_preview_that_is_put_away_decides_nothing_when_it_comes() {
    let mut session = of_a_wave();
    press(&mut session, "vs⎋");
    asked(&mut session);
    preview(&mut session);
    assert_eq!(session.bulk, None);
    press(&mut session, "y");
    assert_eq!(asked(&mut session), []);
    press(&mut session, "s");
    preview(&mut session);
    asked(&mut session);
    session.lost(Link::Down("lost".to_owned()));
    press(&mut session, "y");
    assert_eq!(asked(&mut session), [], "not while nothing is connected");
}

#[test]
fn a_comment_of_no_wave_has_no_key_for_one() {
    let mut session = with_items(&["a"]);
    press(&mut session, "v");
    assert_eq!(session.mode, Mode::Item);
    assert_eq!(notice(&session), "v does nothing here");
}

#[test]
fn an_author_is_banned_only_after_a_second_look() {
    // Keys, and what is set by them: standing, days, what waits.
    let table = [
        ("b⏎y", Some((Standing::Banned, None, PendingAction::Reject))),
        (
            "b↓  ⏎y",
            Some((Standing::Banned, Some(7), PendingAction::Reject)),
        ),
        (
            "b↓↓  ⏎y",
            Some((Standing::Banned, None, PendingAction::Leave)),
        ),
        (
            "b ↓ ⏎y",
            Some((Standing::Held, Some(1), PendingAction::Leave)),
        ),
        (
            "b  ⏎y",
            Some((Standing::Trusted, None, PendingAction::Leave)),
        ),
        (
            "b   ⏎y",
            Some((Standing::Normal, None, PendingAction::Leave)),
        ),
        ("by", None),
        ("b⏎⏎", None),
        ("b⏎⎋y", None),
        ("b⎋", None),
    ];
    for (keys, wanted) in table {
        let mut session = with_items(&["a"]);
        press(&mut session, keys);
        let asked = asked(&mut session);
        let found = match asked.as_slice() {
            [Ask::Standing(request)] => {
                let named = request.subject.as_ref().and_then(|it| it.named_by.as_ref());
                assert!(matches!(named, Some(NamedBy::Comment(of)) if of.comment_id == "a"));
                let days = request.until.as_ref().map(|until| until.seconds / 86_400);
                Some((request.standing(), days, request.pending()))
            }
            _ => None,
        };
        assert_eq!(found, wanted, "{keys}");
        assert_eq!(
            session.shown(),
            Some("a"),
            "the comment is still to be decided"
        );
    }
}

#[test]
fn a_ban_says_why() {
    let mut session = with_items(&["a"]);
    press(&mut session, "bninsults⏎⏎y");
    let asked = asked(&mut session);
    assert!(
        matches!(asked.as_slice(), [Ask::Standing(request)] if request.reason == "insults"),
        "{asked:?}"
    );
    session.replied(Reply::StandingSet(Err("no such subject".to_owned())));
    assert_eq!(
        notice(&session),
        "the author stands as before: no such subject"
    );
}

#[test]
fn an_article_is_closed_or_opened_after_a_question() {
    for (keys, wanted) in [
        ("cy", Some(false)),
        ("co", Some(true)),
        ("c⎋y", None),
        ("c⏎", None),
    ] {
        let mut session = with_items(&["a"]);
        press(&mut session, keys);
        let found = match asked(&mut session).as_slice() {
            [Ask::Thread(request)] if request.thread_id == "tram-line" => Some(request.reopen),
            _ => None,
        };
        assert_eq!(found, wanted, "{keys}");
    }
}

#[test]
fn marked_words_are_blacked_out_and_the_comment_stays() {
    let mut session = Session::new(place());
    session.opened();
    session.hear(said(Down::Item(item(
        "a",
        "lease-a",
        "Call me\nat 555 1234, Ada!",
    ))));
    press(&mut session, "x⏎");
    assert_eq!(asked(&mut session), [], "nothing is marked");
    press(&mut session, "→→→  ⏎");
    let texts = match asked(&mut session).as_slice() {
        [Ask::Redact(request)] if request.version == 1 => request.texts.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(texts, ["555 1234,"]);
    let redacted = RedactCommentResponse {
        body: "Call me\nat […] Ada!".to_owned(),
        version: 2,
        ..RedactCommentResponse::default()
    };
    session.replied(Reply::Redacted("a".to_owned(), Ok(redacted)));
    press(&mut session, "a");
    let sent = messages(&mut session);
    assert!(
        matches!(sent.as_slice(), [Up::Decide(decide)] if decide.version == 2),
        "{sent:?}"
    );
}

#[test]
fn what_surrounds_a_comment_is_asked_anew_after_a_deed_of_ones_own() {
    let mut session = of_a_wave();
    let asks_context = |session: &mut Session| {
        let asked = effects(session).into_iter();
        asked
            .filter(|effect| matches!(effect, Effect::Ask(Ask::Context(_))))
            .count()
    };
    press(&mut session, "w");
    assert_eq!(asks_context(&mut session), 1);
    let known = Surroundings::Known(Box::default());
    session.replied(Reply::Context("a".to_owned(), known));
    assert_eq!(asks_context(&mut session), 0);
    session.hear(said(answer_to(1, answer::Result::Noted(Noted {}))));
    assert_eq!(asks_context(&mut session), 1);
    let is_known = matches!(session.surroundings, Some(Surroundings::Known(_)));
    assert!(is_known, "what is known stands meanwhile");
    session.replied(Reply::StandingSet(Ok("banned".to_owned())));
    assert_eq!(asks_context(&mut session), 1);
}
