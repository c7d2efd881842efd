//! A submission as the blog sent it: nothing checked yet but the site's name and that texts are UTF-8.

use std::fmt;

use crate::comment::{ids::SiteId, state::Timestamp};

/// What came in. Empty texts stand for absent ones. `Debug` shows no field, since some are contact data.
#[derive(Clone, Default)]
pub struct Fields {
    /// Who the comment is, a UUID.
    pub comment_id: String,
    /// What it answers.
    pub parent_id: String,
    /// The article.
    pub thread_id: String,
    /// The article's address.
    pub thread_url: String,
    /// The article's title.
    pub thread_title: String,
    /// The article's language.
    pub thread_language: String,
    /// The form's name.
    pub display_name: String,
    /// The form's e-mail.
    pub email: String,
    /// The form's website.
    pub website: String,
    /// The blog's logged-in reader.
    pub account_id: String,
    /// The comment.
    pub body: String,
    /// Where from.
    pub ip_address: String,
    /// By which browser.
    pub user_agent: String,
    /// From which page.
    pub referrer: String,
    /// What was in the hidden field.
    pub honeypot: String,
    /// When the form was opened, or why that is no time.
    pub form_opened_at: Option<Result<Timestamp, &'static str>>,
}

/// A submission before it is parsed.
#[derive(Clone)]
pub struct Draft {
    /// Which site it is for.
    pub site: SiteId,
    /// What came in.
    pub fields: Fields,
    /// Go the whole way, but store and charge nothing.
    pub validate_only: bool,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Draft(for {}, {} bytes)",
            self.site,
            self.fields.body.len()
        )
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
