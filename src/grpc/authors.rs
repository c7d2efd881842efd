//! The part of `ModerationService` that is about authors: standings and notes.

use tonic::{Request, Status};

use crate::{
    access::caller::Caller,
    authors::Authors,
    comment::{ids::SiteId, written::Written},
    grpc::{
        convert::{authors as convert, standings},
        gate::Gate,
    },
    policy::sites::Sites,
    proto::v1,
};

/// What moderators say of authors, and who may.
pub struct AuthorDesk<'a> {
    /// Who may come in.
    pub gate: &'a Gate,
    /// Which sites there are.
    pub sites: &'a Sites,
    /// What is known and said.
    pub authors: &'a Authors,
}

impl AuthorDesk<'_> {
    async fn admit<T>(&self, request: &Request<T>, site: &str) -> Result<(Caller, SiteId), Status> {
        let admitted = self.gate.admit(request, site).await?;
        self.sites.get(&admitted.1).await?;
        Ok(admitted)
    }

    /// `SetAuthorStanding`.
    ///
    /// # Errors
    /// The gate's; every violation; what refuses it.
    pub async fn set(
        &self,
        request: &Request<v1::SetAuthorStandingRequest>,
    ) -> Result<v1::SetAuthorStandingResponse, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(request, &asked.site).await?;
        let change = convert::change(&site, asked, self.authors.now().await?)?;
        let changed = self.authors.set(&site, &caller, &change).await?;
        Ok(convert::changed(&site, changed))
    }

    /// `GetAuthorStanding`.
    ///
    /// # Errors
    /// The gate's; every violation; what refuses it.
    pub async fn get(
        &self,
        request: &Request<v1::GetAuthorStandingRequest>,
    ) -> Result<v1::GetAuthorStandingResponse, Status> {
        let asked = request.get_ref();
        let (_, site) = self.admit(request, &asked.site).await?;
        let named = convert::named(asked.subject.as_ref())?;
        let (stands, notes) = self.authors.get(&site, &named).await?;
        Ok(v1::GetAuthorStandingResponse {
            standing: Some(convert::standing(stands, Written::default())),
            notes: notes.into_iter().map(convert::note).collect(),
        })
    }

    /// `ListStandings`.
    ///
    /// # Errors
    /// The gate's; every violation; the store's.
    pub async fn list(
        &self,
        request: &Request<v1::ListStandingsRequest>,
    ) -> Result<v1::ListStandingsResponse, Status> {
        let asked = request.get_ref();
        let (_, site) = self.admit(request, &asked.site).await?;
        let (count, from) = standings::listing(asked)?;
        let (page, next) = self.authors.list(&site, from, count).await?;
        Ok(v1::ListStandingsResponse {
            standings: page
                .into_iter()
                .map(|(stands, name)| convert::standing(stands, name))
                .collect(),
            next_page_token: next.map_or_else(String::new, |next| standings::token(&site, next)),
        })
    }

    /// `AddAuthorNote`.
    ///
    /// # Errors
    /// The gate's; every violation; what refuses it.
    pub async fn note(
        &self,
        request: &Request<v1::AddAuthorNoteRequest>,
    ) -> Result<v1::AddAuthorNoteResponse, Status> {
        let asked = request.get_ref();
        let (caller, site) = self.admit(request, &asked.site).await?;
        let (comment, note) = convert::note_of(asked)?;
        let (note, replayed) = self.authors.note(&site, &caller, comment, &note).await?;
        Ok(v1::AddAuthorNoteResponse {
            note: Some(convert::note(note)),
            replayed,
        })
    }
}
