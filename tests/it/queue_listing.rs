//! Looking through the queue: filters, pages, and what they cost.

use replydesk::{
    comment::ids::CommentId,
    proto::v1::{self, ReasonCode},
};
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits, nth},
    refusals::told,
};

const SITE: &str = "gazette";

fn asked() -> v1::ListQueueRequest {
    v1::ListQueueRequest {
        site: SITE.to_owned(),
        ..Default::default()
    }
}

async fn page(
    client: &Client,
    request: &v1::ListQueueRequest,
) -> Result<v1::ListQueueResponse, Status> {
    let page = client.moderation.clone().list_queue(request.clone()).await;
    Ok(page?.into_inner())
}

fn names(page: &v1::ListQueueResponse) -> Vec<String> {
    let comments = page.items.iter().filter_map(|item| item.comment.as_ref());
    let names = comments.map(|comment| comment.author.as_ref().unwrap().display_name.clone());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_what_it_says() {
    let desk = Desk::start().await;
    let mut policy = everything_waits();
    policy.hold_words = vec!["harbour".to_owned()];
    policy.mode = v1::ModerationMode::Automatic.into();
    policy.approve_at = Some(0.0);
    policy.hold_first_comment = Some(false);
    let blog = desk.site(SITE, policy).await;
    let mut ada = comment(
        SITE,
        "tram",
        "Ada",
        "The Straßenbahn to the harbour is late again",
    );
    ada.thread.as_mut().unwrap().language = "de-AT".to_owned();
    let ada_id = ada.comment_id.clone();
    let mut again = comment(
        SITE,
        "fair",
        "Ada",
        "I liked the fair, and the music most of all",
    );
    again.thread.as_mut().unwrap().language = "fr".to_owned();
    let spam = comment(
        SITE,
        "tram-2",
        "Bob",
        "FREE c4$ino bonus!!! http://win.example http://win.example/2 click here viagra",
    );
    let mut nobody = comment(
        SITE,
        "tram-2",
        "Cleo",
        "What does the council say of the music?",
    );
    nobody.author.as_mut().unwrap().email = String::new();
    let nobody_id = nobody.comment_id.clone();
    let required = v1::UpdateSiteRequest {
        site: Some(v1::Site {
            site: SITE.to_owned(),
            policy: Some(v1::Policy {
                required: Some(v1::RequiredFields {
                    email: Some(false),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["policy.required".to_owned()],
        }),
        ..Default::default()
    };
    desk.admin().sites.update_site(required).await.unwrap();
    for request in [ada, again, spam, nobody] {
        blog.submit(request).await.unwrap();
    }
    let mira = desk.moderator(0, SITE, "mira").await;
    let held = ReasonCode::HeldWord.into();
    let first = ReasonCode::FirstComment.into();
    let links = ReasonCode::TooManyLinks.into();
    type Change = Box<dyn Fn(&mut v1::ListQueueRequest)>;
    let table: Vec<(Change, &[&str])> = vec![
        (Box::new(|_| {}), &["Ada", "Ada", "Bob", "Cleo"]),
        (Box::new(|asked| asked.language = "de".to_owned()), &["Ada"]),
        (
            Box::new(|asked| asked.language = "en".to_owned()),
            &["Bob", "Cleo"],
        ),
        (Box::new(|asked| asked.language = "de-CH".to_owned()), &[]),
        (Box::new(move |asked| asked.reasons = vec![held]), &["Ada"]),
        (
            Box::new(move |asked| asked.reasons = vec![first, held]),
            &["Ada"],
        ),
        (Box::new(move |asked| asked.reasons = vec![links]), &[]),
        (Box::new(|asked| asked.text = "CASINO".to_owned()), &["Bob"]),
        (
            Box::new(|asked| asked.text = "musi".to_owned()),
            &["Ada", "Cleo"],
        ),
        (Box::new(|asked| asked.text = "cleo".to_owned()), &["Cleo"]),
        (
            Box::new(|asked| asked.text = "strassenbahn".to_owned()),
            &["Ada"],
        ),
        (
            Box::new(|asked| asked.min_spam_probability = Some(0.8)),
            &["Bob"],
        ),
        (
            Box::new(|asked| {
                asked.max_spam_probability = Some(0.79);
                asked.text = "the".to_owned();
            }),
            &["Ada", "Ada", "Cleo"],
        ),
        (
            Box::new(move |asked| asked.same_author_as.clone_from(&ada_id)),
            &["Ada", "Ada"],
        ),
    ];
    for (change, found) in table {
        let mut request = asked();
        change(&mut request);
        let page = page(&mira, &request).await.unwrap();
        assert_eq!(names(&page), found, "{request:?}");
        assert!(page.next_page_token.is_empty() && !page.window_exhausted);
        assert_eq!(page.scanned, 4);
    }
    for (id, code) in [
        (CommentId::fresh().to_string(), Code::NotFound),
        (nobody_id, Code::InvalidArgument),
        ("x".to_owned(), Code::InvalidArgument),
    ] {
        let request = v1::ListQueueRequest {
            same_author_as: id,
            ..asked()
        };
        let refused = page(&mira, &request).await.unwrap_err();
        assert_eq!(told(&refused).0, code, "{refused:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_queue_meanwhile_hides_nothing_from_who_pages_through_it() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    for n in 0..9 {
        blog.submit(nth(SITE, n)).await.unwrap();
    }
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut request = v1::ListQueueRequest {
        page_size: 2,
        ..asked()
    };
    let mut seen = Vec::new();
    loop {
        let page = page(&mira, &request).await.unwrap();
        seen.extend(names(&page));
        // Who was seen leaves at once.
        for item in page.items {
            let comment = item.comment.unwrap();
            let decision = v1::DecideCommentRequest {
                site: SITE.to_owned(),
                comment_id: comment.comment_id,
                version: comment.version,
                verdict: v1::Verdict::Approve.into(),
                ..Default::default()
            };
            mira.decide(decision).await.unwrap();
        }
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    seen.sort();
    let all: Vec<_> = (0..9).map(|n| format!("Reader {n}")).collect();
    assert_eq!(seen, all);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_site_or_other_filters_is_refused() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    for n in 0..3 {
        blog.submit(nth(SITE, n)).await.unwrap();
    }
    let editor = desk.admin();
    let mut request = v1::ListQueueRequest {
        page_size: 1,
        text: "council".to_owned(),
        ..asked()
    };
    request.page_token = page(&editor, &request).await.unwrap().next_page_token;
    assert!(!request.page_token.is_empty());
    assert_eq!(page(&editor, &request).await.unwrap().items.len(), 1);
    let changes: [fn(&mut v1::ListQueueRequest); 4] = [
        |asked| asked.site = "herald".to_owned(),
        |asked| asked.text = String::new(),
        |asked| asked.language = "en".to_owned(),
        |asked| asked.page_token.push('A'),
    ];
    for change in changes {
        let mut other = request.clone();
        change(&mut other);
        let refused = page(&editor, &other).await.unwrap_err();
        assert_eq!(told(&refused).0, Code::InvalidArgument, "{other:?}");
    }
    desk.finish().await;
}

/// How often Redis was asked for ranges of sorted sets, and for values.
fn reads(desk: &Desk) -> (u32, u32) {
    let told: String = desk.redis.ask(&["INFO", "commandstats"]);
    let calls = |command: &str| {
        let line = told
            .lines()
            .find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    };
    (calls("zrange"), calls("mget"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_no_more_than_its_window_and_the_next_goes_on_from_there() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let last = nth(SITE, 1);
    let last_id = last.comment_id.clone();
    blog.submit(last).await.unwrap();
    // Before it, 2,300 items that nobody finds, many of them due at once.
    let mut crowd = redis::cmd("ZADD");
    crowd.arg("{gazette}:q:review");
    for n in 0..2_300_u32 {
        crowd.arg(n / 700).arg(&CommentId::fresh().as_bytes()[..]);
    }
    crowd.exec(&mut desk.redis.look()).unwrap();
    let mira = desk.moderator(0, SITE, "mira").await;
    let mut request = v1::ListQueueRequest {
        text: "council".to_owned(),
        ..asked()
    };
    let mut found = Vec::new();
    for (scanned, chunks, exhausted) in [(1_000, 10, true), (1_000, 10, true), (301, 4, false)] {
        let before = reads(&desk);
        let page = page(&mira, &request).await.unwrap();
        let after = reads(&desk);
        assert_eq!((page.scanned, page.window_exhausted), (scanned, exhausted));
        assert_eq!(page.next_page_token.is_empty(), !exhausted);
        assert_eq!(after.1 - before.1, chunks, "comments are read by hundreds");
        let ranges = after.0 - before.0;
        assert!((chunks..=chunks * 11).contains(&ranges), "{ranges} ranges");
        found.extend(page.items);
        request.page_token = page.next_page_token;
    }
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].comment.as_ref().unwrap().comment_id, last_id);
    desk.finish().await;
}
