//! What moderators do: they read, decide, undo, decide in bulk, and speak of authors by their comments or addresses.

use std::time::Duration;

use replydesk::proto::v1::{
    self, Standing, SubjectKind, Verdict, subject::NamedBy, work_queue_response::Message as Down,
};

use super::{scene::Scene, submissions::Submitted};
use crate::harness::{
    authors::{from_now, of, standing},
    bulk::{order, these},
};

/// Reads and moderates as everybody does.
pub async fn read_and_decide(scene: &Scene) {
    let client = scene.admin();
    let mut token = String::new();
    loop {
        let request = v1::ListCommentsRequest {
            site: "gazette".to_owned(),
            page_size: 200,
            page_token: token,
            ..Default::default()
        };
        let page = client.comments.clone().list_comments(request).await;
        scene.heard.hear(&page);
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
    let queued = client.moderation.clone().list_queue(queue).await;
    scene.heard.hear(&queued);
    let mut work = client.work("gazette", 20).await.unwrap();
    for n in 0..60 {
        let said = work.next().await;
        scene.heard.hear(&said);
        if let Ok(Some(Down::Item(item))) = said {
            let verdict = [Verdict::Approve, Verdict::Reject, Verdict::Spam][n % 3];
            work.decide(&item, verdict).await;
        }
    }
    drop(work);
    let mut watch = client.watch("gazette", "").await.unwrap();
    for _ in 0..100 {
        scene.heard.hear(&watch.next().await);
    }
}

/// Decides on many at once, looks at what that did, and takes it back; escalates and undoes single ones.
pub async fn decide_many(scene: &Scene, stored: &[Submitted]) {
    let client = scene.admin();
    let ids = stored.iter().map(|sent| sent.request.comment_id.clone());
    let ids: Vec<_> = ids.skip(100).take(40).collect();
    let request = order("gazette", these(&ids), Verdict::Spam);
    scene.heard.hear(&client.preview(&request).await);
    let operation = request.operation_id.clone();
    scene.heard.hear(&client.bulk(request).await);
    for undone in [false, true] {
        let changes = client.bulk_changes("gazette", &operation, undone).await;
        scene.heard.hear(&changes);
        if !undone {
            let undoing = client.undo_bulk("gazette", &operation).await;
            scene.heard.hear(&undoing);
        }
    }
    for (n, id) in ids.iter().enumerate().take(12) {
        let request = v1::DecideCommentRequest {
            site: "gazette".to_owned(),
            comment_id: id.clone(),
            version: client.get("gazette", id).await.version,
            verdict: [Verdict::Escalate, Verdict::Approve][n % 2].into(),
            note: "Looks like the one of last week.".to_owned(),
            override_lease: true,
            ..Default::default()
        };
        let decided = client.decide(request).await;
        scene.heard.hear(&decided);
        let version = client.get("gazette", id).await.version;
        scene.heard.hear(&client.undo("gazette", id, version).await);
    }
}

/// Bans, holds, trusts and notes by comments and by the addresses themselves, as support staff does.
pub async fn moderate_authors(scene: &Scene, stored: &[Submitted]) {
    let client = scene.admin();
    let place = "SetAuthorStanding's subject";
    for (n, sent) in stored.iter().enumerate() {
        let id = &sent.request.comment_id;
        let theirs = sent.reader.email.clone();
        let (named, stands) = match n % 6 {
            0 => (of(id, SubjectKind::Author), Standing::Banned),
            1 => (of(id, SubjectKind::IpAddress), Standing::Banned),
            2 => (NamedBy::Email(theirs), Standing::Held),
            3 => (NamedBy::Email(theirs.replace('@', "@@")), Standing::Banned),
            4 => (NamedBy::AccountId(theirs), Standing::Trusted),
            _ => (NamedBy::Email(scene.aviary.email(place)), Standing::Banned),
        };
        let mut asked = standing("gazette", named.clone(), stands);
        asked.until = from_now(Duration::from_secs(3_600));
        asked.reason = "sells pills".to_owned();
        // Nor does one who prints such a request see any.
        scene.printed.note(format!("{asked:?}").as_bytes());
        scene.heard.hear(&client.stand(asked).await);
        let stands = client.standing_of("gazette", named).await;
        scene.heard.hear(&stands);
        let noted = client.note("gazette", id, "writes every day").await;
        scene.heard.hear(&noted);
        scene.heard.hear(&client.context("gazette", id).await);
    }
    let listed = client.standings("gazette", 200, "").await;
    assert!(listed.standings.len() > 100, "{}", listed.standings.len());
    scene.heard.hear(&Ok(listed));
}

/// What can be asked of a site when all is done.
pub async fn read_everything(scene: &Scene) {
    let client = scene.admin();
    let (gazette, period) = ("gazette".to_owned(), String::new());
    scene.heard.hear(&Ok(client.all_events("gazette").await));
    scene.heard.hear(&Ok(client.whole_audit("gazette").await));
    scene.heard.hear(&Ok(client.stats("gazette").await));
    let report = v1::GetTransparencyReportRequest {
        site: gazette.clone(),
        from_day: period.clone(),
        to_day: period,
    };
    let mut comments = client.comments.clone();
    scene
        .heard
        .hear(&comments.get_transparency_report(report).await);
    let mut sites = client.sites.clone();
    scene
        .heard
        .hear(&sites.list_keys(v1::ListKeysRequest {}).await);
    let status = sites.get_model_status(v1::GetModelStatusRequest {}).await;
    scene.heard.hear(&status);
    let trial = v1::BacktestPolicyRequest {
        site: gazette,
        examples: 50,
        ..Default::default()
    };
    let mut replies = sites.backtest_policy(trial).await.unwrap().into_inner();
    while let Some(reply) = replies.message().await.transpose() {
        scene.heard.hear(&reply);
    }
}
