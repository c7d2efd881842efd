//! A standing set, and what was pending dealt with to the end.

use crate::{
    cli::{
        client::{Connection, explain::explain, once, reach::Reach, timely},
        failure::Failure,
        output,
    },
    proto::v1::{
        PendingAction, SetAuthorStandingRequest, Standing, Subject, SubjectKind, subject::NamedBy,
    },
};

use super::{How, Pending, show};

/// What to ask for.
///
/// # Errors
/// An IP address without an end.
pub(super) fn request(
    site: String,
    subject: Subject,
    standing: Standing,
    how: How,
    pending: Option<Pending>,
) -> Result<SetAuthorStandingRequest, Failure> {
    let pending = match pending {
        None => PendingAction::Unspecified,
        Some(Pending::Leave) => PendingAction::Leave,
        Some(Pending::Reject) => PendingAction::Reject,
        Some(Pending::Spam) => PendingAction::Spam,
    };
    let until = how.until.or(how.end);
    let is_ip = matches!(
        &subject.named_by,
        Some(NamedBy::Comment(of)) if of.kind() == SubjectKind::IpAddress
    );
    if is_ip && standing != Standing::Normal && until.is_none() {
        return Err(Failure::usage(
            "an IP address must be given back: say --for 2d or --until TIME, within 30 days",
        ));
    }
    Ok(SetAuthorStandingRequest {
        site,
        subject: Some(subject),
        standing: standing.into(),
        until,
        reason: how.reason,
        pending: pending.into(),
        add_strike: how.strike,
        pending_token: String::new(),
    })
}

/// Asks until nothing pending is left.
///
/// # Errors
/// The service refuses it or is not there; what was done until then stays.
pub(super) async fn run(
    reach: &Reach,
    mut request: SetAuthorStandingRequest,
    json: bool,
) -> Result<(), Failure> {
    let connection = Connection::open(&reach.target()?).await?;
    let (mut dealt_with, mut changed) = (0, false);
    loop {
        let answer = once(
            connection
                .moderation()
                .set_author_standing(timely(request.clone())),
        )
        .await;
        let answer = answer.map_err(|status| explain(&status))?;
        dealt_with += answer.dealt_with;
        changed |= answer.changed;
        if answer.next_pending_token.is_empty() {
            let standing = answer.standing.unwrap_or_default();
            if json {
                let mut value = show::standing_json(&standing);
                value["changed"] = changed.into();
                value["dealt_with"] = dealt_with.into();
                return output::json(&value);
            }
            return output::say(show::changed(&standing, changed, dealt_with));
        }
        request.pending_token = answer.next_pending_token;
    }
}
