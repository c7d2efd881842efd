//! Retention: what is kept for long enough goes, by itself, and nothing else.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{self, CommentState, SubjectKind, Verdict, event::Cause},
    store::retention::Kept,
};
use tonic::Code;

use crate::harness::{
    Desk,
    authors::{from_now, of, standing},
    clients::Client,
    comments::{everything_waits, nth, on},
    privacy::author_of,
    refusals::told,
    until::until,
};

const DAY: u64 = 24 * 60 * 60;
const BOUND: Duration = Duration::from_secs(20);

struct Archive {
    desk: Desk,
    blog: Client,
    moderator: Client,
    officer: Client,
}

impl Archive {
    /// Contact data is kept for 30 days, texts for 180.
    async fn open(every: &str) -> Self {
        let settings = [
            ("privacy.retention_s", every),
            ("privacy.reveals_per_day", "10000"),
        ];
        let desk = Desk::with(2, &settings).await;
        let blog = desk.site("gazette", everything_waits()).await;
        Self {
            moderator: desk.moderator(0, "gazette", "grace").await,
            officer: desk
                .someone(0, "gazette", v1::Role::PrivacyOfficer, "olga")
                .await,
            blog,
            desk,
        }
    }

    /// A comment that came so many days ago.
    async fn submitted(&self, n: usize, days_ago: u64) -> String {
        let request = nth("gazette", n);
        let id = request.comment_id.clone();
        self.blog.submit(request).await.unwrap();
        self.age(&id, days_ago);
        id
    }

    /// Makes a comment, and the data key that sealed its contact, older than they are.
    fn age(&self, id: &str, days: u64) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let then = since - Duration::from_secs(days * DAY);
        let then = i64::try_from(then.as_millis()).unwrap();
        let id: CommentId = id.parse().unwrap();
        let key = [b"{gazette}:c:", &id.as_bytes()[..]].concat();
        let mut look = self.desk.redis.look();
        let mut set = redis::cmd("SETRANGE");
        set.arg(key).arg(7).arg(&then.to_le_bytes());
        let () = set.query(&mut look).unwrap();
    }

    fn age_data_keys(&self, days: u64) {
        let ids: Vec<Vec<u8>> = redis::cmd("ZRANGE")
            .arg("{gazette}:kx")
            .arg(0)
            .arg(-1)
            .query(&mut self.desk.redis.look())
            .unwrap();
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let then = (since - Duration::from_secs(days * DAY)).as_millis();
        for id in ids {
            let mut add = redis::cmd("ZADD");
            add.arg("{gazette}:kx").arg(then.to_string()).arg(id);
            let () = add.query(&mut self.desk.redis.look()).unwrap();
        }
    }

    async fn state(&self, id: &str) -> Result<CommentState, Code> {
        let request = v1::GetCommentRequest {
            site: "gazette".to_owned(),
            comment_id: id.to_owned(),
        };
        let found = self.blog.comments.clone().get_comment(request).await;
        let found = found.map_err(|status| status.code())?.into_inner();
        Ok(found.comment.unwrap().state())
    }

    async fn preview(&self) -> v1::PreviewRetentionResponse {
        let request = v1::PreviewRetentionRequest {
            site: "gazette".to_owned(),
        };
        let mut privacy = self.officer.privacy.clone();
        let preview = privacy.preview_retention(request).await;
        preview.unwrap().into_inner()
    }

    async fn until_contact_gone(&self, id: &str) {
        until("its contact data is gone", BOUND, async || {
            let refused = self.officer.reveal(id).await;
            refused
                .is_err_and(|status| told(&status).1 == "CONTACT_GONE")
                .then_some(())
        })
        .await;
    }

    async fn approve(&self, id: &str) {
        let decided = self.moderator.decide(on(id, 1, Verdict::Approve));
        decided.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_after_their_time_and_the_blog_goes_on_as_they_stood() {
    let archive = Archive::open("1").await;
    let old_approved = archive.submitted(0, 0).await;
    archive.approve(&old_approved).await;
    archive.age(&old_approved, 181);
    let old_pending = archive.submitted(1, 181).await;
    let young = archive.submitted(2, 179).await;
    until("both are gone", BOUND, async || {
        let pending = archive.state(&old_pending).await == Ok(CommentState::Erased);
        let approved = archive.state(&old_approved).await == Err(Code::NotFound);
        (pending && approved).then_some(())
    })
    .await;
    assert_eq!(archive.state(&young).await, Ok(CommentState::Pending));

    let events = archive.blog.all_events("gazette").await;
    let last = |id: &str| events.iter().rfind(|event| event.comment_id == id).unwrap();
    // Nobody decided on the one, and nobody will; the other is shown.
    assert!(matches!(&last(&old_pending).cause, Some(Cause::Erased(cause)) if cause.expired));
    assert_eq!(last(&old_approved).state(), CommentState::Approved);
    let stats = archive.moderator.stats("gazette").await;
    assert_eq!((stats.approved, stats.pending, stats.waiting), (1, 1, 1));
    let mut counting = archive.blog.comments.clone();
    let count = counting
        .count_comments(v1::CountCommentsRequest {
            site: "gazette".to_owned(),
            thread_ids: vec!["article-0".to_owned()],
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(count.threads[0].counts.unwrap().approved, 1, "{count:?}");
    // Neither name can be used again, and nobody can do anything to them.
    for (n, id) in [(0, &old_approved), (1, &old_pending)] {
        let mut again = nth("gazette", n);
        again.comment_id.clone_from(id);
        let refused = archive.blog.submit(again).await.unwrap_err();
        assert_eq!(told(&refused).1, "COMMENT_ERASED");
        let refused = archive.blog.retract("gazette", id).await.unwrap_err();
        assert_eq!(told(&refused).1, "COMMENT_ERASED");
    }
    archive.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_has_ended_keeps_no_author_whose_last_text_is_gone() {
    let archive = Archive::open("1").await;
    let ids = [archive.submitted(1, 0).await, archive.submitted(2, 0).await];
    for (id, end) in ids
        .iter()
        .zip([Duration::from_secs(1), Duration::from_secs(86_400)])
    {
        let mut ban = standing("gazette", of(id, SubjectKind::Author), v1::Standing::Banned);
        ban.until = from_now(end);
        archive.moderator.stand(ban).await.unwrap();
    }
    for id in &ids {
        archive.age(id, 181);
    }
    let authors = || {
        let keys = archive.desk.redis.keys();
        keys.iter()
            .filter(|key| key.starts_with(b"{gazette}:a:"))
            .count()
    };
    until("one author is forgotten", BOUND, async || {
        (authors() == 1).then_some(())
    })
    .await;
    // The other's ban stands.
    let listed = archive
        .moderator
        .standings("gazette", 50, "")
        .await
        .standings;
    assert_eq!(listed.len(), 1);
    archive.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_authors_last_text_go_the_aliases_that_a_new_pepper_made() {
    let mut archive = Archive::open("1").await;
    let aliases = |archive: &Archive| {
        let keys = archive.desk.redis.keys();
        keys.iter()
            .filter(|key| key.starts_with(b"{gazette}:al"))
            .count()
    };
    let of_account = |n, account: &str| {
        let mut request = nth("gazette", n);
        let author = request.author.as_mut().unwrap();
        author.email = "ada@readers.example".to_owned();
        author.account_id = account.to_owned();
        request
    };
    let mut ids = Vec::new();
    for (n, account) in [(1, ""), (2, "reader-7")] {
        let request = of_account(n, account);
        ids.push(request.comment_id.clone());
        archive.blog.submit(request).await.unwrap();
    }
    archive.desk.replace_pepper();
    let newest = archive.desk.add_replica().await;
    let blog = archive.blog.through(archive.desk.replicas[newest].address);
    for (n, account) in [(4, ""), (5, "reader-7"), (6, "reader-8"), (7, "reader-8")] {
        let mut request = of_account(n, account);
        if n == 7 {
            // Another address since: the one before is not forgotten for it.
            request.author.as_mut().unwrap().email = "countess@readers.example".to_owned();
        }
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    // Two addresses, one of which is an author itself, and two accounts; and the way back from each.
    assert_eq!(aliases(&archive), 8);
    let gone = async |archive: &Archive, ids: &[String]| {
        for id in ids {
            archive.age(id, 181);
        }
        until("they are gone", BOUND, async || {
            let mut gone = true;
            for id in ids {
                gone &= archive.state(id).await == Ok(CommentState::Erased);
            }
            gone.then_some(())
        })
        .await;
    };
    // An account of the address is left: an erasure by it must find that.
    gone(&archive, &ids[..4]).await;
    assert_eq!(aliases(&archive), 6);
    gone(&archive, &ids[4..]).await;
    assert_eq!(aliases(&archive), 0);
    let keys = archive.desk.redis.keys();
    let left = keys.iter().any(|key| key.starts_with(b"{gazette}:ae:"));
    assert!(!left, "an address is left");
    archive.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_data_goes_before_the_text_and_its_keys_with_it() {
    let archive = Archive::open("1").await;
    let old = archive.submitted(0, 31).await;
    let held = archive.submitted(1, 31).await;
    let young = archive.submitted(2, 29).await;
    assert!(archive.officer.hold(author_of(&held), true).await.unwrap());
    archive.until_contact_gone(&old).await;
    for id in [&old, &held, &young] {
        assert_eq!(archive.state(id).await, Ok(CommentState::Pending));
    }
    for id in [&held, &young] {
        archive.officer.reveal(id).await.unwrap();
    }
    // All were sealed with one key: what a hold needs is not destroyed, however old it is.
    archive.age_data_keys(32);
    until("the key is held", BOUND, async || {
        let held: u64 = archive.desk.redis.ask(&["SCARD", "{gazette}:kh"]);
        (held == 1).then_some(())
    })
    .await;
    archive.officer.reveal(&held).await.unwrap();
    // Without the hold, the contact data goes, and the key.
    assert!(archive.officer.hold(author_of(&held), false).await.unwrap());
    archive.until_contact_gone(&held).await;
    until("the key is destroyed", BOUND, async || {
        let keys = archive.desk.redis.keys();
        let left = keys.iter().any(|key| key.starts_with(b"{gazette}:k:"));
        (!left).then_some(())
    })
    .await;
    archive.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_what_is_due_and_changes_nothing() {
    let archive = Archive::open("86400").await;
    for (n, days) in [(0, 200), (1, 181), (2, 31), (3, 29)] {
        archive.submitted(n, days).await;
    }
    for _ in 0..2 {
        let preview = archive.preview().await;
        let (texts, contacts) = (preview.texts.unwrap(), preview.contacts.unwrap());
        assert_eq!((texts.comments, texts.more), (2, false));
        assert_eq!((contacts.comments, contacts.more), (3, false));
        let age = preview.at.unwrap().seconds - texts.oldest_submitted_at.unwrap().seconds;
        assert_eq!(u64::try_from(age).unwrap() / DAY, 200);
    }
    archive.desk.finish().await;
}

/// A hold that ends lays what was passed by before retention again; a round under way must not take it for what it looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_a_hold_ended_in_destroys_nothing_and_is_begun_anew() {
    let archive = Archive::open("86400").await;
    let (site, ids) = ("gazette".parse().unwrap(), [0, 1]);
    let mut held = Vec::new();
    for n in ids {
        held.push(archive.submitted(n, 40).await);
        let set = archive.officer.hold(author_of(&held[n]), true).await;
        assert!(set.unwrap());
    }
    let store = archive.desk.redis.store().await;
    let round = store.begin_retention(&site).await.unwrap();
    let of: Vec<CommentId> = held.iter().map(|id| id.parse().unwrap()).collect();
    let now = store.now().await.unwrap();
    store.purge_contact(&site, now, &of).await.unwrap();
    let kept = store.set_retention_place(&site, &round, Kept::Contact, 2);
    assert!(kept.await.unwrap());

    let ended = archive.officer.hold(author_of(&held[0]), false).await;
    assert!(ended.unwrap());
    let destroyed = store.destroy_data_keys(&site, &round, now, 10).await;
    assert_eq!(destroyed.unwrap(), 0, "the other's key is among them");
    let kept = store.set_retention_place(&site, &round, Kept::Contact, 2);
    assert!(!kept.await.unwrap());
    assert_eq!(
        store.retention_place(&site, Kept::Contact).await.unwrap(),
        0
    );
    archive.officer.reveal(&held[1]).await.unwrap();
    // Anew, all is met again: the one goes, and the other's key is held.
    let round = store.begin_retention(&site).await.unwrap();
    store.purge_contact(&site, now, &of).await.unwrap();
    let destroyed = store.destroy_data_keys(&site, &round, now, 10).await;
    assert_eq!(destroyed.unwrap(), 0);
    archive.officer.reveal(&held[1]).await.unwrap();
    let gone = archive.officer.reveal(&held[0]).await.unwrap_err();
    assert_eq!(told(&gone).1, "CONTACT_GONE");
    archive.desk.finish().await;
}
