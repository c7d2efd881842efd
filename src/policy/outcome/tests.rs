//! The rules as a table: every line is one comment under one policy.

use proptest::prelude::*;

use super::*;

mod standing;

const NEVER: f64 = 0.5;

/// A policy from what differs from: no first comment held, the words `casino` (hold) and `forbidden` (reject).
fn policy(toml: &str) -> Policy {
    let base = "hold_words = ['Casino']\nreject_words = ['Forbidden fruit']\n";
    let first = if toml.contains("hold_first_comment") {
        ""
    } else {
        "hold_first_comment = false\n"
    };
    Policy::from_toml(&format!("{base}{first}{toml}")).unwrap()
}

fn facts(probability: f64, text: &str) -> Facts<'_> {
    Facts {
        probability: Probability::new(probability).unwrap(),
        history: AuthorHistory::default(),
        standings: Standings::default(),
        has_author_identity: true,
        links: 0,
        folded_text: text,
        wave_decision: None,
        draw: NEVER,
        thread_mode: None,
    }
}

/// `OUTCOME reason(detail) … [queued|queued last|-]`, as the table writes it.
fn shown(decided: &Decided) -> String {
    let reasons: Vec<String> = decided
        .reasons
        .iter()
        .map(|reason| format!("{:?}({})", reason.code, reason.detail))
        .collect();
    let queue = match (decided.queued, decided.queue_last) {
        (true, true) => "queued last",
        (true, false) => "queued",
        (false, _) => "-",
    };
    format!("{:?} {} {queue}", decided.outcome, reasons.join(" "))
}

#[test]
fn the_rules_hold_as_written() {
    let (pre, post, automatic) = ("mode = 'pre'", "mode = 'post'", "mode = 'automatic'");
    let (plain, held, rejected) = ("a word", "the casino", "the forbidden fruit of a casino");
    for (mode, probability, text, expected) in [
        (pre, 0.0, plain, "Pending PreModeration() queued"),
        (pre, 0.949, plain, "Pending PreModeration() queued"),
        (
            pre,
            0.95,
            plain,
            "Spam ScoreHigh(0.95) PreModeration() queued last",
        ),
        (
            pre,
            0.5,
            held,
            "Pending PreModeration() HeldWord(Casino) queued",
        ),
        (
            pre,
            0.0,
            rejected,
            "Rejected RejectedWord(Forbidden fruit) -",
        ),
        (post, 0.0, plain, "Approved PostModeration() queued"),
        (post, 0.949, plain, "Approved PostModeration() queued"),
        (post, 0.97, plain, "Spam ScoreHigh(0.97) -"),
        (post, 0.0, held, "Pending HeldWord(Casino) queued"),
        (
            post,
            1.0,
            rejected,
            "Rejected RejectedWord(Forbidden fruit) -",
        ),
        (automatic, 0.20, plain, "Approved ScoreLow(0.20) -"),
        (
            automatic,
            0.2001,
            plain,
            "Pending ScoreUncertain(0.20) queued",
        ),
        (
            automatic,
            0.949,
            plain,
            "Pending ScoreUncertain(0.95) queued",
        ),
        (automatic, 0.95, plain, "Spam ScoreHigh(0.95) -"),
        (automatic, 0.0, held, "Pending HeldWord(Casino) queued"),
        (automatic, 0.99, held, "Spam ScoreHigh(0.99) -"),
        (
            automatic,
            0.0,
            rejected,
            "Rejected RejectedWord(Forbidden fruit) -",
        ),
    ] {
        let decided = policy(mode).decide(&facts(probability, text));
        assert_eq!(shown(&decided), expected, "{mode} {probability} {text:?}");
    }
}

#[test]
fn links_above_the_most_are_held() {
    for (links, expected) in [
        (2, "Approved ScoreLow(0.10) -"),
        (3, "Pending TooManyLinks(3 of at most 2) queued"),
    ] {
        let facts = Facts {
            links,
            ..facts(0.1, "")
        };
        assert_eq!(shown(&policy("").decide(&facts)), expected);
    }
}

#[test]
fn a_first_comment_is_one_without_an_approved_one_before() {
    let history = |approved, pending| AuthorHistory::new([pending, approved, 0, 0, 0, 0], None);
    for (history, known, expected) in [
        (history(0, 0), true, "Pending FirstComment() queued"),
        (history(0, 9), true, "Pending FirstComment() queued"),
        (history(1, 0), true, "Approved ScoreLow(0.10) -"),
        (
            history(0, 0),
            false,
            "Pending FirstComment(no account or e-mail address to know the author by) queued",
        ),
    ] {
        let facts = Facts {
            history,
            has_author_identity: known,
            ..facts(0.1, "")
        };
        let decided = policy("hold_first_comment = true").decide(&facts);
        assert_eq!(shown(&decided), expected);
    }
}

#[test]
fn later_members_follow_what_was_decided_of_their_wave() {
    use crate::comment::ids::OperationId;
    let operation = "01890a5d-ac96-774b-bcce-b302099a8057";
    let followed = |outcome: &str| format!("{outcome} WaveDecided({operation}) -");
    let (approve, reject, spam) = (Verdict::Approve, Verdict::Reject, Verdict::Spam);
    for (verdict, mode, probability, links, text, expected) in [
        (spam, "pre", 0.1, 0, "a word", followed("Spam")),
        (spam, "automatic", 0.01, 9, "a casino", followed("Spam")),
        (reject, "post", 0.99, 0, "a word", followed("Rejected")),
        (
            spam,
            "automatic",
            0.1,
            0,
            "forbidden fruit",
            "Rejected RejectedWord(Forbidden fruit) -".to_owned(),
        ),
        // A first comment too.
        (approve, "pre", 0.5, 0, "a word", followed("Approved")),
        (
            approve,
            "automatic",
            0.5,
            0,
            "a casino",
            "Pending HeldWord(Casino) FirstComment() queued".to_owned(),
        ),
        (
            approve,
            "automatic",
            0.5,
            3,
            "a word",
            "Pending TooManyLinks(3 of at most 2) FirstComment() queued".to_owned(),
        ),
        (
            approve,
            "automatic",
            0.99,
            0,
            "a word",
            "Spam ScoreHigh(0.99) -".to_owned(),
        ),
    ] {
        let decision = WaveDecision {
            operation: operation.parse::<OperationId>().unwrap(),
            verdict,
        };
        let facts = Facts {
            links,
            wave_decision: Some(&decision),
            ..facts(probability, text)
        };
        let policy = policy(&format!("mode = '{mode}'\nhold_first_comment = true"));
        assert_eq!(
            shown(&policy.decide(&facts)),
            expected,
            "{verdict:?} {mode} {probability} {text}"
        );
    }
}

#[test]
fn all_rules_that_hold_are_told_the_most_telling_first() {
    let facts = Facts {
        links: 5,
        ..facts(0.5, "casino")
    };
    assert_eq!(
        shown(&policy("hold_first_comment = true").decide(&facts)),
        "Pending HeldWord(Casino) TooManyLinks(5 of at most 2) FirstComment() queued"
    );
}

#[test]
fn a_thread_s_own_mode_decides_and_is_told_where_it_differs() {
    use ModerationMode::{Automatic, Post, Pre};
    for (site, thread, probability, expected) in [
        (
            "automatic",
            Pre,
            0.0,
            "Pending PreModeration() ThreadModerated(pre) queued",
        ),
        (
            "automatic",
            Pre,
            0.99,
            "Spam ScoreHigh(0.99) PreModeration() ThreadModerated(pre) queued last",
        ),
        (
            "post",
            Automatic,
            0.5,
            "Pending ScoreUncertain(0.50) ThreadModerated(automatic) queued",
        ),
        (
            "pre",
            Post,
            0.5,
            "Approved PostModeration() ThreadModerated(post) queued",
        ),
        ("pre", Pre, 0.0, "Pending PreModeration() queued"),
        ("automatic", Automatic, 0.0, "Approved ScoreLow(0.00) -"),
    ] {
        let facts = Facts {
            thread_mode: Some(thread),
            ..facts(probability, "")
        };
        let decided = policy(&format!("mode = '{site}'")).decide(&facts);
        assert_eq!(shown(&decided), expected, "{site} {thread:?} {probability}");
    }
    let word = Facts {
        thread_mode: Some(Post),
        ..facts(0.0, "the forbidden fruit")
    };
    assert_eq!(
        shown(&policy("mode = 'pre'").decide(&word)),
        "Rejected RejectedWord(Forbidden fruit) -"
    );
}

#[test]
fn of_the_extremes_a_share_is_drawn_by_default_every_fiftieth() {
    for (mode, probability, draw, expected) in [
        (
            "mode = 'automatic'",
            0.1,
            0.0199,
            "Approved ScoreLow(0.10) Sampled() queued",
        ),
        ("mode = 'automatic'", 0.1, 0.02, "Approved ScoreLow(0.10) -"),
        (
            "mode = 'automatic'",
            0.99,
            0.0,
            "Spam ScoreHigh(0.99) Sampled() queued",
        ),
        (
            "mode = 'post'",
            0.99,
            0.0,
            "Spam ScoreHigh(0.99) Sampled() queued",
        ),
        (
            "mode = 'post'",
            0.1,
            0.0,
            "Approved PostModeration() queued",
        ),
        ("sampled_share = 0", 0.1, 0.0, "Approved ScoreLow(0.10) -"),
        (
            "sampled_share = 1",
            0.99,
            0.999_999,
            "Spam ScoreHigh(0.99) Sampled() queued",
        ),
        (
            "mode = 'pre'",
            0.99,
            0.0,
            "Spam ScoreHigh(0.99) PreModeration() queued last",
        ),
        (
            "mode = 'automatic'",
            0.5,
            0.0,
            "Pending ScoreUncertain(0.50) queued",
        ),
    ] {
        let facts = Facts {
            draw,
            ..facts(probability, "")
        };
        assert_eq!(
            shown(&policy(mode).decide(&facts)),
            expected,
            "{mode} {draw}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_the_facts_nobody_is_left_without_a_reason_or_a_moderator(
        mode in prop::sample::select(vec!["pre", "post", "automatic"]),
        first: bool,
        probability in 0.0..=1.0f64,
        links in 0usize..5,
        draw in 0.0..1.0f64,
        text in prop::sample::select(vec!["", "a casino", "forbidden fruit"]),
    ) {
        let policy = policy(&format!("mode = '{mode}'\nhold_first_comment = {first}"));
        let decided = policy.decide(&Facts { links, draw, ..facts(probability, text) });
        prop_assert!(!decided.reasons.is_empty());
        prop_assert!(decided.outcome != Outcome::Pending || decided.queued);
        prop_assert!(decided.queued || !decided.queue_last);
    }
}
