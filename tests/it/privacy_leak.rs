//! No contact data in clear, anywhere: canaries in the contact fields of 1,085 submissions, good and bad, and not one of
//! them in Redis, its file, what travels to it, replies, errors, or the log at its most talkative.

use std::{fmt::Debug, path::Path, time::Duration};

use prost::Message;
use replydesk::{
    comment::ids::CommentId,
    privacy::{keys::OfficerPrivateKey, opening},
    proto::v1::{self, work_queue_response::Message as Down},
    store::{connection::Store, keys},
};
use tonic::{Code, Status};

use crate::harness::{
    authors::{from_now, of, standing},
    canaries::{Canary, Search},
    clients::Client,
    comments::{everything_waits, moderated, no_limits, nth},
    crowd::submit_at_once,
    process::{Process, admin_key, serve, socket},
    remains::{Eavesdropper, everything, files},
};

const SUBMISSIONS: usize = 1_085;

/// Everything that a client was told.
#[derive(Default)]
struct Heard(Vec<u8>);

impl Heard {
    fn hear<T: Debug>(&mut self, answer: &Result<T, Status>) {
        self.0.extend(format!("{answer:?}\n").into_bytes());
        if let Err(status) = answer {
            self.0.extend(status.details());
            self.0.extend(status.message().bytes());
            self.0
                .extend(format!("{:?}\n", status.metadata()).into_bytes());
        }
    }
}

/// The n-th submission: most are right, others end in one of the errors that there are.
fn submission(n: usize, canary: &Canary) -> v1::SubmitCommentRequest {
    let mut request = nth("gazette", n);
    let author = request.author.as_mut().unwrap();
    let transport = request.transport.as_mut().unwrap();
    author.email.clone_from(&canary.email);
    transport.ip_address = canary.ip.to_string();
    transport.user_agent.clone_from(&canary.user_agent);
    match n % 16 {
        0 => author.email = canary.email.replace('@', " at "),
        1 => author.email = canary.email.replace('@', "@@"),
        2 => author.email.push('\0'),
        3 => author.email = format!("{}@{}", "x".repeat(250), canary.email),
        4 => transport.ip_address.push_str("/99"),
        5 => transport.user_agent.push('\u{7}'),
        6 => transport.user_agent = canary.user_agent.repeat(60),
        7 => request.body.clear(),
        8 => request.site = "tight".to_owned(),
        9 => request.site = "nowhere".to_owned(),
        10 => request.thread.as_mut().unwrap().thread_id = "closed".to_owned(),
        11 => request.validate_only = true,
        12 => author.email.insert(0, 'ö'),
        _ => {}
    }
    request
}

fn is_stored(n: usize) -> bool {
    n % 16 > 11
}

async fn make_sites(admin: &Client) {
    let tight = v1::Limits {
        site: Some(v1::Limit {
            per_minute: 1,
            burst: 1,
        }),
        ..no_limits()
    };
    for (site, limits) in [("gazette", no_limits()), ("tight", tight)] {
        let policy = v1::Policy {
            limits: Some(limits),
            ..everything_waits()
        };
        let site = v1::Site {
            site: site.to_owned(),
            policy: Some(policy),
            ..Default::default()
        };
        let request = v1::CreateSiteRequest { site: Some(site) };
        admin.sites.clone().create_site(request).await.unwrap();
    }
    let close = v1::CloseThreadRequest {
        site: "gazette".to_owned(),
        thread_id: "closed".to_owned(),
        reopen: false,
    };
    admin.sites.clone().close_thread(close).await.unwrap();
}

/// Submits all, and again what a blog would; every kind of answer must have come.
async fn submit_all(
    client: &dyn Fn() -> Client,
    requests: &[v1::SubmitCommentRequest],
    heard: &mut Heard,
) {
    let shares: Vec<Vec<_>> = requests.chunks(140).map(<[_]>::to_vec).collect();
    let clients = shares.iter().map(|_| client()).collect();
    let mut answers = submit_at_once(clients, shares).await;
    let blog = client();
    for (n, request) in requests.iter().enumerate().filter(|(n, _)| is_stored(*n)) {
        if n % 3 == 0 {
            answers.push(blog.submit(request.clone()).await);
        }
        if n % 5 == 0 {
            let mut duplicate = request.clone();
            duplicate.comment_id = CommentId::fresh().to_string();
            answers.push(blog.submit(duplicate).await);
            let mut reused = request.clone();
            reused.body.push('!');
            answers.push(blog.submit(reused).await);
        }
    }
    for code in [
        Code::InvalidArgument,
        Code::ResourceExhausted,
        Code::NotFound,
        Code::FailedPrecondition,
        Code::AlreadyExists,
    ] {
        let is_it = |answer: &Result<_, Status>| answer.as_ref().is_err_and(|s| s.code() == code);
        assert!(answers.iter().any(is_it), "nothing ended in {code:?}");
    }
    for answer in &answers {
        heard.hear(answer);
    }
}

/// Reads and moderates as everybody does.
async fn read_and_decide(client: &Client, heard: &mut Heard) {
    let mut token = String::new();
    loop {
        let request = v1::ListCommentsRequest {
            site: "gazette".to_owned(),
            page_size: 200,
            page_token: token,
            ..Default::default()
        };
        let page = client.comments.clone().list_comments(request).await;
        heard.hear(&page);
        token = page.unwrap().into_inner().next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let queue = v1::ListQueueRequest {
        site: "gazette".to_owned(),
        page_size: 200,
        ..Default::default()
    };
    heard.hear(&client.moderation.clone().list_queue(queue).await);
    let mut work = client.work("gazette", 20).await.unwrap();
    for n in 0..60 {
        let said = work.next().await;
        heard.hear(&said);
        if let Ok(Some(Down::Item(item))) = said {
            let verdict = [v1::Verdict::Approve, v1::Verdict::Reject, v1::Verdict::Spam][n % 3];
            work.decide(&item, verdict).await;
        }
    }
    drop(work);
    heard.hear(&Ok(client.all_events("gazette").await));
    let mut watch = client.watch("gazette", "").await.unwrap();
    for _ in 0..100 {
        heard.hear(&watch.next().await);
    }
    heard.hear(&Ok(client.stats("gazette").await));
}

/// Bans, holds, trusts and notes by comments and by the addresses themselves, as support staff does.
async fn moderate_authors(
    client: &Client,
    requests: &[v1::SubmitCommentRequest],
    heard: &mut Heard,
) {
    use v1::{Standing, SubjectKind, subject::NamedBy};
    let until = from_now(Duration::from_secs(3_600));
    for (n, request) in requests.iter().enumerate().filter(|(n, _)| is_stored(*n)) {
        let id = &request.comment_id;
        let email = request.author.as_ref().unwrap().email.clone();
        let (named, stands) = match n % 5 {
            0 => (of(id, SubjectKind::Author), Standing::Banned),
            1 => (of(id, SubjectKind::IpAddress), Standing::Banned),
            2 => (NamedBy::Email(email), Standing::Held),
            3 => (NamedBy::Email(email.replace('@', "@@")), Standing::Banned),
            _ => (NamedBy::AccountId(email), Standing::Trusted),
        };
        let mut asked = standing("gazette", named.clone(), stands);
        asked.until = until;
        asked.reason = "sells pills".to_owned();
        // Nor does one who prints such a request see any.
        heard.hear(&Ok(asked.clone()));
        heard.hear(&client.stand(asked).await);
        heard.hear(&client.standing_of("gazette", named).await);
        heard.hear(&client.note("gazette", id, "writes every day").await);
        heard.hear(&client.context("gazette", id).await);
    }
    let listed = client.standings("gazette", 200, "").await;
    assert!(listed.standings.len() > 100, "{}", listed.standings.len());
    heard.hear(&Ok(listed));
}

/// Readers report, and authors change, what was stored; each answer must be of every kind that there is.
async fn change_all(
    client: &Client,
    canaries: &[Canary],
    requests: &[v1::SubmitCommentRequest],
    heard: &mut Heard,
) {
    let stored: Vec<_> = (0..SUBMISSIONS).filter(|n| is_stored(*n)).collect();
    for (n, canary) in canaries.iter().enumerate().take(300) {
        let mut reporter = v1::Reporter {
            email: canary.email.clone(),
            ..Default::default()
        };
        match n % 5 {
            0 => reporter.email = canary.email.replace('@', " at "),
            1 => reporter.email.clear(),
            2 => reporter.account_id = format!("reader-{n}"),
            _ => {}
        }
        if n % 3 != 0 {
            reporter.ip_address = canary.ip.to_string();
        }
        let comment_id = requests[stored[n % stored.len()]].comment_id.clone();
        let request = v1::ReportCommentRequest {
            site: "gazette".to_owned(),
            comment_id,
            reporter: Some(reporter),
            reason: "insult".to_owned(),
            text: "Not a word of it is true.".to_owned(),
        };
        heard.hear(&client.report(request.clone()).await);
        heard.hear(&client.report(request).await);
    }
    for n in stored.iter().step_by(7).take(20) {
        let id = &requests[*n].comment_id;
        heard.hear(&client.context("gazette", id).await);
        let version = client.get("gazette", id).await.version;
        let body = format!("Point {n}: I say it in other words now.");
        heard.hear(&client.revise("gazette", id, version, &body).await);
        heard.hear(&client.context("gazette", id).await);
        heard.hear(&client.appeal("gazette", id, version, "Why?").await);
        heard.hear(&client.redact("gazette", id, version + 1, &["words"]).await);
        heard.hear(&client.retract("gazette", id).await);
    }
    heard.hear(&Ok(client.whole_audit("gazette").await));
}

/// Imports comments with the canaries as their authors' addresses: good ones, pending ones, and bad ones.
async fn import_all(client: &Client, canaries: &[Canary], heard: &mut Heard) {
    let with_canary = |(n, canary): (usize, &Canary)| {
        let mut comment = moderated(n);
        let author = comment.author.as_mut().unwrap();
        author.email.clone_from(&canary.email);
        match n % 9 {
            0 => author.email = canary.email.replace('@', "@@"),
            1 => author.email.push('\0'),
            2 => comment.body.clear(),
            3 => comment.state = v1::CommentState::Pending.into(),
            4 => comment.source_id.clear(),
            // An account is the author's identity; the address is not even looked at.
            5 => author.account_id = format!("reader-{n}"),
            _ => {}
        }
        comment
    };
    let comments: Vec<_> = canaries.iter().enumerate().map(with_canary).collect();
    for chunk in comments.chunks(300) {
        heard.hear(&client.import("gazette", chunk).await);
    }
    // Again, and where it cannot be.
    let again = client.import("gazette", &comments[..200]).await;
    assert_eq!(again.as_ref().unwrap().imported, 0);
    heard.hear(&again);
    heard.hear(&client.import("nowhere", &comments[..9]).await);
    let trial = v1::BacktestPolicyRequest {
        site: "gazette".to_owned(),
        examples: 50,
        ..Default::default()
    };
    let replies = client.sites.clone().backtest_policy(trial).await;
    let mut replies = replies.unwrap().into_inner();
    while let Some(reply) = replies.message().await.transpose() {
        heard.hear(&reply);
    }
}

/// The officer opens each stored contact, and finds what was typed: the canaries are there, only nobody else sees them.
async fn open_stored(data: &Path, requests: &[v1::SubmitCommentRequest], search: &Search) {
    let key = std::fs::read_to_string(data.join("secrets/privacy.key")).unwrap();
    let officer: OfficerPrivateKey = key.trim().parse().unwrap();
    let store = Store::connect(&socket(data)).await.unwrap();
    let site = "gazette".parse().unwrap();
    let mut opened = 0;
    for (n, request) in requests.iter().enumerate().filter(|(n, _)| is_stored(*n)) {
        let id: CommentId = request.comment_id.parse().unwrap();
        let stored = store.comment(&site, id).await.unwrap().unwrap();
        let sealed = stored.content.sealed_contact;
        let mut get = redis::cmd("GET");
        get.arg(keys::data_key(&site, sealed[1..9].try_into().unwrap()));
        let wrapped: Vec<u8> = store.query(&get).await.unwrap();
        let contact = opening::open(&officer, &site, &id, &wrapped, &sealed).unwrap();
        let email = contact.email.as_ref().unwrap();
        assert_eq!(**email, request.author.as_ref().unwrap().email);
        let transport = request.transport.as_ref().unwrap();
        assert_eq!(contact.ip.unwrap().to_string(), transport.ip_address);
        assert_eq!(**contact.user_agent.as_ref().unwrap(), transport.user_agent);
        assert_eq!(search.first(email.as_bytes()).unwrap().0, n);
        opened += 1;
    }
    assert_eq!(opened, (0..SUBMISSIONS).filter(|n| is_stored(*n)).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn not_one_of_1085_contacts_is_seen_anywhere_but_at_the_privacy_officers() {
    let canaries: Vec<_> = (0..SUBMISSIONS).map(Canary::nth).collect();
    let search = Search::of(&canaries);
    let numbered = canaries.iter().enumerate();
    let requests: Vec<_> = numbered.map(|(n, canary)| submission(n, canary)).collect();
    for (n, request) in requests.iter().enumerate() {
        let found = search.first(&request.encode_to_vec());
        assert_eq!(found.expect("the search finds what is there").0, n);
        // Nor does one who prints a request see any.
        assert!(search.first(format!("{request:?}").as_bytes()).is_none());
    }

    let data = tempfile::tempdir().unwrap();
    let mut command = serve(&[]);
    command.arg("--data-dir").arg(data.path());
    command.env("REPLYDESK_LOG_LEVEL", "trace");
    let mut service = Process::spawn(command).await;
    let eavesdropper = Eavesdropper::at(&data.path().join("redis.sock"));
    let key = admin_key(data.path());
    let mut heard = Heard::default();
    let client = || service.client(&key);
    make_sites(&client()).await;
    submit_all(&client, &requests, &mut heard).await;
    read_and_decide(&client(), &mut heard).await;
    moderate_authors(&client(), &requests, &mut heard).await;
    import_all(&client(), &canaries, &mut heard).await;
    change_all(&client(), &canaries, &requests, &mut heard).await;
    open_stored(data.path(), &requests, &search).await;

    let redis = redis::Client::open(socket(data.path())).unwrap();
    let redis = everything(&mut redis.get_connection().unwrap());
    service.signal("TERM");
    let status = service.ended(std::time::Duration::from_secs(20)).await;
    assert!(status.success());
    let log = service.log();
    let places = [
        ("Redis", redis, "Point 12"),
        (
            "the data directory",
            files(data.path(), "secrets"),
            "Point 12",
        ),
        ("what travels to Redis", eavesdropper.heard(), "Point 12"),
        ("replies", heard.0, "Point 12"),
        ("the log", log, "TRACE"),
    ];
    for (place, bytes, known) in &places {
        let shown = String::from_utf8_lossy(bytes);
        assert!(shown.contains(known), "{place} was looked through");
        search.assert_clean(place, bytes);
        let secret = key.rsplit('_').next().unwrap();
        assert!(!shown.contains(secret), "{place} shows an access key");
    }
}
