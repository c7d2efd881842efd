//! `ImportComments`: a stream of comments that were moderated elsewhere, answered once.

use tonic::{Request, Status, Streaming};

use crate::{
    comment::{ids::SiteId, violation::Violations},
    grpc::{convert::import as convert, gate::Gate},
    import::Importer,
    proto::v1::{self, import_comments_request::Message},
};

/// Takes a call's comments in. What it reads is bounded by what it has taken in: the client waits.
///
/// # Errors
/// The gate's; no start; what the importer says.
pub async fn take_in(
    gate: &Gate,
    importer: &Importer,
    request: Request<Streaming<v1::ImportCommentsRequest>>,
) -> Result<v1::ImportCommentsResponse, Status> {
    // A stranger learns nothing, not even by waiting.
    gate.caller(&request).await?;
    let (_, extensions, mut incoming) = request.into_parts();
    let first = incoming.message().await?.and_then(|first| first.message);
    let Some(Message::Start(start)) = first else {
        let why = "must be the first message of the stream";
        return Err(Violations::one("start", why).into());
    };
    let site: SiteId = start
        .site
        .parse()
        .map_err(|error| Violations::one("site", error))?;
    gate.still(&extensions).await?.require(&site)?;
    let mut intake = importer.start(&site).await?;
    while let Some(next) = incoming.message().await? {
        match next.message {
            Some(Message::Comment(comment)) => intake.take(&convert::draft(comment)).await?,
            Some(Message::Start(_)) => {
                intake.refuse_message("must be a comment: it started before")
            }
            None => intake.refuse_message("must not be empty"),
        }
    }
    Ok(convert::tally(intake.finish().await?))
}
