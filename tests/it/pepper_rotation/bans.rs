//! Who and what was banned.

use super::*;
use crate::harness::refusals::told;

#[tokio::test(flavor = "multi_thread")]
async fn authors_and_bans_are_known_under_the_new_pepper_and_after_the_old_one_is_gone() {
    let mut desk = Rotated::open(lenient()).await;
    for n in 0..2 {
        desk.submit(by("Ada Lovelace", n)).await;
        desk.submit(with_account("reader-7", by("Grace", n))).await;
    }
    let (bob, ..) = desk.submit(by("Bob", 0)).await;
    desk.ban(of(&bob, SubjectKind::Author)).await;
    let mut spam = by("Spammer One", 0);
    spam.body.push_str(" http://pills.example/buy");
    spam.author.as_mut().unwrap().website = "https://home.example/me".to_owned();
    let ip = spam.transport.clone();
    let (spam, ..) = desk.submit(spam).await;
    desk.ban(domain_of(&spam, "pills.example")).await;
    desk.ban(of(&spam, SubjectKind::Website)).await;
    desk.ban(of(&spam, SubjectKind::IpAddress)).await;

    for round in 1..4 {
        match round {
            1 => desk.replace().await,
            2 => desk.end_overlap().await,
            _ => desk.replace().await,
        }
        let ada = desk.submit(by("Ada Lovelace", 10 + round)).await;
        assert_eq!(desk.history(&ada.0).await, 2 + u32::from(round), "{round}");
        let grace = with_account("reader-7", by("Grace", 10 + round));
        let grace = desk.submit(grace).await;
        assert_eq!(desk.history(&grace.0).await, 2 + u32::from(round));
        let (_, outcome, why) = desk.submit(by("Bob", 10 + round)).await;
        assert_eq!((outcome, why.trim()), (Outcome::Rejected, "AuthorBanned"));
        let new = format!("New {round}");
        let (_, outcome, why) = desk.submit(by(&new, round)).await;
        assert_eq!(outcome, Outcome::Approved, "{why}");

        let mut same_domain = by(&format!("Other Domain{round}"), round);
        same_domain
            .body
            .push_str(" see pills.example/cheap and https://pills.example");
        let mut same_website = by(&format!("Another Website{round}"), round);
        same_website.author.as_mut().unwrap().website = "http://home.example/me/".to_owned();
        let mut same_ip = by(&format!("Yet Another Address{round}"), round);
        same_ip.transport = ip.clone();
        for (request, detail) in [
            (same_domain, "link_domain"),
            (same_website, "website"),
            (same_ip, "ip_address"),
        ] {
            let (_, outcome, why) = desk.submit(request).await;
            let banned = format!("{:?} {detail}", ReasonCode::AuthorBanned);
            assert_eq!((outcome, why), (Outcome::Rejected, banned), "{round}");
        }
        // The list says each once: what moved left nothing behind.
        let listed = desk.mira.standings(SITE, 50, "").await.standings;
        assert_eq!(listed.len(), 4, "{round}: {listed:?}");
    }
    // Whoever lifts a ban names it by what they see.
    let lifted = standing(SITE, of(&spam, SubjectKind::Website), Standing::Normal);
    assert!(desk.mira.stand(lifted).await.unwrap().changed);
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_who_asks_first_sees_and_lifts_what_was_set_before() {
    let mut desk = Rotated::open(lenient()).await;
    let mut request = by("Spammer One", 0);
    request.body.push_str(" http://pills.example/buy");
    let (spam, ..) = desk.submit(request).await;
    let domain = || domain_of(&spam, "pills.example");
    let bob = || NamedBy::Email("spammer.one@readers.example".to_owned());
    desk.ban(domain()).await;
    desk.ban(bob()).await;
    desk.replace().await;
    for named in [domain(), bob()] {
        let found = desk.mira.standing_of(SITE, named.clone()).await.unwrap();
        let found = found.standing.unwrap().standing();
        assert_eq!(found, Standing::Banned, "{named:?}");
        let lift = standing(SITE, named.clone(), Standing::Normal);
        assert!(desk.mira.stand(lift).await.unwrap().changed, "{named:?}");
    }
    let mut again = by("Spammer One", 1);
    again.body.push_str(" http://pills.example/buy");
    assert_eq!(desk.submit(again).await.1, Outcome::Approved);
    desk.desk.finish().await;
}

/// A comment has the IP address's old hash, and the ban is carried to each new one.
#[tokio::test(flavor = "multi_thread")]
async fn a_ban_of_an_ip_address_is_seen_and_lifted_by_a_comment_from_before() {
    let mut desk = Rotated::open(lenient()).await;
    let (old, ..) = desk.submit(by("Spammer", 0)).await;
    let ip = by("Spammer", 0).transport;
    let from_there = |name: &str, n| {
        let mut request = by(name, n);
        request.transport = ip.clone();
        request
    };
    desk.ban(of(&old, SubjectKind::IpAddress)).await;
    for round in 1..3 {
        desk.replace().await;
        let (_, outcome, _) = desk.submit(from_there("Someone Else", round)).await;
        assert_eq!(outcome, Outcome::Rejected, "{round}");
        let listed = desk.mira.standings(SITE, 50, "").await.standings;
        assert_eq!(listed.len(), 1, "{round}: {listed:?}");
        let named = || of(&old, SubjectKind::IpAddress);
        let found = desk.mira.standing_of(SITE, named()).await.unwrap();
        let found = found.standing.unwrap().standing();
        assert_eq!(found, Standing::Banned, "{round}");
        let context = desk.mira.context(SITE, &old).await.unwrap();
        let others = context.author.unwrap().others;
        let others: Vec<_> = others.iter().map(v1::SubjectStanding::kind).collect();
        assert_eq!(others, [SubjectKind::IpAddress], "{round}");
        // Said again by the old comment it is the same ban.
        desk.ban(named()).await;
        let listed = desk.mira.standings(SITE, 50, "").await.standings;
        assert_eq!(listed.len(), 1, "{round}: {listed:?}");
        desk.end_overlap().await;
    }
    let lift = standing(SITE, of(&old, SubjectKind::IpAddress), Standing::Normal);
    assert!(desk.mira.stand(lift).await.unwrap().changed);
    let (_, outcome, why) = desk.submit(from_there("Another One", 9)).await;
    assert_eq!(outcome, Outcome::Approved, "{why}");
    assert_eq!(desk.mira.standings(SITE, 50, "").await.standings, []);
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_from_a_banned_ip_address_is_found_by_either_hash() {
    let mut desk = Rotated::open(everything_waits()).await;
    let ip = by("Spammer", 0).transport;
    let from_there = |name: &str, n| {
        let mut request = by(name, n);
        request.transport = ip.clone();
        request
    };
    let (old, ..) = desk.submit(from_there("Spammer One", 0)).await;
    desk.submit(from_there("Spammer Two", 1)).await;
    desk.submit(by("Ada Lovelace", 2)).await;
    let named = || of(&old, SubjectKind::IpAddress);
    let mut ban = standing(SITE, named(), Standing::Banned);
    ban.until = from_now(Duration::from_secs(86_400));
    ban.pending = v1::PendingAction::Leave.into();
    desk.mira.stand(ban.clone()).await.unwrap();
    desk.replace().await;
    let came = desk.submit(from_there("Spammer Three", 3)).await;
    assert_eq!(came.1, Outcome::Rejected);
    let lift = standing(SITE, named(), Standing::Normal);
    assert!(desk.mira.stand(lift).await.unwrap().changed);
    let came = desk.submit(from_there("Spammer Four", 4)).await;
    assert_eq!(came.1, Outcome::Pending);
    ban.pending = v1::PendingAction::Reject.into();
    assert_eq!(desk.mira.stand(ban).await.unwrap().dealt_with, 3);
    desk.desk.finish().await;
}

/// Retention moves them: the domain and the website are beside the ban.
#[tokio::test(flavor = "multi_thread")]
async fn bans_of_domains_and_websites_outlast_an_overlap_in_which_nobody_came() {
    let mut desk = Rotated::open(lenient()).await;
    let mut spam = by("Spammer One", 0);
    spam.body.push_str(" http://pills.example/buy");
    spam.author.as_mut().unwrap().website = "https://www.home.example/me/".to_owned();
    let (spam, ..) = desk.submit(spam).await;
    desk.ban(domain_of(&spam, "pills.example")).await;
    desk.ban(of(&spam, SubjectKind::Website)).await;
    let listed = async |mira: &Client| {
        let listed = mira.standings(SITE, 50, "").await.standings;
        let mut ids: Vec<_> = listed.into_iter().map(|one| one.standing_id).collect();
        ids.sort_unstable();
        ids
    };
    let before = listed(&desk.mira).await;
    // Said again by what the list tells, a ban still has its domain.
    for id in &before {
        let mut again = standing(SITE, NamedBy::StandingId(id.clone()), Standing::Banned);
        again.reason = "for good".to_owned();
        assert!(desk.mira.stand(again).await.unwrap().changed);
    }
    // A replica that looks once a minute does not come to it.
    desk.desk.replicas[0].stop().await;
    desk.desk.set("privacy.retention_s", "1");
    desk.replace().await;
    until("both are carried", Duration::from_secs(20), async || {
        let keys = desk.desk.redis.keys();
        let names = keys.iter().filter(|key| key.starts_with(b"{gazette}:sn:"));
        (names.count() == 4).then_some(())
    })
    .await;
    desk.end_overlap().await;
    // What a list told before still names them.
    assert_eq!(listed(&desk.mira).await, before);
    let mut same_domain = by("Other Domain", 1);
    same_domain.body.push_str(" see http://pills.example/cheap");
    let mut same_website = by("Another Website", 1);
    same_website.author.as_mut().unwrap().website = "http://home.example/me".to_owned();
    for (request, detail) in [(same_domain, "link_domain"), (same_website, "website")] {
        let (_, outcome, why) = desk.submit(request).await;
        let banned = format!("{:?} {detail}", ReasonCode::AuthorBanned);
        assert_eq!((outcome, why), (Outcome::Rejected, banned));
    }
    for id in before {
        let said = |stands| standing(SITE, NamedBy::StandingId(id.clone()), stands);
        for changes in [true, false] {
            let lifted = desk.mira.stand(said(Standing::Normal)).await.unwrap();
            assert_eq!(lifted.changed, changes);
        }
        // What it was said of went with it.
        let refused = desk.mira.stand(said(Standing::Banned)).await.unwrap_err();
        assert_eq!(told(&refused).1, "NO_SUCH_STANDING");
    }
    let again = selling(by("One More", 1));
    assert_eq!(desk.submit(again).await.1, Outcome::Approved);
    let keys = desk.desk.redis.keys();
    let kinds = [":si:", ":sd:", ":sw:", ":sn:"].map(|kind| format!("{{gazette}}{kind}"));
    let is_left = |key: &&Vec<u8>| kinds.iter().any(|kind| key.starts_with(kind.as_bytes()));
    let left: Vec<_> = keys.iter().filter(is_left).collect();
    assert!(left.is_empty(), "{left:?}");
    desk.desk.finish().await;
}

/// While the roll-out lasts, moderators sit at both kinds of replica.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_standings_of_one_domain_the_last_one_holds_and_a_lifted_one_stays_lifted() {
    let mut desk = Rotated::open(lenient()).await;
    let selling = |n| {
        let mut request = by(&format!("Spammer {n}"), n);
        request.body.push_str(" http://pills.example/buy");
        request
    };
    let (spam, ..) = desk.submit(selling(0)).await;
    let domain = || domain_of(&spam, "pills.example");
    let of_domain = |stands| standing(SITE, domain(), stands);
    let at_old = desk.mira.clone();
    desk.replace().await;
    desk.mira.stand(of_domain(Standing::Held)).await.unwrap();
    at_old.stand(of_domain(Standing::Banned)).await.unwrap();
    assert_eq!(desk.submit(selling(1)).await.1, Outcome::Rejected);
    at_old.stand(of_domain(Standing::Banned)).await.unwrap();
    desk.mira.stand(of_domain(Standing::Normal)).await.unwrap();
    assert_eq!(desk.submit(selling(2)).await.1, Outcome::Approved);
    // The earlier of two goes for good.
    at_old.stand(of_domain(Standing::Banned)).await.unwrap();
    desk.mira.stand(of_domain(Standing::Held)).await.unwrap();
    desk.mira.stand(of_domain(Standing::Normal)).await.unwrap();
    assert_eq!(desk.submit(selling(3)).await.1, Outcome::Approved);
    assert_eq!(desk.mira.standings(SITE, 50, "").await.standings, []);
    desk.desk.finish().await;
}

/// Whoever posts while a ban is carried from one name to the other finds it under one of them.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_slips_past_a_ban_between_replicas_of_both_kinds() {
    const AT_ONCE: u8 = 40;
    let mut desk = Rotated::open(lenient()).await;
    let mut spam = selling(by("Spammer One", 0));
    spam.author.as_mut().unwrap().website = "https://home.example/me".to_owned();
    desk.submit(spam.clone()).await;
    let named = spam.comment_id.clone();
    desk.ban(domain_of(&named, "pills.example")).await;
    desk.ban(of(&named, SubjectKind::Website)).await;
    desk.ban(of(&named, SubjectKind::IpAddress)).await;
    let both = desk.announce_and_replace().await;
    let mut posting = tokio::task::JoinSet::new();
    for n in 0..AT_ONCE {
        let by = |what: &str| by(&format!("{what} {n}"), n);
        let mut same_website = by("Of The Website");
        same_website.author.as_mut().unwrap().website = "http://home.example/me/".to_owned();
        let requests = [
            from_where(&spam, by("From There")),
            same_website,
            selling(by("Of Domain")),
        ];
        for (request, at) in requests.into_iter().zip(usize::from(n)..) {
            let blog = both[at % 2].clone();
            posting.spawn(async move { blog.submit(request).await.unwrap() });
        }
    }
    let came = posting.join_all().await;
    assert_eq!(came.len(), 3 * usize::from(AT_ONCE));
    for one in came {
        assert_eq!(one.outcome(), Outcome::Rejected, "{:?}", one.reasons);
    }
    assert_eq!(desk.mira.standings(SITE, 50, "").await.standings.len(), 3);
    desk.desk.finish().await;
}

/// After a change that was led back, a comment of either time names the address.
#[tokio::test(flavor = "multi_thread")]
async fn an_ip_address_can_be_banned_again_after_a_change_that_was_led_back() {
    let mut desk = Rotated::open(lenient()).await;
    let spam = by("Spammer", 0);
    let (before, ..) = desk.submit(spam.clone()).await;
    desk.ban(of(&before, SubjectKind::IpAddress)).await;
    let [_, new] = desk.announce_and_replace().await;
    let request = from_where(&spam, by("Someone Else", 1));
    let under_way = request.comment_id.clone();
    assert_eq!(
        new.submit(request).await.unwrap().outcome(),
        Outcome::Rejected
    );
    // The comment of the new pepper lifts what was said by one of the old.
    let lift = standing(
        SITE,
        of(&under_way, SubjectKind::IpAddress),
        Standing::Normal,
    );
    assert!(desk.mira.stand(lift).await.unwrap().changed);
    desk.desk.lead_pepper_back();
    desk.move_on().await;
    desk.end_overlap().await;
    for (n, id) in [(2, &before), (3, &under_way)] {
        let from_there = |who: &str| from_where(&spam, by(who, n));
        let came = desk.submit(from_there("Free")).await;
        assert_eq!(came.1, Outcome::Approved, "{n}");
        desk.ban(of(id, SubjectKind::IpAddress)).await;
        let came = desk.submit(from_there("Banned")).await;
        assert_eq!(came.1, Outcome::Rejected, "{n}");
        let lift = standing(SITE, of(id, SubjectKind::IpAddress), Standing::Normal);
        assert!(desk.mira.stand(lift).await.unwrap().changed, "{n}");
    }
    desk.desk.finish().await;
}

/// Said again by a comment that came in the overlap, it outlasts that.
#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_is_said_again_by_a_newer_comment_is_of_both_names() {
    let mut desk = Rotated::open(lenient()).await;
    let spam = by("Spammer", 0);
    let (before, ..) = desk.submit(spam.clone()).await;
    let [old, _] = desk.announce_and_replace().await;
    let request = from_where(&spam, by("Someone", 1));
    let meanwhile = request.comment_id.clone();
    old.submit(request).await.unwrap();
    let ban = |id: &str| standing(SITE, of(id, SubjectKind::IpAddress), Standing::Banned);
    let until = from_now(Duration::from_secs(86_400));
    for (id, changes) in [(&before, true), (&meanwhile, true), (&meanwhile, false)] {
        let mut ban = ban(id);
        ban.until = until;
        assert_eq!(desk.mira.stand(ban).await.unwrap().changed, changes);
    }
    assert_eq!(desk.mira.standings(SITE, 50, "").await.standings.len(), 1);
    desk.end_overlap().await;
    let came = desk.submit(from_where(&spam, by("Someone Else", 2))).await;
    assert_eq!(came.1, Outcome::Rejected);
    desk.desk.finish().await;
}
