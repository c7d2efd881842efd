//! A comment as it arrives, with its transport signals: parsed, so every value in it is right.

use std::str::FromStr;

use crate::comment::{
    contact::Contact,
    draft::{Draft, Fields},
    fields::{CommentBody, DisplayName, Line, RequiredFields, Website, is_blank},
    ids::{AccountId, CommentId, SiteId, ThreadId},
    state::Timestamp,
    violation::Violations,
};

/// The article commented on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The blog's name of it.
    pub id: ThreadId,
    /// Where readers find it.
    pub url: Option<Website>,
    /// Its title; may be empty.
    pub title: Line<500>,
    /// Its language as a BCP 47 tag; may be empty.
    pub language: Line<35>,
}

/// What readers see of an author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// The name beside the comment.
    pub display_name: Option<DisplayName>,
    /// Where the name links to.
    pub website: Option<Website>,
    /// The blog's logged-in reader.
    pub account: Option<AccountId>,
}

/// How the form arrived, apart from contact data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transport {
    /// The page that the reader came from; may be empty.
    pub referrer: Line<2048>,
    /// Whether something was in the field that people don't see.
    pub honeypot_filled: bool,
    /// When the reader's browser opened the form.
    pub form_opened_at: Option<Timestamp>,
}

/// A comment as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Which site it is for.
    pub site: SiteId,
    /// Its name.
    pub id: CommentId,
    /// The comment that it answers.
    pub parent: Option<CommentId>,
    /// The article.
    pub thread: Thread,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub body: CommentBody,
    /// What must be sealed.
    pub contact: Contact,
    /// How it arrived.
    pub transport: Transport,
}

impl Submission {
    /// Parses a draft by what the site requires.
    ///
    /// # Errors
    /// Every violation at once, each with its field's path.
    pub fn parse(draft: &Draft, required: &RequiredFields) -> Result<Self, Violations> {
        let fields = &draft.fields;
        let mut found = Violations::new();
        let id = found.take("comment_id", fields.comment_id.parse::<CommentId>());
        let parent = optional(&mut found, "parent_id", &fields.parent_id);
        if parent.is_some() && parent == id {
            found.add("parent_id", "must name another comment than this one");
        }
        let thread = parse_thread(&mut found, fields);
        let author = Author {
            display_name: form_field(
                &mut found,
                "author.display_name",
                &fields.display_name,
                required.display_name,
            ),
            website: form_field(
                &mut found,
                "author.website",
                &fields.website,
                required.website,
            ),
            account: optional(&mut found, "author.account_id", &fields.account_id),
        };
        let contact = Contact {
            email: form_field(&mut found, "author.email", &fields.email, required.email),
            ip: optional(&mut found, "transport.ip_address", &fields.ip_address),
            user_agent: optional(&mut found, "transport.user_agent", &fields.user_agent),
        };
        let body = form_field(&mut found, "body", &fields.body, true);
        let transport = Transport {
            referrer: optional(&mut found, "transport.referrer", &fields.referrer)
                .unwrap_or_default(),
            honeypot_filled: !fields.honeypot.is_empty(),
            form_opened_at: fields
                .form_opened_at
                .and_then(|at| found.take("transport.form_opened_at", at)),
        };
        match (id, thread, body) {
            (Some(id), Some(thread), Some(body)) if found.is_empty() => Ok(Self {
                site: draft.site.clone(),
                id,
                parent,
                thread,
                author,
                body,
                contact,
                transport,
            }),
            _ => Err(found),
        }
    }
}

fn parse_thread(found: &mut Violations, fields: &Fields) -> Option<Thread> {
    let id = found.take("thread.thread_id", fields.thread_id.parse::<ThreadId>());
    let url = optional(found, "thread.url", &fields.thread_url);
    let title = optional(found, "thread.title", &fields.thread_title).unwrap_or_default();
    let language = optional(found, "thread.language", &fields.thread_language).unwrap_or_default();
    Some(Thread {
        id: id?,
        url,
        title,
        language,
    })
}

fn optional<T>(found: &mut Violations, field: &'static str, text: &str) -> Option<T>
where
    T: FromStr,
    T::Err: ToString,
{
    if text.is_empty() {
        None
    } else {
        found.take(field, text.parse())
    }
}

/// A field of the form: what nobody can see counts as not filled in.
fn form_field<T>(
    found: &mut Violations,
    field: &'static str,
    text: &str,
    required: bool,
) -> Option<T>
where
    T: FromStr,
    T::Err: ToString,
{
    // Controls are refused even where nothing else is there: a NUL is no forgotten field.
    let forgotten = is_blank(text) && !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    match (forgotten, required) {
        (false, _) => found.take(field, text.parse()),
        (true, true) => {
            found.add(field, "is required");
            None
        }
        (true, false) => None,
    }
}
