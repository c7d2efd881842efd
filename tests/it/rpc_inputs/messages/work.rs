//! Arbitrary streams of a moderator's messages.

use proptest::{collection::vec, option, prelude::*};
use replydesk::proto::v1::{self, work_queue_request as up, work_queue_request::Message as Up};

use super::super::{
    arbitrary::{comment_id, duration, int, site, text, uint},
    call::Call,
};

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
pub fn stream() -> BoxedStrategy<Call> {
    let first = prop_oneof![
        4 => start().prop_map(|start| v1::WorkQueueRequest { message: Some(start) }).boxed(),
        1 => said().boxed(),
    ];
    (first, vec(said(), 0..12))
        .prop_map(|(first, rest)| Call::WorkQueue([vec![first], rest].concat()))
        .boxed()
}
