//! What the service answers, in the model's words.

use replydesk::comment::state::CommentState;
use tonic::Code;

use super::super::words::Reply;

pub fn state(number: i32) -> CommentState {
    CommentState::from_number(u8::try_from(number).unwrap()).unwrap()
}

pub fn refusal(status: &tonic::Status) -> Reply {
    use tonic_types::StatusExt;
    let info = status.get_details_error_info().unwrap();
    match (status.code(), info.reason.as_str()) {
        (Code::NotFound, _) => Reply::NotFound,
        (Code::FailedPrecondition, "LEASED_BY_ANOTHER") => Reply::LeasedByAnother,
        (Code::FailedPrecondition, "COMMENT_ESCALATED") => Reply::Escalated,
        (Code::FailedPrecondition, "NO_DECISION") => Reply::NoDecision,
        (Code::FailedPrecondition, "SAME_MODERATOR") => Reply::SameModerator,
        (Code::FailedPrecondition, "COMMENT_RETRACTED") => Reply::Retracted,
        (Code::FailedPrecondition, "OPERATION_UNDONE") => Reply::OperationUndone,
        (Code::FailedPrecondition, "NOT_APPEALABLE") => {
            let why = ["state", "answered", "waiting", "appealed"];
            let why = why.into_iter().find(|why| info.metadata["why"] == **why);
            Reply::NotAppealable(why.unwrap())
        }
        (Code::FailedPrecondition, "NO_SUCH_SUBJECT") => Reply::NoSuchSubject,
        (Code::AlreadyExists, "COMMENT_ID_REUSED") => Reply::IdReused,
        (Code::ResourceExhausted, "LIMIT_EXCEEDED") => Reply::LimitExceeded,
        (Code::Aborted, "STALE_VERSION") => {
            let word = &info.metadata["state"];
            let state = CommentState::ALL
                .into_iter()
                .find(|state| word.ends_with(state.word()));
            Reply::Stale(state.unwrap(), info.metadata["version"].parse().unwrap())
        }
        _ => panic!("{status:?}"),
    }
}
