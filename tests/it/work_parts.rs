//! A wave or a thread, worked as a lane of its own.

use std::{collections::HashSet, time::Duration};

use replydesk::proto::v1::{
    self, Verdict, work_queue_request as up, work_queue_request::start::Within,
    work_queue_response::Message as Down, work_queue_response::answer::Result as Answer,
};
use tokio::task::JoinSet;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits, nth},
    streams::Work,
    until::soon,
};

const SITE: &str = "gazette";
const AT_ONCE: Duration = Duration::from_secs(10);

/// The n-th of a wave: another reader says the same in another place.
fn one_of_a_wave(n: usize) -> v1::SubmitCommentRequest {
    let body = "I could not believe it but this casino paid me a thousand dollars in one week after I had lost my \
        job and nearly my house, read how at https://lucky.example/how";
    let mut request = comment(
        SITE,
        &format!("article-{}", n % 5),
        &format!("Winner {n}"),
        body,
    );
    if let Some(transport) = &mut request.transport {
        transport.ip_address = format!("10.9.{}.{}", n / 256, n % 256);
    }
    request
}

async fn submit_all(desk: &Desk, requests: Vec<v1::SubmitCommentRequest>) {
    let key = desk.key(&[SITE], v1::Role::Submitter, "blog").await;
    let mut blogs = JoinSet::new();
    let shares = requests.len().div_ceil(4).max(1);
    for (n, share) in requests.chunks(shares).enumerate() {
        let blog = desk.client(n % desk.replicas.len(), &key);
        let share = share.to_vec();
        blogs.spawn(async move {
            for request in share {
                blog.submit(request).await.unwrap();
            }
        });
    }
    blogs.join_all().await;
}

fn within(prefetch: i32, within: Within) -> up::Start {
    up::Start {
        sites: vec![SITE.to_owned()],
        prefetch,
        lanes: Vec::new(),
        within: Some(within),
    }
}

/// Works until so many are decided; the ids in the order in which they came.
async fn decide_so_many(work: &mut Work, count: usize) -> Vec<String> {
    let (mut came, mut decided) = (Vec::new(), 0);
    while decided < count {
        match soon("an item or an answer", AT_ONCE, work.next())
            .await
            .unwrap()
        {
            Some(Down::Item(item)) => {
                came.push(item.comment.as_ref().unwrap().comment_id.clone());
                work.decide(&item, Verdict::Spam).await;
            }
            Some(Down::Answer(answer)) => {
                assert!(
                    matches!(answer.result, Some(Answer::Decision(_))),
                    "{answer:?}"
                );
                decided += 1;
            }
            other => panic!("neither: {other:?}"),
        }
    }
    came
}

async fn wave_of(moderator: &Client, id: &str) -> String {
    let wave = moderator.get(SITE, id).await.wave_id;
    assert!(!wave.is_empty());
    wave
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_wave_is_worked_to_its_end_by_two_and_nothing_else_comes() {
    let desk = Desk::with(2, &[("moderation.poll_ms", "500")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    // The first two make it a wave: then the others may race.
    let first = one_of_a_wave(0);
    let known = first.comment_id.clone();
    blog.submit(first).await.unwrap();
    blog.submit(one_of_a_wave(1)).await.unwrap();
    let members: Vec<_> = (2..1_200).map(one_of_a_wave).collect();
    let mut expected: HashSet<_> = members.iter().map(|m| m.comment_id.clone()).collect();
    let others: Vec<_> = (0..60).map(|n| nth(SITE, n)).collect();
    let mut all = members;
    for (n, other) in others.into_iter().enumerate() {
        all.insert(n * 20, other);
    }
    submit_all(&desk, all).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(1, SITE, "ben").await;
    let wave = Within::WaveId(wave_of(&ada, &known).await);
    let mut at_ada = ada.start(within(40, wave.clone())).await.unwrap();
    let mut at_ben = ben.start(within(7, wave)).await.unwrap();
    let (hers, his) = tokio::join!(
        decide_so_many(&mut at_ada, 900),
        decide_so_many(&mut at_ben, 250),
    );
    // He leaves: what he holds goes back, and what he has just decided is answered.
    let answers = at_ben.leave().await.unwrap();
    let answers = answers
        .iter()
        .filter(|message| matches!(message, Down::Answer(_)));
    let rest = 1_200 - 900 - 250 - answers.count();
    let last = decide_so_many(&mut at_ada, rest).await;
    let came: Vec<_> = [hers, his, last].concat();
    let once: HashSet<_> = came.iter().cloned().collect();
    assert!(once.is_superset(&expected));
    expected.extend(once);
    assert_eq!(expected.len(), 1_200, "the wave, and nothing else");
    assert_eq!(at_ada.leave().await.unwrap(), []);
    let stats = ada.stats(SITE).await;
    assert_eq!((stats.waiting, stats.leased, stats.spam), (60, 0, 1_200));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_worked_alone_and_a_new_comment_in_it_comes_at_once() {
    let desk = Desk::with(2, &[("moderation.poll_ms", "60000")]).await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(1, SITE, "ada").await;
    let mut expected = HashSet::new();
    for n in 0..20 {
        let request = nth(SITE, n);
        if n % 7 == 3 {
            expected.insert(request.comment_id.clone());
        }
        blog.submit(request).await.unwrap();
    }
    let thread = Within::ThreadId("article-3".to_owned());
    let mut work = ada.start(within(2, thread)).await.unwrap();
    let came = decide_so_many(&mut work, 3).await;
    assert_eq!(came.into_iter().collect::<HashSet<_>>(), expected);
    blog.submit(nth(SITE, 21)).await.unwrap();
    let new = nth(SITE, 24);
    let expected = new.comment_id.clone();
    blog.submit(new).await.unwrap();
    let item = soon("the new one", AT_ONCE, work.item()).await;
    assert_eq!(item.comment.as_ref().unwrap().comment_id, expected);
    assert_eq!(work.leave().await.unwrap(), []);
    desk.finish().await;
}
