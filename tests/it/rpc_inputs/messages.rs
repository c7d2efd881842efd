//! Arbitrary messages to every RPC.

mod changes;

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1::{self, work_queue_request as up, work_queue_request::Message as Up};

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

fn submission() -> impl Strategy<Value = v1::SubmitCommentRequest> {
    let thread =
        (text(), text(), text(), text()).prop_map(|(thread_id, url, title, language)| v1::Thread {
            thread_id,
            url,
            title,
            language,
        });
    let author =
        (text(), text(), text(), text()).prop_map(|(display_name, email, website, account_id)| {
            v1::AuthorInput {
                display_name,
                email,
                website,
                account_id,
            }
        });
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
        option::weighted(0.9, thread),
        option::weighted(0.9, author),
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

pub fn policy() -> impl Strategy<Value = v1::Policy> {
    let limit = || {
        option::of((uint(), uint()).prop_map(|(per_minute, burst)| v1::Limit { per_minute, burst }))
    };
    let limits =
        (limit(), limit(), limit(), limit()).prop_map(|(author, ip_address, thread, site)| {
            v1::Limits {
                author,
                ip_address,
                thread,
                site,
            }
        });
    let flag = || any::<Option<bool>>();
    let required =
        (flag(), flag(), flag()).prop_map(|(display_name, email, website)| v1::RequiredFields {
            display_name,
            email,
            website,
        });
    let numbers = (
        int(),
        option::of(float()),
        option::of(float()),
        flag(),
        option::of(uint()),
    );
    let rest = (
        vec(text(), 0..4),
        vec(text(), 0..4),
        option::of(required),
        option::of(limits),
        duration(),
        flag(),
    );
    let weight = || option::of(float());
    let priority = (weight(), weight(), weight(), weight()).prop_map(
        |(uncertainty, reports, thread_heat, standing)| v1::PriorityWeights {
            uncertainty,
            reports,
            thread_heat,
            standing,
        },
    );
    let reason = (text(), text()).prop_map(|(code, text)| v1::RejectionReason { code, text });
    let queue = (
        option::of(priority),
        vec(reason, 0..3),
        option::of(uint()),
        option::of(uint()),
        (flag(), flag()),
        option::of(float()),
    );
    (numbers, rest, queue).prop_map(
        |(
            (mode, approve_at, spam_at, hold_first_comment, max_links),
            (hold_words, reject_words, required, limits, service_level, share_learning),
            (priority, rejection_reasons, close_threads, follow_wave, switches, sampled_share),
        )| v1::Policy {
            mode,
            approve_at,
            spam_at,
            hold_first_comment,
            max_links,
            hold_words,
            reject_words,
            required,
            limits,
            service_level,
            share_learning,
            priority,
            rejection_reasons,
            close_threads_after_days: close_threads,
            follow_wave_hours: follow_wave,
            moderator_statistics: switches.0,
            appeals: switches.1,
            sampled_share,
        },
    )
}

fn a_site(name: BoxedStrategy<String>) -> impl Strategy<Value = v1::Site> {
    (name, text(), option::of(policy()), uint(), timestamp()).prop_map(
        |(site, display_name, policy, policy_version, created_at)| v1::Site {
            site,
            display_name,
            policy,
            policy_version,
            created_at,
        },
    )
}

fn update() -> impl Strategy<Value = Call> {
    let mask = option::of(vec(text(), 0..4).prop_map(|paths| prost_types::FieldMask { paths }));
    (option::weighted(0.9, a_site(site())), mask, uint()).prop_map(
        |(site, update_mask, expected_version)| {
            Call::UpdateSite(Box::new(v1::UpdateSiteRequest {
                site,
                update_mask,
                expected_version,
            }))
        },
    )
}

fn trial() -> impl Strategy<Value = Call> {
    let mask = prop::sample::select(&["mode", "approve_at", "spam_at", "max_links", "limits"][..]);
    let mask = vec(
        prop_oneof![4 => mask.prop_map(str::to_owned), 1 => text()],
        0..3,
    );
    let mask = option::of(mask.prop_map(|paths| prost_types::FieldMask { paths }));
    let bounds = (int(), timestamp(), int());
    (site(), option::of(policy()), mask, bounds).prop_map(
        |(site, policy, update_mask, (last, since, examples))| {
            Call::BacktestPolicy(Box::new(v1::BacktestPolicyRequest {
                site,
                policy,
                update_mask,
                last,
                since,
                examples,
            }))
        },
    )
}

fn imported() -> impl Strategy<Value = v1::import_comments_request::Message> {
    let author =
        (text(), text(), text(), text()).prop_map(|(display_name, email, website, account_id)| {
            v1::AuthorInput {
                display_name,
                email,
                website,
                account_id,
            }
        });
    let thread =
        (text(), text(), text(), text()).prop_map(|(thread_id, url, title, language)| v1::Thread {
            thread_id,
            url,
            title,
            language,
        });
    let names = (text(), prop_oneof![3 => 1..5_i32, 1 => int()], text());
    let parts = (option::of(author), option::of(thread), timestamp());
    (names, parts).prop_map(
        |((source_id, state, body), (author, thread, submitted_at))| {
            v1::import_comments_request::Message::Comment(v1::ImportedComment {
                source_id,
                state,
                author,
                thread,
                body,
                submitted_at,
            })
        },
    )
}

/// Mostly with a start that is right, so that the comments are looked at.
fn imports() -> impl Strategy<Value = Call> {
    use v1::import_comments_request::{Message, Start};
    let start = || site().prop_map(|site| Message::Start(Start { site }));
    let message = prop_oneof![8 => imported(), 1 => start()];
    let rest = vec(option::weighted(0.9, message), 0..6);
    let first = prop_oneof![6 => start().boxed(), 1 => imported().boxed()];
    (option::weighted(0.95, first), rest).prop_map(|(first, rest)| {
        let messages = std::iter::once(first).chain(rest);
        let messages = messages.map(|message| v1::ImportCommentsRequest { message });
        Call::ImportComments(messages.collect())
    })
}

fn said() -> impl Strategy<Value = v1::WorkQueueRequest> {
    let decide = (
        any::<u64>(),
        comment_id(),
        text(),
        uint(),
        int(),
        text(),
        text(),
        of_stream(),
    )
        .prop_map(
            |(request_id, comment_id, lease_token, version, verdict, reason_code, note, site)| {
                Up::Decide(up::Decide {
                    request_id,
                    comment_id,
                    lease_token,
                    version,
                    verdict,
                    reason_code,
                    note,
                    site,
                })
            },
        );
    let skip = (any::<u64>(), comment_id(), text(), duration(), of_stream()).prop_map(
        |(request_id, comment_id, lease_token, cool_down, site)| {
            Up::Skip(up::Skip {
                request_id,
                comment_id,
                lease_token,
                cool_down,
                site,
            })
        },
    );
    let note = (any::<u64>(), comment_id(), text(), of_stream()).prop_map(
        |(request_id, comment_id, note, site)| {
            Up::Note(up::Note {
                request_id,
                comment_id,
                note,
                site,
            })
        },
    );
    let seen =
        (comment_id(), uint(), of_stream()).prop_map(|(comment_id, version, site)| up::Seen {
            comment_id,
            version,
            site,
        });
    let watch = (any::<u64>(), vec(seen, 0..4)).prop_map(|(request_id, comments)| {
        Up::Watch(up::Watch {
            request_id,
            comments,
        })
    });
    let pause = any::<u64>().prop_map(|request_id| Up::Pause(up::Pause { request_id }));
    let resume = any::<u64>().prop_map(|request_id| Up::Resume(up::Resume { request_id }));
    let message = prop_oneof![
        4 => decide,
        2 => skip,
        2 => note,
        2 => watch,
        1 => pause,
        1 => resume,
        1 => start().boxed(),
        1 => Just(Up::Ping(up::Ping {})),
    ];
    option::weighted(0.9, message).prop_map(|message| v1::WorkQueueRequest { message })
}

fn start() -> impl Strategy<Value = Up> {
    let within = prop_oneof![
        4 => Just(None),
        1 => text().prop_map(|wave| Some(up::start::Within::WaveId(wave))),
        1 => text().prop_map(|thread| Some(up::start::Within::ThreadId(thread))),
    ];
    let sites = prop_oneof![3 => site().prop_map(|site| vec![site]), 1 => vec(site(), 0..24)];
    let lane = prop_oneof![3 => 1..3_i32, 1 => int()];
    let prefetch = prop_oneof![3 => 0..101_i32, 1 => int()];
    (sites, prefetch, vec(lane, 0..3), within).prop_map(|(sites, prefetch, lanes, within)| {
        Up::Start(up::Start {
            sites,
            prefetch,
            lanes,
            within,
        })
    })
}

/// What a message on a stream names as its site: mostly none, which is the stream's.
fn of_stream() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => site()]
}

/// Mostly with a start that is right, so that the rest is looked at.
pub fn any_stream() -> BoxedStrategy<Call> {
    let first = prop_oneof![
        4 => start().prop_map(|start| v1::WorkQueueRequest { message: Some(start) }).boxed(),
        1 => said().boxed(),
    ];
    (first, vec(said(), 0..12))
        .prop_map(|(first, rest)| Call::WorkQueue([vec![first], rest].concat()))
        .boxed()
}
