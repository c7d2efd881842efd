//! What another policy would have made of the comments that are there, and what moderators said of them.

use std::collections::BTreeMap;

use replydesk::proto::v1::{self, Outcome, Verdict, backtest_policy_response::Message};
use tonic::{Code, Status};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{automatic, comment, everything_waits, nth},
    crowd::submit_at_once,
    refusals::violations,
};

const SPAM: &str = "Win cash now at http://lucky.example/win and http://casino.example, 100% free bonus casino jackpot!!!";
pub const HAM: &str =
    "I think the council should have asked the people in the street before it voted.";

fn trial(policy: v1::Policy, paths: &[&str]) -> v1::BacktestPolicyRequest {
    v1::BacktestPolicyRequest {
        site: "gazette".to_owned(),
        policy: Some(policy),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        examples: 5,
        ..Default::default()
    }
}

/// The result, and how often progress was told before it.
async fn backtest(
    client: &Client,
    request: v1::BacktestPolicyRequest,
) -> Result<(v1::Backtest, usize), Status> {
    let mut replies = client
        .sites
        .clone()
        .backtest_policy(request)
        .await?
        .into_inner();
    let mut told = 0;
    let mut replayed = 0;
    loop {
        match replies.message().await?.and_then(|reply| reply.message) {
            Some(Message::Progress(progress)) => {
                assert!(progress.replayed >= replayed && progress.replayed <= progress.at_most);
                replayed = progress.replayed;
                told += 1;
            }
            Some(Message::Result(result)) => {
                assert_eq!(result.comments, replayed);
                assert!(replies.message().await?.is_none(), "the result is the last");
                return Ok((result, told));
            }
            None => panic!("no result"),
        }
    }
}

async fn result(client: &Client, request: v1::BacktestPolicyRequest) -> v1::Backtest {
    backtest(client, request).await.unwrap().0
}

fn cells(replay: Option<&v1::Replay>) -> Vec<(Outcome, Verdict, u64)> {
    let cells = replay.unwrap().cells.iter();
    cells
        .map(|cell| (cell.outcome(), cell.verdict(), cell.comments))
        .collect()
}

/// The n-th of many texts that have little in common.
fn harmless(n: usize) -> String {
    const WORDS: &str = "tram bridge river school market council night winter garden street corner evening baker \
        window letter station music summer meadow village harbour teacher library orchard morning kitchen";
    let words: Vec<&str> = WORDS.split(' ').collect();
    let chosen = (0..9).map(|k| words[(n * 11 + k * (n % 7 + 1)) % words.len()]);
    chosen.collect::<Vec<_>>().join(" ")
}

pub async fn decide(client: &Client, id: &str, verdict: Verdict) {
    let request = v1::DecideCommentRequest {
        site: "gazette".to_owned(),
        comment_id: id.to_owned(),
        version: 1,
        verdict: verdict.into(),
        ..Default::default()
    };
    client.decide(request).await.unwrap();
}

/// Submits one comment by a reader, and returns its id and its spam probability.
pub async fn submit(client: &Client, name: &str, body: &str) -> (String, f64) {
    let request = comment("gazette", "tram", name, body);
    let id = request.comment_id.clone();
    let answer = client.submit(request).await.unwrap();
    (id, answer.score.unwrap().spam_probability)
}

/// Five comments, of which four were decided: two as they should be, and of the others the one that was approved, and the
/// one that was marked as spam.
async fn moderated_desk() -> (Desk, [String; 2]) {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        hold_first_comment: Some(false),
        max_links: Some(10),
        ..everything_waits()
    };
    desk.site("gazette", policy).await;
    let admin = desk.admin();
    let (good, low) = submit(&admin, "Ada", HAM).await;
    let (fooled, _) = submit(&admin, "Bob", &format!("{HAM} Or not?")).await;
    submit(&admin, "Cyd", &format!("{HAM} Or what do you say?")).await;
    let (wronged, high) = submit(&admin, "Dan", SPAM).await;
    let (bad, _) = submit(&admin, "Eve", &format!("{SPAM} Today")).await;
    assert!(low < 0.5 && high > 0.6, "{low} {high}");
    decide(&admin, &good, Verdict::Approve).await;
    decide(&admin, &fooled, Verdict::Spam).await;
    decide(&admin, &wronged, Verdict::Approve).await;
    decide(&admin, &bad, Verdict::Spam).await;
    (desk, [wronged, fooled])
}

#[tokio::test(flavor = "multi_thread")]
async fn another_policy_is_held_against_what_moderators_said() {
    let (desk, [wronged, fooled]) = moderated_desk().await;
    let admin = desk.admin();
    let before = contents(&desk);
    let tried = v1::Policy {
        mode: v1::ModerationMode::Automatic.into(),
        approve_at: Some(0.5),
        spam_at: Some(0.6),
        ..Default::default()
    };
    let found = result(
        &admin,
        trial(tried.clone(), &["mode", "approve_at", "spam_at"]),
    )
    .await;
    assert_eq!(contents(&desk), before, "it only reads");
    assert_eq!(found.comments, 5);
    assert_eq!(
        cells(found.proposed.as_ref()),
        [
            (Outcome::Approved, Verdict::Approve, 1),
            (Outcome::Approved, Verdict::Spam, 1),
            (Outcome::Approved, Verdict::Unspecified, 1),
            (Outcome::Spam, Verdict::Approve, 1),
            (Outcome::Spam, Verdict::Spam, 1),
        ]
    );
    assert_eq!(found.proposed.as_ref().unwrap().queued, 0);
    assert_eq!(
        found.current.as_ref().unwrap().queued,
        5,
        "who reviews all, reviews all"
    );
    let examples: Vec<_> = found
        .examples
        .iter()
        .map(|e| (e.comment_id.as_str(), e.outcome(), e.verdict()))
        .collect();
    assert_eq!(
        examples,
        [
            (wronged.as_str(), Outcome::Spam, Verdict::Approve),
            (fooled.as_str(), Outcome::Approved, Verdict::Spam),
        ]
    );
    assert!(found.examples[1].excerpt.ends_with("Or not?"));
    assert!(!found.examples[0].reasons.is_empty());

    // Ada is known by now; nobody else is but Dan, whose comment has links.
    submit(
        &admin,
        "Ada",
        "And another thing: who will pay for all of this in the end?",
    )
    .await;
    let strict = v1::Policy {
        hold_first_comment: Some(true),
        ..tried
    };
    let fields = ["mode", "approve_at", "spam_at", "hold_first_comment"];
    let found = result(&admin, trial(strict, &fields)).await;
    let held = cells(found.proposed.as_ref()).into_iter();
    let held: u64 = held
        .filter(|cell| cell.0 == Outcome::Pending)
        .map(|cell| cell.2)
        .sum();
    assert_eq!((found.comments, held), (6, 3));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_policy_makes_the_same_of_comments_again() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        hold_first_comment: Some(true),
        max_links: Some(0),
        approve_at: Some(0.4),
        spam_at: Some(0.7),
        hold_words: vec!["street".to_owned()],
        reject_words: vec!["forbidden fruit".to_owned()],
        ..automatic()
    };
    desk.site("gazette", policy).await;
    let admin = desk.admin();
    let mut outcomes = BTreeMap::new();
    for n in 0..40 {
        let body = match n % 8 {
            0 => SPAM.to_owned(),
            1 => HAM.to_owned(),
            2 => format!("Number {n}: eat the forbidden fruit, all of you."),
            3 => format!("Number {n}: all the plans are at https://plans.example/{n}"),
            _ => harmless(n),
        };
        let name = format!("Reader {}", n % 7);
        let request = comment("gazette", &format!("t{n}"), &name, &body);
        let id = request.comment_id.clone();
        let answer = admin.submit(request).await.unwrap();
        *outcomes.entry(answer.outcome().as_str_name()).or_insert(0) += 1;
        if n % 8 == 4 {
            decide(&admin, &id, Verdict::Approve).await;
        }
    }
    assert_eq!(outcomes.len(), 4, "each outcome occurs: {outcomes:?}");
    let request = v1::BacktestPolicyRequest {
        site: "gazette".to_owned(),
        ..Default::default()
    };
    let found = result(&admin, request).await;
    let mut again = BTreeMap::new();
    for (outcome, _, comments) in cells(found.current.as_ref()) {
        *again.entry(outcome.as_str_name()).or_insert(0) += comments;
    }
    assert_eq!(again, outcomes);
    assert_eq!(found.current, found.proposed);
    assert!(
        found
            .outcomes
            .iter()
            .all(|pair| pair.current == pair.proposed)
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_are_replayed_page_by_page() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    let requests: Vec<_> = (0..430).map(|n| nth("gazette", n)).collect();
    let shares: Vec<Vec<_>> = requests.chunks(54).map(<[_]>::to_vec).collect();
    let clients = shares.iter().map(|_| admin.clone()).collect();
    for answer in submit_at_once(clients, shares).await {
        answer.unwrap();
    }
    let (newest, _) = submit(&admin, "Zoe", "The very last word on this.").await;
    let at = admin.get("gazette", &newest).await.submitted_at;
    let ask = |last, since| v1::BacktestPolicyRequest {
        site: "gazette".to_owned(),
        last,
        since,
        ..Default::default()
    };
    let (all, told) = backtest(&admin, ask(0, None)).await.unwrap();
    assert_eq!((all.comments, told), (431, 9));
    assert_eq!(all.newest, at);
    let (some, told) = backtest(&admin, ask(201, None)).await.unwrap();
    assert_eq!((some.comments, told), (201, 5));
    assert_eq!(result(&admin, ask(1, None)).await.newest, at);
    assert_eq!(result(&admin, ask(0, all.oldest)).await.comments, 431);
    let later = at.map(|at| prost_types::Timestamp {
        seconds: at.seconds + 1,
        ..at
    });
    assert_eq!(result(&admin, ask(0, later)).await.comments, 0);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_says_why() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    let admin = desk.admin();
    let low = v1::Policy {
        spam_at: Some(0.1),
        ..Default::default()
    };
    let wrong = v1::Policy {
        mode: 77,
        approve_at: Some(f64::NAN),
        ..Default::default()
    };
    let bad = v1::BacktestPolicyRequest {
        last: -1,
        examples: 51,
        ..trial(wrong.clone(), &["policy.mode"])
    };
    for (request, fields) in [
        (trial(low, &["spam_at"]), vec!["policy.spam_at"]),
        (trial(wrong, &["mode", "approve_at"]), vec!["policy.mode"]),
        (bad, vec!["update_mask", "last", "examples"]),
    ] {
        let refused = backtest(&admin, request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let named: Vec<_> = violations(&refused)
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        assert_eq!(named, fields);
    }
    let nowhere = v1::BacktestPolicyRequest {
        site: "nowhere".to_owned(),
        ..Default::default()
    };
    let refused = backtest(&admin, nowhere).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    desk.finish().await;
}

/// Every key of the site with a digest of its value, but for rates, which run out by themselves.
fn contents(desk: &Desk) -> BTreeMap<Vec<u8>, String> {
    let mut keys = desk.redis.keys();
    keys.retain(|key| key.starts_with(b"{gazette}:") && !key.starts_with(b"{gazette}:r"));
    let mut digest = redis::cmd("DEBUG");
    let digests: Vec<String> = digest
        .arg("DIGEST-VALUE")
        .arg(&keys)
        .query(&mut desk.redis.look())
        .unwrap();
    keys.into_iter().zip(digests).collect()
}
