//! Promise: near-identical comments get one wave, with its size, whichever replica took them, and it is forgotten.

use std::collections::{BTreeMap, HashSet};

use redis::Commands;

use replydesk::{
    comment::ids::{CommentId, SiteId},
    proto::v1,
    store::keys,
};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits, nth},
};

const SITE: &str = "gazette";

/// The n-th variation: another reader, greeting, number, link, disguise and ending.
fn variation(n: usize) -> v1::SubmitCommentRequest {
    let greeting = ["Hello", "Dear friends", "Wow", "Listen", "Guys"][n % 5];
    let casino = ["casino", "c4sino", "с\u{430}sino", "c a s i n o", "𝐜𝐚𝐬𝐢𝐧𝐨"][n / 5 % 5];
    let ending = ["today", "now", "my friends", "every single day", ""][n / 10];
    let body = format!(
        "{greeting}, I could not believe it but this {casino} paid me {} dollars in one week after I had \
         lost my job and nearly my house, read how at https://lucky{n}.example/{n} {ending}",
        1_000 + n * 37
    );
    let mut request = comment(
        SITE,
        &format!("article-{}", n % 4),
        &format!("Reader {n}"),
        &body,
    );
    if let Some(transport) = &mut request.transport {
        transport.ip_address = format!("203.0.113.{n}");
    }
    request
}

async fn waves_of(blog: &Client, ids: &[String]) -> BTreeMap<String, Vec<u32>> {
    let mut waves: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for id in ids {
        let comment = blog.get(SITE, id).await;
        waves
            .entry(comment.wave_id)
            .or_default()
            .push(comment.wave_size);
    }
    waves
}

#[tokio::test]
async fn fifty_variations_that_race_into_two_replicas_are_one_wave() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let key = desk.key(&[SITE], v1::Role::Submitter, "blog").await;
    let blogs = [desk.client(0, &key), desk.client(1, &key)];
    let mut racing = tokio::task::JoinSet::new();
    let mut ids = Vec::new();
    for n in 0..50 {
        let (request, blog) = (variation(n), blogs[n % 2].clone());
        ids.push(request.comment_id.clone());
        racing.spawn(async move { blog.submit(request).await.unwrap() });
    }
    for n in 0..20 {
        let (request, blog) = (nth(SITE, n), blogs[n % 2].clone());
        racing.spawn(async move { blog.submit(request).await.unwrap() });
    }
    while let Some(done) = racing.join_next().await {
        done.unwrap();
    }
    let waves = waves_of(&blog, &ids).await;
    assert_eq!(waves.len(), 1, "{waves:?}");
    let (wave, sizes) = waves.first_key_value().unwrap();
    assert_eq!(sizes, &[50; 50], "each member tells the size");

    let members: Vec<Vec<u8>> = desk.redis.look().zrange(wave_key(wave), 0, -1).unwrap();
    let members: HashSet<Vec<u8>> = members.into_iter().collect();
    let expected = ids.iter().map(|id| {
        let id: CommentId = id.parse().unwrap();
        id.as_bytes().to_vec()
    });
    assert_eq!(
        members,
        expected.collect(),
        "the first one too, which came before there was a wave"
    );
    desk.finish().await;
}

fn wave_key(wave: &str) -> Vec<u8> {
    let site: SiteId = SITE.parse().unwrap();
    keys::wave(&site, wave.parse().unwrap())
}

/// Hands in, one after the other, by other readers each, and answers the waves.
async fn say(blog: &Client, first: usize, bodies: &[&str]) -> Vec<(String, u32)> {
    let mut ids = Vec::new();
    for (n, body) in (first..).zip(bodies) {
        let request = comment(SITE, "tram", &format!("Reader {n}"), body);
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    let mut waves = Vec::new();
    for id in &ids {
        let comment = blog.get(SITE, id).await;
        waves.push((comment.wave_id, comment.wave_size));
    }
    waves
}

#[tokio::test]
async fn what_readers_say_alike_is_no_wave_and_what_spammers_say_shortly_is() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let none = (String::new(), 0);
    let short = [
        "Thank you",
        "thank you!",
        "Thank you",
        "First!",
        "first",
        "lol",
        "lol",
        "So true.",
    ];
    assert_eq!(say(&blog, 0, &short).await, vec![none.clone(); short.len()]);
    let other = [
        "It is amazing how stupid these people are in the middle east of our town.",
        "There are more of them in the middle east so of course there will be more victims.",
        "Thank you for the article, I learnt a lot about the tram line today.",
        "Thank you for asking those who live beside the tram line, for once.",
    ];
    assert_eq!(say(&blog, 100, &other).await, vec![none; other.len()]);
    let brand = [
        "Visit LUCKY88 now",
        "visit lucky88 now!",
        "visit 𝓵𝓾𝓬𝓴𝔂𝟖𝟖 n0w",
    ];
    let waves = say(&blog, 200, &brand).await;
    assert!(!waves[0].0.is_empty() && waves[0].1 == 3, "{waves:?}");
    assert!(waves.iter().all(|wave| *wave == waves[0]), "{waves:?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_wave_is_forgotten_a_day_after_the_last_that_joined() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let bodies = [
        "My cousin makes 70 dollars an hour at home on her laptop, go to this page and see",
        "My cousin makes 95 dollars an hour at home on her laptop, go to this page and see",
        "My cousin makes 99 dollars an hour at home on her laptop, go to this page and see",
    ];
    let of_waves = |desk: &Desk| {
        let keys = desk.redis.keys().into_iter();
        let ours =
            keys.filter(|key| key.starts_with(b"{gazette}:m:") || key.starts_with(b"{gazette}:w:"));
        ours.collect::<Vec<_>>()
    };
    assert_eq!(say(&blog, 0, &bodies[..1]).await, [(String::new(), 0)]);
    assert_eq!(
        of_waves(&desk).len(),
        6,
        "a wave of one has parts, and no set"
    );
    let second = say(&blog, 1, &bodies[1..2]).await;
    assert_eq!(second[0].1, 2);
    let mut redis = desk.redis.look();
    assert_eq!(of_waves(&desk).len(), 7);
    for key in of_waves(&desk) {
        let _: () = redis.expire(&key, 1_000).unwrap();
    }
    assert_eq!(
        say(&blog, 2, &bodies[2..]).await,
        [(second[0].0.clone(), 3)]
    );
    for key in of_waves(&desk) {
        let left: i64 = redis.ttl(&key).unwrap();
        assert!((86_000..=86_400).contains(&left), "{left}");
        let _: () = redis.del(&key).unwrap();
    }
    // Forgotten: nobody is of it any more, and the next one begins another.
    assert_eq!(say(&blog, 3, &bodies[..1]).await, [(String::new(), 0)]);
    let list = v1::ListCommentsRequest {
        site: SITE.to_owned(),
        ..Default::default()
    };
    let all = blog.comments.clone().list_comments(list).await.unwrap();
    let all = all.into_inner().comments;
    assert!(
        all.iter().all(|comment| comment.wave_id.is_empty()),
        "{all:?}"
    );
    desk.finish().await;
}

#[tokio::test]
async fn what_comes_late_in_a_wave_is_scored_by_it() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mut told = Vec::new();
    for n in 0..4 {
        let answer = blog.submit(variation(n)).await.unwrap();
        let parts = answer.score.unwrap().contributions;
        told.push(parts.iter().any(|part| part.feature == "near_duplicates"));
    }
    assert_eq!(told, [false, true, true, true]);
    desk.finish().await;
}
