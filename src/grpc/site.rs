//! `SiteService`: what editors and admins call.

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming};

use crate::{
    access::{Access, table::Method},
    backtest::Backtest,
    grpc::{
        backtests,
        convert::{
            model,
            site::{self as convert, key, thread},
        },
        gate::Gate,
        imports, status,
        streams::{Streams, WhileWelcome},
    },
    import::Importer,
    policy::sites::Sites,
    proto::v1::{self, site_service_server::SiteService},
    spam::replication::Replication,
};

/// The service.
pub struct SiteAdmin {
    /// Who may come in.
    pub gate: Gate,
    /// Sites, policies and threads.
    pub sites: Arc<Sites>,
    /// Access keys.
    pub access: Arc<Access>,
    /// The model of this replica.
    pub replication: Replication,
    /// What learns from comments that were moderated elsewhere.
    pub importer: Importer,
    /// What tries policies.
    pub backtest: Backtest,
    /// Long-lived replies.
    pub streams: Streams,
}

#[tonic::async_trait]
impl SiteService for SiteAdmin {
    async fn create_site(
        &self,
        request: Request<v1::CreateSiteRequest>,
    ) -> Result<Response<v1::CreateSiteResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let new = convert::create_site(request.get_ref())?;
        let site = self
            .sites
            .create(new.id, new.display_name, new.policy, &caller.actor())
            .await?;
        Ok(Response::new(v1::CreateSiteResponse {
            site: Some(convert::site_to_proto(&site)),
        }))
    }

    async fn get_site(
        &self,
        request: Request<v1::GetSiteRequest>,
    ) -> Result<Response<v1::GetSiteResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let id = convert::get_site(request.get_ref())?;
        caller.require(&id)?;
        let site = self.sites.get(&id).await?;
        Ok(Response::new(v1::GetSiteResponse {
            site: Some(convert::site_to_proto(&site)),
        }))
    }

    async fn list_sites(
        &self,
        request: Request<v1::ListSitesRequest>,
    ) -> Result<Response<v1::ListSitesResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let sites = self.sites.list().await?;
        let visible = sites.iter().filter(|site| caller.scope.contains(&site.id));
        let mut sites: Vec<_> = visible.map(convert::site_to_proto).collect();
        // Who may not ask for a site's policy does not get it here.
        if !Method::GetSite.roles().contains(&caller.role) {
            sites.iter_mut().for_each(|site| site.policy = None);
        }
        Ok(Response::new(v1::ListSitesResponse { sites }))
    }

    async fn update_site(
        &self,
        request: Request<v1::UpdateSiteRequest>,
    ) -> Result<Response<v1::UpdateSiteResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let update = convert::update_site(request.get_ref())?;
        caller.require(&update.id)?;
        let site = self
            .sites
            .update(&update.id, &update.change, update.expected, &caller.actor())
            .await?;
        Ok(Response::new(v1::UpdateSiteResponse {
            site: Some(convert::site_to_proto(&site)),
        }))
    }

    async fn close_thread(
        &self,
        request: Request<v1::CloseThreadRequest>,
    ) -> Result<Response<v1::CloseThreadResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let close = thread::close_thread(request.get_ref())?;
        caller.require(&close.site)?;
        self.sites
            .close_thread(&close.site, &close.thread, close.closed, &caller.actor())
            .await?;
        Ok(Response::new(v1::CloseThreadResponse {
            closed: close.closed,
        }))
    }

    async fn set_thread_policy(
        &self,
        request: Request<v1::SetThreadPolicyRequest>,
    ) -> Result<Response<v1::SetThreadPolicyResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let set = thread::set_thread_policy(request.get_ref())?;
        caller.require(&set.site)?;
        self.sites
            .set_thread_mode(&set.site, &set.thread, set.mode, &caller.actor())
            .await?;
        let (now, closed_by) = self.sites.thread(&set.site, &set.thread).await?;
        let thread = thread::thread_to_proto(&set.thread, now, closed_by);
        Ok(Response::new(v1::SetThreadPolicyResponse {
            thread: Some(thread),
        }))
    }

    async fn get_thread(
        &self,
        request: Request<v1::GetThreadRequest>,
    ) -> Result<Response<v1::GetThreadResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let (site, id) = thread::get_thread(request.get_ref())?;
        caller.require(&site)?;
        let (found, closed_by) = self.sites.thread(&site, &id).await?;
        Ok(Response::new(v1::GetThreadResponse {
            thread: Some(thread::thread_to_proto(&id, found, closed_by)),
        }))
    }

    async fn create_key(
        &self,
        request: Request<v1::CreateKeyRequest>,
    ) -> Result<Response<v1::CreateKeyResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let new = key::create_key(request.get_ref())?;
        let (info, access_key) = self.access.create(&caller, new).await?;
        Ok(Response::new(key::created_to_proto(&info, &access_key)))
    }

    async fn rotate_key(
        &self,
        request: Request<v1::RotateKeyRequest>,
    ) -> Result<Response<v1::RotateKeyResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let new = key::rotate_key(request.get_ref())?;
        let rotated = self.access.rotate(&caller, &new).await?;
        Ok(Response::new(key::rotated_to_proto(&rotated)))
    }

    async fn list_keys(
        &self,
        request: Request<v1::ListKeysRequest>,
    ) -> Result<Response<v1::ListKeysResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let keys = self.access.list(&caller).await?;
        Ok(Response::new(v1::ListKeysResponse {
            keys: keys.iter().map(key::key_to_proto).collect(),
        }))
    }

    async fn revoke_key(
        &self,
        request: Request<v1::RevokeKeyRequest>,
    ) -> Result<Response<v1::RevokeKeyResponse>, Status> {
        let caller = self.gate.caller(&request).await?;
        let id = key::revoke_key(request.get_ref())?;
        let info = self.access.revoke(&caller, id).await?;
        Ok(Response::new(v1::RevokeKeyResponse {
            key: Some(key::key_to_proto(&info)),
        }))
    }

    async fn get_model_status(
        &self,
        request: Request<v1::GetModelStatusRequest>,
    ) -> Result<Response<v1::GetModelStatusResponse>, Status> {
        self.gate.caller(&request).await?;
        let status = self.replication.status().await?;
        Ok(Response::new(v1::GetModelStatusResponse {
            status: Some(model::status_to_proto(&status)),
        }))
    }

    async fn import_comments(
        &self,
        request: Request<Streaming<v1::ImportCommentsRequest>>,
    ) -> Result<Response<v1::ImportCommentsResponse>, Status> {
        let dismissal = self.gate.dismissal(request.extensions());
        let taken = tokio::select! {
            taken = imports::take_in(&self.gate, &self.importer, request) => taken?,
            refused = dismissal => return Err(refused),
            () = self.streams.shutdown.cancelled() => {
                return Err(status::stream_over("the service shuts down; send the same again"));
            }
        };
        Ok(Response::new(taken))
    }

    type BacktestPolicyStream = WhileWelcome<v1::BacktestPolicyResponse>;

    async fn backtest_policy(
        &self,
        request: Request<v1::BacktestPolicyRequest>,
    ) -> Result<Response<Self::BacktestPolicyStream>, Status> {
        let reply = backtests::replay(&self.gate, &self.backtest, &self.streams, &request).await?;
        Ok(Response::new(reply))
    }
}
