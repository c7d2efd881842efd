//! Promise: nothing that was kept for a standing outlives it.

use std::time::Duration;

use replydesk::{
    comment::ids::SiteId,
    privacy::hashing::Hasher,
    proto::v1::{Outcome, Role, Standing, SubjectKind, subject::NamedBy},
};

use crate::harness::{
    Desk,
    authors::{from_now, of, standing},
    comments::{automatic, moderated, nth},
    privacy::with_email,
    remains::everything,
    until::until,
};

const SITE: &str = "gazette";
const BOUND: Duration = Duration::from_secs(20);
/// Nobody has written under it.
const EVE: &str = "eve@readers.example";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_hashed_for_a_ban_goes_when_it_ends() {
    let desk = Desk::with(1, &[("privacy.retention_s", "1")]).await;
    let blog = desk.site(SITE, automatic()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let request = nth(SITE, 1);
    blog.submit(request.clone()).await.unwrap();
    let soon = from_now(Duration::from_secs(2));
    let ip = of(&request.comment_id, SubjectKind::IpAddress);
    let author = of(&request.comment_id, SubjectKind::Author);
    let eve = NamedBy::Email(EVE.to_owned());
    for named in [ip, author.clone(), eve] {
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = soon;
        mira.stand(ban).await.unwrap();
    }
    assert_eq!(mira.standings(SITE, 50, "").await.standings.len(), 3);

    let site: SiteId = SITE.parse().unwrap();
    let hasher = Hasher::new(&desk.config().privacy.pepper.unwrap());
    let has = |needle: &[u8]| {
        let remains = everything(&mut desk.redis.look());
        remains.windows(needle.len()).any(|window| window == needle)
    };
    let eve = hasher.email(&site, &EVE.parse().unwrap());
    until("nothing is left of who never wrote", BOUND, async || {
        (!has(eve.as_bytes())).then_some(())
    })
    .await;
    let keys = desk.redis.keys();
    for kind in [":si:", ":sx", ":se"] {
        let start = format!("{{{SITE}}}{kind}");
        let is_left = keys.iter().any(|key| key.starts_with(start.as_bytes()));
        assert!(!is_left, "{kind}");
    }
    // Who wrote is known as before, with what was last said.
    let found = mira.standing_of(SITE, author).await.unwrap();
    let found = found.standing.unwrap();
    assert_eq!(found.standing(), Standing::Normal);
    assert!(found.set_at.is_some());
    assert_eq!(
        blog.submit(nth(SITE, 2)).await.unwrap().outcome(),
        Outcome::Approved
    );
    desk.finish().await;
}

/// What else is kept of somebody whose standing ended.
#[tokio::test(flavor = "multi_thread")]
async fn an_imported_history_outlives_a_standing_and_the_end_of_a_hold_leaves_nothing() {
    let desk = Desk::with(1, &[("privacy.retention_s", "1")]).await;
    desk.site(SITE, automatic()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let olga = desk.someone(0, SITE, Role::PrivacyOfficer, "olga").await;
    let imported = moderated(1);
    let known = imported.author.clone().unwrap().email;
    desk.admin().import(SITE, &[imported]).await.unwrap();
    assert!(olga.hold(with_email(EVE), true).await.unwrap());
    let soon = from_now(Duration::from_secs(1));
    for address in [&known, EVE] {
        let named = NamedBy::Email(address.to_owned());
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = soon;
        mira.stand(ban).await.unwrap();
    }
    until("the list is empty", BOUND, async || {
        let keys = desk.redis.keys();
        let is_listed = keys.iter().any(|key| key.starts_with(b"{gazette}:sx"));
        (!is_listed).then_some(())
    })
    .await;
    let authors = || {
        let keys = desk.redis.keys();
        keys.iter()
            .filter(|key| key.starts_with(b"{gazette}:a:"))
            .count()
    };
    assert_eq!(authors(), 2, "a history, and a hold");
    assert!(olga.hold(with_email(EVE), false).await.unwrap());
    until("nothing is left of who was held", BOUND, async || {
        (authors() == 1).then_some(())
    })
    .await;
    desk.finish().await;
}
