//! How comments come in.

use std::time::Duration;

use replydesk::{
    comment::{
        ids::KeyedHash,
        limits::{Limit, Limits},
        observed::Fingerprints,
        score::{Probability, Score},
        state::Outcome,
        stored::{CommentContent, ThreadDetails},
    },
    store::submit::{NewComment as ToStore, Stored},
};

use super::{
    super::{
        names::{body, id, thread},
        words::{NewComment, Reply},
    },
    Real,
};

pub const SOMETHING: NewComment = NewComment {
    outcome: Outcome::Pending,
    due_in: Some(0),
    author: None,
    thread: 0,
};

impl Real {
    pub async fn submit(
        &self,
        replica: usize,
        n: usize,
        new: NewComment,
        salt: u8,
        only_check: bool,
    ) -> Reply {
        let most = Limit::new(Limit::MAX, Limit::MAX).unwrap();
        let author = new.author.map(|n| self.author(n));
        let content = content(n, new, author);
        let stored = self.stores[replica]
            .submit(&ToStore {
                site: &self.site,
                id: id(n),
                digest: [salt; 8],
                outcome: new.outcome,
                content: &content,
                thread: &ThreadDetails::default(),
                contact: None,
                prints: &Fingerprints {
                    author,
                    ..Fingerprints::default()
                },
                thread_words: None,
                subject_marks: &[],
                named: &[],
                wave_decision: None,
                limits: &Limits {
                    author: most,
                    ip_address: most,
                    thread: most,
                    site: most,
                },
                close_threads_after: None,
                judged_at: None,
                due_in: new
                    .due_in
                    .map(|hours| Duration::from_secs(3600) * u32::from(hours)),
                only_check,
            })
            .await
            .unwrap();
        match stored {
            Stored::Admitted { .. } => Reply::Admitted,
            Stored::Known(known) => Reply::Known(known.state, known.version.get()),
            Stored::IdReused => Reply::IdReused,
            other @ (Stored::Erased
            | Stored::Stale { .. }
            | Stored::ThreadClosed { .. }
            | Stored::Duplicate { .. }
            | Stored::Refused { .. }
            | Stored::SealLapsed
            | Stored::NoSite) => panic!("{other:?}"),
        }
    }
}

fn content(n: usize, new: NewComment, author: Option<KeyedHash>) -> CommentContent {
    CommentContent {
        thread: thread(new.thread),
        parent: None,
        display_name: "Jo Reader".into(),
        website: String::new(),
        account_id: String::new(),
        body: body(n, 0).into(),
        author,
        ip: None,
        other_ip: None,
        email: None,
        sealed_contact: Vec::new(),
        reasons: Vec::new(),
        score: Score {
            probability: Probability::new(0.5).unwrap(),
            contributions: Vec::new(),
            model: 1,
            lessons: 0,
        },
        signals: Vec::new(),
    }
}
