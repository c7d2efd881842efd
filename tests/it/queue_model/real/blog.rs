//! What readers and authors do through the blog.

use replydesk::proto::v1;

use super::{
    super::{
        names::{body, id},
        revisions::Revision,
        words::Reply,
    },
    Real, SITE,
    answers::{refusal, state},
};

impl Real {
    pub fn blog_at(&mut self, replica: usize) {
        self.blogs[replica] = self.blogs[replica].through(self.desk.replicas[replica].address);
    }

    pub async fn retract(&self, replica: usize, comment: usize) -> Reply {
        let comment = id(comment).to_string();
        match self.blogs[replica].retract(SITE, &comment).await {
            Ok(done) => Reply::Withdrawn(done.version, done.replayed),
            Err(status) => refusal(&status),
        }
    }

    pub async fn appeal(&self, replica: usize, comment: usize, version: u32) -> Reply {
        let comment = id(comment).to_string();
        match self.blogs[replica]
            .appeal(SITE, &comment, version, "Why?")
            .await
        {
            Ok(done) => Reply::Appealed(done.version, done.replayed),
            Err(status) => refusal(&status),
        }
    }

    pub async fn revise(&self, replica: usize, revision: Revision) -> Reply {
        let comment = id(revision.comment).to_string();
        let body = body(revision.comment, revision.text);
        let blog = &self.blogs[replica];
        match blog.revise(SITE, &comment, revision.version, &body).await {
            Ok(done) => Reply::Revised {
                state: state(done.state),
                version: done.version,
                replayed: done.replayed,
            },
            Err(status) => refusal(&status),
        }
    }

    pub async fn report(&self, replica: usize, comment: usize, reader: u8) -> Reply {
        let request = v1::ReportCommentRequest {
            site: SITE.to_owned(),
            comment_id: id(comment).to_string(),
            reporter: Some(v1::Reporter {
                account_id: format!("reader-{reader}"),
                ..Default::default()
            }),
            reason: "insult".to_owned(),
            text: String::new(),
        };
        match self.blogs[replica].report(request).await {
            Ok(noted) => Reply::Reported {
                queued: noted.queued,
                replayed: noted.replayed,
            },
            Err(status) => refusal(&status),
        }
    }
}
