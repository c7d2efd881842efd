//! What the reader is told of a rejection: looked up in the site's policy when the decision is made.

use crate::{
    comment::ids::SiteId,
    queue::{
        Queue,
        ruling::{DecideRefusal, Ruling},
    },
};

impl Queue {
    /// The text for a ruling's reason code; empty where the reader is told nothing.
    ///
    /// A ruling on a version that has passed changes nothing any more: it is a repetition, and answered as the first
    /// time though the site may have dropped the code since, or it is stale, which says more.
    pub(super) async fn statement(
        &self,
        site: &SiteId,
        ruling: &Ruling,
    ) -> Result<String, DecideRefusal> {
        let known = self.sites.get(site).await?;
        let reasons = known.policy.rejection_reasons();
        if let Some(text) = reasons.text_of(&ruling.reason_code) {
            return Ok(text.to_owned());
        }
        match self.store.comment(site, ruling.comment).await? {
            Some(comment) if comment.version == ruling.version => {
                Err(DecideRefusal::UnknownReason {
                    codes: reasons.codes(),
                })
            }
            Some(_) | None => Ok(String::new()),
        }
    }
}
