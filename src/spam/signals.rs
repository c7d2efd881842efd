//! Named facts of how a comment came: the author's history, address and name, the form, velocity, near-duplicates, and
//! how it fits the article.
//!
//! Each is a feature of the same model as the text's. Public collections of comments have none of these facts, so their
//! weights here are set by hand, from what they should be able to do alone against an undecided text (log-odds 0 is
//! 0.5, 2.9 is 0.95, -1.4 is 0.20). A fact that is unknown says nothing: its value is 0.

pub mod domains;
pub mod email;
pub mod language;
pub mod name;
mod signal;
pub mod thread;

use signal::Scale;
pub use signal::Signal;
use thread::LongWords;

use crate::{
    comment::{
        folding,
        observed::Observed,
        state::{CommentState, Timestamp},
        submission::Submission,
    },
    spam::content::Content,
};
use email::EmailClass;

const COUNT: usize = Signal::ALL.len();

/// 2: as many signals as there are bytes, those at the end that are zero left out. 1: the first ten.
const FORMAT: u8 = 2;
const FORMAT_OF_TEN: u8 = 1;

/// Below this many seconds between opening and sending the form it is hurried.
const UNHURRIED_SECONDS: i64 = 8;

/// From this many hours on a form is stale.
const STALE_HOURS: i64 = 6;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Steps for each factor of e: counts to 65,000 fit a byte, small ones are exact to 2 %.
const STEPS_PER_E: f64 = 23.0;

/// Steps of a share.
const STEPS_PER_ONE: f64 = 200.0;

/// Links that are looked at; the number of links says enough then.
const MOST_LINKS: usize = 12;

/// What was seen around one comment, one byte a signal. A score is computed from these bytes, so a lesson that reads
/// them later sees exactly what the score saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals([u8; COUNT]);

impl Signals {
    /// Everything that is known around a submission.
    #[must_use]
    pub fn of(submission: &Submission, content: &Content, observed: &Observed) -> Self {
        let mut signals = Self::default();
        signals.of_author(submission, observed);
        signals.of_velocity(content, submission, observed);
        signals.of_form(submission, observed.now);
        signals.of_website(submission);
        signals.of_name(submission, content);
        signals.of_links(content);
        signals.of_fit(submission, content, observed);
        signals
    }

    /// The same for a comment's new text, whose author's address and form nobody has any more: those signals are what they
    /// were when the comment came.
    #[must_use]
    pub fn on_revision(mut self, before: &Self, knows_author: bool, observed: &Observed) -> Self {
        for signal in [
            Signal::EmailFree,
            Signal::EmailOwn,
            Signal::EmailDisposable,
            Signal::IpRecent,
            Signal::Honeypot,
            Signal::Hurried,
            Signal::StaleForm,
        ] {
            let place = usize::from(signal.number() - 1);
            self.0[place] = before.0[place];
        }
        let approved = observed.history.count(CommentState::Approved);
        self.set_flag(Signal::FirstComment, knows_author && approved == 0);
        self
    }

    fn of_author(&mut self, submission: &Submission, observed: &Observed) {
        let history = &observed.history;
        let email = submission.contact.email.as_ref();
        let known = submission.author.account.is_some() || email.is_some();
        let approved = history.count(CommentState::Approved);
        self.set_count(Signal::AuthorApproved, approved);
        self.set_count(Signal::AuthorSpam, history.count(CommentState::Spam));
        self.set_count(
            Signal::AuthorRejected,
            history.count(CommentState::Rejected),
        );
        self.set_flag(Signal::FirstComment, known && approved == 0);
        if let Some(first) = history.first_seen_at {
            self.set_count(Signal::AuthorAge, units(first, observed.now, DAY_MS));
        }
        let class = email.map(EmailClass::of);
        self.set_flag(Signal::EmailFree, class == Some(EmailClass::Free));
        self.set_flag(Signal::EmailOwn, class == Some(EmailClass::Own));
        self.set_flag(
            Signal::EmailDisposable,
            class == Some(EmailClass::Disposable),
        );
    }

    fn of_velocity(&mut self, content: &Content, submission: &Submission, observed: &Observed) {
        self.set_number(Signal::AuthorRecent, observed.author_recent.into());
        self.set_number(Signal::IpRecent, observed.ip_recent.into());
        if !content.links().is_empty() || submission.author.website.is_some() {
            self.set_count(Signal::LinkHostRecent, observed.link_host_recent);
        }
        self.set_count(Signal::NearDuplicates, observed.near_duplicates);
    }

    fn of_form(&mut self, submission: &Submission, now: Timestamp) {
        let transport = &submission.transport;
        self.set_flag(Signal::Honeypot, transport.honeypot_filled);
        let Some(opened) = transport.form_opened_at else {
            return;
        };
        let seconds = now.0.saturating_sub(opened.0).div_euclid(1_000);
        // A form opened in the future is a wrong clock, which says nothing.
        if (0..UNHURRIED_SECONDS).contains(&seconds) {
            let missing = u32::try_from(UNHURRIED_SECONDS - seconds).unwrap_or(0);
            self.set_count(Signal::Hurried, missing);
        }
        let hours = units(opened, now, HOUR_MS);
        if i64::from(hours) >= STALE_HOURS {
            self.set_count(Signal::StaleForm, hours);
        }
    }

    fn of_website(&mut self, submission: &Submission) {
        let Some(website) = &submission.author.website else {
            return;
        };
        let host = website.host();
        let path = website.as_str().splitn(4, '/').nth(3).unwrap_or("");
        self.set_flag(Signal::Website, true);
        self.set_flag(Signal::WebsiteDeep, !path.is_empty());
        self.set_flag(Signal::WebsiteFreeHost, domains::is_free_host(host));
        self.set_flag(
            Signal::WebsiteShortener,
            domains::is_shortener(domains::registered(host)),
        );
    }

    fn of_name(&mut self, submission: &Submission, content: &Content) {
        let Some(name) = &submission.author.display_name else {
            return;
        };
        self.set_count(Signal::NameDigits, name::digits(name.as_str()));
        self.set_count(Signal::NameLong, name::words_too_many(content.name()));
        self.set_flag(Signal::NameIsAddress, name::has_address(name.as_str()));
        self.set_count(Signal::NameInLinks, name::words_in_links(content));
    }

    fn of_links(&mut self, content: &Content) {
        self.set_count(Signal::EmailsInText, content.contacts().emails);
        if content.links().is_empty() {
            return;
        }
        let mut seen: Vec<&str> = Vec::with_capacity(MOST_LINKS);
        let mut shortened = 0;
        for link in content.links().iter().take(MOST_LINKS) {
            let domain = domains::registered(&link.host);
            shortened += u32::from(domains::is_shortener(domain));
            if !seen.contains(&domain) {
                seen.push(domain);
            }
        }
        self.set_count(Signal::LinkDomains, u32::try_from(seen.len()).unwrap_or(0));
        self.set_count(Signal::ShortenedLinks, shortened);
        self.set_number(Signal::LinkShare, content.link_share());
    }

    fn of_fit(&mut self, submission: &Submission, content: &Content, observed: &Observed) {
        let (sent, known) = (&submission.thread, &observed.thread);
        let words = LongWords::of(content.prose());
        let title = first_said(sent.title.as_str(), &known.title);
        if !title.is_empty() {
            let title = folding::fold(title).text;
            self.set_count(Signal::TitleWords, thread::title_words(&words, &title));
        }
        self.set_number(Signal::FitsThread, thread::share_said(&words, &known.words));
        let language = first_said(sent.language.as_str(), &known.language);
        if !language.is_empty() {
            let foreign = language::is_foreign(content.prose(), language);
            self.set_flag(Signal::ForeignLanguage, foreign);
            let letters = language::foreign_letters(content.prose(), language);
            self.set_number(Signal::ForeignScript, letters);
        }
    }

    /// A signal's value: 0 or 1 for what holds or not; the share for a share; for `hurried` the share of eight seconds
    /// that is missing, on a logarithmic scale to 1; ln(1 + count) for the others, most of them up to a bound.
    #[must_use]
    pub fn value(&self, signal: Signal) -> f64 {
        let byte = f64::from(self.0[usize::from(signal.number() - 1)]);
        match signal.scale() {
            Scale::Flag => byte,
            Scale::Share => byte / STEPS_PER_ONE,
            Scale::Count { whole, .. } => byte / STEPS_PER_E / whole,
        }
    }

    /// For the record: a format byte, then one byte a signal in the order of [`Signal::ALL`], without the zeros at the
    /// end.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        let used = self
            .0
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let mut bytes = Vec::with_capacity(1 + used);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.0[..used]);
        bytes
    }

    /// From a record of this release or an earlier one; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (format, kept) = bytes.split_first()?;
        let mut signals = Self::default();
        match *format {
            FORMAT_OF_TEN if kept.len() == 10 => {}
            FORMAT if kept.len() <= COUNT => {}
            _ => return None,
        }
        signals.0[..kept.len()].copy_from_slice(kept);
        Some(signals)
    }

    fn set_count(&mut self, signal: Signal, count: u32) {
        if count > 0 {
            self.set_number(signal, f64::from(count));
        }
    }

    fn set_number(&mut self, signal: Signal, number: f64) {
        let steps = match signal.scale() {
            Scale::Flag => number,
            Scale::Share => number.clamp(0.0, 1.0) * STEPS_PER_ONE,
            Scale::Count { most, .. } => libm::log1p(number.clamp(0.0, most)) * STEPS_PER_E,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates, and NaN is 0"
        )]
        let byte = steps.round() as u8;
        self.0[usize::from(signal.number() - 1)] = byte;
    }

    fn set_flag(&mut self, signal: Signal, holds: bool) {
        self.0[usize::from(signal.number() - 1)] = u8::from(holds);
    }
}

fn first_said<'a>(sent: &'a str, known: &'a str) -> &'a str {
    if sent.is_empty() { known } else { sent }
}

/// Whole units of time between two times; 0 where the first is later.
fn units(from: Timestamp, to: Timestamp, unit_ms: i64) -> u32 {
    let units = to.0.saturating_sub(from.0).div_euclid(unit_ms);
    u32::try_from(units.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
