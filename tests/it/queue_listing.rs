//! Looking through the queue: filters, pages, and what they cost.

use prost::Message;
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

/// A site where nothing is shown at once, and four comments wait: two by Ada, below articles in German and French, one that
/// looks like spam by Bob, and one by Cleo, who left no address. Returns the ids of Ada's first one and of Cleo's.
async fn four_wait(desk: &Desk) -> (String, String) {
    let policy = v1::Policy {
        mode: v1::ModerationMode::Automatic.into(),
        approve_at: Some(0.0),
        hold_first_comment: Some(false),
        hold_words: vec!["harbour".to_owned()],
        required: Some(v1::RequiredFields {
            email: Some(false),
            ..Default::default()
        }),
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let mut ada = comment(
        SITE,
        "tram",
        "Ada",
        "The Straßenbahn to the harbour is late again",
    );
    ada.thread.as_mut().unwrap().language = "de-AT".to_owned();
    let mut again = comment(
        SITE,
        "fair",
        "Ada",
        "I liked the fair, and the music most of all",
    );
    again.thread.as_mut().unwrap().language = "fr".to_owned();
    let spam = "FREE c4$ino bonus!!! http://win.example http://win.example/2 click here viagra";
    let spam = comment(SITE, "tram-2", "Bob", spam);
    let mut cleo = comment(
        SITE,
        "tram-2",
        "Cleo",
        "What does the council say of the music?",
    );
    cleo.author.as_mut().unwrap().email = String::new();
    let ids = (ada.comment_id.clone(), cleo.comment_id.clone());
    for request in [ada, again, spam, cleo] {
        blog.submit(request).await.unwrap();
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_what_it_says() {
    use ReasonCode::{FirstComment, HeldWord, TooManyLinks};
    let desk = Desk::start().await;
    let (ada, _) = four_wait(&desk).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let language = |language: &str| v1::ListQueueRequest {
        language: language.to_owned(),
        ..asked()
    };
    let reasons = |reasons: &[ReasonCode]| v1::ListQueueRequest {
        reasons: reasons.iter().map(|reason| *reason as i32).collect(),
        ..asked()
    };
    let text = |text: &str| v1::ListQueueRequest {
        text: text.to_owned(),
        ..asked()
    };
    let suspicious = v1::ListQueueRequest {
        min_spam_probability: Some(0.8),
        ..asked()
    };
    let harmless_the = v1::ListQueueRequest {
        max_spam_probability: Some(0.79),
        ..text("the")
    };
    let by_ada = v1::ListQueueRequest {
        same_author_as: ada,
        ..asked()
    };
    let escalated = v1::ListQueueRequest {
        lanes: vec![v1::Lane::Escalated.into()],
        ..asked()
    };
    let table: [(v1::ListQueueRequest, &[&str]); 15] = [
        (asked(), &["Ada", "Ada", "Bob", "Cleo"]),
        (language("de"), &["Ada"]),
        (language("en"), &["Bob", "Cleo"]),
        (language("de-CH"), &[]),
        (reasons(&[HeldWord]), &["Ada"]),
        (reasons(&[FirstComment, HeldWord]), &["Ada"]),
        (reasons(&[TooManyLinks]), &[]),
        (text("CASINO"), &["Bob"]),
        (text("musi"), &["Ada", "Cleo"]),
        (text("cleo"), &["Cleo"]),
        (text("strassenbahn"), &["Ada"]),
        (suspicious, &["Bob"]),
        (harmless_the, &["Ada", "Ada", "Cleo"]),
        (by_ada, &["Ada", "Ada"]),
        (escalated, &[]),
    ];
    for (request, found) in table {
        let page = page(&mira, &request).await.unwrap();
        assert_eq!(names(&page), found, "{request:?}");
        assert!(page.next_page_token.is_empty() && !page.window_exhausted);
        let waiting = if request.lanes.is_empty() { 4 } else { 0 };
        assert_eq!(page.scanned, waiting, "{request:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_are_listed_one_after_the_other() {
    let desk = Desk::start().await;
    let (ada, cleo) = four_wait(&desk).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for id in [&ada, &cleo] {
        let escalation = v1::DecideCommentRequest {
            site: SITE.to_owned(),
            comment_id: id.clone(),
            version: 1,
            verdict: v1::Verdict::Escalate.into(),
            ..Default::default()
        };
        mira.decide(escalation).await.unwrap();
    }
    for (size, pages) in [(50, 1), (1, 5), (3, 2)] {
        let mut request = v1::ListQueueRequest {
            lanes: vec![v1::Lane::Escalated.into(), v1::Lane::Review.into()],
            page_size: size,
            ..asked()
        };
        let mut found = Vec::new();
        let mut count = 0;
        loop {
            let page = page(&mira, &request).await.unwrap();
            found.extend(page.items.into_iter().map(|item| item.lane()));
            request.page_token = page.next_page_token;
            count += 1;
            if request.page_token.is_empty() {
                break;
            }
        }
        use v1::Lane::{Escalated, Review};
        assert_eq!(found, [Escalated, Escalated, Review, Review], "by {size}");
        assert_eq!(count, pages, "by {size}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_is_named_by_a_comment_of_theirs() {
    let desk = Desk::start().await;
    let (_, cleo) = four_wait(&desk).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for (id, code) in [
        (CommentId::fresh().to_string(), Code::NotFound),
        (cleo, Code::InvalidArgument),
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

/// Clients take no reply above 4 MB: pages of long comments end earlier, and go on where they ended.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_long_comments_end_before_a_client_would_refuse_them() {
    const LONG: usize = 60_000;
    const ALL: usize = 60;
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mut sent = Vec::new();
    for n in 0..ALL {
        let mut long = nth(SITE, n);
        let words = format!("the harbour tram number {n} is late again. ");
        long.body = words.repeat(LONG / words.len());
        sent.push(long.comment_id.clone());
        blog.submit(long).await.unwrap();
    }
    sent.sort();
    let ada = desk.moderator(0, SITE, "ada").await;
    let mut queue = v1::ListQueueRequest {
        page_size: 200,
        ..asked()
    };
    let mut listing = v1::ListCommentsRequest {
        site: SITE.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    let (mut queued, mut listed, mut pages) = (Vec::new(), Vec::new(), 0);
    loop {
        let found = page(&ada, &queue).await.unwrap();
        assert!(found.encoded_len() < 3_000_000, "{}", found.encoded_len());
        pages += 1;
        queued.extend(ids(found.items.into_iter().filter_map(|item| item.comment)));
        if found.next_page_token.is_empty() {
            break;
        }
        queue.page_token = found.next_page_token;
    }
    assert!(pages >= 2, "{pages}");
    loop {
        let found = blog.comments.clone().list_comments(listing.clone()).await;
        let found = found.unwrap().into_inner();
        assert!(found.encoded_len() < 3_000_000, "{}", found.encoded_len());
        pages += 1;
        listed.extend(ids(found.comments));
        if found.next_page_token.is_empty() {
            break;
        }
        listing.page_token = found.next_page_token;
    }
    assert!(pages >= 4, "{pages}");
    for mut found in [queued, listed] {
        found.sort();
        assert_eq!(found, sent);
    }
    desk.finish().await;
}

fn ids(comments: impl IntoIterator<Item = v1::Comment>) -> Vec<String> {
    let ids = comments.into_iter().map(|comment| comment.comment_id);
    ids.collect()
}
