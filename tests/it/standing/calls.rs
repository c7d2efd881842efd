//! The calls themselves: repeated, listed, noted, and wrong.

use std::time::Duration;

use replydesk::proto::v1::{self, Standing, SubjectKind, subject::NamedBy};

use super::{SITE, lenient, own};
use crate::harness::{
    Desk,
    authors::{domain_of, from_now, of, standing},
    comments::{everything_waits, nth},
};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn the_same_again_changes_nothing_and_a_comment_brings_one_strike() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let otto = desk.moderator(0, SITE, "otto").await;
    let (first, mut second) = (own(1), own(2));
    second.author.clone_from(&first.author);
    let ids = [first.comment_id.clone(), second.comment_id.clone()];
    blog.submit(first).await.unwrap();
    blog.submit(second).await.unwrap();

    let mut hold = standing(SITE, of(&ids[0], SubjectKind::Author), Standing::Held);
    hold.add_strike = true;
    hold.reason = "rude".to_owned();
    let set = mira.stand(hold.clone()).await.unwrap();
    let stands = set.standing.clone().unwrap();
    assert_eq!((set.changed, stands.version, stands.strikes), (true, 1, 1));
    assert_eq!(
        (stands.reason.as_str(), stands.moderator.as_str()),
        ("rude", "mira")
    );
    assert_eq!(stands.comment_id, ids[0]);
    for client in [&mira, &otto] {
        let again = client.stand(hold.clone()).await.unwrap();
        assert_eq!(
            (again.changed, again.standing),
            (false, set.standing.clone())
        );
    }
    // The other comment brings another, though the standing stays.
    hold.subject = Some(v1::Subject {
        named_by: Some(of(&ids[1], SubjectKind::Author)),
    });
    let again = otto.stand(hold).await.unwrap();
    let stands = again.standing.unwrap();
    assert_eq!(
        (again.changed, stands.version, stands.strikes),
        (false, 1, 2)
    );
    desk.finish().await;
}

#[tokio::test]
async fn the_audit_log_tells_each_change_once_and_no_address() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let first = own(1);
    let id = first.comment_id.clone();
    blog.submit(first).await.unwrap();
    let mut hold = standing(SITE, of(&id, SubjectKind::Author), Standing::Held);
    hold.reason = "rude".to_owned();
    let mut ban = standing(SITE, of(&id, SubjectKind::IpAddress), Standing::Banned);
    ban.until = Some(prost_types::Timestamp {
        seconds: from_now(DAY).unwrap().seconds,
        nanos: 0,
    });
    let strike = v1::SetAuthorStandingRequest {
        add_strike: true,
        ..hold.clone()
    };
    let lift = standing(SITE, of(&id, SubjectKind::Author), Standing::Normal);
    let free = standing(SITE, of(&id, SubjectKind::IpAddress), Standing::Normal);
    let until = jiff::Timestamp::from_second(ban.until.unwrap().seconds).unwrap();
    for request in [hold, strike, ban, lift, free] {
        for _ in 0..2 {
            mira.stand(request.clone()).await.unwrap();
        }
        mira.note(SITE, &id, "seen").await.unwrap();
    }
    let request = v1::ListAuditEntriesRequest {
        site: SITE.to_owned(),
        oldest_first: true,
        // Not that the site was made.
        actions: [
            v1::AuditAction::Decided,
            v1::AuditAction::StandingSet,
            v1::AuditAction::AuthorNoted,
        ]
        .map(i32::from)
        .to_vec(),
        ..Default::default()
    };
    let log = mira.moderation.clone().list_audit_entries(request).await;
    let log = log.unwrap().into_inner().entries;
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            assert_eq!(entry.actor, "mira");
            let kind = entry.subject.split(' ').next().unwrap();
            format!("{kind} | {} -> {}{}", entry.before, entry.after, entry.note)
        })
        .collect();
    assert_eq!(
        told,
        [
            "author | NORMAL -> HELD: rude".to_owned(),
            "author |  -> seen".to_owned(),
            "author | HELD: rude -> HELD: rude; one strike more".to_owned(),
            format!("ip_address | NORMAL -> BANNED until {until}"),
            // What was pending.
            " |  -> author banned".to_owned(),
            "author | HELD: rude -> NORMAL".to_owned(),
            format!("ip_address | BANNED until {until} -> NORMAL"),
        ]
    );
    desk.finish().await;
}

#[tokio::test]
async fn who_and_what_is_banned_is_listed_the_last_first_and_can_be_lifted_there() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, lenient()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let request = own(n);
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    let kinds = [
        of(&ids[0], SubjectKind::Author),
        of(&ids[1], SubjectKind::IpAddress),
        domain_of(&ids[2], "shop2.example"),
        of(&ids[3], SubjectKind::Website),
        of(&ids[4], SubjectKind::Author),
    ];
    for named in kinds {
        let mut ban = standing(SITE, named, Standing::Banned);
        ban.until = from_now(DAY);
        mira.stand(ban).await.unwrap();
    }
    let mut listed = Vec::new();
    let mut token = String::new();
    for expected in [2, 2, 1] {
        let page = mira.standings(SITE, 2, &token).await;
        assert_eq!(page.standings.len(), expected);
        listed.extend(page.standings);
        token = page.next_page_token;
    }
    assert_eq!(token, "");
    let mut names: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
    // Set within the same millisecond, two may stand either way round.
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "Reader 0",
            "Reader 1",
            "Reader 4",
            "home3.example/me",
            "shop2.example"
        ]
    );
    for one in listed {
        let lift = standing(SITE, NamedBy::StandingId(one.standing_id), Standing::Normal);
        assert!(mira.stand(lift).await.unwrap().changed);
    }
    assert_eq!(mira.standings(SITE, 0, "").await.standings, []);
    assert_eq!(mira.standings("gazette", 200, "").await.next_page_token, "");
    desk.finish().await;
}

#[tokio::test]
async fn the_context_tells_how_the_author_stands_what_was_noted_and_the_last_ten() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut ids = Vec::new();
    for n in 1..=12 {
        let mut request = own(n);
        request.author = own(1).author;
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
        let known = mira.context(SITE, &ids[0]).await.unwrap().author.unwrap();
        let known: Vec<String> = known.comments.into_iter().map(|c| c.comment_id).collect();
        let newest: Vec<String> = ids.iter().rev().take(10).cloned().collect();
        assert_eq!(known, newest);
    }
    let mut hold = standing(SITE, of(&ids[11], SubjectKind::Website), Standing::Held);
    hold.reason = "a shop".to_owned();
    mira.stand(hold).await.unwrap();
    let banned = standing(SITE, of(&ids[3], SubjectKind::Author), Standing::Trusted);
    mira.stand(banned).await.unwrap();
    for n in 0..22 {
        let noted = mira
            .note(SITE, &ids[n % 12], &format!("note {n}"))
            .await
            .unwrap();
        assert!(!noted.replayed);
        assert_eq!(noted.note.unwrap().moderator, "mira");
    }
    let again = mira.note(SITE, &ids[5], "note 21").await.unwrap();
    assert!(again.replayed);

    let author = mira.context(SITE, &ids[1]).await.unwrap().author.unwrap();
    let notes: Vec<String> = author.notes.into_iter().map(|note| note.note).collect();
    let expected: Vec<String> = (2..22).rev().map(|n| format!("note {n}")).collect();
    assert_eq!(notes, expected, "the newest twenty");
    assert_eq!(author.standing.unwrap().standing(), Standing::Trusted);
    assert_eq!(
        author.comments[0].excerpt,
        "Point 12: see https://www.shop12.example/a/12 for what the numbers say."
    );
    let others: Vec<_> = author
        .others
        .iter()
        .map(|one| (one.kind(), one.standing(), one.name.as_str()))
        .collect();
    assert_eq!(
        others,
        [(SubjectKind::Website, Standing::Held, "home1.example/me")]
    );
    desk.finish().await;
}

/// Standings that end between two pages hide none of those that go on.
#[tokio::test]
async fn pages_go_on_where_they_ended() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for n in 0..12 {
        let request = nth(SITE, n);
        let id = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        let ban = standing(SITE, of(&id, SubjectKind::Author), Standing::Banned);
        mira.stand(ban).await.unwrap();
    }
    let first = mira.standings(SITE, 4, "").await;
    let name = |standing: &v1::SubjectStanding| standing.name.clone();
    let mut seen: Vec<String> = first.standings.iter().map(name).collect();
    for one in first.standings {
        let lift = standing(SITE, NamedBy::StandingId(one.standing_id), Standing::Normal);
        assert!(mira.stand(lift).await.unwrap().changed);
    }
    let mut token = first.next_page_token;
    while !token.is_empty() {
        let page = mira.standings(SITE, 4, &token).await;
        seen.extend(page.standings.iter().map(name));
        token = page.next_page_token;
    }
    seen.sort();
    let mut all: Vec<String> = (0..12).map(|n| format!("Reader {n}")).collect();
    all.sort();
    assert_eq!(seen, all, "each once");
    desk.finish().await;
}
