//! Who is shown what readers wrote, by what their key is for.

use crate::{
    access::{caller::Caller, role::Role},
    comment::written::Audience,
    policy::Policy,
};

/// A blog's key is shown what everybody may see, by the site's policy; everybody else, what was written.
#[must_use]
pub fn of(caller: &Caller, policy: &Policy) -> Audience {
    match caller.role {
        Role::Submitter => Audience::Blog(policy.masking()),
        Role::Moderator | Role::SeniorModerator | Role::Admin | Role::PrivacyOfficer => {
            Audience::Newsroom
        }
    }
}
