//! One comment of an export, field by field.

use crate::{
    cli::{
        clock,
        import::{
            entry::{NOT_UTF8, What, state},
            plain,
        },
    },
    proto::v1::{AuthorInput, ImportedComment, Thread},
};

use super::Options;

/// A comment's fields as they stand in the file.
#[derive(Default)]
pub struct Fields {
    /// Where the comment starts.
    pub line: u64,
    id: String,
    author: String,
    email: String,
    website: String,
    date: String,
    content: String,
    approved: String,
    kind: String,
    user_id: String,
}

impl Fields {
    /// None so far.
    pub fn at(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    /// Keeps a field by its element's name.
    pub fn set(&mut self, name: &str, text: String) {
        match name {
            "wp:comment_id" => self.id = text,
            "wp:comment_author" => self.author = text,
            "wp:comment_author_email" => self.email = text,
            "wp:comment_author_url" => self.website = text,
            "wp:comment_date_gmt" => self.date = text,
            "wp:comment_content" => self.content = text,
            "wp:comment_approved" => self.approved = text,
            "wp:comment_type" => self.kind = text,
            "wp:comment_user_id" => self.user_id = text,
            _ => {}
        }
    }

    /// What it is, in a blog and under an article.
    pub fn judge(self, blog: &str, article: &Thread, options: Options) -> What {
        let fields = self;
        match fields.kind.trim() {
            "" | "comment" => {}
            "pingback" | "trackback" => return What::Skipped("pingback or trackback"),
            _ => return What::Skipped("of another type than comment"),
        }
        if fields.approved.trim() == "post-trashed" {
            return What::Skipped("of an article in the trash");
        }
        let mut wrong = Vec::new();
        if fields.id.trim().is_empty() {
            wrong.push("wp:comment_id: is required".to_owned());
        }
        let state = state(&fields.approved);
        if state.is_none() {
            wrong.push("wp:comment_approved: must be 1, 0, spam or trash".to_owned());
        }
        let all = [
            &fields.author,
            &fields.email,
            &fields.website,
            &fields.content,
        ];
        if all.iter().any(|text| text.contains(NOT_UTF8)) {
            wrong.push("is not UTF-8".to_owned());
        }
        match state {
            Some(state) if wrong.is_empty() => What::Comment(Box::new(fields.comment(
                state.number().into(),
                blog,
                article,
                options,
            ))),
            Some(_) | None => What::Bad(wrong),
        }
    }

    fn comment(
        self,
        state: i32,
        blog: &str,
        article: &Thread,
        options: Options,
    ) -> ImportedComment {
        let fields = self;
        let website = plain::line(&fields.website);
        let user_id = fields.user_id.trim();
        let has_account = options.user_ids && !matches!(user_id, "" | "0");
        ImportedComment {
            source_id: format!("{blog}#{}", fields.id.trim()),
            state,
            author: Some(AuthorInput {
                display_name: plain::line(&fields.author),
                email: fields.email.trim().to_owned(),
                // What the form of old themes had in the field.
                website: if website == "http://" {
                    String::new()
                } else {
                    website
                },
                account_id: if has_account {
                    user_id.to_owned()
                } else {
                    String::new()
                },
            }),
            thread: Some(article.clone()),
            body: plain::plain(&fields.content),
            // `0000-00-00 00:00:00` is WordPress's unknown time.
            submitted_at: clock::parse_time(&fields.date),
        }
    }
}
