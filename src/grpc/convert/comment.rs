//! `CommentService`: proto to domain.

use crate::{
    admission::receipt::Receipt,
    comment::{
        draft::{Draft, Fields},
        event::Cursor,
        ids::{SiteId, ThreadId},
        state::CommentState,
        violation::Violations,
    },
    grpc::convert::{
        paging,
        time::{timestamp, timestamp_to_proto},
        words,
    },
    proto::v1,
};

/// A submission as it came; what the site requires of it is looked at by the domain.
#[must_use]
pub fn draft(site: SiteId, request: v1::SubmitCommentRequest) -> Draft {
    let thread = request.thread.unwrap_or_default();
    let author = request.author.unwrap_or_default();
    let transport = request.transport.unwrap_or_default();
    Draft {
        site,
        validate_only: request.validate_only,
        fields: Fields {
            comment_id: request.comment_id,
            parent_id: request.parent_id,
            thread_id: thread.thread_id,
            thread_url: thread.url,
            thread_title: thread.title,
            thread_language: thread.language,
            display_name: author.display_name,
            email: author.email,
            website: author.website,
            account_id: author.account_id,
            body: request.body,
            ip_address: transport.ip_address,
            user_agent: transport.user_agent,
            referrer: transport.referrer,
            honeypot: transport.honeypot,
            form_opened_at: transport.form_opened_at.as_ref().map(timestamp),
        },
    }
}

/// What became of a submission.
#[must_use]
pub fn receipt(receipt: Receipt, replayed: bool) -> v1::SubmitCommentResponse {
    v1::SubmitCommentResponse {
        outcome: words::outcome(receipt.outcome),
        reasons: words::reasons(receipt.reasons),
        state: words::state(receipt.state),
        version: receipt.version.get(),
        score: Some(words::score(receipt.score)),
        submitted_at: Some(timestamp_to_proto(receipt.submitted_at)),
        replayed,
    }
}

/// Which comments to list.
pub struct Listing {
    /// Only this thread's.
    pub thread: Option<ThreadId>,
    /// Only these states.
    pub states: Vec<CommentState>,
    /// After this place in the order of arrival.
    pub after: u64,
    /// How many.
    pub count: usize,
    /// Which listing this is: its page tokens are good for no other.
    pub name: String,
}

/// Parses what to list.
///
/// # Errors
/// Every violation at once.
pub fn listing(request: &v1::ListCommentsRequest) -> Result<Listing, Violations> {
    let mut found = Violations::new();
    let thread = (!request.thread_id.is_empty())
        .then(|| found.take("thread_id", request.thread_id.parse::<ThreadId>()))
        .flatten();
    let mut states = Vec::new();
    for number in &request.states {
        match u8::try_from(*number)
            .ok()
            .and_then(CommentState::from_number)
        {
            Some(state) if !states.contains(&state) => states.push(state),
            Some(_) => {}
            None => found.add("states", "must be known states other than UNSPECIFIED"),
        }
    }
    if states.is_empty() {
        states = CommentState::ALL
            .into_iter()
            .filter(|state| *state != CommentState::Erased)
            .collect();
    }
    let count = found.take("page_size", paging::size(request.page_size, 50, 200));
    let name = listing_name(&request.site, &request.thread_id, &states);
    let after = found.take("page_token", paging::place(&request.page_token, &name));
    match (count, after) {
        (Some(count), Some(after)) if found.is_empty() => Ok(Listing {
            thread,
            states,
            after,
            count,
            name,
        }),
        _ => Err(found),
    }
}

/// Parses a cursor; empty means from the oldest event.
///
/// # Errors
/// A violation of `cursor`.
pub fn cursor(text: &str) -> Result<Option<Cursor>, Violations> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error| Violations::one("cursor", error))
}

fn listing_name(site: &str, thread: &str, states: &[CommentState]) -> String {
    let mut numbers: Vec<u8> = states.iter().map(|state| state.number()).collect();
    numbers.sort_unstable();
    format!("comments\n{site}\n{thread}\n{numbers:?}")
}
