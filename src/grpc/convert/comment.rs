//! `CommentService`: proto to domain.

use crate::{
    admission::receipt::Receipt,
    comment::{
        draft::{Draft, Fields},
        event::Cursor,
        ids::{SiteId, ThreadId},
        state::CommentState,
        thread::StateCounts,
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

/// The most threads that one call counts.
const MOST_THREADS: usize = 200;
/// How many threads are complained about one by one: an error must fit into the head of a reply.
const MAX_COMPLAINTS: usize = 5;

/// Which threads to count.
///
/// # Errors
/// Every violation at once: none or too many of them, what is no thread's name, one that is named twice.
pub fn threads(request: &v1::CountCommentsRequest) -> Result<Vec<ThreadId>, Violations> {
    let given = request.thread_ids.len();
    if !(1..=MOST_THREADS).contains(&given) {
        let why = format!("must be 1 to {MOST_THREADS} threads; there are {given}");
        return Err(Violations::one("thread_ids", why));
    }
    let (mut threads, mut wrong) = (Vec::with_capacity(given), Vec::new());
    for (text, position) in request.thread_ids.iter().zip(1..) {
        match text.parse::<ThreadId>() {
            Ok(thread) if threads.contains(&thread) => {
                wrong.push(format!("entry {position} is named before"));
            }
            Ok(thread) => threads.push(thread),
            Err(why) => wrong.push(format!("entry {position} {why}")),
        }
    }
    if wrong.is_empty() {
        return Ok(threads);
    }
    let mut found = Violations::new();
    for why in wrong.iter().take(MAX_COMPLAINTS) {
        found.add("thread_ids", why);
    }
    if wrong.len() > MAX_COMPLAINTS {
        let more = wrong.len() - MAX_COMPLAINTS;
        found.add(
            "thread_ids",
            format!("{more} more entries are wrong in such ways"),
        );
    }
    Err(found)
}

/// Threads with their counts, which are in the same order.
#[must_use]
pub fn counted(threads: &[ThreadId], counts: Vec<StateCounts>) -> v1::CountCommentsResponse {
    let counted = threads
        .iter()
        .zip(counts)
        .map(|(thread, counts)| v1::CountedThread {
            thread_id: thread.as_str().to_owned(),
            counts: Some(words::thread_counts(counts)),
        });
    v1::CountCommentsResponse {
        threads: counted.collect(),
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
