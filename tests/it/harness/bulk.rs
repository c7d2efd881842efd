//! Bulk decisions, as a moderator's client makes them.

use replydesk::{
    comment::ids::OperationId,
    proto::v1::{
        self, BulkDecideRequest, Verdict,
        bulk_decide_request::{CommentIds, Selector},
        bulk_decide_response::{self as decided, Message},
        undo_bulk_decision_response::{self as undone, Message as UndoMessage},
    },
};
use tonic::Status;

use super::clients::Client;

/// A bulk decision under a fresh name.
pub fn order(site: &str, selector: Selector, verdict: Verdict) -> BulkDecideRequest {
    BulkDecideRequest {
        site: site.to_owned(),
        operation_id: OperationId::fresh().to_string(),
        selector: Some(selector),
        verdict: verdict.into(),
        ..Default::default()
    }
}

/// These comments.
pub fn these(ids: &[String]) -> Selector {
    Selector::Ids(CommentIds {
        comment_ids: ids.to_vec(),
    })
}

/// Decided, already decided, held by another, reserved, gone.
pub fn numbers(counts: Option<v1::BulkCounts>) -> [u32; 5] {
    let counts = counts.unwrap();
    [
        counts.decided,
        counts.already_decided,
        counts.held_by_another,
        counts.reserved,
        counts.gone,
    ]
}

/// Undone, changed since, reserved, gone.
pub fn undo_numbers(counts: Option<v1::BulkUndoCounts>) -> [u32; 4] {
    let counts = counts.unwrap();
    [
        counts.undone,
        counts.changed_since,
        counts.reserved,
        counts.gone,
    ]
}

impl Client {
    /// Decides, to the end.
    pub async fn bulk(&self, request: BulkDecideRequest) -> Result<decided::Result, Status> {
        let told = self.moderation.clone().bulk_decide(request).await?;
        let mut told = told.into_inner();
        loop {
            match told.message().await?.and_then(|told| told.message) {
                Some(Message::Progress(_)) => {}
                Some(Message::Result(result)) => return Ok(result),
                other => panic!("no result: {other:?}"),
            }
        }
    }

    /// What that would do.
    pub async fn preview(&self, request: &BulkDecideRequest) -> Result<decided::Preview, Status> {
        let request = BulkDecideRequest {
            validate_only: true,
            ..request.clone()
        };
        let told = self.moderation.clone().bulk_decide(request).await?;
        let mut told = told.into_inner();
        loop {
            match told.message().await?.and_then(|told| told.message) {
                Some(Message::Progress(_)) => {}
                Some(Message::Preview(preview)) => return Ok(preview),
                other => panic!("no preview: {other:?}"),
            }
        }
    }

    /// Undoes, to the end.
    pub async fn undo_bulk(&self, site: &str, operation: &str) -> Result<undone::Result, Status> {
        let request = v1::UndoBulkDecisionRequest {
            site: site.to_owned(),
            operation_id: operation.to_owned(),
            note: String::new(),
        };
        let told = self.moderation.clone().undo_bulk_decision(request).await?;
        let mut told = told.into_inner();
        loop {
            match told.message().await?.and_then(|told| told.message) {
                Some(UndoMessage::Progress(_)) => {}
                Some(UndoMessage::Result(result)) => return Ok(result),
                None => panic!("no result"),
            }
        }
    }

    /// What an operation changed, or its undoing; pages of seven.
    pub async fn bulk_changes(
        &self,
        site: &str,
        operation: &str,
        undone: bool,
    ) -> Result<Vec<v1::BulkChange>, Status> {
        let (mut changes, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = v1::ListBulkChangesRequest {
                site: site.to_owned(),
                operation_id: operation.to_owned(),
                undone,
                page_size: 7,
                page_token,
            };
            let page = self.moderation.clone().list_bulk_changes(request).await?;
            let page = page.into_inner();
            changes.extend(page.changes);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(changes);
            }
        }
    }
}
