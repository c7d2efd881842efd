//! What readers and their blogs do later: report, revise, appeal, retract; and what an old system hands over.

use replydesk::proto::v1;

use super::{scene::Scene, submissions::Submitted};
use crate::harness::comments::moderated;

const REPORTS: usize = 300;
const IMPORTED: usize = 900;

/// Readers report; each answer must be of every kind that there is.
pub async fn report_all(scene: &Scene, stored: &[Submitted]) {
    let client = scene.admin();
    for n in 0..REPORTS {
        let canary = scene.aviary.reader("ReportComment's reporter");
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
        match n % 7 {
            0 | 3 => {}
            1 => reporter.ip_address = format!("{}.9", canary.ip),
            _ => reporter.ip_address.clone_from(&canary.ip),
        }
        let request = v1::ReportCommentRequest {
            site: "gazette".to_owned(),
            comment_id: stored[n % stored.len()].request.comment_id.clone(),
            reporter: Some(reporter),
            reason: "insult".to_owned(),
            text: "Not a word of it is true.".to_owned(),
        };
        scene.printed.note(format!("{request:?}").as_bytes());
        scene.heard.hear(&client.report(request.clone()).await);
        scene.heard.hear(&client.report(request).await);
    }
}

/// Authors change, appeal and withdraw what was stored.
pub async fn change_all(scene: &Scene, stored: &[Submitted]) {
    let client = scene.admin();
    for (n, sent) in stored.iter().enumerate().step_by(7).take(20) {
        let id = &sent.request.comment_id;
        scene.heard.hear(&client.context("gazette", id).await);
        let version = client.get("gazette", id).await.version;
        let body = format!("Point {n}: I say it in other words now.");
        let revised = client.revise("gazette", id, version, &body).await;
        scene.heard.hear(&revised);
        scene.heard.hear(&client.context("gazette", id).await);
        let appealed = client.appeal("gazette", id, version, "Why?").await;
        scene.heard.hear(&appealed);
        let redacted = client.redact("gazette", id, version + 1, &["words"]).await;
        scene.heard.hear(&redacted);
        scene.heard.hear(&client.retract("gazette", id).await);
    }
}

/// Imports comments with canaries as their authors' addresses: good ones, pending ones, and bad ones.
pub async fn import_all(scene: &Scene) {
    let client = scene.admin();
    let with_canary = |n: usize| {
        let mut comment = moderated(n);
        let author = comment.author.as_mut().unwrap();
        let email = scene.aviary.email("ImportComments' authors");
        author.email.clone_from(&email);
        match n % 9 {
            0 => author.email = email.replace('@', "@@"),
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
    let comments: Vec<_> = (0..IMPORTED).map(with_canary).collect();
    for chunk in comments.chunks(300) {
        scene.heard.hear(&client.import("gazette", chunk).await);
        scene.printed.note(format!("{chunk:?}").as_bytes());
    }
    // Again, and where it cannot be.
    let again = client.import("gazette", &comments[..200]).await;
    assert_eq!(again.as_ref().unwrap().imported, 0);
    scene.heard.hear(&again);
    let nowhere = client.import("nowhere", &comments[..9]).await;
    scene.heard.hear(&nowhere);
}
