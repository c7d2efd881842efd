//! The layers' errors.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, QuotaViolation};

use super::{detailed, internal, not_found, precondition, status, unavailable};
use crate::{
    access::{error::AccessError, issue::IssueError, token::error::TokenError},
    backtest::BacktestError,
    comment::{ids::KeyId, violation::Violations},
    grpc::convert::backtest,
    import::ImportError,
    policy::sites::SiteError,
    store::error::StoreError,
};

impl From<Violations> for Status {
    fn from(found: Violations) -> Self {
        let fields: Vec<FieldViolation> = found
            .as_slice()
            .iter()
            .map(|v| FieldViolation::new(v.field, v.description.as_str()))
            .collect();
        let details = ErrorDetails::with_bad_request(fields);
        detailed(
            Code::InvalidArgument,
            "INVALID_FIELDS",
            found.to_string(),
            &[],
            details,
        )
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        store(&error)
    }
}

fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Away(_) => unavailable("STORE_AWAY", "the store cannot be reached; try again"),
        StoreError::ReadOnly(_) => unavailable(
            "STORE_READ_ONLY",
            "the store takes no writes now; try again",
        ),
        StoreError::Full(_) => unavailable("STORE_FULL", "the store is full; try again later"),
        StoreError::Unreplicated { .. } => unavailable(
            "STORE_UNREPLICATED",
            "the write has not reached enough replicas; send it again",
        ),
        StoreError::TimedOut => unavailable(
            "STORE_TIMED_OUT",
            "the store did not answer in time; send the same request again",
        ),
        StoreError::Refused(_) | StoreError::Corrupt { .. } => {
            tracing::error!(error = error as &dyn std::error::Error, "store.defect");
            internal("something is wrong on our side; it has been logged")
        }
    }
}

impl From<AccessError> for Status {
    fn from(error: AccessError) -> Self {
        match &error {
            AccessError::Store(cause) => store(cause),
            AccessError::Token(refused) => token(*refused),
            AccessError::WrongRole { .. } => {
                status(Code::PermissionDenied, "WRONG_ROLE", error.to_string(), &[])
            }
            AccessError::WrongSite => {
                status(Code::PermissionDenied, "WRONG_SITE", error.to_string(), &[])
            }
            AccessError::TooManyFailures { retry_after } => {
                let mut details = ErrorDetails::with_retry_info(Some(*retry_after));
                let violation = QuotaViolation::new("peer", "calls without a good access key");
                details.set_quota_failure(vec![violation]);
                detailed(
                    Code::ResourceExhausted,
                    "TOO_MANY_FAILURES",
                    error.to_string(),
                    &[],
                    details,
                )
            }
            AccessError::Missing
            | AccessError::NotBearer
            | AccessError::Malformed(_)
            | AccessError::Unknown
            | AccessError::Expired
            | AccessError::Revoked
            | AccessError::CertificateOver
            | AccessError::CertificateUnknown => status(
                Code::Unauthenticated,
                "UNAUTHENTICATED",
                error.to_string(),
                &[],
            ),
        }
    }
}

fn token(refused: TokenError) -> Status {
    let message = refused.to_string();
    match refused {
        TokenError::KeysAway => unavailable("TOKEN_KEYS_AWAY", message),
        TokenError::NoGrant | TokenError::Ambiguous | TokenError::TooManySites => {
            status(Code::PermissionDenied, "NO_GRANT", message, &[])
        }
        TokenError::Expired | TokenError::TooOld => {
            status(Code::Unauthenticated, "TOKEN_EXPIRED", message, &[])
        }
        TokenError::TooLong
        | TokenError::Malformed
        | TokenError::Algorithm
        | TokenError::Type
        | TokenError::Critical
        | TokenError::UnknownKey
        | TokenError::NoKeyNamed
        | TokenError::Signature
        | TokenError::Claim(_)
        | TokenError::Issuer
        | TokenError::Audience
        | TokenError::NotYet
        | TokenError::NamedByAddress
        | TokenError::Label
        | TokenError::Roles
        | TokenError::Sites => status(Code::Unauthenticated, "UNAUTHENTICATED", message, &[]),
    }
}

impl From<IssueError> for Status {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Denied(error) => error.into(),
            IssueError::Violations(found) => found.into(),
            IssueError::NotFound => not_found("KEY_NOT_FOUND", error.to_string()),
            IssueError::Configured => precondition("KEY_CONFIGURED", "key", &error.to_string()),
            IssueError::Over => precondition("KEY_OVER", "key", &error.to_string()),
            IssueError::Used(successor) => replaced("KEY_IN_USE", successor, &error),
            IssueError::Replaced(successor) => replaced("KEY_REPLACED", successor, &error),
            IssueError::TooMany => status(
                Code::ResourceExhausted,
                "TOO_MANY_KEYS",
                error.to_string(),
                &[],
            ),
            IssueError::Random(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "key.create_failed"
                );
                internal("no key could be made; nothing was stored")
            }
            IssueError::Store(cause) => store(&cause),
        }
    }
}

/// The key has a successor, which the caller must look at.
fn replaced(reason: &str, successor: KeyId, error: &IssueError) -> Status {
    let message = error.to_string();
    let mut details = ErrorDetails::new();
    details.add_precondition_failure_violation(reason, "key", message.as_str());
    let metadata = [("replaced_by", successor.to_string())];
    detailed(
        Code::FailedPrecondition,
        reason,
        message,
        &metadata,
        details,
    )
}

impl From<ImportError> for Status {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Site(error) => error.into(),
            ImportError::Store(cause) => store(&cause),
            ImportError::TrainerBehind { .. } => unavailable("TRAINER_BEHIND", error.to_string()),
        }
    }
}

impl From<BacktestError> for Status {
    fn from(error: BacktestError) -> Self {
        match error {
            BacktestError::Site(error) => error.into(),
            BacktestError::Violations(found) => backtest::within_request(&found).into(),
            BacktestError::Store(cause) => store(&cause),
        }
    }
}

impl From<SiteError> for Status {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Store(cause) => store(&cause),
            SiteError::NotFound => not_found("SITE_NOT_FOUND", error.to_string()),
            SiteError::Exists => status(Code::AlreadyExists, "SITE_EXISTS", error.to_string(), &[]),
            SiteError::TooMany => status(
                Code::ResourceExhausted,
                "TOO_MANY_SITES",
                error.to_string(),
                &[],
            ),
            SiteError::ThreadBusy => unavailable("THREAD_BUSY", error.to_string()),
            SiteError::Violations(found) => found.into(),
            SiteError::Stale { current } => status(
                Code::Aborted,
                "STALE_POLICY",
                error.to_string(),
                &[("policy_version", current.to_string())],
            ),
        }
    }
}
