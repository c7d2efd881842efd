//! `replydesk author`: who is trusted, held or banned, by a comment of theirs.

mod change;
mod show;

use clap::{Subcommand, ValueEnum};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Reach, timely},
    comment::ids::CommentId,
    proto::v1::{
        AddAuthorNoteRequest, GetReviewContextRequest, ListStandingsRequest, Standing, Subject,
        SubjectKind,
        subject::{NamedBy, OfComment},
    },
};

use super::{clock, failure::Failure, output};

/// The most that the service answers at once.
const PAGE: i32 = 200;

/// Trust, hold or ban authors, and note something on them, by a comment of theirs: nobody has to see an address.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  replydesk author show --site daily 01890a5d-ac96-774b-bcce-b302099a8057
  replydesk author ban --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\
      --for 30d --reason 'sells pills' --strike
  replydesk author ban --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\
      --domain pills.example --pending spam
  replydesk author list --site daily")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Print JSON, one line a thing.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show how a comment's author stands: strikes, notes, last comments, and what else of it is held or banned.
    #[command(
        after_help = "Example:\n  replydesk author show --site daily 01890a5d-ac96-774b-bcce-b302099a8057"
    )]
    Show(ByComment),
    /// Reject everything from now on, and what is pending.
    #[command(
        after_help = "Example:\n  replydesk author ban --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\\n      --ip --for 2d"
    )]
    Ban {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        how: How,
        /// What to do with what is pending.
        #[arg(long, value_name = "WHAT", default_value = "reject")]
        pending: Pending,
    },
    /// Let each comment wait for a moderator.
    #[command(
        after_help = "Example:\n  replydesk author hold --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\\n      --reason rude --strike"
    )]
    Hold {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        how: How,
    },
    /// Approve at once, unless a word or a high score speaks against it.
    #[command(
        after_help = "Example:\n  replydesk author trust --site daily 01890a5d-ac96-774b-bcce-b302099a8057"
    )]
    Trust {
        #[command(flatten)]
        of: ByComment,
        #[command(flatten)]
        how: How,
    },
    /// Take back what was said: the site's policy decides again.
    #[command(
        after_help = "Example:\n  replydesk author clear --site daily 01890a5d-ac96-774b-bcce-b302099a8057 --ip\n  \
                      replydesk author clear --site daily --standing 01a3…   # of `author list`"
    )]
    Clear {
        #[command(flatten)]
        of: Of,
        /// Why, for other moderators: at most 200 characters.
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
    /// Note something on a comment's author, for other moderators.
    #[command(
        after_help = "Example:\n  replydesk author note --site daily 01890a5d-ac96-774b-bcce-b302099a8057 \\\n      'apologised'"
    )]
    Note {
        #[command(flatten)]
        of: ByComment,
        /// At most 1,000 bytes; write no addresses into it.
        text: String,
    },
    /// List who and what is trusted, held or banned.
    #[command(after_help = "Example:\n  replydesk author list --site daily --json")]
    List {
        /// The site.
        #[arg(long)]
        site: String,
        #[command(flatten)]
        reach: Reach,
    },
}

/// A comment, whose author is meant.
#[derive(Debug, clap::Args)]
struct ByComment {
    /// A comment of theirs.
    #[arg(value_name = "UUID")]
    comment: CommentId,
    /// The site.
    #[arg(long)]
    site: String,
    #[command(flatten)]
    reach: Reach,
}

/// An author, or what else comments are known by.
#[derive(Debug, clap::Args)]
struct Of {
    /// A comment of theirs.
    #[arg(value_name = "UUID", required_unless_present = "standing")]
    comment: Option<CommentId>,
    /// The site.
    #[arg(long)]
    site: String,
    /// Not the author, but the IP address that the comment came from.
    #[arg(long, group = "what")]
    ip: bool,
    /// Not the author, but the website beside the name.
    #[arg(long, group = "what")]
    website: bool,
    /// Not the author, but this domain that the comment leads to.
    #[arg(long, value_name = "DOMAIN", group = "what")]
    domain: Option<String>,
    /// Not by a comment: the id that `author list` shows.
    #[arg(long, value_name = "ID", group = "what", conflicts_with = "comment")]
    standing: Option<String>,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, clap::Args)]
struct How {
    /// How long: 30d, 12h; without it or --until, for good. An IP address must be given back, within 30d.
    #[arg(long = "for", value_name = "SPAN", value_parser = clock::parse_ahead)]
    end: Option<prost_types::Timestamp>,
    /// Until when, such as 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "TIME", conflicts_with = "end", value_parser = clock::parse_moment)]
    until: Option<prost_types::Timestamp>,
    /// Why, for other moderators: at most 200 characters.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// Count it as a strike that this comment brings its author.
    #[arg(long)]
    strike: bool,
}

/// What to do with what is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pending {
    /// Leave it to moderators.
    Leave,
    /// Reject it.
    Reject,
    /// Mark it as spam.
    Spam,
}

impl Of {
    fn subject(&self) -> Subject {
        if let Some(id) = &self.standing {
            return Subject {
                named_by: Some(NamedBy::StandingId(id.clone())),
            };
        }
        let kind = match (self.ip, self.website, &self.domain) {
            (true, _, _) => SubjectKind::IpAddress,
            (false, true, _) => SubjectKind::Website,
            (false, false, Some(_)) => SubjectKind::LinkDomain,
            (false, false, None) => SubjectKind::Author,
        };
        subject_of(self.comment, kind, self.domain.as_deref())
    }
}

fn subject_of(comment: Option<CommentId>, kind: SubjectKind, domain: Option<&str>) -> Subject {
    let comment = OfComment {
        comment_id: comment.map(|id| id.to_string()).unwrap_or_default(),
        kind: kind.into(),
        domain: domain.unwrap_or_default().to_owned(),
    };
    Subject {
        named_by: Some(NamedBy::Comment(comment)),
    }
}

/// Runs it.
///
/// # Errors
/// A span that is none; the service refuses it or is not there.
pub async fn run(args: Args) -> Result<(), Failure> {
    let json = args.json;
    match args.verb {
        Verb::Show(of) => shown(of, json).await,
        Verb::Ban { of, how, pending } => {
            let subject = of.subject();
            let request = change::request(of.site, subject, Standing::Banned, how, Some(pending))?;
            change::run(&of.reach, request, json).await
        }
        Verb::Hold { of, how } => {
            let subject = of.subject();
            let request = change::request(of.site, subject, Standing::Held, how, None)?;
            change::run(&of.reach, request, json).await
        }
        Verb::Trust { of, how } => {
            let subject = subject_of(Some(of.comment), SubjectKind::Author, None);
            let request = change::request(of.site, subject, Standing::Trusted, how, None)?;
            change::run(&of.reach, request, json).await
        }
        Verb::Clear { of, reason } => {
            let how = How {
                end: None,
                until: None,
                reason,
                strike: false,
            };
            let subject = of.subject();
            let request = change::request(of.site, subject, Standing::Normal, how, None)?;
            change::run(&of.reach, request, json).await
        }
        Verb::Note { of, text } => note(of, text, json).await,
        Verb::List { site, reach } => list(site, &reach, json).await,
    }
}

async fn shown(of: ByComment, json: bool) -> Result<(), Failure> {
    let connection = Connection::open(&of.reach.target()?).await?;
    let request = GetReviewContextRequest {
        site: of.site,
        comment_id: of.comment.to_string(),
    };
    let response = once(connection.moderation().get_review_context(timely(request))).await;
    let context = response.map_err(|status| explain(&status))?.context;
    let context =
        context.ok_or_else(|| Failure::new("the service answered without the context"))?;
    if json {
        return output::json(&show::json(&context));
    }
    output::say(show::text(&context))
}

async fn note(of: ByComment, note: String, json: bool) -> Result<(), Failure> {
    let connection = Connection::open(&of.reach.target()?).await?;
    let request = AddAuthorNoteRequest {
        site: of.site,
        comment_id: of.comment.to_string(),
        note,
    };
    let response = once(connection.moderation().add_author_note(timely(request))).await;
    let answer = response.map_err(|status| explain(&status))?;
    let note = answer.note.unwrap_or_default();
    if json {
        let mut value = show::note_json(&note);
        value["replayed"] = answer.replayed.into();
        return output::json(&value);
    }
    output::say(if answer.replayed {
        "it was noted before"
    } else {
        "noted"
    })
}

async fn list(site: String, reach: &Reach, json: bool) -> Result<(), Failure> {
    let connection = Connection::open(&reach.target()?).await?;
    let mut request = ListStandingsRequest {
        site,
        page_size: PAGE,
        page_token: String::new(),
    };
    let mut all = Vec::new();
    loop {
        let page = once(
            connection
                .moderation()
                .list_standings(timely(request.clone())),
        )
        .await;
        let page = page.map_err(|status| explain(&status))?;
        if json {
            let mut standings = page.standings.iter();
            standings.try_for_each(|one| output::json(&show::standing_json(one)))?;
        } else {
            all.extend(page.standings);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if json {
        return Ok(());
    }
    if all.is_empty() {
        return output::say("nobody is trusted, held or banned");
    }
    output::say(show::table(&all))
}
