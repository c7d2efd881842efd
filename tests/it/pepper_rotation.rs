//! Promise: a new pepper loses nobody. Who wrote, was banned or asks to be erased is known as before.

use std::time::Duration;

use replydesk::{
    app::App,
    comment::ids::SiteId,
    privacy::hashing::Hasher,
    proto::v1::{self, Outcome, ReasonCode, Role, Standing, SubjectKind, subject::NamedBy},
};

use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    clients::Client,
    comments::{automatic, comment, everything_waits, moderated},
    privacy::with_email,
    remains::everything,
    until::until,
};

const SITE: &str = "gazette";

/// A desk whose pepper was replaced under way.
struct Rotated {
    desk: Desk,
    blog: Client,
    mira: Client,
    officer: Client,
}

impl Rotated {
    async fn open(policy: v1::Policy) -> Self {
        let desk = Desk::start().await;
        let blog = desk.site(SITE, policy).await;
        Self {
            mira: desk.moderator(0, SITE, "mira").await,
            officer: desk.someone(0, SITE, Role::PrivacyOfficer, "olga").await,
            blog,
            desk,
        }
    }

    /// A replica with another pepper, which everybody calls from now on. The one before runs on.
    async fn replace(&mut self) {
        self.desk.replace_pepper();
        self.move_on().await;
    }

    /// The pepper before is configured no more.
    async fn end_overlap(&mut self) {
        self.desk.forget_previous_pepper();
        self.move_on().await;
    }

    async fn move_on(&mut self) {
        let newest = self.desk.add_replica().await;
        let address = self.desk.replicas[newest].address;
        for client in [&mut self.blog, &mut self.mira, &mut self.officer] {
            *client = client.through(address);
        }
    }

    async fn submit(&self, request: v1::SubmitCommentRequest) -> (String, Outcome, String) {
        let id = request.comment_id.clone();
        let came = self.blog.submit(request).await.unwrap();
        let reason = &came.reasons[0];
        let why = format!("{:?} {}", reason.code(), reason.detail);
        (id, came.outcome(), why)
    }

    async fn ban(&self, named: NamedBy) {
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = from_now(Duration::from_secs(86_400));
        self.mira.stand(ban).await.unwrap();
    }

    /// How many comments the author of this one has.
    async fn history(&self, id: &str) -> u32 {
        let context = self.mira.context(SITE, id).await.unwrap();
        let known = context.author_history.unwrap();
        known.pending + known.approved + known.rejected + known.spam
    }
}

/// Nothing but the score and standings decides.
fn lenient() -> v1::Policy {
    v1::Policy {
        approve_at: Some(0.999_999),
        spam_at: Some(1.0),
        max_links: Some(50),
        ..automatic()
    }
}

/// The n-th comment of a reader; each from an IP address of its own.
fn by(name: &str, n: u8) -> v1::SubmitCommentRequest {
    let body = format!("{name}'s point {n}: the tram should have been built long ago.");
    let mut request = comment(SITE, &format!("tram-{n}"), name, &body);
    request.transport.as_mut().unwrap().ip_address = format!("10.{}.7.{n}", name.len());
    request
}

fn with_account(account: &str, mut request: v1::SubmitCommentRequest) -> v1::SubmitCommentRequest {
    request.author.as_mut().unwrap().account_id = account.to_owned();
    request
}

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

/// A comment has the IP address's old hash, and the ban has moved to the new one.
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
    // After the second change, the way from the comment to the ban has two steps.
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

/// Whoever announces the new pepper first has no gap: each kind of replica knows what the other makes.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_new_pepper_was_announced_both_kinds_of_replica_agree() {
    let mut desk = Rotated::open(lenient()).await;
    let mut spam = by("Spammer One", 0);
    spam.body.push_str(" http://pills.example/buy");
    let ip = spam.transport.clone();
    let (spam, ..) = desk.submit(spam).await;
    let (bob, ..) = desk.submit(by("Bob", 0)).await;
    desk.ban(domain_of(&spam, "pills.example")).await;
    desk.ban(of(&spam, SubjectKind::IpAddress)).await;
    desk.ban(of(&bob, SubjectKind::Author)).await;
    desk.desk.announce_pepper();
    desk.move_on().await;
    desk.desk.replicas[0].stop().await;
    let announced = desk.desk.config();
    desk.replace().await;
    let both = [1, 2].map(|n| desk.blog.through(desk.desk.replicas[n].address));
    let mut n = 1;
    for _ in 0..3 {
        for blog in &both {
            n += 1;
            let mut same_domain = by(&format!("Domain {n}"), n);
            same_domain.body.push_str(" http://pills.example/buy");
            let mut same_ip = by(&format!("Address {n}"), n);
            same_ip.transport = ip.clone();
            for request in [same_domain, same_ip, by("Bob", n)] {
                let came = blog.submit(request).await.unwrap();
                assert_eq!(came.outcome(), Outcome::Rejected, "{n}");
            }
        }
    }
    // Who comes now, to whichever replica first, has one history; a retry is one wherever it arrives.
    for (name, first) in [("Lin", 0), ("Maximiliane", 1)] {
        let request = by(name, 1);
        both[first].submit(request.clone()).await.unwrap();
        let again = both[1 - first].submit(request).await.unwrap();
        assert!(again.replayed, "{name}");
        let request = by(name, 2);
        let id = request.comment_id.clone();
        both[1 - first].submit(request).await.unwrap();
        assert_eq!(desk.history(&id).await, 2, "{name}");
        let address = format!("{}@readers.example", name.to_lowercase());
        let at_old = desk.officer.through(desk.desk.replicas[1].address);
        let looked = at_old.erase(with_email(&address), true).await.unwrap();
        assert_eq!(looked.found, 2, "{name}");
    }
    // A replica that was not reached yet may crash and come back.
    let back = App::build(announced).await;
    assert!(back.is_ok(), "{:?}", back.err().map(|e| e.to_string()));
    drop(back);
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
    let now = until("both moved", Duration::from_secs(20), async || {
        let now = listed(&desk.mira).await;
        now.iter().all(|id| !before.contains(id)).then_some(now)
    });
    assert_eq!(now.await.len(), 2);
    desk.end_overlap().await;
    let mut same_domain = by("Other Domain", 1);
    same_domain.body.push_str(" see http://pills.example/cheap");
    let mut same_website = by("Another Website", 1);
    same_website.author.as_mut().unwrap().website = "http://home.example/me".to_owned();
    for (request, detail) in [(same_domain, "link_domain"), (same_website, "website")] {
        let (_, outcome, why) = desk.submit(request).await;
        let banned = format!("{:?} {detail}", ReasonCode::AuthorBanned);
        assert_eq!((outcome, why), (Outcome::Rejected, banned));
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_before_is_a_replay_and_what_was_imported_is_known() {
    let mut desk = Rotated::open(everything_waits()).await;
    let request = by("Ada Lovelace", 1);
    let first = desk.blog.submit(request.clone()).await.unwrap();
    let old: Vec<_> = (0..20).map(moderated).collect();
    desk.desk.admin().import(SITE, &old).await.unwrap();
    desk.replace().await;
    let again = desk.blog.submit(request.clone()).await.unwrap();
    assert!(again.replayed && !first.replayed);
    let mut other = request.clone();
    other.body.push_str(" And more.");
    let refused = desk.blog.submit(other).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::AlreadyExists, "{refused}");

    let admin = desk.desk.admin_at(desk.desk.replicas[1].address);
    let more: Vec<_> = (10..30).map(moderated).collect();
    let answer = admin.import(SITE, &more).await.unwrap();
    // Numbers 18 to 20 are of one reader: known, though the hash is another.
    let told = (answer.imported, answer.already_known, answer.new_authors);
    assert_eq!(told, (10, 10, 3));
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_finds_all_and_takes_aliases_with_it() {
    let mut desk = Rotated::open(everything_waits()).await;
    let ada = |n| by("Ada Lovelace", n);
    desk.submit(ada(0)).await;
    desk.submit(with_account("reader-7", ada(1))).await;
    desk.submit(by("Grace", 1)).await;
    let before = desk.desk.config().privacy.pepper.unwrap();
    desk.replace().await;
    let after = desk.desk.config().privacy.pepper.unwrap();
    desk.submit(ada(2)).await;
    desk.submit(with_account("reader-7", ada(3))).await;
    desk.submit(with_account("reader-8", ada(4))).await;
    desk.submit(by("Grace", 2)).await;
    // Another reader came while only some replicas had the new pepper: first by the new one.
    desk.submit(by("Lin", 1)).await;
    let old = desk.blog.through(desk.desk.replicas[0].address);
    old.submit(by("Lin", 2)).await.unwrap();
    // A hold on somebody unknown is of one name, which can be lifted later.
    let nobody = || with_email("nobody@readers.example");
    assert!(desk.officer.hold(nobody(), true).await.unwrap());
    let erased = desk.officer.erase(with_email("lin@readers.example"), false);
    assert_eq!(erased.await.unwrap().erased, 2);

    desk.end_overlap().await;
    assert!(desk.officer.hold(nobody(), false).await.unwrap());
    let address = "ada.lovelace@readers.example";
    let erased = desk.officer.erase(with_email(address), false).await;
    let erased = erased.unwrap();
    let summary = erased.summary.unwrap();
    assert_eq!((erased.erased, summary.verified), (5, true));
    // By an address, whoever did not come since the change would not have been found.
    assert!(summary.not_found_before.is_some());

    let remains = everything(&mut desk.desk.redis.look());
    let has = |needle: &[u8]| remains.windows(needle.len()).any(|window| window == needle);
    let site: SiteId = SITE.parse().unwrap();
    for hasher in [before, after].map(|pepper| Hasher::new(&pepper)) {
        let email = |of: &str| hasher.email(&site, &of.parse().unwrap());
        let account = |of: &str| hasher.account(&site, &of.parse().unwrap());
        for hash in [email(address), account("reader-7"), account("reader-8")] {
            assert!(!has(hash.as_bytes()), "a hash is left");
        }
        assert!(has(email("grace@readers.example").as_bytes()));
        assert!(!has(email("nobody@readers.example").as_bytes()));
    }
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_old_pepper_runs_on_and_does_not_start_anew() {
    let mut desk = Rotated::open(everything_waits()).await;
    let old_config = desk.desk.config();
    desk.submit(by("Ada Lovelace", 0)).await;
    desk.replace().await;
    desk.submit(by("Ada Lovelace", 1)).await;
    let old = desk.blog.through(desk.desk.replicas[0].address);
    let request = by("Ada Lovelace", 2);
    let id = request.comment_id.clone();
    old.submit(request).await.unwrap();
    assert_eq!(desk.history(&id).await, 3, "both know one author");
    let refused = App::build(old_config).await.err().unwrap().to_string();
    assert!(refused.contains("the pepper was replaced"), "{refused}");
    desk.desk.finish().await;
}
