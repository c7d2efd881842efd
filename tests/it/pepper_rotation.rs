//! Promise: a new pepper loses nobody. Who wrote, was banned or asks to be erased is known as before.

mod authors;
mod bans;
mod roll_out;

use std::time::Duration;

use replydesk::{
    app::App,
    comment::ids::SiteId,
    privacy::hashing::Hasher,
    proto::v1::{self, Outcome, ReasonCode, Role, Standing, SubjectKind, subject::NamedBy},
};

use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    clients::Client,
    comments::{automatic, comment, everything_waits, moderated},
    privacy::with_email,
    remains::everything,
    until::until,
};

const SITE: &str = "gazette";

/// A desk whose pepper was replaced under way.
struct Rotated {
    desk: Desk,
    blog: Client,
    mira: Client,
    officer: Client,
}

impl Rotated {
    async fn open(policy: v1::Policy) -> Self {
        let desk = Desk::start().await;
        let blog = desk.site(SITE, policy).await;
        Self {
            mira: desk.moderator(0, SITE, "mira").await,
            officer: desk.someone(0, SITE, Role::PrivacyOfficer, "olga").await,
            blog,
            desk,
        }
    }

    /// A replica with another pepper, which everybody calls from now on. The one before runs on.
    async fn replace(&mut self) {
        self.desk.replace_pepper();
        self.move_on().await;
    }

    /// A replica that knows the next pepper too, in place of the first.
    async fn announce(&mut self) {
        self.desk.announce_pepper();
        self.move_on().await;
        self.desk.replicas[0].stop().await;
    }

    /// Two replicas that know both peppers: one has the first yet, the other has replaced it. A client of each.
    async fn announce_and_replace(&mut self) -> [Client; 2] {
        self.announce().await;
        self.replace().await;
        [1, 2].map(|n| self.blog.through(self.desk.replicas[n].address))
    }

    /// The pepper before is configured no more.
    async fn end_overlap(&mut self) {
        self.desk.forget_previous_pepper();
        self.move_on().await;
    }

    async fn move_on(&mut self) {
        let newest = self.desk.add_replica().await;
        let address = self.desk.replicas[newest].address;
        for client in [&mut self.blog, &mut self.mira, &mut self.officer] {
            *client = client.through(address);
        }
    }

    async fn submit(&self, request: v1::SubmitCommentRequest) -> (String, Outcome, String) {
        let id = request.comment_id.clone();
        let came = self.blog.submit(request).await.unwrap();
        let reason = &came.reasons[0];
        let why = format!("{:?} {}", reason.code(), reason.detail);
        (id, came.outcome(), why)
    }

    async fn ban(&self, named: NamedBy) {
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = from_now(Duration::from_secs(86_400));
        self.mira.stand(ban).await.unwrap();
    }

    /// How many comments the author of this one has.
    async fn history(&self, id: &str) -> u32 {
        let context = self.mira.context(SITE, id).await.unwrap();
        let known = context.author_history.unwrap();
        known.pending + known.approved + known.rejected + known.spam
    }
}

/// Nothing but the score and standings decides.
fn lenient() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        max_links: Some(50),
        ..automatic()
    }
}

/// The n-th comment of a reader; each from an IP address of its own.
fn by(name: &str, n: u8) -> v1::SubmitCommentRequest {
    let body = format!("{name}'s point {n}: the tram should have been built long ago.");
    let mut request = comment(SITE, &format!("tram-{n}"), name, &body);
    request.transport.as_mut().unwrap().ip_address = format!("10.{}.7.{n}", name.len());
    request
}

fn with_account(account: &str, mut request: v1::SubmitCommentRequest) -> v1::SubmitCommentRequest {
    request.author.as_mut().unwrap().account_id = account.to_owned();
    request
}

/// The same from the place that another came from.
fn from_where(
    came: &v1::SubmitCommentRequest,
    mut request: v1::SubmitCommentRequest,
) -> v1::SubmitCommentRequest {
    request.transport.clone_from(&came.transport);
    request
}

fn selling(mut request: v1::SubmitCommentRequest) -> v1::SubmitCommentRequest {
    request.body.push_str(" http://pills.example/buy");
    request
}

fn email(who: &str) -> NamedBy {
    NamedBy::Email(format!("{who}@readers.example"))
}
