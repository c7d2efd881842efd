//! What metrics tell of submissions and changes.

use tokio::time::error::Elapsed;

use crate::{
    admission::{
        changes::ChangeRefusal,
        error::SubmitError,
        receipt::{Admission, Refusal},
    },
    metrics::submissions::{Became, LimitHit, Submissions},
};

/// Counts what became of a submission; one that was only to be looked at is stored nowhere, and has no score to tell.
pub(super) fn submission(
    to: &Submissions,
    only_check: bool,
    ended: &Result<Result<Admission, SubmitError>, Elapsed>,
) {
    let became = match ended {
        Ok(Ok(Admission::Admitted(_))) if only_check => Became::Checked,
        Ok(Ok(Admission::Admitted(receipt))) => {
            to.score(receipt.score.probability);
            Became::Stored(receipt.outcome)
        }
        Ok(Ok(Admission::Replayed(_))) => Became::Replayed,
        Ok(Ok(Admission::Refused(refusal))) => {
            if let Refusal::Limit { limit, .. } = refusal {
                to.limit(LimitHit::OfSite(*limit));
            }
            Became::Refused
        }
        Ok(Err(SubmitError::Throttled { .. })) => {
            to.limit(LimitHit::Replica);
            Became::Refused
        }
        Ok(Err(SubmitError::Violations(_))) => Became::Invalid,
        Ok(Err(
            SubmitError::Site(_)
            | SubmitError::Seal(_)
            | SubmitError::SealLapsed
            | SubmitError::Store(_),
        ))
        | Err(Elapsed { .. }) => Became::Failed,
    };
    to.count(became);
}

/// Counts the limit that refused a change, if one did.
pub(super) fn change<T>(
    to: &Submissions,
    ended: Result<T, ChangeRefusal>,
) -> Result<T, ChangeRefusal> {
    match &ended {
        Err(ChangeRefusal::Limit { limit, .. }) => to.limit(LimitHit::OfSite(*limit)),
        Err(ChangeRefusal::TooManyReports { .. }) => to.limit(LimitHit::Reader),
        Err(ChangeRefusal::Throttled { .. }) => to.limit(LimitHit::Replica),
        Ok(_)
        | Err(
            ChangeRefusal::Violations(_)
            | ChangeRefusal::NotFound
            | ChangeRefusal::Erased
            | ChangeRefusal::Retracted
            | ChangeRefusal::Stale { .. }
            | ChangeRefusal::ThreadClosed { .. }
            | ChangeRefusal::NotAppealable(_)
            | ChangeRefusal::Site(_)
            | ChangeRefusal::Store(_),
        ) => {}
    }
    ended
}
