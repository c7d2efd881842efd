//! Real requests with one field broken: what else is right must not hide what is wrong.

use proptest::prelude::*;
use replydesk::{comment::ids::CommentId, proto::v1};

use super::{
    COMMENT, SITE,
    arbitrary::{int, text, timestamp, uint},
    call::Call,
    messages::sites::policy,
};
use crate::harness::comments::{everything_waits, moderated, nth};

type Break<T> = fn(&mut T, String);

const SUBMISSION: &[Break<v1::SubmitCommentRequest>] = &[
    |request, text| request.site = text,
    |request, text| request.comment_id = text,
    |request, text| request.parent_id = text,
    |request, text| request.body = text,
    |request, text| request.thread.as_mut().unwrap().thread_id = text,
    |request, text| request.thread.as_mut().unwrap().url = text,
    |request, text| request.thread.as_mut().unwrap().title = text,
    |request, text| request.thread.as_mut().unwrap().language = text,
    |request, text| request.author.as_mut().unwrap().display_name = text,
    |request, text| request.author.as_mut().unwrap().email = text,
    |request, text| request.author.as_mut().unwrap().website = text,
    |request, text| request.author.as_mut().unwrap().account_id = text,
    |request, text| request.transport.as_mut().unwrap().ip_address = text,
    |request, text| request.transport.as_mut().unwrap().user_agent = text,
    |request, text| request.transport.as_mut().unwrap().referrer = text,
    |request, text| request.transport.as_mut().unwrap().honeypot = text,
    |request, _| request.thread = None,
    |request, _| request.author = None,
    |request, _| request.transport = None,
];

const DECISION: &[Break<v1::DecideCommentRequest>] = &[
    |request, text| request.site = text,
    |request, text| request.comment_id = text,
    |request, text| request.reason_code = text,
    |request, text| request.note = text,
    |request, text| request.lease_token = text,
];

fn submissions() -> impl Strategy<Value = Call> {
    let broken = (
        prop::sample::select(SUBMISSION),
        text(),
        0..1_000_usize,
        timestamp(),
        any::<bool>(),
    );
    broken.prop_map(|(break_it, text, n, opened, validate_only)| {
        let mut request = nth(SITE, n);
        request.comment_id = CommentId::fresh().to_string();
        request.validate_only = validate_only;
        request.transport.as_mut().unwrap().form_opened_at = opened;
        break_it(&mut request, text);
        Call::SubmitComment(Box::new(request))
    })
}

fn decisions() -> impl Strategy<Value = Call> {
    let broken = (
        prop::sample::select(DECISION),
        text(),
        uint(),
        int(),
        0..3_u8,
    );
    broken.prop_map(|(break_it, text, version, verdict, which)| {
        let mut request = v1::DecideCommentRequest {
            site: SITE.to_owned(),
            comment_id: COMMENT.to_owned(),
            version: 1,
            verdict: v1::Verdict::Approve.into(),
            ..Default::default()
        };
        match which {
            0 => request.version = version,
            1 => request.verdict = verdict,
            _ => break_it(&mut request, text),
        }
        Call::DecideComment(request)
    })
}

/// A policy with one part of an arbitrary one.
fn policies() -> impl Strategy<Value = Call> {
    (policy(), 0..14_u8, any::<bool>(), "[a-z]{1,12}").prop_map(|(other, part, create, name)| {
        let mut policy = everything_waits();
        match part {
            0 => policy.mode = other.mode,
            1 => policy.approve_at = other.approve_at,
            2 => policy.spam_at = other.spam_at,
            3 => policy.max_links = other.max_links,
            4 => policy.hold_words = other.hold_words,
            5 => policy.reject_words = other.reject_words,
            6 => policy.required = other.required,
            7 => policy.limits = other.limits,
            8 => policy.share_learning = other.share_learning,
            9 => policy.priority = other.priority,
            10 => policy.rejection_reasons = other.rejection_reasons,
            11 => policy.close_threads_after_days = other.close_threads_after_days,
            12 => policy.follow_wave_hours = other.follow_wave_hours,
            _ => policy.service_level = other.service_level,
        }
        let site = v1::Site {
            site: if create { name } else { SITE.to_owned() },
            policy: Some(policy),
            ..Default::default()
        };
        if create {
            Call::CreateSite(Box::new(v1::CreateSiteRequest { site: Some(site) }))
        } else {
            Call::UpdateSite(Box::new(v1::UpdateSiteRequest {
                site: Some(site),
                ..Default::default()
            }))
        }
    })
}

const IMPORTED: &[Break<v1::ImportedComment>] = &[
    |comment, text| comment.source_id = text,
    |comment, text| comment.body = text,
    |comment, text| comment.author.as_mut().unwrap().display_name = text,
    |comment, text| comment.author.as_mut().unwrap().email = text,
    |comment, text| comment.author.as_mut().unwrap().website = text,
    |comment, text| comment.author.as_mut().unwrap().account_id = text,
    |comment, text| comment.thread.as_mut().unwrap().thread_id = text,
    |comment, text| comment.thread.as_mut().unwrap().url = text,
    |comment, text| comment.thread.as_mut().unwrap().title = text,
    |comment, text| comment.thread.as_mut().unwrap().language = text,
    |comment, _| comment.author = None,
    |comment, _| comment.thread = None,
    |comment, _| comment.submitted_at = None,
];

/// Two that are right, with one between them that is broken.
fn imports() -> impl Strategy<Value = Call> {
    use v1::import_comments_request::{Message, Start};
    let broken = (prop::sample::select(IMPORTED), text(), 0..500_usize);
    broken.prop_map(|(break_it, text, n)| {
        let mut comments = [moderated(3 * n), moderated(3 * n + 1), moderated(3 * n + 2)];
        break_it(&mut comments[1], text);
        let start = Message::Start(Start {
            site: SITE.to_owned(),
        });
        let comments = comments.into_iter().map(Message::Comment);
        let messages = std::iter::once(start).chain(comments).map(Some);
        let messages = messages.map(|message| v1::ImportCommentsRequest { message });
        Call::ImportComments(messages.collect())
    })
}

pub fn any_mutation() -> BoxedStrategy<Call> {
    prop_oneof![5 => submissions(), 2 => decisions(), 2 => policies(), 2 => imports()].boxed()
}
