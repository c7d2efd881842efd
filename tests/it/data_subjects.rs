//! The rights of a data subject, through the API: reveal, export, erase, hold.

mod beside_writers;
mod erase;
mod export;
mod full;
mod hold;
mod reporter;
mod reveal;

use replydesk::proto::v1::{self, Role, Standing, SubjectKind, Verdict};

use crate::harness::{
    Desk,
    authors::{of, standing},
    clients::Client,
    comments::{automatic, comment, nth, on},
};

const ADA: &str = "ada.lovelace@readers.example";

/// A desk with a blog, a senior moderator and a privacy officer.
struct Newsroom {
    desk: Desk,
    blog: Client,
    senior: Client,
    officer: Client,
}

impl Newsroom {
    async fn open() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let desk = Desk::with(1, settings).await;
        let mut policy = automatic();
        policy.appeals = Some(true);
        // Whatever the score: these readers say nearly the same.
        (policy.approve_at, policy.spam_at) = (Some(0.99), Some(1.0));
        let blog = desk.site("gazette", policy).await;
        let role = Role::SeniorModerator;
        Self {
            senior: desk.someone(0, "gazette", role, "grace").await,
            officer: desk
                .someone(0, "gazette", Role::PrivacyOfficer, "olga")
                .await,
            blog,
            desk,
        }
    }

    /// Handed in; its id.
    async fn submit(&self, request: v1::SubmitCommentRequest) -> String {
        let id = request.comment_id.clone();
        self.blog.submit(request).await.unwrap();
        id
    }

    /// Ada's n-th comment, with an account where one is named.
    async fn ada(&self, n: usize, account: Option<&str>) -> String {
        let body = format!("Canary text {n}: the loom was mine, said the countess.");
        let mut request = comment("gazette", &format!("loom-{}", n % 3), "Ada Canary", &body);
        let author = request.author.as_mut().unwrap();
        author.email = ADA.to_owned();
        author.account_id = account.unwrap_or_default().to_owned();
        self.submit(request).await
    }

    /// Somebody else's comment.
    async fn other(&self, n: usize) -> String {
        self.submit(nth("gazette", n)).await
    }

    /// Everything that can be done to Ada's comments: decided, appealed against, revised, redacted, reported, noted, held.
    async fn busy_ada(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for n in 0..6 {
            ids.push(self.ada(n, None).await);
        }
        for (n, account) in [(6, "reader-7"), (7, "reader-8")] {
            ids.push(self.ada(n, Some(account)).await);
        }
        let rejected = self.senior.decide(on(&ids[0], 1, Verdict::Reject)).await;
        let version = rejected.unwrap().version;
        let text = "Canary appeal: I only said what the engine does.";
        let appealed = self.blog.appeal("gazette", &ids[0], version, text).await;
        appealed.unwrap();
        let body = "Canary text anew: the loom was mine after all, said she.";
        self.blog.revise("gazette", &ids[1], 1, body).await.unwrap();
        let report = v1::ReportCommentRequest {
            site: "gazette".to_owned(),
            comment_id: ids[2].clone(),
            reason: "abuse".to_owned(),
            text: "Canary report: rude".to_owned(),
            reporter: Some(v1::Reporter {
                account_id: "reader-9".to_owned(),
                ..Default::default()
            }),
        };
        self.blog.report(report).await.unwrap();
        let texts = ["the loom was mine"];
        let redacted = self.senior.redact("gazette", &ids[2], 1, &texts).await;
        redacted.unwrap();
        self.blog.retract("gazette", &ids[3]).await.unwrap();
        let named = of(&ids[4], SubjectKind::Author);
        let mut held = standing("gazette", named, Standing::Held);
        held.reason = "Canary standing".to_owned();
        self.senior.stand(held).await.unwrap();
        let noted = self
            .senior
            .note("gazette", &ids[4], "Canary note: she writes engines");
        noted.await.unwrap();
        ids
    }

    /// The audit entries of what officers do, the oldest first: action and what it says.
    async fn officers_acts(&self) -> Vec<(v1::AuditAction, String, String)> {
        let entries = self.officer.whole_audit("gazette").await;
        let acts = entries.into_iter().filter(|entry| entry.actor == "olga");
        acts.map(|entry| (entry.action(), entry.note, entry.after))
            .collect()
    }
}
