//! While replicas with either pepper run.

use super::*;
use crate::harness::refusals::told;

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
    desk.announce().await;
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

/// The first two comments of a reader, at the same instant at replicas of either kind, are of one author.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_reader_has_one_history_wherever_the_first_comments_arrive() {
    let mut desk = Rotated::open(lenient()).await;
    let both = desk.announce_and_replace().await;
    for n in 0..20 {
        let name = format!("Reader {n}");
        let at = |which: usize| {
            let request = match n % 2 {
                0 => by(&name, 1 + u8::try_from(which).unwrap()),
                _ => with_account(&name, by(&name, 1 + u8::try_from(which).unwrap())),
            };
            let (blog, id) = (both[which].clone(), request.comment_id.clone());
            async move {
                blog.submit(request).await.unwrap();
                id
            }
        };
        let (one, other) = tokio::join!(at(0), at(1));
        assert_eq!(desk.history(&one).await, 2, "{name}");
        assert_eq!(desk.history(&other).await, 2, "{name}");
    }
    desk.desk.finish().await;
}

/// A replica to which the new pepper was not announced makes a second history; a ban by address is of both.
#[tokio::test(flavor = "multi_thread")]
async fn a_ban_by_address_is_of_both_histories() {
    let mut desk = Rotated::open(lenient()).await;
    let old = desk.blog.clone();
    desk.replace().await;
    desk.submit(by("Lin", 1)).await;
    old.submit(by("Lin", 2)).await.unwrap();
    desk.ban(email("lin")).await;
    assert_eq!(desk.submit(by("Lin", 3)).await.1, Outcome::Rejected);
    let came = old.submit(by("Lin", 4)).await.unwrap();
    assert_eq!(came.outcome(), Outcome::Rejected);
    let lift = email("lin");
    let lift = standing(SITE, lift, Standing::Normal);
    assert!(desk.mira.stand(lift).await.unwrap().changed);
    let came = old.submit(by("Lin", 5)).await.unwrap();
    assert_eq!(came.outcome(), Outcome::Approved);
    desk.desk.finish().await;
}

/// Who comes, is banned or is held at a replica that has not replaced the pepper yet is known when all have.
#[tokio::test(flavor = "multi_thread")]
async fn who_first_came_to_the_last_replica_with_the_old_pepper_is_known_afterwards() {
    let mut desk = Rotated::open(lenient()).await;
    let [old, new] = desk.announce_and_replace().await;
    old.submit(by("Lin", 1)).await.unwrap();
    old.submit(with_account("reader-7", by("Mo", 1)))
        .await
        .unwrap();
    let mira = desk.mira.through(desk.desk.replicas[1].address);
    let mut ban = standing(SITE, email("eve"), Standing::Banned);
    ban.until = from_now(Duration::from_secs(86_400));
    mira.stand(ban).await.unwrap();
    let officer = desk.officer.through(desk.desk.replicas[1].address);
    assert!(
        officer
            .hold(with_email("ann@readers.example"), true)
            .await
            .unwrap()
    );
    drop(new);
    desk.end_overlap().await;
    let (id, ..) = desk.submit(with_account("reader-7", by("Mo", 2))).await;
    assert_eq!(desk.history(&id).await, 2);
    assert_eq!(desk.submit(by("Eve", 1)).await.1, Outcome::Rejected);
    desk.submit(by("Ann", 1)).await;
    let held = desk.officer.erase(with_email("ann@readers.example"), false);
    assert_eq!(told(&held.await.unwrap_err()).1, "LEGAL_HOLD");
    for (address, comments) in [("lin@readers.example", 1), ("mo@readers.example", 2)] {
        let erased = desk
            .officer
            .erase(with_email(address), false)
            .await
            .unwrap();
        assert_eq!(erased.erased, comments, "{address}");
    }
    desk.desk.finish().await;
}

/// A hold of somebody whose first comment arrives at the same instant elsewhere is of the name that the comment has.
#[tokio::test(flavor = "multi_thread")]
async fn a_hold_does_not_miss_the_first_comment() {
    let mut desk = Rotated::open(lenient()).await;
    let both = desk.announce_and_replace().await;
    let officers = [1, 2].map(|n| desk.officer.through(desk.desk.replicas[n].address));
    for n in 0..40 {
        let name = format!("Reader {n}");
        let address = format!("reader.{n}@readers.example");
        let (at, other) = (n % 2, 1 - n % 2);
        let hold = officers[other].hold(with_email(&address), true);
        let (held, came) = tokio::join!(hold, both[at].submit(by(&name, 1)));
        assert!(held.unwrap(), "{name}");
        came.unwrap();
        let refused = officers[at].erase(with_email(&address), false).await;
        assert_eq!(told(&refused.unwrap_err()).1, "LEGAL_HOLD", "{name}");
    }
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pending_of_either_history_is_rejected_with_a_ban() {
    let mut desk = Rotated::open(everything_waits()).await;
    let old = desk.blog.clone();
    desk.replace().await;
    desk.submit(by("Lin", 1)).await;
    old.submit(by("Lin", 2)).await.unwrap();
    old.submit(by("Lin", 3)).await.unwrap();
    let ban = standing(SITE, email("lin"), Standing::Banned);
    assert_eq!(desk.mira.stand(ban).await.unwrap().dealt_with, 3);
    desk.desk.finish().await;
}
