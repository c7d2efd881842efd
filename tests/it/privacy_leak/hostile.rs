//! Canaries where none belong: an address in each text field of each RPC, in requests that are refused for it.

use std::collections::BTreeSet;

use prost::Message;
use replydesk::proto::v1::{
    self, work_queue_response::Message as Down, work_queue_response::answer::Result as Said,
};

use super::{
    fields::{Protos, Rest, Rpc},
    raw::Caller,
    scene::Scene,
};

/// A comment that is there, and may suffer.
pub const VICTIM: &str = "018f0000-0000-7000-8000-00000000c0de";

/// Fields that take whatever text there is, keep it or look for it, and show it to whom it is for: names of the blog's
/// own, and what people say in public or to each other. There a canary is only planted in forms that are refused.
const TAKE_ANY_TEXT: &[&str] = &[
    "AddAuthorNote.note",
    "AppealComment.text",
    "BulkDecide.note",
    "BulkDecide.thread_id",
    "CloseThread.thread_id",
    "CountComments.thread_ids",
    "CreateKey.label",
    "CreateSite.site.display_name",
    "CreateSite.site.policy.hold_words",
    "CreateSite.site.policy.reject_words",
    "DecideComment.note",
    "GetThread.thread_id",
    "ListComments.thread_id",
    "ReportComment.text",
    "ReviseComment.body",
    "SetThreadPolicy.thread_id",
    "SubmitComment.author.account_id",
    "SubmitComment.author.display_name",
    "SubmitComment.body",
    "SubmitComment.thread.language",
    "SubmitComment.thread.thread_id",
    "SubmitComment.thread.title",
    "UndoBulkDecision.note",
    "UndoDecision.note",
    "UpdateSite.site.display_name",
    "UpdateSite.site.policy.hold_words",
    "UpdateSite.site.policy.reject_words",
    "WorkQueue.note.note",
    "WorkQueue.start.thread_id",
];

/// The officer's reasons, which the audit log keeps: an address in one is refused however it is written, other words are not.
const TAKE_NO_ADDRESS: &[&str] = &[
    "EraseSubject.reason",
    "ExportSubject.reason",
    "RevealContact.reason",
    "SetLegalHold.reason",
];

/// Where what cannot be used is passed over, and the rest is answered: an import counts it or leaves the field out, and
/// what nobody can have written is not found.
const FORGIVING: &[&str] = &["ImportComments.comment.", "ListQueue.text"];

/// What is right in a field of this name.
fn right(name: &str) -> Option<&'static str> {
    let text = match name {
        "site" | "sites" => "gazette",
        "comment_id" | "comment_ids" | "same_author_as" | "author_of" => VICTIM,
        "operation_id" => "018f0000-0000-7000-8000-0000000000aa",
        "thread_id" | "thread_ids" => "article-0",
        "email" => "victim@readers.example",
        "display_name" | "label" => "Victim",
        "ip_address" => "203.0.113.9",
        "reason" => "insult-by-a-reader",
        "body" | "text" => "It is said in other words.",
        "note" => "writes every day",
        "source_id" => "https://old.example/blog#9",
        "key_id" => "0102030405060708",
        _ => return None,
    };
    Some(text)
}

/// What is done to one field.
struct Attempt {
    text: String,
    rest: Rest,
    is_refused: bool,
}

fn attempts(scene: &Scene, place: &str) -> Vec<Attempt> {
    let filled = Rest::Filled(right);
    let attempt = |text, rest, is_refused| Attempt {
        text,
        rest,
        is_refused,
    };
    let email = |form: &str| scene.aviary.email(format!("{place}, {form}"));
    let mut all = vec![
        attempt(format!("{}\u{7}", email("with a control")), filled, true),
        attempt(
            format!("{}{}", "x".repeat(70_000), email("too long")),
            filled,
            true,
        ),
        attempt(
            format!("\0{}", email("bare, with a null")),
            Rest::Bare,
            true,
        ),
    ];
    if !TAKE_ANY_TEXT.contains(&place) {
        let browser = scene.aviary.user_agent(format!("{place}, bare"));
        all.push(attempt(email("as it is"), filled, false));
        all.push(attempt(browser, Rest::Bare, false));
        let ip = scene.aviary.ip(format!("{place}, as it is"));
        all.push(attempt(ip, filled, false));
    }
    if TAKE_NO_ADDRESS.contains(&place) {
        let spelt = spellings(scene, place).into_iter();
        all.extend(spelt.map(|text| attempt(text, filled, true)));
    }
    all
}

/// How somebody writes an address.
type Way = fn(&str) -> String;

/// Reasons with an address, each another and in another spelling.
fn spellings(scene: &Scene, place: &str) -> Vec<String> {
    let ways: [(&str, Way); 8] = [
        ("plain", str::to_owned),
        ("in brackets", |it| it.replace('@', " (at) ")),
        ("in words", |it| {
            it.replace('@', " at ").replace('.', " dot ")
        }),
        ("as in a link", |it| it.replace('@', "%40")),
        ("as in HTML", |it| it.replace('@', "&#x40;")),
        ("full-width", |it| it.replace('@', "\u{ff20}")),
        ("with nothing between", |it| {
            it.replace('@', "\u{200b}@\u{2060}")
        }),
        ("behind a scheme", |it| format!("mailto:{it}")),
    ];
    let mut all: Vec<String> = Vec::new();
    for (name, way) in ways {
        let email = scene.aviary.email(format!("{place}, {name}"));
        all.push(format!("asked for by {}, in a letter", way(&email)));
    }
    for (name, around) in [("alone", ["", ""]), ("with a port", ["[", "]:443"])] {
        let ip = scene.aviary.ip(format!("{place}, {name}"));
        all.push(format!("came from {}{ip}{} at night", around[0], around[1]));
    }
    all
}

/// Each text field of each RPC, in turn. How many fields there were.
pub async fn attack_every_field(scene: &Scene) -> usize {
    let mut victim = crate::harness::comments::comment(
        "gazette",
        "article-0",
        "Victim",
        "What stands here is of no matter at all.",
    );
    VICTIM.clone_into(&mut victim.comment_id);
    scene.admin().submit(victim).await.unwrap();
    let protos = Protos::ours();
    let (mut fields, mut taken) = (0, BTreeSet::new());
    for rpc in &protos.rpcs {
        let of_officer = rpc.path.contains("PrivacyService");
        let key = if of_officer {
            scene.officer_key()
        } else {
            &scene.admin_key
        };
        let caller = Caller::with_key(scene.address(), key);
        for way in protos.ways(rpc) {
            fields += 1;
            let (_, method) = rpc.path.rsplit_once('/').unwrap();
            let place = format!("{method}.{}", way.join("."));
            for attempt in attempts(scene, &place) {
                let message = protos.planted(rpc, &way, &attempt.text, attempt.rest);
                let opening = protos.opening(rpc, attempt.rest);
                let opening = opening.filter(|_| way[0] != "start");
                let messages = opening.into_iter().chain([message]).collect();
                let is_taken = send(scene, &caller, rpc, messages).await;
                let may_be = FORGIVING.iter().any(|field| place.starts_with(field));
                if is_taken && attempt.is_refused && !may_be {
                    taken.insert(place.clone());
                }
            }
        }
    }
    assert!(taken.is_empty(), "taken, not refused: {taken:?}");
    fields
}

/// Sends a call; whether it was not refused.
async fn send(scene: &Scene, caller: &Caller, rpc: &Rpc, messages: Vec<Vec<u8>>) -> bool {
    let answer = caller.call(&rpc.path, messages).await;
    scene.heard.hear(&answer);
    let Ok(heard) = answer else { return false };
    for message in &heard {
        scene.heard.note(message);
    }
    !rpc.path.ends_with("/WorkQueue") || !heard.iter().any(|message| is_problem(message))
}

fn is_problem(message: &[u8]) -> bool {
    let response = v1::WorkQueueResponse::decode(message).unwrap();
    let Some(Down::Answer(answer)) = response.message else {
        return false;
    };
    matches!(answer.result, Some(Said::Problem(_)))
}
