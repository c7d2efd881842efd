//! Promise: who quotes spam, or another reader, is not of the wave that is quoted; what is quoted is scored all the same.

use replydesk::proto::v1;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits},
};

const SITE: &str = "gazette";

const SPAM: &str = "I could not believe it but this casino paid me 4500 dollars in one week after I had lost my job.\n\
                    Read how I did it and how you can do it too, my dear friends, at https://lucky.example/win now!";

const ANSWERS: [&str; 4] = [
    "Could somebody please take this away? It stands below each article about the tram since Monday.",
    "My grandmother fell for one of these last winter, so do not laugh about it, please.",
    "The police warned of exactly that in this very paper, page four, two weeks ago.",
    "Is it only me, or do these people write better English than our mayor does by now?",
];

/// The n-th reader says this.
fn says(n: usize, body: &str, parent: &str) -> v1::SubmitCommentRequest {
    let mut request = comment(SITE, "tram", &format!("Reader {n}"), body);
    request.parent_id = parent.to_owned();
    if let Some(transport) = &mut request.transport {
        transport.ip_address = format!("198.51.100.{n}");
    }
    request
}

/// Its name, and whether its score says that others said nearly the same.
async fn submit(blog: &Client, request: v1::SubmitCommentRequest) -> (String, bool) {
    let id = request.comment_id.clone();
    let score = blog.submit(request).await.unwrap().score.unwrap();
    let said = |part: &v1::Contribution| part.feature == "near_duplicates";
    (id, score.contributions.iter().any(said))
}

async fn wave_of(blog: &Client, id: &str) -> (bool, u32) {
    let comment = blog.get(SITE, id).await;
    (!comment.wave_id.is_empty(), comment.wave_size)
}

fn quoted(text: &str) -> String {
    format!("> {}", text.replace('\n', "\n> "))
}

#[tokio::test]
async fn readers_who_quote_spam_are_not_of_its_wave() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mut spam = Vec::new();
    for n in 0..3 {
        let body = SPAM.replace("4500", &format!("{}", 4_500 + n));
        spam.push(submit(&blog, says(n, &body, "")).await.0);
    }
    assert_eq!(wave_of(&blog, &spam[0]).await, (true, 3));
    let quotes = [
        format!("{}\n\n{}", quoted(SPAM), ANSWERS[0]),
        format!("<blockquote>{SPAM}</blockquote>\n{}", ANSWERS[1]),
        format!("{}\n{SPAM}", ANSWERS[2]),
        format!("“{}”\n\n{}", SPAM.replace('\n', "”\n“"), ANSWERS[3]),
    ];
    for (n, body) in (10..).zip(&quotes) {
        // Lines without a mark are known by the comment that is answered.
        let (id, is_near) = submit(&blog, says(n, body, &spam[0])).await;
        assert!(!is_near, "{body}");
        assert_eq!(wave_of(&blog, &id).await, (false, 0), "{body}");
    }
    assert_eq!(wave_of(&blog, &spam[0]).await, (true, 3));
    desk.finish().await;
}

#[tokio::test]
async fn what_is_quoted_is_scored_as_said() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mut found = Vec::new();
    for body in [
        ANSWERS[0].to_owned(),
        format!("{}\n{}", quoted(SPAM), ANSWERS[0]),
    ] {
        let request = v1::SubmitCommentRequest {
            validate_only: true,
            ..says(1, &body, "")
        };
        let score = blog.submit(request).await.unwrap().score.unwrap();
        found.push(score.spam_probability);
    }
    assert!(found[1] > found[0] + 0.1, "{found:?}");
    desk.finish().await;
}

#[tokio::test]
async fn spammers_who_quote_themselves_are_one_wave() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mut ids: Vec<String> = Vec::new();
    let mut told = Vec::new();
    for n in 0..6 {
        let body = SPAM.replace("4500", &format!("{}", 4_500 + n * 37));
        let body = match n % 3 {
            0 => body,
            1 => quoted(&body),
            _ => format!("<blockquote>{body}</blockquote>"),
        };
        // Each answers the one before, which says nearly what it says itself.
        let parent = ids.last().cloned().unwrap_or_default();
        let (id, is_near) = submit(&blog, says(n, &body, &parent)).await;
        ids.push(id);
        told.push(is_near);
    }
    assert_eq!(told, [false, true, true, true, true, true]);
    for id in &ids {
        assert_eq!(wave_of(&blog, id).await, (true, 6));
    }
    desk.finish().await;
}
