//! The signals by name, and what each is worth.

/// A named fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Signal {
    /// The author's approved comments.
    AuthorApproved = 1,
    /// The author's comments that were marked as spam.
    AuthorSpam = 2,
    /// The author's rejected comments.
    AuthorRejected = 3,
    /// An author with identity, but without an approved comment.
    FirstComment = 4,
    /// The author's comments of the last minutes.
    AuthorRecent = 5,
    /// The IP address's comments of the last minutes.
    IpRecent = 6,
    /// Comments of the last 24 h that name the same host.
    LinkHostRecent = 7,
    /// Comments of the last 24 h that say nearly the same.
    NearDuplicates = 8,
    /// The field that people don't see was filled in.
    Honeypot = 9,
    /// The form was sent faster than people type.
    Hurried = 10,
}

impl Signal {
    /// All, by their numbers.
    pub const ALL: [Self; 10] = [
        Self::AuthorApproved,
        Self::AuthorSpam,
        Self::AuthorRejected,
        Self::FirstComment,
        Self::AuthorRecent,
        Self::IpRecent,
        Self::LinkHostRecent,
        Self::NearDuplicates,
        Self::Honeypot,
        Self::Hurried,
    ];

    /// Its number in records: from 1, stable.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The signal with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|signal| u32::from(signal.number()) == number)
    }

    /// Its word in explanations.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AuthorApproved => "author_approved",
            Self::AuthorSpam => "author_spam",
            Self::AuthorRejected => "author_rejected",
            Self::FirstComment => "first_comment",
            Self::AuthorRecent => "author_recent",
            Self::IpRecent => "ip_recent",
            Self::LinkHostRecent => "link_host_recent",
            Self::NearDuplicates => "near_duplicates",
            Self::Honeypot => "honeypot",
            Self::Hurried => "hurried",
        }
    }

    /// Log-odds for each unit of the value (see [`Signals::value`]), set by hand.
    #[must_use]
    pub fn prior_weight(self) -> f64 {
        match self {
            // 3 approved comments halve the odds twice (-1.4), 30 or more say -3.4.
            Self::AuthorApproved => -1.0,
            // 1 says +1.0, 5 say +2.7.
            Self::AuthorSpam => 1.5,
            // Rejection is editorial, and says next to nothing about spam.
            Self::AuthorRejected => 0.1,
            // Most first comments are honest.
            Self::FirstComment => 0.2,
            // A quick discussion has 3 in a burst: +0.6.
            Self::AuthorRecent => 0.4,
            // A newsroom, a school or a mobile network is one address, too.
            Self::IpRecent => 0.3,
            // 20 comments naming one host say +1.2: it may be the article's own source.
            Self::LinkHostRecent => 0.4,
            // 3 say +2.1, 20 say +4.6: nobody else says the same thing at length.
            Self::NearDuplicates => 1.5,
            // Alone enough for the default spam threshold, even against a harmless text (-1).
            Self::Honeypot => 4.5,
            // Some browsers fill forms for their readers.
            Self::Hurried => 1.5,
        }
    }
}
