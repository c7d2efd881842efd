//! Named facts of how a comment came: the author's history, velocity, near-duplicates, the form.
//!
//! Each is a feature of the same model as the text's. Public collections of comments have none of these facts, so their
//! weights here are set by hand, from what they should be able to do alone against an undecided text (log-odds 0 is
//! 0.5, 2.9 is 0.95, -1.4 is 0.20). A fact that is unknown says nothing: its value is 0.

mod signal;

pub use signal::Signal;

use crate::{
    comment::{observed::Observed, state::CommentState, submission::Submission},
    spam::content::Content,
};

const COUNT: usize = Signal::ALL.len();
const FORMAT: u8 = 1;

/// Below this many seconds between opening and sending the form it is hurried.
const UNHURRIED_SECONDS: i64 = 8;

/// What was seen around one comment, one byte a signal. A score is computed from these bytes, so a lesson that reads
/// them later sees exactly what the score saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals([u8; COUNT]);

impl Signals {
    /// How many bytes [`Signals::to_bytes`] has.
    pub const BYTES: usize = COUNT + 1;

    /// Everything that is known around a submission.
    #[must_use]
    pub fn of(submission: &Submission, content: &Content, observed: &Observed) -> Self {
        let mut signals = Self::default();
        let history = &observed.history;
        let approved = history.count(CommentState::Approved);
        let known = submission.author.account.is_some() || submission.contact.email.is_some();
        signals.set_count(Signal::AuthorApproved, f64::from(approved));
        signals.set_count(
            Signal::AuthorSpam,
            f64::from(history.count(CommentState::Spam)),
        );
        signals.set_count(
            Signal::AuthorRejected,
            f64::from(history.count(CommentState::Rejected)),
        );
        signals.set_flag(Signal::FirstComment, known && approved == 0);
        signals.set_count(Signal::AuthorRecent, f64::from(observed.author_recent));
        signals.set_count(Signal::IpRecent, f64::from(observed.ip_recent));
        if !content.links().is_empty() {
            signals.set_count(Signal::LinkHostRecent, f64::from(observed.link_host_recent));
        }
        signals.set_count(Signal::NearDuplicates, f64::from(observed.near_duplicates));
        signals.set_flag(Signal::Honeypot, submission.transport.honeypot_filled);
        signals.set_count(
            Signal::Hurried,
            f64::from(missing_seconds(submission, observed)),
        );
        signals
    }

    /// A signal's value: 0 or 1 for `first_comment` and `honeypot`; for `hurried` the share of eight seconds that is
    /// missing, on a logarithmic scale to 1; ln(1 + count) for the others, that of `author_approved` at most ln 31.
    #[must_use]
    pub fn value(&self, signal: Signal) -> f64 {
        let byte = f64::from(self.0[usize::from(signal.number() - 1)]);
        let log = byte / STEPS_PER_E;
        match signal {
            Signal::FirstComment | Signal::Honeypot => byte,
            // An account that was taken over has a history too: it must not outweigh everything.
            Signal::AuthorApproved => log.min(3.43),
            Signal::Hurried => log / libm::log1p(8.0),
            Signal::AuthorSpam
            | Signal::AuthorRejected
            | Signal::AuthorRecent
            | Signal::IpRecent
            | Signal::LinkHostRecent
            | Signal::NearDuplicates => log,
        }
    }

    /// For the record: a format byte, then one byte a signal in the order of [`Signal::ALL`].
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [FORMAT; Self::BYTES];
        bytes[1..].copy_from_slice(&self.0);
        bytes
    }

    /// From a record; `None` for another format.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first() {
            Some((&FORMAT, signals)) => signals.try_into().ok().map(Self),
            Some(_) | None => None,
        }
    }

    fn set_count(&mut self, signal: Signal, count: f64) {
        let steps = (libm::log1p(count.max(0.0)) * STEPS_PER_E).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates, and NaN is 0"
        )]
        let byte = steps as u8;
        self.0[usize::from(signal.number() - 1)] = byte;
    }

    fn set_flag(&mut self, signal: Signal, holds: bool) {
        self.0[usize::from(signal.number() - 1)] = u8::from(holds);
    }
}

/// Steps for each factor of e: counts to 65,000 fit a byte, small ones are exact to 2 %.
const STEPS_PER_E: f64 = 23.0;

fn missing_seconds(submission: &Submission, observed: &Observed) -> u8 {
    let Some(opened) = submission.transport.form_opened_at else {
        return 0;
    };
    let seconds = observed.now.0.saturating_sub(opened.0).div_euclid(1_000);
    // A form opened in the future is a wrong clock, which says nothing.
    let missing = if seconds < 0 {
        0
    } else {
        UNHURRIED_SECONDS.saturating_sub(seconds)
    };
    u8::try_from(missing).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{
        draft::{Draft, Fields},
        fields::RequiredFields,
        ids::CommentId,
        observed::{AuthorHistory, SeenVersions},
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
            versions: SeenVersions::default(),
            history: AuthorHistory::default(),
            thread_closed: false,
            author_recent: 0.0,
            ip_recent: 0.0,
            link_host_recent: 0,
            near_duplicates: 0,
        }
    }

    fn log_odds(submission: &Submission, observed: &Observed) -> f64 {
        let signals = Signals::of(submission, &Content::of(submission), observed);
        let parts = Signal::ALL.map(|signal| signal.prior_weight() * signals.value(signal));
        parts.iter().sum()
    }

    #[test]
    fn what_is_unknown_says_nothing() {
        assert_eq!(Signals::default().to_bytes()[1..], [0; COUNT]);
        let submission = submission(|fields| fields.form_opened_at = None);
        let of_first_comment = Signal::FirstComment.prior_weight();
        assert!((log_odds(&submission, &observed()) - of_first_comment).abs() < 1e-9);
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
        assert!((log_odds(&linkless, &busy) - base).abs() < 1e-9);
    }

    #[test]
    fn only_a_form_sent_faster_than_people_type_is_hurried() {
        let value = |opened: i64| {
            let submission =
                submission(|fields| fields.form_opened_at = Some(Ok(Timestamp(opened))));
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
        assert_eq!(Signals::from_bytes(&[]), None);
        assert_eq!(Signals::from_bytes(&[2; Signals::BYTES]), None);
        assert_eq!(Signals::from_bytes(&[1; Signals::BYTES - 1]), None);
    }
}
