//! What the privacy officer is refused.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, QuotaViolation};

use super::{comment_not_found, detailed, precondition};
use crate::{data_keys::DataKeyRefusal, data_subjects::PrivacyRefusal};

impl From<PrivacyRefusal> for Status {
    fn from(refusal: PrivacyRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            PrivacyRefusal::NoComment => comment_not_found(),
            PrivacyRefusal::ContactGone => precondition("CONTACT_GONE", "comment", &message),
            PrivacyRefusal::TooMany { retry_after, .. } => {
                let mut details = ErrorDetails::with_retry_info(Some(retry_after));
                let violation = QuotaViolation::new("limit:reveals", message.as_str());
                details.set_quota_failure(vec![violation]);
                let metadata = [("limit", "reveals".to_owned())];
                let code = Code::ResourceExhausted;
                detailed(code, "LIMIT_EXCEEDED", message, &metadata, details)
            }
            PrivacyRefusal::NoAuthor => precondition("NO_AUTHOR", "subject", &message),
            PrivacyRefusal::Held { .. } => precondition("LEGAL_HOLD", "subject", &message),
            PrivacyRefusal::Site(error) => error.into(),
            PrivacyRefusal::Store(error) => error.into(),
        }
    }
}

impl From<DataKeyRefusal> for Status {
    fn from(refusal: DataKeyRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            DataKeyRefusal::OtherOfficer { .. } => {
                precondition("OTHER_OFFICER_KEY", "wrapped", &message)
            }
            DataKeyRefusal::Site(error) => error.into(),
            DataKeyRefusal::Store(error) => error.into(),
        }
    }
}
