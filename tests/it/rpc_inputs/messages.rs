//! Arbitrary messages to every RPC.

mod changes;
mod privacy;
pub mod sites;
pub mod work;

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1;

use sites::{a_site, imports, trial, update};

use super::{
    arbitrary::{comment_id, day, duration, float, int, place, site, text, timestamp, uint},
    call::Call,
};

pub fn any_call() -> BoxedStrategy<Call> {
    prop_oneof![
        6 => submission().prop_map(|request| Call::SubmitComment(Box::new(request))),
        1 => (site(), comment_id()).prop_map(|(site, comment_id)| Call::GetComment(v1::GetCommentRequest { site, comment_id })),
        2 => listing(),
        2 => (site(), place()).prop_map(|(site, cursor)| Call::WatchEvents(v1::WatchEventsRequest { site, cursor })),
        2 => (site(), place(), int())
            .prop_map(|(site, cursor, page_size)| Call::ListEvents(v1::ListEventsRequest { site, cursor, page_size })),
        3 => queue_page(),
        3 => decision(),
        2 => undo(),
        3 => bulk(),
        1 => (site(), comment_id(), text()).prop_map(|(site, operation_id, note)| {
            Call::UndoBulkDecision(v1::UndoBulkDecisionRequest { site, operation_id, note })
        }),
        1 => (site(), comment_id(), any::<bool>(), int(), place()).prop_map(|(site, operation_id, undone, page_size, page_token)| {
            Call::ListBulkChanges(v1::ListBulkChangesRequest { site, operation_id, undone, page_size, page_token })
        }),
        1 => audit(),
        6 => changes::any(),
        5 => privacy::any(),
        1 => (site(), comment_id())
            .prop_map(|(site, comment_id)| Call::GetReviewContext(v1::GetReviewContextRequest { site, comment_id })),
        3 => standing(),
        1 => (site(), option::weighted(0.9, subject()))
            .prop_map(|(site, subject)| Call::GetAuthorStanding(v1::GetAuthorStandingRequest { site, subject })),
        1 => (site(), int(), place())
            .prop_map(|(site, page_size, page_token)| Call::ListStandings(v1::ListStandingsRequest { site, page_size, page_token })),
        1 => (site(), comment_id(), text())
            .prop_map(|(site, comment_id, note)| Call::AddAuthorNote(v1::AddAuthorNoteRequest { site, comment_id, note })),
        2 => (site(), day(), day()).prop_map(|(site, from_day, to_day)| {
            Call::GetTransparencyReport(v1::GetTransparencyReportRequest { site, from_day, to_day })
        }),
        1 => site().prop_map(|site| Call::GetQueueStats(v1::GetQueueStatsRequest { site })),
        2 => option::weighted(0.9, a_site(text().boxed())).prop_map(|site| Call::CreateSite(Box::new(v1::CreateSiteRequest { site }))),
        1 => site().prop_map(|site| Call::GetSite(v1::GetSiteRequest { site })),
        1 => Just(Call::ListSites),
        3 => update(),
        1 => (site(), text(), any::<bool>())
            .prop_map(|(site, thread_id, reopen)| Call::CloseThread(v1::CloseThreadRequest { site, thread_id, reopen })),
        2 => (site(), text(), int(), timestamp()).prop_map(|(site, thread_id, mode, until)| {
            Call::SetThreadPolicy(v1::SetThreadPolicyRequest { site, thread_id, mode, until })
        }),
        1 => (site(), text()).prop_map(|(site, thread_id)| Call::GetThread(v1::GetThreadRequest { site, thread_id })),
        2 => (site(), vec(text(), 0..6))
            .prop_map(|(site, thread_ids)| Call::CountComments(v1::CountCommentsRequest { site, thread_ids })),
        2 => (int(), vec(site(), 0..4), text(), timestamp()).prop_map(|(role, sites, label, expires_at)| {
            Call::CreateKey(v1::CreateKeyRequest { role, sites, label, expires_at })
        }),
        2 => (text(), comment_id(), duration(), timestamp()).prop_map(|(key_id, operation_id, overlap, expires_at)| {
            Call::RotateKey(v1::RotateKeyRequest { key_id, operation_id, overlap, expires_at })
        }),
        1 => Just(Call::ListKeys),
        1 => text().prop_map(|key_id| Call::RevokeKey(v1::RevokeKeyRequest { key_id })),
        3 => imports(),
        3 => trial(),
    ]
    .boxed()
}

fn subject() -> impl Strategy<Value = v1::Subject> {
    use v1::subject::{NamedBy, OfComment};
    let comment = (
        comment_id(),
        prop_oneof![3 => 0..5_i32, 1 => int()],
        prop_oneof![2 => Just(String::new()), 1 => text()],
    );
    let comment = comment.prop_map(|(comment_id, kind, domain)| {
        NamedBy::Comment(OfComment {
            comment_id,
            kind,
            domain,
        })
    });
    let named = prop_oneof![
        4 => comment,
        1 => text().prop_map(NamedBy::AccountId),
        1 => text().prop_map(NamedBy::Email),
        1 => text().prop_map(NamedBy::StandingId),
        1 => any::<[u8; 17]>().prop_map(|bytes| NamedBy::StandingId(data_encoding::HEXLOWER.encode(&bytes))),
    ];
    option::weighted(0.9, named).prop_map(|named_by| v1::Subject { named_by })
}

fn standing() -> impl Strategy<Value = Call> {
    let soon = || {
        // Mostly a time to come that an IP address may have too.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seconds = i64::try_from(now.unwrap_or_default().as_secs()).unwrap_or(0) + 86_400;
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    };
    let what = (
        site(),
        option::weighted(0.9, subject()),
        prop_oneof![3 => 1..5_i32, 1 => int()],
    );
    let until = prop_oneof![2 => Just(None), 2 => Just(soon()), 1 => timestamp()];
    let how = (
        until,
        prop_oneof![3 => Just(String::new()), 1 => text()],
        prop_oneof![3 => Just(0), 1 => 0..4_i32, 1 => int()],
        any::<bool>(),
        prop_oneof![3 => Just(String::new()), 1 => place()],
    );
    (what, how).prop_map(
        |((site, subject, standing), (until, reason, pending, add_strike, pending_token))| {
            Call::SetAuthorStanding(v1::SetAuthorStandingRequest {
                site,
                subject,
                standing,
                until,
                reason,
                pending,
                add_strike,
                pending_token,
            })
        },
    )
}

fn thread() -> impl Strategy<Value = v1::Thread> {
    (text(), text(), text(), text()).prop_map(|(thread_id, url, title, language)| v1::Thread {
        thread_id,
        url,
        title,
        language,
    })
}

fn author() -> impl Strategy<Value = v1::AuthorInput> {
    (text(), text(), text(), text()).prop_map(|(display_name, email, website, account_id)| {
        v1::AuthorInput {
            display_name,
            email,
            website,
            account_id,
        }
    })
}

fn submission() -> impl Strategy<Value = v1::SubmitCommentRequest> {
    let transport = (text(), text(), text(), text(), timestamp()).prop_map(
        |(ip_address, user_agent, referrer, honeypot, form_opened_at)| v1::Transport {
            ip_address,
            user_agent,
            referrer,
            honeypot,
            form_opened_at,
        },
    );
    let names = (site(), comment_id(), text(), text(), any::<bool>());
    let parts = (
        option::weighted(0.9, thread()),
        option::weighted(0.9, author()),
        option::weighted(0.9, transport),
    );
    (names, parts).prop_map(
        |((site, comment_id, parent_id, body, validate_only), (thread, author, transport))| {
            v1::SubmitCommentRequest {
                site,
                comment_id,
                parent_id,
                thread,
                author,
                body,
                transport,
                validate_only,
            }
        },
    )
}

fn listing() -> impl Strategy<Value = Call> {
    (site(), text(), vec(int(), 0..8), int(), place()).prop_map(
        |(site, thread_id, states, page_size, page_token)| {
            Call::ListComments(v1::ListCommentsRequest {
                site,
                thread_id,
                states,
                page_size,
                page_token,
            })
        },
    )
}

fn queue_page() -> impl Strategy<Value = Call> {
    let page = (site(), int(), place(), vec(int(), 0..4));
    let filter = (text(), vec(int(), 0..4), text());
    let score = (option::of(float()), option::of(float()));
    let author = prop_oneof![3 => Just(String::new()), 1 => comment_id()];
    (page, filter, score, author).prop_map(|(page, filter, score, same_author_as)| {
        Call::ListQueue(v1::ListQueueRequest {
            site: page.0,
            page_size: page.1,
            page_token: page.2,
            lanes: page.3,
            language: filter.0,
            reasons: filter.1,
            text: filter.2,
            min_spam_probability: score.0,
            max_spam_probability: score.1,
            same_author_as,
        })
    })
}

fn decision() -> impl Strategy<Value = Call> {
    let what = (site(), comment_id(), uint(), int());
    let how = (text(), text(), text(), any::<bool>());
    (what, how).prop_map(
        |(
            (site, comment_id, version, verdict),
            (reason_code, note, lease_token, override_lease),
        )| {
            Call::DecideComment(v1::DecideCommentRequest {
                site,
                comment_id,
                version,
                verdict,
                reason_code,
                note,
                lease_token,
                override_lease,
            })
        },
    )
}

fn undo() -> impl Strategy<Value = Call> {
    (site(), comment_id(), uint(), text()).prop_map(|(site, comment_id, version, note)| {
        Call::UndoDecision(v1::UndoDecisionRequest {
            site,
            comment_id,
            version,
            note,
        })
    })
}

fn bulk() -> impl Strategy<Value = Call> {
    use v1::bulk_decide_request::{CommentIds, Selector};
    let selector = prop_oneof![
        vec(comment_id(), 0..4).prop_map(|comment_ids| Selector::Ids(CommentIds { comment_ids })),
        prop_oneof![place(), text()].prop_map(Selector::WaveId),
        comment_id().prop_map(Selector::AuthorOf),
        int().prop_map(Selector::Lane),
    ];
    let what = (
        site(),
        comment_id(),
        option::weighted(0.9, selector),
        text(),
    );
    let how = (int(), text(), text(), any::<bool>());
    (what, how).prop_map(
        |(
            (site, operation_id, selector, thread_id),
            (verdict, reason_code, note, validate_only),
        )| {
            Call::BulkDecide(Box::new(v1::BulkDecideRequest {
                site,
                operation_id,
                thread_id,
                verdict,
                reason_code,
                note,
                validate_only,
                selector,
            }))
        },
    )
}

fn audit() -> impl Strategy<Value = Call> {
    let what = (site(), text(), text(), text(), vec(int(), 0..8));
    let which = (any::<bool>(), int(), place());
    (what, which).prop_map(
        |((site, comment_id, key_id, actor, actions), (oldest_first, page_size, page_token))| {
            Call::ListAuditEntries(v1::ListAuditEntriesRequest {
                site,
                comment_id,
                key_id,
                actor,
                actions,
                since: None,
                before: None,
                oldest_first,
                page_size,
                page_token,
            })
        },
    )
}
