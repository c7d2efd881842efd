//! A request to whatever RPC, and what is heard of it.

use std::time::Duration;

use replydesk::proto::v1::{
    self, work_queue_request::Message as Up, work_queue_response::Message as Down,
};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::harness::clients::Client;

/// A stream is told apart from a dead one within this.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request to one of the RPCs.
#[derive(Debug, Clone)]
pub enum Call {
    SubmitComment(Box<v1::SubmitCommentRequest>),
    ReportComment(v1::ReportCommentRequest),
    RetractComment(v1::RetractCommentRequest),
    ReviseComment(v1::ReviseCommentRequest),
    AppealComment(v1::AppealCommentRequest),
    RedactComment(v1::RedactCommentRequest),
    GetComment(v1::GetCommentRequest),
    ListComments(v1::ListCommentsRequest),
    CountComments(v1::CountCommentsRequest),
    WatchEvents(v1::WatchEventsRequest),
    ListEvents(v1::ListEventsRequest),
    GetTransparencyReport(v1::GetTransparencyReportRequest),
    WorkQueue(Vec<v1::WorkQueueRequest>),
    ListQueue(v1::ListQueueRequest),
    DecideComment(v1::DecideCommentRequest),
    UndoDecision(v1::UndoDecisionRequest),
    BulkDecide(Box<v1::BulkDecideRequest>),
    UndoBulkDecision(v1::UndoBulkDecisionRequest),
    ListBulkChanges(v1::ListBulkChangesRequest),
    ListAuditEntries(v1::ListAuditEntriesRequest),
    GetReviewContext(v1::GetReviewContextRequest),
    GetQueueStats(v1::GetQueueStatsRequest),
    SetAuthorStanding(v1::SetAuthorStandingRequest),
    GetAuthorStanding(v1::GetAuthorStandingRequest),
    ListStandings(v1::ListStandingsRequest),
    AddAuthorNote(v1::AddAuthorNoteRequest),
    CreateSite(Box<v1::CreateSiteRequest>),
    GetSite(v1::GetSiteRequest),
    ListSites,
    UpdateSite(Box<v1::UpdateSiteRequest>),
    CloseThread(v1::CloseThreadRequest),
    SetThreadPolicy(v1::SetThreadPolicyRequest),
    GetThread(v1::GetThreadRequest),
    CreateKey(v1::CreateKeyRequest),
    RotateKey(v1::RotateKeyRequest),
    ListKeys,
    RevokeKey(v1::RevokeKeyRequest),
    ImportComments(Vec<v1::ImportCommentsRequest>),
    BacktestPolicy(Box<v1::BacktestPolicyRequest>),
    RevealContact(v1::RevealContactRequest),
    ExportSubject(v1::ExportSubjectRequest),
    EraseSubject(v1::EraseSubjectRequest),
    SetLegalHold(v1::SetLegalHoldRequest),
    PreviewRetention(v1::PreviewRetentionRequest),
    ListDataKeys(v1::ListDataKeysRequest),
    ReplaceDataKeys(v1::ReplaceDataKeysRequest),
}

impl Call {
    /// Sent with the right key: a privacy officer's for what only such a one may do.
    pub async fn send(self, client: &Client, officer: &Client) -> Result<(), Status> {
        let mut comments = client.comments.clone();
        let mut moderation = client.moderation.clone();
        let mut sites = client.sites.clone();
        let mut privacy = officer.privacy.clone();
        match self {
            Self::SubmitComment(request) => comments.submit_comment(*request).await.map(drop),
            Self::ReportComment(request) => comments.report_comment(request).await.map(drop),
            Self::RetractComment(request) => comments.retract_comment(request).await.map(drop),
            Self::ReviseComment(request) => comments.revise_comment(request).await.map(drop),
            Self::AppealComment(request) => comments.appeal_comment(request).await.map(drop),
            Self::RedactComment(request) => moderation.redact_comment(request).await.map(drop),
            Self::GetComment(request) => comments.get_comment(request).await.map(drop),
            Self::ListComments(request) => comments.list_comments(request).await.map(drop),
            Self::CountComments(request) => comments.count_comments(request).await.map(drop),
            Self::WatchEvents(request) => watch(client, request).await,
            Self::GetTransparencyReport(request) => {
                comments.get_transparency_report(request).await.map(drop)
            }
            Self::ListEvents(request) => comments.list_events(request).await.map(drop),
            Self::WorkQueue(said) => work(client, said).await,
            Self::ListQueue(request) => moderation.list_queue(request).await.map(drop),
            Self::DecideComment(request) => moderation.decide_comment(request).await.map(drop),
            Self::UndoDecision(request) => moderation.undo_decision(request).await.map(drop),
            Self::BulkDecide(request) => bulk(client, *request).await,
            Self::UndoBulkDecision(request) => bulk_undo(client, request).await,
            Self::ListBulkChanges(request) => moderation.list_bulk_changes(request).await.map(drop),
            Self::ListAuditEntries(request) => {
                moderation.list_audit_entries(request).await.map(drop)
            }
            Self::GetReviewContext(request) => {
                moderation.get_review_context(request).await.map(drop)
            }
            Self::GetQueueStats(request) => moderation.get_queue_stats(request).await.map(drop),
            Self::SetAuthorStanding(request) => {
                moderation.set_author_standing(request).await.map(drop)
            }
            Self::GetAuthorStanding(request) => {
                moderation.get_author_standing(request).await.map(drop)
            }
            Self::ListStandings(request) => moderation.list_standings(request).await.map(drop),
            Self::AddAuthorNote(request) => moderation.add_author_note(request).await.map(drop),
            Self::CreateSite(request) => sites.create_site(*request).await.map(drop),
            Self::GetSite(request) => sites.get_site(request).await.map(drop),
            Self::ListSites => sites.list_sites(v1::ListSitesRequest {}).await.map(drop),
            Self::UpdateSite(request) => sites.update_site(*request).await.map(drop),
            Self::CloseThread(request) => sites.close_thread(request).await.map(drop),
            Self::SetThreadPolicy(request) => sites.set_thread_policy(request).await.map(drop),
            Self::GetThread(request) => sites.get_thread(request).await.map(drop),
            Self::CreateKey(request) => sites.create_key(request).await.map(drop),
            Self::ListKeys => sites.list_keys(v1::ListKeysRequest {}).await.map(drop),
            Self::RotateKey(request) => sites.rotate_key(request).await.map(drop),
            Self::RevokeKey(request) => sites.revoke_key(request).await.map(drop),
            Self::ImportComments(said) => import(client, said).await,
            Self::BacktestPolicy(request) => backtest(client, *request).await,
            Self::RevealContact(request) => privacy.reveal_contact(request).await.map(drop),
            Self::ExportSubject(request) => {
                let mut told = privacy.export_subject(request).await?.into_inner();
                while told.message().await?.is_some() {}
                Ok(())
            }
            Self::EraseSubject(request) => {
                let mut told = privacy.erase_subject(request).await?.into_inner();
                while told.message().await?.is_some() {}
                Ok(())
            }
            Self::SetLegalHold(request) => privacy.set_legal_hold(request).await.map(drop),
            Self::PreviewRetention(request) => privacy.preview_retention(request).await.map(drop),
            Self::ListDataKeys(request) => privacy.list_data_keys(request).await.map(drop),
            Self::ReplaceDataKeys(request) => privacy.replace_data_keys(request).await.map(drop),
        }
    }
}

/// The first message, or none for a moment: this stream has no end of its own.
async fn watch(client: &Client, request: v1::WatchEventsRequest) -> Result<(), Status> {
    let mut events = client
        .comments
        .clone()
        .watch_events(request)
        .await?
        .into_inner();
    match timeout(Duration::from_millis(20), events.message()).await {
        Ok(first) => {
            assert!(first?.is_some(), "a watch ended without a word");
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

/// Everything is said at once; each comment is accounted for.
async fn import(client: &Client, said: Vec<v1::ImportCommentsRequest>) -> Result<(), Status> {
    let came = said.len().saturating_sub(1) as u64;
    let mut sites = client.sites.clone();
    let answer = sites.import_comments(tokio_stream::iter(said));
    let answer = timeout(PATIENCE, answer).await.expect("it is answered")?;
    let told = answer.into_inner();
    let accounted = told.imported + told.already_known + told.not_moderated + told.refused;
    assert_eq!(accounted, came, "{told:?}");
    Ok(())
}

/// Progress, and then one result.
async fn backtest(client: &Client, request: v1::BacktestPolicyRequest) -> Result<(), Status> {
    use v1::backtest_policy_response::Message;
    let replies = client.sites.clone().backtest_policy(request).await?;
    let mut replies = replies.into_inner();
    loop {
        let next = timeout(PATIENCE, replies.message()).await;
        match next.expect("it goes on")?.and_then(|reply| reply.message) {
            Some(Message::Progress(_)) => {}
            Some(Message::Result(_)) => return Ok(()),
            None => panic!("no result"),
        }
    }
}

/// Progress, and then one end.
async fn bulk(client: &Client, request: v1::BulkDecideRequest) -> Result<(), Status> {
    use v1::bulk_decide_response::Message;
    let wants_preview = request.validate_only;
    let replies = client.moderation.clone().bulk_decide(request).await?;
    let mut replies = replies.into_inner();
    loop {
        let next = timeout(PATIENCE, replies.message()).await;
        match next.expect("it goes on")?.and_then(|reply| reply.message) {
            Some(Message::Progress(_)) => {}
            Some(Message::Preview(_)) if wants_preview => return Ok(()),
            Some(Message::Result(_)) if !wants_preview => return Ok(()),
            other => panic!("another end: {other:?}"),
        }
    }
}

/// The same of an undoing.
async fn bulk_undo(client: &Client, request: v1::UndoBulkDecisionRequest) -> Result<(), Status> {
    use v1::undo_bulk_decision_response::Message;
    let replies = client
        .moderation
        .clone()
        .undo_bulk_decision(request)
        .await?;
    let mut replies = replies.into_inner();
    loop {
        let next = timeout(PATIENCE, replies.message()).await;
        match next.expect("it goes on")?.and_then(|reply| reply.message) {
            Some(Message::Progress(_)) => {}
            Some(Message::Result(_)) => return Ok(()),
            None => panic!("no result"),
        }
    }
}

/// Everything is said at once, and then nothing more: each message but a ping is answered, and the stream ends.
async fn work(client: &Client, said: Vec<v1::WorkQueueRequest>) -> Result<(), Status> {
    let to_answer = said
        .iter()
        .skip(1)
        .filter(|request| !matches!(request.message, Some(Up::Ping(_))));
    let to_answer = to_answer.count();
    let (up, requests) = mpsc::channel(said.len());
    for request in said {
        up.send(request).await.expect("there is room");
    }
    let mut moderation = client.moderation.clone();
    let stream = moderation.work_queue(ReceiverStream::new(requests));
    let stream = timeout(PATIENCE, stream).await;
    let mut down = stream.expect("it starts or is refused")?.into_inner();
    let mut answers = 0;
    let mut stay = Some(up);
    loop {
        if answers == to_answer {
            stay.take();
        }
        let message = timeout(PATIENCE, down.message()).await;
        match message
            .expect("an answer or the end")?
            .and_then(|response| response.message)
        {
            Some(Down::Answer(_)) => answers += 1,
            Some(_) => {}
            None => break,
        }
    }
    assert_eq!(answers, to_answer, "answers");
    Ok(())
}
