//! Comments that were moderated elsewhere: each teaches once and counts once, and none is stored.

use std::{pin::pin, sync::Arc, task::Poll, time::Duration};

use replydesk::{
    comment::{draft::Fields, imported::ImportDraft, state::CommentState as State},
    import::Importer,
    policy::{Policy, sites::Sites},
    privacy::hashing::{Hasher, Hashers, Pepper},
    proto::v1::{self, CommentState, import_comments_request as up},
    recognition::Recognition,
    spam::lesson::{Label, SiteTag},
    store::{confirmation::Confirmation, identity::Claimed},
};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, comment, everything_waits, moderated},
    learning::{lessons_in_log, same_digest},
    learnt::{NOBODY_TRAINS, learnt},
    redis_server::RedisServer,
    refusals::told,
    until::until,
};

async fn history(client: &Client, site: &str, name: &str) -> v1::AuthorHistory {
    let mut request = comment(site, "tram", name, "What do you all think of it now?");
    request.author.as_mut().unwrap().email = format!("{name}@readers.example");
    let id = request.comment_id.clone();
    client.submit(request).await.unwrap();
    let list = v1::ListQueueRequest {
        site: site.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    let queue = client.moderation.clone().list_queue(list).await.unwrap();
    let mut items = queue.into_inner().items.into_iter();
    let item = items.find(|item| item.comment.as_ref().is_some_and(|c| c.comment_id == id));
    item.unwrap().author_history.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_comments_count_in_their_authors_history_and_are_stored_nowhere() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    let comments: Vec<_> = (0..100).map(moderated).collect();
    let answer = admin.import("gazette", &comments).await.unwrap();
    assert_eq!(
        (
            answer.imported,
            answer.already_known,
            answer.lessons,
            answer.new_authors
        ),
        (100, 0, 90, 34)
    );
    let stats = admin.stats("gazette").await;
    assert_eq!(
        stats,
        v1::QueueStats::default(),
        "nothing is queued or counted"
    );
    assert_eq!(admin.all_events("gazette").await, []);
    for key in desk.redis.keys() {
        let mut dump = redis::cmd("DUMP");
        let value: Vec<u8> = dump.arg(key).query(&mut desk.redis.look()).unwrap();
        let shown = String::from_utf8_lossy(&value);
        assert!(!shown.contains("Old point") && !shown.contains("Regular"));
    }

    // Numbers 6, 7, 8: approved, spam, spam; the oldest has the highest number.
    let seen = history(&admin, "gazette", "regular.2").await;
    assert_eq!((seen.approved, seen.spam, seen.rejected), (1, 2, 0));
    assert_eq!(seen.first_seen_at.unwrap().seconds, 1_500_000_000 - 8 * 60);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_approved_elsewhere_is_no_newcomer() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        hold_first_comment: Some(true),
        approve_at: Some(0.99),
        spam_at: Some(1.0),
        ..automatic()
    };
    let blog = desk.site("gazette", policy).await;
    desk.admin()
        .import("gazette", &[moderated(0)])
        .await
        .unwrap();
    for (email, outcome) in [
        ("Regular.0@readers.example", v1::Outcome::Approved),
        ("regular.1@readers.example", v1::Outcome::Pending),
    ] {
        let mut request = comment("gazette", "tram", "Someone", "It should go to the station.");
        request.author.as_mut().unwrap().email = email.to_owned();
        let answer = blog.submit(request).await.unwrap();
        assert_eq!(answer.outcome(), outcome, "{email}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_they_are_sent_and_however_often_each_teaches_once() {
    let desk = Desk::start().await;
    for site in ["once", "often"] {
        desk.site(site, everything_waits()).await;
    }
    let admin = desk.admin();
    let comments: Vec<_> = (0..730).map(moderated).collect();
    let answer = admin.import("once", &comments).await.unwrap();
    assert_eq!((answer.imported, answer.lessons), (730, 657));

    let mut imported = 0;
    for chunk in comments[..333].chunks(7) {
        imported += admin.import("often", chunk).await.unwrap().imported;
    }
    for chunk in comments.chunks(260) {
        imported += admin.import("often", chunk).await.unwrap().imported;
    }
    let twice = [&comments[700..], &comments[..50], &comments[700..]].concat();
    let again = admin.import("often", &twice).await.unwrap();
    assert_eq!(
        (again.imported, again.already_known, again.lessons),
        (0, 110, 0)
    );
    assert_eq!(imported, 730);

    let (once, often) = (
        learnt(&mut desk.redis.look(), "once"),
        learnt(&mut desk.redis.look(), "often"),
    );
    assert_eq!((once.lessons, often.lessons), (657, 657));
    // Hashes are a site's own; what they stand for is the same.
    assert_eq!(once.histories(), often.histories());
    assert_eq!((once.markers(), often.markers()), (730, 730));
    desk.until_learnt(&desk.addresses(), 2 * 657).await;
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lessons_say_what_people_made_of_a_comment() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let comments: Vec<_> = (0..10).map(moderated).collect();
    desk.admin().import("gazette", &comments).await.unwrap();
    desk.until_learnt(&desk.addresses(), 9).await;
    let read = lessons_in_log(&desk.redis.store().await).await;
    let labels: Vec<_> = read.iter().map(|lesson| lesson.label).collect();
    let wanted = [[Label::Ham; 7].as_slice(), &[Label::Spam; 2]].concat();
    assert_eq!(
        labels, wanted,
        "in the order of their coming; a rejection teaches nothing"
    );
    let tag = SiteTag::of(&"gazette".parse().unwrap());
    assert!(
        read.iter()
            .all(|lesson| lesson.site == tag && !lesson.taken_back)
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_import_the_same_at_once_import_it_once() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let key = desk.key(&["gazette"], v1::Role::Admin, "importer").await;
    let forwards: Vec<_> = (0..600).map(moderated).collect();
    let backwards: Vec<_> = forwards.iter().rev().cloned().collect();
    let import = async |replica, comments: Vec<v1::ImportedComment>| {
        let client = desk.client(replica, &key);
        let mut sums = (0, 0, 0);
        for chunk in comments.chunks(130) {
            let told = client.import("gazette", chunk).await.unwrap();
            sums.0 += told.imported;
            sums.1 += told.already_known;
            sums.2 += told.new_authors;
        }
        sums
    };
    let (one, other) = tokio::join!(import(0, forwards), import(1, backwards));
    assert_eq!(
        (one.0 + other.0, one.1 + other.1, one.2 + other.2),
        (600, 600, 200)
    );
    let learnt = learnt(&mut desk.redis.look(), "gazette");
    assert_eq!((learnt.markers(), learnt.lessons), (600, 540));
    same_digest(&desk.until_learnt(&desk.addresses(), 540).await);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_twice_in_one_call_is_one() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let comments = [moderated(1), moderated(1), moderated(2), moderated(1)];
    let answer = desk.admin().import("gazette", &comments).await.unwrap();
    assert_eq!(
        (answer.imported, answer.already_known, answer.new_authors),
        (2, 2, 1)
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_passed_over_and_told() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    let mut comments: Vec<_> = (0..6).map(moderated).collect();
    comments[1].body.clear();
    comments[2].state = CommentState::Pending.into();
    comments[3].source_id.clear();
    comments[3].state = 77;
    comments[4].author.as_mut().unwrap().email = "canary".to_owned();
    let answer = admin.import("gazette", &comments).await.unwrap();
    assert_eq!(
        (answer.imported, answer.refused, answer.not_moderated),
        (3, 2, 1)
    );
    let named: Vec<_> = answer
        .refusals
        .iter()
        .map(|r| (r.position, r.problems.len()))
        .collect();
    assert_eq!(named, [(2, 1), (4, 2)]);
    assert_eq!(answer.left_out, [("author.email".to_owned(), 1)].into());
    assert!(!format!("{answer:?}").contains("canary"));

    let start = |site: &str| v1::ImportCommentsRequest {
        message: Some(up::Message::Start(up::Start {
            site: site.to_owned(),
        })),
    };
    let comment = v1::ImportCommentsRequest {
        message: Some(up::Message::Comment(moderated(9))),
    };
    let nothing = v1::ImportCommentsRequest { message: None };
    let messages = vec![start("gazette"), nothing, start("gazette"), comment.clone()];
    let answer = admin
        .sites
        .clone()
        .import_comments(tokio_stream::iter(messages))
        .await;
    let answer = answer.unwrap().into_inner();
    assert_eq!((answer.imported, answer.refused), (1, 2));

    for (messages, code, why) in [
        (vec![comment], Code::InvalidArgument, "INVALID_FIELDS"),
        (vec![], Code::InvalidArgument, "INVALID_FIELDS"),
        (
            vec![start("No Site")],
            Code::InvalidArgument,
            "INVALID_FIELDS",
        ),
        (vec![start("nowhere")], Code::NotFound, "SITE_NOT_FOUND"),
    ] {
        let refused = admin
            .sites
            .clone()
            .import_comments(tokio_stream::iter(messages))
            .await;
        let refused = refused.unwrap_err();
        assert_eq!(told(&refused), (code, why.to_owned()), "{refused:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_taken_than_the_trainer_can_follow() {
    let desk = Desk::with(1, NOBODY_TRAINS).await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    admin.import("gazette", &[moderated(0)]).await.unwrap();
    // As many as may wait, and nobody who takes them away.
    let fill = "for n = 2, 20000 do redis.call('XADD', KEYS[1], n .. '-1', 'l', 'x') end
        return redis.call('HSET', KEYS[2], 'il', 20000)";
    let _: i64 = desk
        .redis
        .ask(&["EVAL", fill, "2", "{gazette}:il", "{gazette}:n"]);
    let comments: Vec<_> = (1..300).map(moderated).collect();
    let refused = admin.import("gazette", &comments).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::Unavailable, "TRAINER_BEHIND".to_owned())
    );

    // The trainer takes some away while a call waits, which shows in how often it looks.
    let looked = || {
        let stats: String = desk.redis.ask(&["INFO", "commandstats"]);
        let (_, calls) = stats.split_once("cmdstat_xlen:calls=").unwrap();
        calls.split(',').next().unwrap().parse::<u64>().unwrap()
    };
    let before = looked();
    let sending = admin.import("gazette", &comments);
    let trimming = async {
        let waits = async || (looked() > before + 3).then_some(());
        until("the call waits", Duration::from_secs(4), waits).await;
        desk.redis
            .ask::<u64>(&["XTRIM", "{gazette}:il", "MAXLEN", "10"])
    };
    let (answer, _) = tokio::join!(sending, trimming);
    let answer = answer.unwrap();
    // One batch had been taken in before the first call was refused.
    assert_eq!((answer.imported, answer.already_known), (199, 100));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_faster_than_redis_takes_waits_and_keeps_the_connection() {
    use up::{Message, Start};
    let patient = [
        ("store.timeout_ms", "20000"),
        ("learning.lease_ms", "60000"),
    ];
    let desk = Desk::with(1, &patient).await;
    desk.site("gazette", everything_waits()).await;
    let (say, said) = tokio::sync::mpsc::channel(1);
    let mut sites = desk.admin().sites.clone();
    let mut calls = JoinSet::new();
    calls.spawn(async move { sites.import_comments(ReceiverStream::new(said)).await });
    let message = |message| v1::ImportCommentsRequest {
        message: Some(message),
    };
    let start = Start {
        site: "gazette".to_owned(),
    };
    say.send(message(Message::Start(start))).await.unwrap();
    let () = desk.redis.ask(&["CLIENT", "PAUSE", "60000", "WRITE"]);
    // Small messages, each on its own, until no more go up.
    let second = Duration::from_secs(1);
    let mut sent = 0;
    loop {
        let comment = v1::ImportedComment {
            body: "ok".to_owned(),
            author: None,
            ..moderated(sent)
        };
        let sending = say.send(message(Message::Comment(comment)));
        match tokio::time::timeout(second, sending).await {
            Ok(taken) => taken.expect("the connection is kept"),
            Err(_) => break,
        }
        sent += 1;
        // Time for the connection to send what it has, so that the next comes in a frame of its own.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    let () = desk.redis.ask(&["CLIENT", "UNPAUSE"]);
    drop(say);
    let answer = calls.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(answer.into_inner().imported, sent as u64);
    desk.finish().await;
}

#[tokio::test]
async fn a_call_with_much_to_read_lets_others_go_first() {
    let redis = RedisServer::start();
    let store = redis.store().await;
    let sites = Arc::new(Sites::new(store.clone()));
    let (site, name) = ("gazette".parse().unwrap(), "The Gazette".parse().unwrap());
    let site = sites
        .create(site, name, Policy::default(), &crate::harness::nobody())
        .await
        .unwrap();
    let hashers = Hashers {
        current: Hasher::new(&Pepper::generate().unwrap()),
        other: None,
        other_is_previous: false,
    };
    let recognition = Recognition::new(store.clone(), hashers, &Claimed::default());
    let importer = Importer {
        store,
        confirmation: Confirmation::default(),
        sites,
        recognition,
    };
    let mut intake = importer.start(&site.id).await.unwrap();
    // Nobody has judged these, so nothing is written, and nothing else is waited for.
    let mut pauses = Vec::new();
    for length in [10, 64_000, 64_000, 10, 32_000, 10] {
        let draft = ImportDraft {
            source_id: "blog#1".to_owned(),
            state: Some(State::Pending),
            submitted_at: None,
            fields: Fields {
                body: "a ".repeat(length / 2),
                ..Fields::default()
            },
        };
        let mut taking = pin!(intake.take(&draft));
        let poll = std::future::poll_fn(|cx| Poll::Ready(taking.as_mut().poll(cx)));
        pauses.push(poll.await.is_pending());
    }
    assert_eq!(pauses, [false, true, true, false, true, false]);
    assert_eq!(intake.finish().await.unwrap().not_moderated, 6);
}
