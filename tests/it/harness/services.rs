//! Every method of every service, each as one call that a stranger could make.

use std::{future::Future, pin::Pin};

use replydesk::proto::v1;
use tonic::Code;

use super::clients::Client;

type Answer = Pin<Box<dyn Future<Output = Code> + Send>>;

/// A method by its full name, and a call to it for a site, which answers with its code.
pub struct Method {
    pub name: &'static str,
    /// Whether its request names the site.
    pub names_site: bool,
    pub call: fn(Client, String) -> Answer,
}

/// Calls one method of one client with one request.
macro_rules! method {
    ($name:literal, $names_site:literal, $client:ident . $call:ident, $site:ident => $request:expr) => {
        Method {
            name: $name,
            names_site: $names_site,
            call: |mut client, $site| {
                let request = $request;
                Box::pin(async move {
                    let answer = client.$client.$call(request).await;
                    answer.map_or_else(|status| status.code(), |_| Code::Ok)
                })
            },
        }
    };
}

/// All of them. Requests are right where that costs little; a code other than those of the gate says that it is open.
pub fn methods() -> Vec<Method> {
    [
        comment_service(),
        moderation_service(),
        site_service(),
        privacy_service(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[rustfmt::skip]
fn comment_service() -> Vec<Method> {
    vec![
        method!("replydesk.v1.CommentService/SubmitComment", true, comments.submit_comment, site =>
            v1::SubmitCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/GetComment", true, comments.get_comment, site =>
            v1::GetCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/ListComments", true, comments.list_comments, site =>
            v1::ListCommentsRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/CountComments", true, comments.count_comments, site =>
            v1::CountCommentsRequest { site, thread_ids: vec!["old".to_owned()] }),
        method!("replydesk.v1.CommentService/WatchEvents", true, comments.watch_events, site =>
            v1::WatchEventsRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/ListEvents", true, comments.list_events, site =>
            v1::ListEventsRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/GetTransparencyReport", true, comments.get_transparency_report, site =>
            v1::GetTransparencyReportRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/ReportComment", true, comments.report_comment, site =>
            v1::ReportCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/RetractComment", true, comments.retract_comment, site =>
            v1::RetractCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/ReviseComment", true, comments.revise_comment, site =>
            v1::ReviseCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.CommentService/AppealComment", true, comments.appeal_comment, site =>
            v1::AppealCommentRequest { site, ..Default::default() }),
    ]
}

#[rustfmt::skip]
fn moderation_service() -> Vec<Method> {
    vec![
        method!("replydesk.v1.ModerationService/RedactComment", true, moderation.redact_comment, site =>
            v1::RedactCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/WorkQueue", true, moderation.work_queue, site => {
            let start = v1::work_queue_request::Start { sites: vec![site], ..Default::default() };
            let start = v1::work_queue_request::Message::Start(start);
            tokio_stream::once(v1::WorkQueueRequest { message: Some(start) })
        }),
        method!("replydesk.v1.ModerationService/ListModeratedSites", false, moderation.list_moderated_sites, _site =>
            v1::ListModeratedSitesRequest {}),
        method!("replydesk.v1.ModerationService/ListQueue", true, moderation.list_queue, site =>
            v1::ListQueueRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/DecideComment", true, moderation.decide_comment, site =>
            v1::DecideCommentRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/UndoDecision", true, moderation.undo_decision, site =>
            v1::UndoDecisionRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/BulkDecide", true, moderation.bulk_decide, site =>
            v1::BulkDecideRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/UndoBulkDecision", true, moderation.undo_bulk_decision, site =>
            v1::UndoBulkDecisionRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/ListBulkChanges", true, moderation.list_bulk_changes, site =>
            v1::ListBulkChangesRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/ListAuditEntries", true, moderation.list_audit_entries, site =>
            v1::ListAuditEntriesRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/GetReviewContext", true, moderation.get_review_context, site =>
            v1::GetReviewContextRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/SetAuthorStanding", true, moderation.set_author_standing, site =>
            v1::SetAuthorStandingRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/GetAuthorStanding", true, moderation.get_author_standing, site =>
            v1::GetAuthorStandingRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/ListStandings", true, moderation.list_standings, site =>
            v1::ListStandingsRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/AddAuthorNote", true, moderation.add_author_note, site =>
            v1::AddAuthorNoteRequest { site, ..Default::default() }),
        method!("replydesk.v1.ModerationService/GetQueueStats", true, moderation.get_queue_stats, site =>
            v1::GetQueueStatsRequest { site }),
    ]
}

#[rustfmt::skip]
fn site_service() -> Vec<Method> {
    vec![
        method!("replydesk.v1.SiteService/CreateSite", false, sites.create_site, site =>
            v1::CreateSiteRequest { site: Some(v1::Site { site, ..Default::default() }) }),
        method!("replydesk.v1.SiteService/GetSite", true, sites.get_site, site =>
            v1::GetSiteRequest { site }),
        method!("replydesk.v1.SiteService/ListSites", false, sites.list_sites, _site =>
            v1::ListSitesRequest {}),
        method!("replydesk.v1.SiteService/UpdateSite", true, sites.update_site, site =>
            v1::UpdateSiteRequest { site: Some(v1::Site { site, ..Default::default() }), ..Default::default() }),
        method!("replydesk.v1.SiteService/CloseThread", true, sites.close_thread, site =>
            v1::CloseThreadRequest { site, thread_id: "old".to_owned(), reopen: false }),
        method!("replydesk.v1.SiteService/SetThreadPolicy", true, sites.set_thread_policy, site =>
            v1::SetThreadPolicyRequest { site, thread_id: "old".to_owned(), ..Default::default() }),
        method!("replydesk.v1.SiteService/GetThread", true, sites.get_thread, site =>
            v1::GetThreadRequest { site, thread_id: "old".to_owned() }),
        method!("replydesk.v1.SiteService/CreateKey", true, sites.create_key, site =>
            v1::CreateKeyRequest { role: v1::Role::Submitter.into(), sites: vec![site], label: "new".to_owned(), expires_at: None }),
        method!("replydesk.v1.SiteService/RotateKey", false, sites.rotate_key, _site =>
            v1::RotateKeyRequest::default()),
        method!("replydesk.v1.SiteService/ListKeys", false, sites.list_keys, _site =>
            v1::ListKeysRequest {}),
        method!("replydesk.v1.SiteService/RevokeKey", false, sites.revoke_key, _site =>
            v1::RevokeKeyRequest { key_id: "0102030405060708".to_owned() }),
        method!("replydesk.v1.SiteService/GetModelStatus", false, sites.get_model_status, _site =>
            v1::GetModelStatusRequest {}),
        method!("replydesk.v1.SiteService/ImportComments", true, sites.import_comments, site => {
            let start = v1::import_comments_request::Start { site };
            let start = v1::import_comments_request::Message::Start(start);
            tokio_stream::once(v1::ImportCommentsRequest { message: Some(start) })
        }),
        method!("replydesk.v1.SiteService/BacktestPolicy", true, sites.backtest_policy, site =>
            v1::BacktestPolicyRequest { site, ..Default::default() }),
    ]
}

#[rustfmt::skip]
fn privacy_service() -> Vec<Method> {
    vec![
        method!("replydesk.v1.PrivacyService/RevealContact", true, privacy.reveal_contact, site =>
            v1::RevealContactRequest { site, ..Default::default() }),
        method!("replydesk.v1.PrivacyService/ExportSubject", true, privacy.export_subject, site =>
            v1::ExportSubjectRequest { site, ..Default::default() }),
        method!("replydesk.v1.PrivacyService/EraseSubject", true, privacy.erase_subject, site =>
            v1::EraseSubjectRequest { site, ..Default::default() }),
        method!("replydesk.v1.PrivacyService/SetLegalHold", true, privacy.set_legal_hold, site =>
            v1::SetLegalHoldRequest { site, ..Default::default() }),
        method!("replydesk.v1.PrivacyService/PreviewRetention", true, privacy.preview_retention, site =>
            v1::PreviewRetentionRequest { site }),
        method!("replydesk.v1.PrivacyService/ListDataKeys", true, privacy.list_data_keys, site =>
            v1::ListDataKeysRequest { site, ..Default::default() }),
        method!("replydesk.v1.PrivacyService/ReplaceDataKeys", true, privacy.replace_data_keys, site =>
            v1::ReplaceDataKeysRequest { site, ..Default::default() }),
    ]
}
