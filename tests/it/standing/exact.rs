//! No submission that is stored after a ban has passed it by.

use replydesk::{
    comment::{
        audit::Actor,
        ids::{CommentId, IpHash, KeyId, KeyedHash, SiteId},
        limits::{Limit, Limits},
        observed::Fingerprints,
        score::{Probability, Score},
        standing::Standing,
        state::Outcome,
        stored::{CommentContent, ThreadDetails},
        subject::{Subject, SubjectNames},
    },
    proto::v1::{self, SubjectKind},
    store::{
        connection::Store,
        standing::{NewStanding, StandingSet},
        submit::{NewComment, Stored},
    },
};

use super::{SITE, lenient, own};
use crate::harness::{
    Desk,
    authors::{from_now, of, standing},
    crowd::submit_at_once,
};

fn hash(byte: u8) -> KeyedHash {
    KeyedHash::from_bytes([byte; 16])
}

fn prints() -> Fingerprints {
    Fingerprints {
        author: Some(hash(1)),
        ip: Some(hash(2)),
        sketch: vec![1, 2, 3, 4, 5, 6],
        link_hosts: vec![hash(3)],
        subjects: [
            Subject::IpAddress(IpHash::of(&hash(2))),
            Subject::Website(hash(5)),
            Subject::LinkDomain(hash(3)),
            Subject::LinkDomain(hash(4)),
        ]
        .map(SubjectNames::from)
        .to_vec(),
        ..Fingerprints::default()
    }
}

fn content() -> CommentContent {
    CommentContent {
        thread: "tram".parse().unwrap(),
        parent: None,
        display_name: "Ada".into(),
        website: String::new(),
        account_id: String::new(),
        body: "Something".into(),
        author: Some(hash(1)),
        ip: Some(IpHash::of(&hash(2))),
        other_ip: None,
        email: None,
        sealed_contact: Vec::new(),
        reasons: Vec::new(),
        score: Score {
            probability: Probability::from_percent(10),
            contributions: Vec::new(),
            model: 0,
            lessons: 0,
        },
        signals: Vec::new(),
    }
}

fn no_limits() -> Limits {
    let most = Limit::new(Limit::MAX, Limit::MAX).unwrap();
    Limits {
        author: most,
        ip_address: most,
        thread: most,
        site: most,
    }
}

async fn set(store: &Store, site: &SiteId, subject: Subject, standing: Standing) {
    let actor = Actor {
        key: KeyId::from_bytes([1; 8]),
        label: "mira".into(),
    };
    let new = NewStanding {
        site,
        subject: subject.into(),
        standing,
        until: None,
        reason: "",
        actor: &actor,
        words: standing.word(),
        named_by: None,
        shown: "",
        add_strike: false,
    };
    let done = store.set_standing(&new).await.unwrap();
    assert_eq!(done, StandingSet::Done { changed: true });
}

#[tokio::test]
async fn what_was_judged_before_a_standing_changed_is_stale() {
    let desk = Desk::start().await;
    desk.site(SITE, lenient()).await;
    let store = Store::connect(&desk.redis.url()).await.unwrap();
    let site: SiteId = SITE.parse().unwrap();
    let (prints, content, limits) = (prints(), content(), no_limits());
    let observe = async || {
        let seen = store.observe(&site, &content.thread, &prints, &limits, 1);
        seen.await.unwrap()
    };
    let submit = async |seen: &replydesk::comment::observed::Observed| {
        let new = NewComment {
            site: &site,
            id: CommentId::fresh(),
            digest: [7; 8],
            outcome: Outcome::Approved,
            content: &content,
            thread: &ThreadDetails::default(),
            contact: None,
            prints: &prints,
            thread_words: None,
            wave_decision: None,
            close_threads_after: None,
            limits: &limits,
            subject_marks: &seen.subject_marks,
            named: &[],
            judged_at: Some(seen.versions),
            due_in: None,
            only_check: false,
        };
        store.submit(&new).await.unwrap()
    };
    for subject in [
        Subject::Author(hash(1)),
        Subject::IpAddress(IpHash::of(&hash(2))),
        Subject::LinkDomain(hash(3)),
        Subject::LinkDomain(hash(4)),
        Subject::Website(hash(5)),
    ] {
        for standing in [Standing::Banned, Standing::Held, Standing::Normal] {
            let before = observe().await;
            let admitted = submit(&before).await;
            assert!(matches!(admitted, Stored::Admitted { .. }), "{admitted:?}");
            set(&store, &site, subject, standing).await;
            let stale = submit(&before).await;
            assert!(
                matches!(stale, Stored::Stale { .. }),
                "{subject:?} {standing:?}: {stale:?}"
            );
            let after = observe().await;
            assert_eq!(after.standings.strictest().0, standing);
            let admitted = submit(&after).await;
            assert!(matches!(admitted, Stored::Admitted { .. }), "{admitted:?}");
        }
    }
    store.shutdown().await;
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_submissions_that_race_with_a_ban_none_is_approved_after_it() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(1, SITE, "mira").await;
    let key = desk.key(&[SITE], v1::Role::Submitter, "blog").await;
    let first = own(1);
    let (id, transport) = (first.comment_id.clone(), first.transport.clone());
    blog.submit(first).await.unwrap();
    let mut n = 1;
    let shares: Vec<Vec<_>> = (0..8)
        .map(|_| {
            let mine = (0..40).map(|_| {
                n += 1;
                let mut request = own(n);
                request.transport.clone_from(&transport);
                request
            });
            mine.collect()
        })
        .collect();
    let clients = (0..8).map(|n| desk.client(n % 2, &key)).collect();
    let mut ban = standing(SITE, of(&id, SubjectKind::IpAddress), v1::Standing::Banned);
    ban.until = from_now(std::time::Duration::from_secs(3_600));
    let (answers, set) = tokio::join!(submit_at_once(clients, shares), async {
        // Some must have come before.
        crate::harness::until::until(
            "some came",
            std::time::Duration::from_secs(20),
            async || (mira.stats(SITE).await.approved > 20).then_some(()),
        )
        .await;
        mira.stand(ban).await.unwrap()
    });
    assert!(answers.iter().all(Result::is_ok));
    let set_at = set.standing.unwrap().set_at.unwrap();
    let at = |time: &prost_types::Timestamp| (time.seconds, time.nanos);
    let (mut before, mut after) = (0, 0);
    for event in blog.all_events(SITE).await {
        let Some(v1::event::Cause::Submitted(cause)) = &event.cause else {
            panic!("nothing was pending: {event:?}");
        };
        // In the same millisecond either may have been first.
        if at(event.occurred_at.as_ref().unwrap()) > at(&set_at) {
            assert_eq!(cause.outcome(), v1::Outcome::Rejected, "{event:?}");
            after += 1;
        } else {
            before += 1;
        }
    }
    assert!(before > 20 && after > 0, "{before} before, {after} after");
    desk.finish().await;
}
