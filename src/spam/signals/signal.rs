//! The signals by name, and what each is worth.

/// How a signal's byte becomes its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// 0 or 1.
    Flag,
    /// 0 to 1.
    Share,
    /// ln(1 + count), divided by `whole`; counts beyond `most` say no more.
    Count { most: f64, whole: f64 },
}

impl Scale {
    const fn upto(most: f64) -> Self {
        Self::Count { most, whole: 1.0 }
    }
}

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
    /// Comments of the last 24 h that lead to the same registered domain.
    LinkHostRecent = 7,
    /// Comments of the last 24 h that say nearly the same.
    NearDuplicates = 8,
    /// The field that people don't see was filled in.
    Honeypot = 9,
    /// The form was sent faster than people type.
    Hurried = 10,
    /// Days since the author's first comment.
    AuthorAge = 11,
    /// The author gave a website.
    Website = 12,
    /// The e-mail address is of a provider that gives anybody one.
    EmailFree = 13,
    /// The e-mail address is of an employer, a school or a domain of one's own.
    EmailOwn = 14,
    /// Words of the article's title in the comment.
    TitleWords = 15,
    /// Which share of the comment's words were said below the article before.
    FitsThread = 16,
    /// Digits in the display name.
    NameDigits = 17,
    /// Which share of the text is links.
    LinkShare = 18,
    /// Different registered domains that the text links to.
    LinkDomains = 19,
    /// Hours since the form was opened, from six on.
    StaleForm = 20,
    /// The text is in another language than the article.
    ForeignLanguage = 21,
    /// Which share of the letters are of scripts that the article's language isn't written in.
    ForeignScript = 22,
    /// Words of the display name in domains that the text links to.
    NameInLinks = 23,
    /// Words of the display name beyond four.
    NameLong = 24,
    /// The website is a page below a domain's first.
    WebsiteDeep = 25,
    /// The website is at a free host.
    WebsiteFreeHost = 26,
    /// The website hides where it leads.
    WebsiteShortener = 27,
    /// Links in the text that hide where they lead.
    ShortenedLinks = 28,
    /// The e-mail address is of a service whose addresses last some minutes.
    EmailDisposable = 29,
    /// E-mail addresses in the text.
    EmailsInText = 30,
    /// The display name is a web address, or has one in it.
    NameIsAddress = 31,
}

impl Signal {
    /// All, by their numbers.
    pub const ALL: [Self; 31] = [
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
        Self::AuthorAge,
        Self::Website,
        Self::EmailFree,
        Self::EmailOwn,
        Self::TitleWords,
        Self::FitsThread,
        Self::NameDigits,
        Self::LinkShare,
        Self::LinkDomains,
        Self::StaleForm,
        Self::ForeignLanguage,
        Self::ForeignScript,
        Self::NameInLinks,
        Self::NameLong,
        Self::WebsiteDeep,
        Self::WebsiteFreeHost,
        Self::WebsiteShortener,
        Self::ShortenedLinks,
        Self::EmailDisposable,
        Self::EmailsInText,
        Self::NameIsAddress,
    ];

    /// How its value is kept and told.
    pub(super) fn scale(self) -> Scale {
        match self {
            Self::FirstComment
            | Self::Honeypot
            | Self::Website
            | Self::EmailFree
            | Self::EmailOwn
            | Self::EmailDisposable
            | Self::ForeignLanguage
            | Self::WebsiteDeep
            | Self::WebsiteFreeHost
            | Self::WebsiteShortener
            | Self::NameIsAddress => Scale::Flag,
            Self::LinkShare | Self::FitsThread | Self::ForeignScript => Scale::Share,
            Self::Hurried => Scale::Count {
                most: 8.0,
                whole: libm::log1p(8.0),
            },
            // An account that was taken over has a history too: it must not outweigh everything.
            Self::AuthorApproved => Scale::upto(30.0),
            Self::AuthorAge => Scale::upto(3_650.0),
            Self::TitleWords
            | Self::LinkDomains
            | Self::NameInLinks
            | Self::NameLong
            | Self::NameDigits
            | Self::ShortenedLinks
            | Self::EmailsInText => Scale::upto(10.0),
            Self::StaleForm => Scale::upto(48.0),
            Self::AuthorSpam
            | Self::AuthorRejected
            | Self::AuthorRecent
            | Self::IpRecent
            | Self::LinkHostRecent => Scale::upto(f64::INFINITY),
            // A large wave says no more: what is repeated for a good reason must not outweigh all else.
            Self::NearDuplicates => Scale::upto(30.0),
        }
    }

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
            Self::AuthorAge => "author_age",
            Self::Website => "website",
            Self::EmailFree => "email_free",
            Self::EmailOwn => "email_own",
            Self::TitleWords => "title_words",
            Self::FitsThread => "fits_thread",
            Self::NameDigits => "name_digits",
            Self::LinkShare => "link_share",
            Self::LinkDomains => "link_domains",
            Self::StaleForm => "stale_form",
            Self::ForeignLanguage => "foreign_language",
            Self::ForeignScript => "foreign_script",
            Self::NameInLinks => "name_in_links",
            Self::NameLong => "name_long",
            Self::WebsiteDeep => "website_deep",
            Self::WebsiteFreeHost => "website_free_host",
            Self::WebsiteShortener => "website_shortener",
            Self::ShortenedLinks => "shortened_links",
            Self::EmailDisposable => "email_disposable",
            Self::EmailsInText => "emails_in_text",
            Self::NameIsAddress => "name_is_address",
        }
    }

    /// Log-odds for each unit of the value (see `Signals::value`), set by hand: no public collection of comments has
    /// these facts. What no site's decisions have taught yet should not decide alone, so most are small.
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
            // 3 say +2.1, 30 or more say +5.2: nobody else says the same thing at length.
            Self::NearDuplicates => 1.5,
            // Alone enough for the default spam threshold, even against a harmless text (-1).
            Self::Honeypot => 4.5,
            // Some browsers fill forms for their readers.
            Self::Hurried => 1.5,
            // A year says -0.9. Accounts are sold, too.
            Self::AuthorAge => -0.15,
            // Bloggers have one; so has who wants links.
            Self::Website => 0.1,
            // Most people's; which way it speaks is for the site to learn.
            Self::EmailFree => 0.0,
            // The same: a company's address may be a reader's or an advertiser's.
            Self::EmailOwn => 0.0,
            // Three words say -0.3. Spam that flatters repeats the title, too.
            Self::TitleWords => -0.2,
            // Half of the words: -0.3.
            Self::FitsThread => -0.6,
            // People put their year of birth there.
            Self::NameDigits => 0.05,
            // A bare link is what readers send, too.
            Self::LinkShare => 0.4,
            // Three say +0.2.
            Self::LinkDomains => 0.15,
            // A tab that was left open overnight says +0.2.
            Self::StaleForm => 0.1,
            // Guests and migrants write in theirs.
            Self::ForeignLanguage => 0.5,
            // The same.
            Self::ForeignScript => 0.7,
            // An author who links to an own page has it, too.
            Self::NameInLinks => 0.5,
            // Three too many say +0.3.
            Self::NameLong => 0.2,
            // A page to be found by search engines, or a profile.
            Self::WebsiteDeep => 0.15,
            // Where hobbies are, too.
            Self::WebsiteFreeHost => 0.2,
            // Nobody's own site.
            Self::WebsiteShortener => 0.7,
            // One says +0.3, three +0.7.
            Self::ShortenedLinks => 0.5,
            // Careful people use them, too.
            Self::EmailDisposable => 0.7,
            // One says +0.3.
            Self::EmailsInText => 0.4,
            // Said by few but advertisers.
            Self::NameIsAddress => 1.0,
        }
    }
}
