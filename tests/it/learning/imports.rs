//! Imported lessons are taught once, and are not kept behind.

use replydesk::spam::{
    content::Content,
    lesson::{Label, Lesson, SiteTag, Subject},
    signals::Signals,
    vector::Vector,
};

use super::{SITE, decide_some};
use crate::harness::{
    Desk,
    comments::everything_waits,
    learning::{LEARNT_WITHIN, same_digest},
    until::until,
};

fn lesson(n: usize) -> Vec<u8> {
    let content = Content::of_text(&format!("Imported comment {n} on gaskets"), "Jo");
    let site = SiteTag::of(&SITE.parse().unwrap());
    Lesson {
        site,
        subject: Subject::named(site, &n.to_le_bytes()),
        label: if n.is_multiple_of(3) {
            Label::Spam
        } else {
            Label::Ham
        },
        taken_back: false,
        shared: true,
        vector: Vector::of(&content, Signals::default()),
    }
    .to_bytes()
}

/// As an import leaves them.
fn import(desk: &Desk, from: usize, lessons: &[Vec<u8>]) {
    let mut pipe = redis::pipe();
    for (n, lesson) in (from..).zip(lessons) {
        pipe.cmd("XADD").arg(format!("{{{SITE}}}:il"));
        pipe.arg(format!("{n}-{}", n * 31 % 65_536))
            .arg("l")
            .arg(lesson);
    }
    pipe.cmd("HSET").arg(format!("{{{SITE}}}:n"));
    pipe.arg("il").arg(from + lessons.len() - 1);
    pipe.exec(&mut desk.redis.look()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_lessons_are_taught_once_and_forgotten() {
    let mut desk = Desk::with(
        2,
        &[("learning.poll_ms", "100"), ("learning.lease_ms", "500")],
    )
    .await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let lessons: Vec<_> = (0..500).map(lesson).collect();
    import(&desk, 1, &lessons);
    decide_some(&blog, &ada, 0..2).await;
    same_digest(&desk.until_learnt(&desk.addresses(), 502).await);
    until("none is left", LEARNT_WITHIN, async || {
        let left: u64 = desk.redis.ask(&["XLEN", "{gazette}:il"]);
        (left == 0).then_some(())
    })
    .await;

    // One that is none teaches nothing; a replica that starts anew goes on where the last one was.
    let mut more: Vec<_> = (500..503).map(lesson).collect();
    more[1] = b"no lesson".to_vec();
    desk.replicas[0].stop().await;
    desk.replicas[1].stop().await;
    import(&desk, 501, &more);
    let third = desk.add_replica().await;
    let stand = desk
        .until_learnt(&[desk.replicas[third].address], 504)
        .await;
    let counts = stand[0].counts.unwrap();
    assert_eq!(
        (counts.imports_corrupt, counts.sources_cut),
        (1, 0),
        "{counts:?}"
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trainer_taught_and_did_not_live_to_forget_is_forgotten() {
    let mut desk = Desk::with(0, &[("learning.poll_ms", "100")]).await;
    let lessons: Vec<_> = (0..3).map(lesson).collect();
    import(&desk, 1, &lessons);
    // The append moved the cursor, and then the trainer was killed. The site has one more since.
    let _: i64 = desk.redis.ask(&[
        "HSET",
        "{replydesk}:model:cursors",
        &format!("i:{SITE}"),
        "2-62",
    ]);
    desk.add_replica().await;
    until("nothing is kept", LEARNT_WITHIN, async || {
        let kept: u64 = desk.redis.ask(&["XLEN", &format!("{{{SITE}}}:il")]);
        (kept == 1).then_some(())
    })
    .await;
    desk.finish().await;
}
