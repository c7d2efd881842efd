//! Every RPC with arbitrary messages.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1::{
    self, work_queue_request as up, work_queue_request::Message as Up,
    work_queue_response::Message as Down,
};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::arbitrary::{comment_id, duration, float, int, place, site, text, timestamp, uint};
use crate::harness::clients::Client;

/// A stream is told apart from a dead one within this.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request to one of the RPCs.
#[derive(Debug, Clone)]
pub enum Call {
    SubmitComment(Box<v1::SubmitCommentRequest>),
    GetComment(v1::GetCommentRequest),
    ListComments(v1::ListCommentsRequest),
    WatchEvents(v1::WatchEventsRequest),
    ListEvents(v1::ListEventsRequest),
    WorkQueue(Vec<v1::WorkQueueRequest>),
    ListQueue(v1::ListQueueRequest),
    DecideComment(v1::DecideCommentRequest),
    GetQueueStats(v1::GetQueueStatsRequest),
    CreateSite(Box<v1::CreateSiteRequest>),
    GetSite(v1::GetSiteRequest),
    ListSites,
    UpdateSite(Box<v1::UpdateSiteRequest>),
    CloseThread(v1::CloseThreadRequest),
    CreateKey(v1::CreateKeyRequest),
    ListKeys,
    RevokeKey(v1::RevokeKeyRequest),
}

impl Call {
    pub async fn send(self, client: &Client) -> Result<(), Status> {
        let mut comments = client.comments.clone();
        let mut moderation = client.moderation.clone();
        let mut sites = client.sites.clone();
        match self {
            Self::SubmitComment(request) => comments.submit_comment(*request).await.map(drop),
            Self::GetComment(request) => comments.get_comment(request).await.map(drop),
            Self::ListComments(request) => comments.list_comments(request).await.map(drop),
            Self::WatchEvents(request) => watch(client, request).await,
            Self::ListEvents(request) => comments.list_events(request).await.map(drop),
            Self::WorkQueue(said) => work(client, said).await,
            Self::ListQueue(request) => moderation.list_queue(request).await.map(drop),
            Self::DecideComment(request) => moderation.decide_comment(request).await.map(drop),
            Self::GetQueueStats(request) => moderation.get_queue_stats(request).await.map(drop),
            Self::CreateSite(request) => sites.create_site(*request).await.map(drop),
            Self::GetSite(request) => sites.get_site(request).await.map(drop),
            Self::ListSites => sites.list_sites(v1::ListSitesRequest {}).await.map(drop),
            Self::UpdateSite(request) => sites.update_site(*request).await.map(drop),
            Self::CloseThread(request) => sites.close_thread(request).await.map(drop),
            Self::CreateKey(request) => sites.create_key(request).await.map(drop),
            Self::ListKeys => sites.list_keys(v1::ListKeysRequest {}).await.map(drop),
            Self::RevokeKey(request) => sites.revoke_key(request).await.map(drop),
        }
    }
}

/// The first message, or none for a moment: this stream has no end of its own.
async fn watch(client: &Client, request: v1::WatchEventsRequest) -> Result<(), Status> {
    let mut events = client
        .comments
        .clone()
        .watch_events(request)
        .await?
        .into_inner();
    match timeout(Duration::from_millis(20), events.message()).await {
        Ok(first) => {
            assert!(first?.is_some(), "a watch ended without a word");
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

/// Everything is said at once, and then nothing more: each message but a ping is answered, and the stream ends.
async fn work(client: &Client, said: Vec<v1::WorkQueueRequest>) -> Result<(), Status> {
    let to_answer = said
        .iter()
        .skip(1)
        .filter(|request| !matches!(request.message, Some(Up::Ping(_))));
    let to_answer = to_answer.count();
    let (up, requests) = mpsc::channel(said.len());
    for request in said {
        up.send(request).await.expect("there is room");
    }
    let mut moderation = client.moderation.clone();
    let stream = moderation.work_queue(ReceiverStream::new(requests));
    let stream = timeout(PATIENCE, stream).await;
    let mut down = stream.expect("it starts or is refused")?.into_inner();
    let mut answers = 0;
    let mut stay = Some(up);
    loop {
        if answers == to_answer {
            stay.take();
        }
        let message = timeout(PATIENCE, down.message()).await;
        match message
            .expect("an answer or the end")?
            .and_then(|response| response.message)
        {
            Some(Down::Answer(_)) => answers += 1,
            Some(_) => {}
            None => break,
        }
    }
    assert_eq!(answers, to_answer, "answers");
    Ok(())
}

pub fn any_call() -> BoxedStrategy<Call> {
    prop_oneof![
        6 => submission().prop_map(|request| Call::SubmitComment(Box::new(request))),
        1 => (site(), comment_id()).prop_map(|(site, comment_id)| Call::GetComment(v1::GetCommentRequest { site, comment_id })),
        2 => listing(),
        2 => (site(), place()).prop_map(|(site, cursor)| Call::WatchEvents(v1::WatchEventsRequest { site, cursor })),
        2 => (site(), place(), int())
            .prop_map(|(site, cursor, page_size)| Call::ListEvents(v1::ListEventsRequest { site, cursor, page_size })),
        2 => (site(), int(), place())
            .prop_map(|(site, page_size, page_token)| Call::ListQueue(v1::ListQueueRequest { site, page_size, page_token })),
        3 => decision(),
        1 => site().prop_map(|site| Call::GetQueueStats(v1::GetQueueStatsRequest { site })),
        2 => option::weighted(0.9, a_site(text().boxed())).prop_map(|site| Call::CreateSite(Box::new(v1::CreateSiteRequest { site }))),
        1 => site().prop_map(|site| Call::GetSite(v1::GetSiteRequest { site })),
        1 => Just(Call::ListSites),
        3 => update(),
        1 => (site(), text(), any::<bool>())
            .prop_map(|(site, thread_id, reopen)| Call::CloseThread(v1::CloseThreadRequest { site, thread_id, reopen })),
        2 => (int(), vec(site(), 0..4), text(), timestamp()).prop_map(|(role, sites, label, expires_at)| {
            Call::CreateKey(v1::CreateKeyRequest { role, sites, label, expires_at })
        }),
        1 => Just(Call::ListKeys),
        1 => text().prop_map(|key_id| Call::RevokeKey(v1::RevokeKeyRequest { key_id })),
    ]
    .boxed()
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
    );
    (numbers, rest).prop_map(
        |(
            (mode, approve_at, spam_at, hold_first_comment, max_links),
            (hold_words, reject_words, required, limits, service_level),
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

fn said() -> impl Strategy<Value = v1::WorkQueueRequest> {
    let decide = (
        any::<u64>(),
        comment_id(),
        text(),
        uint(),
        int(),
        text(),
        text(),
    )
        .prop_map(
            |(request_id, comment_id, lease_token, version, verdict, reason_code, note)| {
                Up::Decide(up::Decide {
                    request_id,
                    comment_id,
                    lease_token,
                    version,
                    verdict,
                    reason_code,
                    note,
                })
            },
        );
    let skip =
        (any::<u64>(), comment_id(), text()).prop_map(|(request_id, comment_id, lease_token)| {
            Up::Skip(up::Skip {
                request_id,
                comment_id,
                lease_token,
            })
        });
    let message = prop_oneof![
        4 => decide,
        2 => skip,
        1 => start().boxed(),
        1 => Just(Up::Ping(up::Ping {})),
    ];
    option::weighted(0.9, message).prop_map(|message| v1::WorkQueueRequest { message })
}

fn start() -> impl Strategy<Value = Up> {
    (site(), prop_oneof![3 => 0..101_i32, 1 => int()])
        .prop_map(|(site, prefetch)| Up::Start(up::Start { site, prefetch }))
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
