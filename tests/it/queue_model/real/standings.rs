//! What moderators say of authors, and what those hand in.

use replydesk::{
    comment::{ids::KeyedHash, standing::Standing, state::Verdict},
    proto::v1,
};

use super::{
    super::{
        names::{account, body, id, thread},
        standings::Stand,
        words::{Comment, Reply},
    },
    Real, SITE,
    answers::{refusal, state},
};
use crate::harness::{
    authors::{of, standing},
    comments,
};

impl Real {
    /// As the service knows an author.
    pub fn author(&self, n: u8) -> KeyedHash {
        self.hasher.account(&self.site, &account(n))
    }

    pub async fn stand(&self, replica: usize, stand: &Stand) -> Reply {
        let named = of(&id(stand.comment).to_string(), v1::SubjectKind::Author);
        let as_sent = v1::Standing::try_from(i32::from(stand.standing.number())).unwrap();
        let pending = match stand.pending {
            Some(Verdict::Spam) => v1::PendingAction::Spam,
            // What a ban does by itself.
            Some(_) => v1::PendingAction::Unspecified,
            None => v1::PendingAction::Leave,
        };
        let request = v1::SetAuthorStandingRequest {
            reason: stand.reason.to_owned(),
            pending: pending.into(),
            add_strike: stand.strike,
            ..standing(SITE, named, as_sent)
        };
        let client = &self.clients[replica][usize::from(stand.moderator)];
        match client.stand(request).await {
            Ok(set) => {
                let stands = set.standing.unwrap().standing;
                assert_eq!(
                    Standing::from_number(stands.try_into().unwrap()),
                    Some(stand.standing)
                );
                assert_eq!((set.pending_left, set.next_pending_token.as_str()), (0, ""));
                Reply::Stands {
                    changed: set.changed,
                    dealt_with: set.dealt_with,
                }
            }
            Err(status) => refusal(&status),
        }
    }

    /// A comment handed in by the blog, for the first time or again, as it was or with another text.
    pub async fn hand_in(&self, replica: usize, n: usize, comment: &Comment, text: u8) -> Reply {
        let thread = thread(comment.thread);
        let mut request = comments::comment(SITE, thread.as_str(), "Jo Reader", &body(n, text));
        request.comment_id = id(n).to_string();
        request.author = Some(v1::AuthorInput {
            display_name: "Jo Reader".to_owned(),
            account_id: comment
                .author
                .map_or_else(String::new, |n| account(n).as_str().to_owned()),
            ..Default::default()
        });
        match self.blogs[replica].submit(request).await {
            Ok(known) if known.replayed => Reply::Known(state(known.state), known.version),
            Ok(new) => Reply::HandedIn(state(new.state)),
            Err(status) => refusal(&status),
        }
    }
}
