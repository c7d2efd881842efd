//! The words that our commands print and read for the API's enumerations.

use crate::{
    comment,
    proto::v1::{
        AuditAction, CommentState, Lane, ModerationMode, Outcome, Reason, ReasonCode, Role,
        Standing, SubjectKind, Verdict,
    },
};

use super::untrusted;

/// `PENDING`, `APPROVED` …
#[must_use]
pub fn state(number: i32) -> &'static str {
    let state = CommentState::try_from(number).unwrap_or(CommentState::Unspecified);
    after("COMMENT_STATE_", state.as_str_name())
}

/// `PENDING`, `APPROVED`, `REJECTED`, `SPAM`.
#[must_use]
pub fn outcome(number: i32) -> &'static str {
    let outcome = Outcome::try_from(number).unwrap_or(Outcome::Unspecified);
    after("OUTCOME_", outcome.as_str_name())
}

/// `APPROVE`, `REJECT`, `SPAM`.
#[must_use]
pub fn verdict(number: i32) -> &'static str {
    let verdict = Verdict::try_from(number).unwrap_or(Verdict::Unspecified);
    after("VERDICT_", verdict.as_str_name())
}

/// `TRUSTED`, `NORMAL`, `HELD`, `BANNED`.
#[must_use]
pub fn standing(number: i32) -> &'static str {
    let standing = Standing::try_from(number).unwrap_or(Standing::Unspecified);
    after("STANDING_", standing.as_str_name())
}

/// `AUTHOR`, `IP_ADDRESS`, `LINK_DOMAIN`, `WEBSITE`.
#[must_use]
pub fn subject_kind_name(number: i32) -> &'static str {
    let kind = SubjectKind::try_from(number).unwrap_or(SubjectKind::Unspecified);
    after("SUBJECT_KIND_", kind.as_str_name())
}

/// What a standing is said of, as a person reads it.
#[must_use]
pub fn subject_kind(number: i32) -> &'static str {
    match SubjectKind::try_from(number) {
        Ok(SubjectKind::Author) => "author",
        Ok(SubjectKind::IpAddress) => "ip address",
        Ok(SubjectKind::LinkDomain) => "domain",
        Ok(SubjectKind::Website) => "website",
        Ok(SubjectKind::Unspecified) | Err(_) => "something",
    }
}

/// `review`, `reported`, `escalated`, `appeals`.
#[must_use]
pub fn lane(number: i32) -> &'static str {
    match Lane::try_from(number) {
        Ok(Lane::Review) => "review",
        Ok(Lane::Reported) => "reported",
        Ok(Lane::Escalated) => "escalated",
        Ok(Lane::Appeals) => "appeals",
        Ok(Lane::Unspecified) | Err(_) => "unknown",
    }
}

/// The lane of such a word.
///
/// # Errors
/// Which words there are.
pub fn lane_of(word: &str) -> Result<comment::lane::Lane, String> {
    comment::lane::Lane::from_word(word).ok_or_else(|| {
        let known = comment::lane::Lane::ALL.map(comment::lane::Lane::word);
        format!("must be one of {}", known.join(", "))
    })
}

/// `FIRST_COMMENT`, `SCORE_HIGH` …
#[must_use]
pub fn reason_code(number: i32) -> &'static str {
    let code = ReasonCode::try_from(number).unwrap_or(ReasonCode::Unspecified);
    after("REASON_CODE_", code.as_str_name())
}

/// The reason of such a word: `first-comment`, `FIRST_COMMENT`.
///
/// # Errors
/// Which words there are.
pub fn reason_code_of(word: &str) -> Result<ReasonCode, String> {
    let name = format!("REASON_CODE_{}", word.to_uppercase().replace('-', "_"));
    ReasonCode::from_str_name(&name)
        .filter(|code| *code != ReasonCode::Unspecified)
        .ok_or_else(|| {
            let known = (1..).map_while(|number| ReasonCode::try_from(number).ok());
            let known: Vec<_> = known
                .map(|code| reason_code(code.into()).to_lowercase().replace('_', "-"))
                .collect();
            format!("must be one of {}", known.join(", "))
        })
}

/// `decided`, `policy-updated` …
#[must_use]
pub fn audit_action(number: i32) -> String {
    let action = AuditAction::try_from(number).unwrap_or(AuditAction::Unspecified);
    let word = after("AUDIT_ACTION_", action.as_str_name());
    word.to_lowercase().replace('_', "-")
}

/// The action of such a word.
///
/// # Errors
/// Which words there are.
pub fn audit_action_of(word: &str) -> Result<AuditAction, String> {
    let name = format!("AUDIT_ACTION_{}", word.to_uppercase().replace('-', "_"));
    let action = AuditAction::from_str_name(&name);
    action
        .filter(|action| *action != AuditAction::Unspecified)
        .ok_or_else(|| {
            let known = (1..).map_while(|number| AuditAction::try_from(number).ok());
            let known: Vec<_> = known.map(|action| audit_action(action.into())).collect();
            format!("must be one of {}", known.join(", "))
        })
}

/// `submitter`, `moderator`, `senior-moderator`, `admin`, `privacy-officer`.
#[must_use]
pub fn role(number: i32) -> &'static str {
    match Role::try_from(number) {
        Ok(Role::Submitter) => "submitter",
        Ok(Role::Moderator) => "moderator",
        Ok(Role::SeniorModerator) => "senior-moderator",
        Ok(Role::Admin) => "admin",
        Ok(Role::PrivacyOfficer) => "privacy-officer",
        Ok(Role::Unspecified) | Err(_) => "unknown",
    }
}

/// `pre`, `post`, `automatic`.
#[must_use]
pub fn mode(number: i32) -> Option<&'static str> {
    match ModerationMode::try_from(number) {
        Ok(ModerationMode::Pre) => Some("pre"),
        Ok(ModerationMode::Post) => Some("post"),
        Ok(ModerationMode::Automatic) => Some("automatic"),
        Ok(ModerationMode::Unspecified) | Err(_) => None,
    }
}

/// A reason's code as a person reads it: `first comment of this author`.
#[must_use]
pub fn code(number: i32) -> &'static str {
    match ReasonCode::try_from(number) {
        Ok(ReasonCode::PreModeration) => "every comment is reviewed first",
        Ok(ReasonCode::PostModeration) => "shown at once, reviewed afterwards",
        Ok(ReasonCode::ScoreLow) => "low spam score",
        Ok(ReasonCode::ScoreUncertain) => "uncertain spam score",
        Ok(ReasonCode::ScoreHigh) => "high spam score",
        Ok(ReasonCode::FirstComment) => "first comment of this author",
        Ok(ReasonCode::TooManyLinks) => "too many links",
        Ok(ReasonCode::HeldWord) => "word on the hold list",
        Ok(ReasonCode::RejectedWord) => "word on the reject list",
        Ok(ReasonCode::Sampled) => "drawn by chance, for a look",
        Ok(ReasonCode::Unsettled) => "thread, author or policy kept changing",
        Ok(ReasonCode::ThreadModerated) => "this thread is moderated differently for a while",
        Ok(ReasonCode::AuthorTrusted) => "trusted author",
        Ok(ReasonCode::AuthorHeld) => "held by a moderator's word on the author",
        Ok(ReasonCode::AuthorBanned) => "banned",
        Ok(ReasonCode::WaveDecided) => "its wave was decided",
        Ok(ReasonCode::Revised) => "written anew after a decision",
        Ok(ReasonCode::Unspecified) | Err(_) => "a reason this version does not know",
    }
}

/// A reason with its detail: `too many links (5)`.
#[must_use]
pub fn reason(reason: &Reason) -> String {
    let said = code(reason.code);
    if reason.detail.is_empty() {
        said.to_owned()
    } else {
        format!("{said} ({})", untrusted::line(&reason.detail))
    }
}

/// All reasons in one line; `-` for none.
#[must_use]
pub fn reasons(all: &[Reason]) -> String {
    if all.is_empty() {
        return "-".to_owned();
    }
    all.iter().map(reason).collect::<Vec<_>>().join(", ")
}

fn after(prefix: &str, name: &'static str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}
