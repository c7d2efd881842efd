//! `PrivacyService`: what the privacy officer calls.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use crate::{
    access::caller::Caller,
    comment::ids::SiteId,
    data_keys::DataKeys,
    data_subjects::{DataSubjects, Item, Step},
    grpc::{
        convert::{data_keys, privacy as convert},
        gate::Gate,
        status,
        streams::{Streams, WhileWelcome},
    },
    policy::sites::Sites,
    proto::v1::{self, privacy_service_server::PrivacyService},
    retention::Retention,
    store::data_keys::DataKeyPlace,
};

/// Items that wait to be read: an export goes no faster than it is read.
const MOST_UNREAD: usize = 4;

/// The service.
pub struct Privacy {
    /// Who may come in.
    pub gate: Gate,
    /// Which sites there are.
    pub sites: Arc<Sites>,
    /// What is held on whom.
    pub subjects: DataSubjects,
    /// What contact data is sealed with.
    pub data_keys: DataKeys,
    /// What is kept for too long.
    pub retention: Retention,
    /// Long-lived replies.
    pub streams: Streams,
}

impl Privacy {
    async fn admit<T>(&self, request: &Request<T>, site: &str) -> Result<(Caller, SiteId), Status> {
        let admitted = self.gate.admit(request, site).await?;
        self.sites.get(&admitted.1).await?;
        Ok(admitted)
    }
}

#[tonic::async_trait]
impl PrivacyService for Privacy {
    async fn reveal_contact(
        &self,
        request: Request<v1::RevealContactRequest>,
    ) -> Result<Response<v1::RevealContactResponse>, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(&request, &asked.site).await?;
        let (comment, purpose) = convert::reveal(asked)?;
        let reveal = self
            .subjects
            .reveal(&site, &caller, comment, &purpose)
            .await?;
        Ok(Response::new(convert::revealed(reveal)))
    }

    type ExportSubjectStream = WhileWelcome<v1::ExportSubjectResponse>;

    async fn export_subject(
        &self,
        request: Request<v1::ExportSubjectRequest>,
    ) -> Result<Response<Self::ExportSubjectStream>, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(&request, &asked.site).await?;
        let (subject, purpose) = convert::subject(asked.subject.as_ref(), &asked.reason)?;
        let export = self
            .subjects
            .begin_export(&site, &caller, &subject, &purpose)
            .await?;
        let (items, told) = mpsc::channel(MOST_UNREAD);
        let stop = self.streams.shutdown.clone();
        self.streams.tasks.spawn(export.run(items, stop));
        let told = ReceiverStream::new(told).map(move |item| exported(&site, item));
        let dismissal = self.gate.dismissal(request.extensions());
        Ok(Response::new(WhileWelcome::new(told, dismissal)))
    }

    type EraseSubjectStream = WhileWelcome<v1::EraseSubjectResponse>;

    async fn erase_subject(
        &self,
        request: Request<v1::EraseSubjectRequest>,
    ) -> Result<Response<Self::EraseSubjectStream>, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(&request, &asked.site).await?;
        let (subject, purpose) = convert::subject(asked.subject.as_ref(), &asked.reason)?;
        let only_look = asked.validate_only;
        let begun = self
            .subjects
            .begin_erasure(&site, &caller, &subject, purpose, only_look);
        let erasure = begun.await?;
        let (steps, told) = mpsc::channel(MOST_UNREAD);
        let stop = self.streams.shutdown.clone();
        self.streams.tasks.spawn(erasure.run(steps, stop));
        let told = ReceiverStream::new(told).map(erased);
        let dismissal = self.gate.dismissal(request.extensions());
        Ok(Response::new(WhileWelcome::new(told, dismissal)))
    }

    async fn set_legal_hold(
        &self,
        request: Request<v1::SetLegalHoldRequest>,
    ) -> Result<Response<v1::SetLegalHoldResponse>, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(&request, &asked.site).await?;
        let (subject, purpose) = convert::subject(asked.subject.as_ref(), &asked.reason)?;
        let setting = self
            .subjects
            .set_legal_hold(&site, &caller, &subject, &purpose, asked.held);
        let (set, not_found_before) = setting.await?;
        Ok(Response::new(convert::held(set, not_found_before)))
    }

    async fn preview_retention(
        &self,
        request: Request<v1::PreviewRetentionRequest>,
    ) -> Result<Response<v1::PreviewRetentionResponse>, Status> {
        let (_, site) = self.gate.admit(&request, &request.get_ref().site).await?;
        let spans = self.sites.get(&site).await?.policy.retention();
        let preview = self.retention.preview(&site, spans).await?;
        Ok(Response::new(convert::preview(preview)))
    }

    async fn list_data_keys(
        &self,
        request: Request<v1::ListDataKeysRequest>,
    ) -> Result<Response<v1::ListDataKeysResponse>, Status> {
        let asked = request.get_ref();
        let (_, site) = self.admit(&request, &asked.site).await?;
        let (count, from) = data_keys::listing(asked)?;
        let (keys, next) = self.data_keys.page(&site, from, count).await?;
        let seals_to = self.data_keys.officer;
        let mut listed = data_keys::listed(&site, &keys, next, seals_to);
        // At the beginning of a look too: what is stored later can't be missed by it, if nobody seals to another key then.
        if next.is_none() || from == DataKeyPlace::START {
            listed.also_sealed_to = self.data_keys.also_sealed_to().await?;
        }
        Ok(Response::new(listed))
    }

    async fn replace_data_keys(
        &self,
        request: Request<v1::ReplaceDataKeysRequest>,
    ) -> Result<Response<v1::ReplaceDataKeysResponse>, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(&request, &asked.site).await?;
        let (from, wrapped) = data_keys::replacement(asked, self.data_keys.officer)?;
        let replacing = self.data_keys.replace(&site, &caller, from, &wrapped);
        Ok(Response::new(data_keys::outcome(replacing.await?)))
    }
}

fn exported(site: &SiteId, item: Item) -> Result<v1::ExportSubjectResponse, Status> {
    match item {
        Item::Author(author) => Ok(convert::author(*author)),
        Item::Comment(comment) => Ok(convert::comment(site, *comment)),
        Item::Summary {
            authors,
            comments,
            not_found_before,
        } => Ok(convert::summary(authors, comments, not_found_before)),
        Item::Failed(error) => Err(error.into()),
        Item::Stopped => Err(stopped()),
    }
}

fn erased(step: Step) -> Result<v1::EraseSubjectResponse, Status> {
    match step {
        Step::Progress { erased, found } => Ok(v1::EraseSubjectResponse {
            erased,
            found,
            summary: None,
        }),
        Step::Done(erased) => Ok(convert::erased(erased)),
        Step::Failed(refusal) => Err(refusal.into()),
        Step::Stopped => Err(stopped()),
    }
}

fn stopped() -> Status {
    status::stream_over("the service shuts down; send the same request again")
}
