//! How long a site keeps what.

use std::{ops::RangeInclusive, time::Duration};

use crate::comment::violation::Violations;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a site keeps contact data, texts and its audit log; in whole days, contact data no longer than texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    contact_days: u32,
    text_days: u32,
    audit_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            contact_days: 30,
            text_days: 180,
            audit_days: 730,
        }
    }
}

impl Retention {
    /// How long contact data may be kept. It is for asking back and for dealing with abuse, not for an archive.
    pub const CONTACT_DAYS: RangeInclusive<u32> = 1..=365;

    /// How long a text may be kept.
    pub const TEXT_DAYS: RangeInclusive<u32> = 1..=3_650;

    /// How long an entry of the audit log may be kept; shorter than a month, nobody could look into anything.
    pub const AUDIT_DAYS: RangeInclusive<u32> = 30..=3_650;

    /// From whole days.
    ///
    /// # Errors
    /// Every span out of its range, or a text that went before its contact data.
    pub fn in_days(contact: u32, text: u32, audit: u32) -> Result<Self, Violations> {
        let mut found = Violations::new();
        if !Self::CONTACT_DAYS.contains(&contact) {
            found.add(
                "site.policy.retention.contact_days",
                "must be 1 to 365 days",
            );
        }
        if !Self::TEXT_DAYS.contains(&text) {
            found.add("site.policy.retention.text_days", "must be 1 to 3,650 days");
        } else if text < contact {
            let why = format!("must be at least contact_days, which is {contact}; it is {text}");
            found.add("site.policy.retention.text_days", why);
        }
        if !Self::AUDIT_DAYS.contains(&audit) {
            found.add(
                "site.policy.retention.audit_days",
                "must be 30 to 3,650 days",
            );
        }
        found
            .is_empty()
            .then_some(Self {
                contact_days: contact,
                text_days: text,
                audit_days: audit,
            })
            .ok_or(found)
    }

    /// How long the contact data of a comment is kept: its sealed e-mail address, IP address and user agent, and what is
    /// derived from the IP address.
    #[must_use]
    pub fn contact(self) -> Duration {
        DAY.saturating_mul(self.contact_days)
    }

    /// How long all that a comment says is kept, decided on or not. No shorter than [`Retention::contact`].
    #[must_use]
    pub fn text(self) -> Duration {
        DAY.saturating_mul(self.text_days)
    }

    /// How long an entry of the site's audit log is kept.
    #[must_use]
    pub fn audit(self) -> Duration {
        DAY.saturating_mul(self.audit_days)
    }

    /// The same as days: contact data, texts, audit log.
    #[must_use]
    pub fn days(self) -> (u32, u32, u32) {
        (self.contact_days, self.text_days, self.audit_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_out_of_range_are_named_at_once() {
        for (contact, text, audit, wrong) in [
            (1, 1, 30, &[][..]),
            (365, 3_650, 3_650, &[]),
            (0, 180, 730, &["contact_days: must be 1 to 365 days"]),
            (366, 3_650, 730, &["contact_days: must be 1 to 365 days"]),
            (
                30,
                29,
                730,
                &["text_days: must be at least contact_days, which is 30; it is 29"],
            ),
            (
                366,
                3_651,
                29,
                &[
                    "contact_days: must be 1 to 365 days",
                    "text_days: must be 1 to 3,650 days",
                    "audit_days: must be 30 to 3,650 days",
                ],
            ),
            (
                u32::MAX,
                0,
                u32::MAX,
                &[
                    "contact_days: must be 1 to 365 days",
                    "text_days: must be 1 to 3,650 days",
                    "audit_days: must be 30 to 3,650 days",
                ],
            ),
        ] {
            let told = match Retention::in_days(contact, text, audit) {
                Ok(right) => {
                    assert_eq!(right.days(), (contact, text, audit));
                    Vec::new()
                }
                Err(found) => found
                    .as_slice()
                    .iter()
                    .map(|one| format!("{}: {}", one.field, one.description))
                    .collect(),
            };
            let wrong: Vec<String> = wrong
                .iter()
                .map(|one| format!("site.policy.retention.{one}"))
                .collect();
            assert_eq!(told, wrong, "{contact} {text} {audit}");
        }
    }

    #[test]
    fn the_defaults_are_in_range() {
        let (contact, text, audit) = Retention::default().days();
        assert_eq!(
            Retention::in_days(contact, text, audit),
            Ok(Retention::default())
        );
        assert_eq!(Retention::default().contact().as_secs(), 2_592_000);
    }
}
