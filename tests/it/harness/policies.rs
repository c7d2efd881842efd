//! Policies, as an editor's client changes them.

use replydesk::proto::v1;
use tonic::Status;

use super::clients::Client;

impl Client {
    /// Changes one part of a site's policy, such as `mode`, or the whole where `part` is empty. Version 0: whatever
    /// there is.
    pub async fn update_policy(
        &self,
        site: &str,
        part: &str,
        policy: v1::Policy,
        expected_version: u32,
    ) -> Result<v1::Site, Status> {
        let path = if part.is_empty() {
            "policy".to_owned()
        } else {
            format!("policy.{part}")
        };
        let request = v1::UpdateSiteRequest {
            site: Some(v1::Site {
                site: site.to_owned(),
                policy: Some(policy),
                ..Default::default()
            }),
            update_mask: Some(prost_types::FieldMask { paths: vec![path] }),
            expected_version,
        };
        let updated = self.sites.clone().update_site(request).await?;
        Ok(updated.into_inner().site.unwrap())
    }
}

/// Codes and what readers are told, in this order.
pub fn rejection_reasons(given: &[(&str, &str)]) -> Vec<v1::RejectionReason> {
    let reason = |(code, text): &(&str, &str)| v1::RejectionReason {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    };
    given.iter().map(reason).collect()
}
