//! Erasure: nothing of the subject is left, everything else stays, and the blogs hear of it.

use std::collections::BTreeMap;

use replydesk::{
    comment::ids::SiteId,
    privacy::hashing::Hasher,
    proto::v1::{self, AuditAction, CommentState, event::Cause},
};
use tonic::Code;

use super::{ADA, Newsroom};
use crate::harness::{
    comments::nth,
    privacy::{author_of, with_account, with_email},
    refusals::told,
    remains::everything,
};

/// Every value by key, but for those of a kind that each call moves.
fn values(room: &Newsroom, moved: &[&str]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut look = room.desk.redis.look();
    let mut values = BTreeMap::new();
    for key in room.desk.redis.keys() {
        let text = String::from_utf8_lossy(&key);
        if !moved.iter().any(|kind| text.contains(kind)) {
            let dump = redis::cmd("DUMP").arg(&key).query(&mut look).unwrap();
            values.insert(key, dump);
        }
    }
    values
}

fn assert_nothing_of_ada(room: &Newsroom) {
    let remains = everything(&mut room.desk.redis.look());
    let has = |needle: &[u8]| remains.windows(needle.len()).any(|window| window == needle);
    for text in ["Canary", "countess", "reader-7", "reader-8", "lovelace"] {
        let at = remains
            .windows(text.len())
            .position(|window| window == text.as_bytes());
        let around = at.map(|at| &remains[at.saturating_sub(200)..remains.len().min(at + 100)]);
        let around = around.map(|around| around.escape_ascii().to_string());
        assert_eq!(around, None, "{text} is left");
    }
    let site: SiteId = "gazette".parse().unwrap();
    let hasher = Hasher::new(room.desk.config().privacy.pepper.as_ref().unwrap());
    let email = hasher.email(&site, &ADA.parse().unwrap());
    let accounts = ["reader-7", "reader-8"].map(|id| hasher.account(&site, &id.parse().unwrap()));
    for hash in [email].iter().chain(&accounts) {
        assert!(!has(hash.as_bytes()), "a hash is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_subject_is_left_and_the_blogs_hear_of_it() {
    let room = Newsroom::open().await;
    let ids = room.busy_ada().await;
    let mut others = Vec::new();
    for n in 0..5 {
        others.push(room.other(n).await);
    }
    let looked = room.officer.erase(with_email(ADA), true).await.unwrap();
    assert_eq!((looked.erased, looked.found), (8, 8));
    assert_eq!(
        room.blog.get("gazette", &ids[4]).await.state(),
        CommentState::Approved
    );

    let erased = room
        .officer
        .erase(with_email(" ADA.Lovelace@Readers.EXAMPLE"), false)
        .await
        .unwrap();
    let summary = erased.summary.unwrap();
    assert_eq!((erased.erased, summary.verified), (8, true));
    assert_nothing_of_ada(&room);

    let events = room.blog.all_events("gazette").await;
    for id in &ids {
        let comment = room.blog.get("gazette", id).await;
        assert_eq!(comment.state(), CommentState::Erased);
        assert_eq!(
            (comment.body.as_str(), comment.author.unwrap()),
            ("", v1::Author::default())
        );
        let last = events
            .iter()
            .rfind(|event| event.comment_id == *id)
            .unwrap();
        assert_eq!(
            (last.state(), last.version),
            (CommentState::Erased, comment.version)
        );
        assert!(matches!(&last.cause, Some(Cause::Erased(cause)) if !cause.expired));
    }
    for id in &others {
        assert_eq!(
            room.blog.get("gazette", id).await.state(),
            CommentState::Approved
        );
    }
    let acts = room.officers_acts().await;
    let acts: Vec<_> = acts
        .iter()
        .map(|(action, _, after)| (*action, after.as_str()))
        .collect();
    let erased = AuditAction::SubjectErased;
    assert_eq!(
        acts,
        [
            (erased, "looked for, and nothing erased"),
            (erased, "begun"),
            (erased, "done: 8 comments erased")
        ]
    );
    // Again: nothing is left to erase, and that is no failure.
    let again = room.officer.erase(with_email(ADA), false).await.unwrap();
    assert_eq!((again.erased, again.summary.unwrap().verified), (0, true));
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_wrote_is_as_it_was() {
    let room = Newsroom::open().await;
    for n in 0..5 {
        room.other(n).await;
    }
    // Feed, audit log, counts and what was asked of the append-only file move with every change.
    let moved = [
        "}:e",
        "}:n",
        "}:au",
        "}:st",
        "}:i:6",
        "}:kx",
        "}:rewrit",
        "}:probe",
        "}:model",
        "}:retention",
        "}:rt",
        "}:key",
    ];
    let before = values(&room, &moved);
    room.busy_ada().await;
    room.officer.erase(with_email(ADA), false).await.unwrap();
    let mut after = values(&room, &moved);
    for (key, value) in before {
        let name = String::from_utf8_lossy(&key).into_owned();
        // Rates run out by themselves.
        if ["}:ra:", "}:ri:", "}:rr:"]
            .iter()
            .any(|rate| name.contains(rate))
        {
            after.remove(&key);
            continue;
        }
        assert_eq!(after.remove(&key), Some(value), "{name:?} is another");
    }
    // Tombstones, articles, the hashes of reporters and of words in use for a day.
    for key in after.keys() {
        let name = String::from_utf8_lossy(key).into_owned();
        let known = [
            "}:c:", "}:t:loom", "}:rr:", "}:ri:", "}:m:", "}:h:", "}:a:", "}:k:",
        ];
        assert!(
            known.iter().any(|kind| name.contains(kind)),
            "{name:?} is left"
        );
    }
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_several_addresses_loses_only_the_subjects_comments() {
    let room = Newsroom::open().await;
    let theirs = room.ada(0, Some("shared")).await;
    let mut request = crate::harness::comments::comment(
        "gazette",
        "loom-1",
        "Ben",
        "Another reader at the same account.",
    );
    request.author.as_mut().unwrap().account_id = "shared".to_owned();
    let bens = room.submit(request).await;
    let erased = room.officer.erase(with_email(ADA), false).await.unwrap();
    assert_eq!((erased.erased, erased.summary.unwrap().verified), (1, true));
    assert_eq!(
        room.blog.get("gazette", &theirs).await.state(),
        CommentState::Erased
    );
    assert_eq!(
        room.blog.get("gazette", &bens).await.state(),
        CommentState::Approved
    );
    let erased = room
        .officer
        .erase(with_account("shared"), false)
        .await
        .unwrap();
    assert_eq!(erased.erased, 1);
    assert_eq!(
        room.blog.get("gazette", &bens).await.state(),
        CommentState::Erased
    );
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_names_its_author_and_one_of_nobody_goes_alone() {
    let room = Newsroom::open().await;
    let (one, two) = (room.ada(0, None).await, room.ada(1, None).await);
    let mut nobodys = crate::harness::comments::comment(
        "gazette",
        "loom-1",
        "Somebody",
        "Said without a name to be known by.",
    );
    nobodys.author.as_mut().unwrap().email.clear();
    let policy = v1::Policy {
        required: Some(v1::RequiredFields {
            email: Some(false),
            ..Default::default()
        }),
        ..Default::default()
    };
    room.desk
        .admin()
        .update_policy("gazette", "required", policy, 1)
        .await
        .unwrap();
    let nobodys = room.submit(nobodys).await;
    assert_eq!(
        room.officer
            .erase(author_of(&nobodys), false)
            .await
            .unwrap()
            .erased,
        1
    );
    assert_eq!(
        room.officer
            .erase(author_of(&one), false)
            .await
            .unwrap()
            .erased,
        2
    );
    for id in [&one, &two, &nobodys] {
        assert_eq!(
            room.blog.get("gazette", id).await.state(),
            CommentState::Erased
        );
    }
    let unknown = author_of("018f0000-0000-7000-8000-0000000000ff");
    let refused = room.officer.erase(unknown, false).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::NotFound, "COMMENT_NOT_FOUND".to_owned())
    );
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_what_was_erased_brings_nothing_back() {
    let room = Newsroom::open().await;
    let mut request = crate::harness::comments::comment(
        "gazette",
        "loom-1",
        "Ada Canary",
        "Canary text that is sent twice.",
    );
    request.author.as_mut().unwrap().email = ADA.to_owned();
    let id = room.submit(request.clone()).await;
    room.officer.erase(with_email(ADA), false).await.unwrap();
    let refused = room.blog.submit(request.clone()).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::AlreadyExists, "COMMENT_ERASED".to_owned())
    );
    // The same words by the same reader under a new name are a new comment: nobody remembers the first.
    request.comment_id = replydesk::comment::ids::CommentId::fresh().to_string();
    let again = room.submit(request).await;
    assert_ne!(id, again);
    assert_eq!(
        room.blog.get("gazette", &again).await.state(),
        CommentState::Approved
    );
    room.desk.finish().await;
}

/// An account that came with one address and then another: whichever way it goes, neither is left.
#[tokio::test(flavor = "multi_thread")]
async fn with_an_account_go_all_the_addresses_that_it_was_used_with() {
    let room = Newsroom::open().await;
    let with = async |n: usize, email: &str| {
        let mut request = nth("gazette", n);
        let author = request.author.as_mut().unwrap();
        author.account_id = "reader-7".to_owned();
        author.email = email.to_owned();
        room.submit(request).await
    };
    let addresses = |kind: &str| {
        let keys = room.desk.redis.keys().into_iter();
        let of_kind = keys.filter(|key| String::from_utf8_lossy(key).contains(kind));
        of_kind.count()
    };
    let (one, other) = ("one@readers.example", "other@readers.example");
    for (n, email) in [(0, one), (1, other), (2, one)] {
        with(n, email).await;
    }
    assert_eq!(addresses(":ae:"), 2);
    // By the first: the second is still known, and with it the account.
    let erased = room.officer.erase(with_email(one), false).await.unwrap();
    assert_eq!((erased.erased, addresses(":ae:")), (2, 1));
    with(3, one).await;
    let erased = room.officer.erase(with_email(other), false).await.unwrap();
    assert_eq!((erased.erased, addresses(":ae:")), (1, 1));
    with(4, other).await;
    let erased = room.officer.erase(with_account("reader-7"), false).await;
    assert_eq!((erased.unwrap().erased, addresses(":ae:")), (2, 0));
    room.desk.finish().await;
}
