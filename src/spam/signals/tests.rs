mod fields;

use super::*;
use crate::comment::{
    draft::{Draft, Fields},
    fields::RequiredFields,
    ids::CommentId,
    observed::{AuthorHistory, SeenThread},
    state::Timestamp,
};

const NOW: i64 = 1_700_000_000_000;

fn submission(change: impl FnOnce(&mut Fields)) -> Submission {
    let mut fields = Fields {
        comment_id: CommentId::fresh().to_string(),
        thread_id: "bridge".to_owned(),
        display_name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        body: "See http://example.org/a for the plans".to_owned(),
        ..Fields::default()
    };
    change(&mut fields);
    let draft = Draft {
        site: "gazette".parse().unwrap(),
        fields,
        validate_only: false,
    };
    Submission::parse(&draft, &RequiredFields::default()).unwrap()
}

fn observed() -> Observed {
    Observed {
        now: Timestamp(NOW),
        ..Observed::default()
    }
}

fn log_odds(submission: &Submission, observed: &Observed) -> f64 {
    let signals = Signals::of(submission, &Content::of(submission), observed);
    let parts = Signal::ALL.map(|signal| signal.prior_weight() * signals.value(signal));
    parts.iter().sum()
}

#[test]
fn what_is_unknown_says_nothing() {
    assert_eq!(Signals::default().to_bytes(), [FORMAT]);
    let submission = submission(|fields| fields.form_opened_at = None);
    let known = [
        Signal::FirstComment,
        Signal::EmailOwn,
        Signal::LinkShare,
        Signal::LinkDomains,
    ];
    assert_eq!(
        found(&submission, &observed()),
        known,
        "its link, and the address"
    );
}

#[test]
fn a_large_wave_says_as_much_as_a_huge_one() {
    let of = |near_duplicates| {
        let seen = Observed {
            near_duplicates,
            ..observed()
        };
        log_odds(&submission(|_| {}), &seen)
    };
    assert!(of(3) < of(20) && of(20) < of(30));
    assert_eq!([of(31), of(1_000), of(u32::MAX)], [of(30); 3]);
    assert!(of(u32::MAX) - of(0) < 5.5);
}

#[test]
fn a_filled_honeypot_or_a_wave_weighs_more_than_any_history() {
    let regular = AuthorHistory::new([0, 500, 0, 0, 0, 0], None);
    let trusted = Observed {
        history: regular,
        ..observed()
    };
    let honest = submission(|_| {});
    assert!(log_odds(&honest, &trusted) < -3.0);
    let trap = submission(|fields| fields.honeypot = "x".to_owned());
    assert!(log_odds(&trap, &trusted) > 1.0);
    let wave = Observed {
        near_duplicates: 50,
        ..trusted
    };
    assert!(log_odds(&honest, &wave) > 1.0);
}

#[test]
fn each_fact_moves_the_score_its_way() {
    let base = log_odds(&submission(|_| {}), &observed());
    let spammer = AuthorHistory::new([0, 0, 0, 3, 0, 0], None);
    for worse in [
        Observed {
            history: spammer,
            ..observed()
        },
        Observed {
            author_recent: 3.0,
            ..observed()
        },
        Observed {
            ip_recent: 9.0,
            ..observed()
        },
        Observed {
            link_host_recent: 20,
            ..observed()
        },
        Observed {
            near_duplicates: 3,
            ..observed()
        },
    ] {
        assert!(
            log_odds(&submission(|_| {}), &worse) > base + 0.4,
            "{worse:?}"
        );
    }
    let linkless = submission(|fields| fields.body = "No link here".to_owned());
    let busy = Observed {
        link_host_recent: 20,
        ..observed()
    };
    assert!(!found(&linkless, &busy).contains(&Signal::LinkHostRecent));
}

#[test]
fn only_a_form_sent_faster_than_people_type_is_hurried() {
    let value = |opened: i64| {
        let submission = submission(|fields| fields.form_opened_at = Some(Ok(Timestamp(opened))));
        Signals::of(&submission, &Content::of(&submission), &observed()).value(Signal::Hurried)
    };
    assert!(value(NOW - 500) > 0.95);
    assert!(value(NOW - 4_000) > value(NOW - 7_000));
    for unhurried in [
        NOW - 8_000,
        NOW - 86_400_000,
        NOW + 60_000,
        i64::MIN,
        i64::MAX,
    ] {
        assert!(value(unhurried).abs() < 1e-9, "{unhurried}");
    }
}

#[test]
fn signals_survive_their_record() {
    let seen = Observed {
        near_duplicates: 7,
        ip_recent: 2.5,
        ..observed()
    };
    let submission = submission(|fields| fields.honeypot = "x".to_owned());
    let signals = Signals::of(&submission, &Content::of(&submission), &seen);
    assert_eq!(Signals::from_bytes(&signals.to_bytes()), Some(signals));
    assert!((signals.value(Signal::NearDuplicates) - libm::log1p(7.0)).abs() < 0.03);
    assert!(
        signals.to_bytes().len() <= 20,
        "zeros at the end take no place"
    );
    assert_eq!(Signals::from_bytes(&[2]), Some(Signals::default()));
    for bad in [&[][..], &[0], &[3, 1], &[1; 10], &[1; 12], &[2; COUNT + 2]] {
        assert_eq!(Signals::from_bytes(bad), None, "{bad:?}");
    }
}

#[test]
fn the_docs_name_each_signal_and_its_weight() {
    let docs = include_str!("../../../docs/SIGNALS.md");
    for signal in Signal::ALL {
        let (name, weight) = (format!("| `{}` |", signal.word()), signal.prior_weight());
        let line = docs
            .lines()
            .find(|line| line.contains(&name))
            .unwrap_or_else(|| panic!("{name} is not in the docs"));
        assert!(
            line.ends_with(&format!("| {weight:?} |")),
            "{line}: {weight}"
        );
    }
}

#[test]
fn records_of_the_first_format_are_still_read() {
    let ten = [1, 0, 16, 0, 1, 25, 0, 0, 48, 1, 51];
    let signals = Signals::from_bytes(&ten).unwrap();
    for signal in Signal::ALL {
        let kept = ten.get(usize::from(signal.number())).copied().unwrap_or(0);
        assert_eq!(signals.value(signal) > 0.0, kept > 0, "{signal:?}");
    }
    assert!((signals.value(Signal::AuthorSpam) - libm::log1p(1.0)).abs() < 0.01);
    assert!((signals.value(Signal::Hurried) - 1.0).abs() < 0.02);
}

#[test]
fn signals_have_numbers_and_words_of_their_own() {
    for (number, signal) in (1..).zip(Signal::ALL) {
        assert_eq!(u32::from(signal.number()), number);
        assert_eq!(Signal::from_number(number), Some(signal));
        let same = Signal::ALL
            .iter()
            .filter(|other| other.word() == signal.word());
        assert_eq!(same.count(), 1, "{}", signal.word());
    }
    assert_eq!(Signal::from_number(32), None);
}

#[test]
fn what_the_blog_leaves_out_is_taken_from_what_the_thread_is_known_by() {
    let plain = submission(|fields| {
        fields.body = "Die Tram ist wie immer nicht da und das wird auch noch so sein".to_owned()
    });
    let seen = Observed {
        thread: SeenThread {
            title: "Tram to the harbour".to_owned(),
            language: "en".to_owned(),
            words: Vec::new(),
        },
        ..observed()
    };
    let extra = [
        Signal::FirstComment,
        Signal::EmailOwn,
        Signal::TitleWords,
        Signal::ForeignLanguage,
    ];
    assert_eq!(found(&plain, &seen), extra);
}

fn found(submission: &Submission, observed: &Observed) -> Vec<Signal> {
    let signals = Signals::of(submission, &Content::of(submission), observed);
    let holds = |signal: &Signal| signals.value(*signal) > 0.0;
    Signal::ALL.into_iter().filter(holds).collect()
}
