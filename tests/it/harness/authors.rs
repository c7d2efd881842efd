//! What moderators say of authors, in short.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use replydesk::proto::v1::{
    self, Standing, SubjectKind,
    subject::{NamedBy, OfComment},
};
use tonic::Status;

use super::clients::Client;

/// What of a comment is meant.
pub fn of(comment_id: &str, kind: SubjectKind) -> NamedBy {
    NamedBy::Comment(OfComment {
        comment_id: comment_id.to_owned(),
        kind: kind.into(),
        domain: String::new(),
    })
}

/// A domain that a comment leads to.
pub fn domain_of(comment_id: &str, domain: &str) -> NamedBy {
    NamedBy::Comment(OfComment {
        comment_id: comment_id.to_owned(),
        kind: SubjectKind::LinkDomain.into(),
        domain: domain.to_owned(),
    })
}

/// A standing for good; for another end or reason, change it.
pub fn standing(site: &str, named: NamedBy, standing: Standing) -> v1::SetAuthorStandingRequest {
    v1::SetAuthorStandingRequest {
        site: site.to_owned(),
        subject: Some(v1::Subject {
            named_by: Some(named),
        }),
        standing: standing.into(),
        ..Default::default()
    }
}

/// A time to come.
pub fn from_now(length: Duration) -> Option<prost_types::Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + length;
    Some(prost_types::Timestamp {
        seconds: since.as_secs().try_into().unwrap(),
        nanos: since.subsec_nanos().try_into().unwrap(),
    })
}

impl Client {
    /// Sets a standing.
    pub async fn stand(
        &self,
        request: v1::SetAuthorStandingRequest,
    ) -> Result<v1::SetAuthorStandingResponse, Status> {
        let answer = self.moderation.clone().set_author_standing(request).await;
        Ok(answer?.into_inner())
    }

    /// How a subject stands.
    pub async fn standing_of(
        &self,
        site: &str,
        named: NamedBy,
    ) -> Result<v1::GetAuthorStandingResponse, Status> {
        let request = v1::GetAuthorStandingRequest {
            site: site.to_owned(),
            subject: Some(v1::Subject {
                named_by: Some(named),
            }),
        };
        let answer = self.moderation.clone().get_author_standing(request).await;
        Ok(answer?.into_inner())
    }

    /// A page of who and what stands otherwise than normal.
    pub async fn standings(
        &self,
        site: &str,
        page_size: i32,
        page_token: &str,
    ) -> v1::ListStandingsResponse {
        let request = v1::ListStandingsRequest {
            site: site.to_owned(),
            page_size,
            page_token: page_token.to_owned(),
        };
        let answer = self.moderation.clone().list_standings(request).await;
        answer.unwrap().into_inner()
    }

    /// Notes something on a comment's author.
    pub async fn note(
        &self,
        site: &str,
        comment_id: &str,
        note: &str,
    ) -> Result<v1::AddAuthorNoteResponse, Status> {
        let request = v1::AddAuthorNoteRequest {
            site: site.to_owned(),
            comment_id: comment_id.to_owned(),
            note: note.to_owned(),
        };
        let answer = self.moderation.clone().add_author_note(request).await;
        Ok(answer?.into_inner())
    }
}
