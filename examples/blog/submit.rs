//! Hands in comments, and says what the reader should see.

use std::{io, time::Duration};

use replydesk::proto::v1::{
    AuthorInput, CommentState, SubmitCommentRequest, SubmitCommentResponse, Thread, Transport,
};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};
use tonic::Code;

use super::{
    desk::{Comments, Desk},
    pause::Pause,
    refusal::Refusal,
    state::{Form, State},
};

/// The fields of the form, by the paths that violations name. Whatever else is wrong is not the reader's doing.
const FORM: [(&str, &str); 4] = [
    ("author.display_name", "name"),
    ("author.email", "email"),
    ("author.website", "website"),
    ("body", "comment"),
];

const KEPT: &str = "Thank you. We have your comment, and will pass it on as soon as we can.";
const WRONG: &str = "Your comment could not be taken.";

fn request(form: &Form) -> SubmitCommentRequest {
    SubmitCommentRequest {
        site: form.site.clone(),
        comment_id: form.comment_id.clone(),
        parent_id: form.parent.clone(),
        thread: Some(Thread {
            thread_id: form.thread.clone(),
            url: form.url.clone(),
            title: form.title.clone(),
            ..Thread::default()
        }),
        author: Some(AuthorInput {
            display_name: form.name.clone(),
            email: form.email.clone(),
            website: form.website.clone(),
            account_id: form.account.clone(),
        }),
        body: form.comment.clone(),
        transport: Some(Transport {
            ip_address: form.ip.clone(),
            user_agent: form.user_agent.clone(),
            ..Transport::default()
        }),
        validate_only: false,
    }
}

/// Stores the form, sends it until it has an answer or `patience` is over, and answers with what to show.
pub async fn hand_in(
    desk: &Desk,
    state: &State,
    form: &Form,
    patience: Duration,
) -> io::Result<Value> {
    state.keep(form)?;
    let mut answer = send(desk, form, patience).await;
    if answer["result"] != "kept" {
        state.forget(form)?;
    }
    answer["comment_id"] = json!(form.comment_id);
    Ok(answer)
}

async fn send(desk: &Desk, form: &Form, patience: Duration) -> Value {
    let until = Instant::now() + patience;
    let mut pause = Pause::new();
    loop {
        // An outage of a moment was waited for in there: see the service config.
        let submit =
            |mut comments: Comments, request| async move { comments.submit_comment(request).await };
        let refusal = match desk.call("SubmitComment", request(form), submit).await {
            Ok(response) => return taken(&response),
            Err(status) => Refusal::from(status),
        };
        let wait = match refusal.limited_for() {
            Some(wait) => wait,
            None if refusal.is_outage() => pause.next(refusal.retry_after),
            None => return refused(&refusal),
        };
        if Instant::now() + wait > until {
            return refusal
                .limited_for()
                .map_or_else(|| kept(&refusal), |wait| limited(&refusal, wait));
        }
        eprintln!(
            "blog: {refusal}; the same again in {:.1} s",
            wait.as_secs_f64()
        );
        sleep(wait).await;
    }
}

fn taken(response: &SubmitCommentResponse) -> Value {
    // The state, not the outcome: after a late repetition a moderator may have decided already.
    let message = match response.state() {
        CommentState::Approved => "Your comment is published.",
        CommentState::Pending => {
            "Thank you. Your comment will be published once a moderator has read it."
        }
        CommentState::Unspecified
        | CommentState::Rejected
        | CommentState::Spam
        | CommentState::Retracted
        | CommentState::Erased => "Your comment was not published.",
    };
    json!({
        "result": "taken",
        "state": state_name(response.state()),
        "version": response.version,
        "replayed": response.replayed,
        "message": message,
    })
}

/// Such as `PENDING`. A state that this blog does not know yet is `UNSPECIFIED`, and not shown.
pub fn state_name(state: CommentState) -> &'static str {
    state.as_str_name().trim_start_matches("COMMENT_STATE_")
}

fn limited(refusal: &Refusal, wait: Duration) -> Value {
    let seconds = (wait.as_secs_f64() * 10.0).round() / 10.0;
    let shown = seconds.round().max(1.0);
    json!({
        "result": "limited",
        "limit": refusal.limit.as_deref().unwrap_or("replica"),
        "retry_after_s": seconds,
        "message": format!("That was fast. Please send your comment again in {shown} seconds."),
    })
}

fn kept(refusal: &Refusal) -> Value {
    eprintln!("blog: {refusal}; kept");
    json!({"result": "kept", "code": refusal.code_name(), "reason": refusal.reason, "message": KEPT})
}

fn refused(refusal: &Refusal) -> Value {
    let told = |key: &str| refusal.metadata.get(key).map_or("", String::as_str);
    match (refusal.code, refusal.reason.as_str()) {
        (Code::InvalidArgument, _) => invalid(refusal),
        (Code::AlreadyExists, "DUPLICATE_COMMENT") => json!({
            "result": "duplicate",
            "first": told("comment_id"),
            "message": "You have said this here already.",
        }),
        (Code::FailedPrecondition, "THREAD_CLOSED") => json!({
            "result": "closed",
            "closed_by": told("closed_by"),
            "message": "This article takes no more comments.",
        }),
        // A key that expired, a site that is misspelt: ours to mend, and then `resend`.
        _ if refusal.is_defect() => kept(refusal),
        _ => {
            eprintln!("blog: {refusal}");
            json!({"result": "refused", "code": refusal.code_name(), "reason": refusal.reason, "message": WRONG})
        }
    }
}

fn invalid(refusal: &Refusal) -> Value {
    let (mut form, mut defects) = (Map::new(), Map::new());
    for (field, why) in &refusal.violations {
        if let Some((_, name)) = FORM.iter().find(|(path, _)| path == field) {
            form.insert((*name).to_owned(), json!(why));
        } else {
            eprintln!("blog: {field} {why}: a defect of this blog");
            defects.insert(field.clone(), json!(why));
        }
    }
    let message = if form.is_empty() {
        WRONG
    } else {
        "Please look at the fields that are marked."
    };
    json!({"result": "invalid", "form": form, "defects": defects, "message": message})
}
