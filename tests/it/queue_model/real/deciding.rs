//! What moderators do, one by one and in bulk.

use replydesk::{comment::state::Word, proto::v1};

use super::{
    super::{
        names::{id, token},
        words::{Bulk, Reply, Ruling, Undo},
    },
    Real, SITE,
    answers::{refusal, state},
};
use crate::harness::bulk::{numbers, order, these, undo_numbers};

impl Real {
    pub async fn decide(&self, replica: usize, ruling: &Ruling) -> Reply {
        let said = ruling.said;
        let request = v1::DecideCommentRequest {
            site: SITE.to_owned(),
            comment_id: id(ruling.comment).to_string(),
            version: said.version,
            verdict: i32::from(said.word.number()),
            lease_token: ruling
                .token
                .map_or_else(String::new, |n| token(n).to_string()),
            override_lease: ruling.override_lease,
            ..Default::default()
        };
        let client = &self.clients[replica][usize::from(said.moderator)];
        match client.decide(request).await {
            Ok(decision) => Reply::Decided {
                state: state(decision.state),
                version: decision.version,
                replayed: decision.replayed,
            },
            Err(status) => refusal(&status),
        }
    }

    pub async fn undo(&self, replica: usize, undo: Undo) -> Reply {
        let client = &self.clients[replica][usize::from(undo.moderator)];
        let comment = id(undo.comment).to_string();
        match client.undo(SITE, &comment, undo.version).await {
            Ok(undone) => Reply::Undone {
                state: state(undone.state),
                version: undone.version,
                word: Word::from_number(u8::try_from(undone.verdict).unwrap()).unwrap(),
                replayed: undone.replayed,
            },
            Err(status) => refusal(&status),
        }
    }

    pub async fn bulk(&self, replica: usize, operation: usize, moderator: u8) -> Reply {
        let client = &self.clients[replica][usize::from(moderator)];
        match client.bulk(self.orders[operation].clone()).await {
            Ok(result) => Reply::Bulk(numbers(result.counts)),
            Err(status) => refusal(&status),
        }
    }

    pub async fn undo_bulk(&self, replica: usize, operation: usize, moderator: u8) -> Reply {
        let client = &self.clients[replica][usize::from(moderator)];
        let name = &self.orders[operation].operation_id;
        match client.undo_bulk(SITE, name).await {
            Ok(result) => Reply::BulkUndone(undo_numbers(result.counts)),
            Err(status) => refusal(&status),
        }
    }
}

pub fn order_of(bulk: &Bulk) -> v1::BulkDecideRequest {
    let names: Vec<_> = bulk.comments.iter().map(|n| id(*n).to_string()).collect();
    let verdict = v1::Verdict::try_from(bulk.verdict as i32).unwrap();
    order(SITE, these(&names), verdict)
}
