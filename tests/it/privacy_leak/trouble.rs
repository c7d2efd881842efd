//! Submissions while Redis is in trouble: full, slow, damaged. What fails is logged, and what is logged shows nobody.

use std::{process::Command, time::Duration};

use replydesk::{
    comment::ids::{CommentId, SiteId},
    proto::v1,
    store::keys,
};
use tonic::Code;

use super::{
    scene::Scene,
    submissions::{Submitted, one_more, submit_one},
};
use crate::harness::{privacy::with_email, process::redis_pid, until::until};

const BOUND: Duration = Duration::from_secs(20);

fn site() -> SiteId {
    "gazette".parse().unwrap()
}

/// Everything fails that can.
pub async fn live_through_all(scene: &Scene, stored: &[Submitted]) {
    let () = scene.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    call_all(scene, "a full Redis", stored).await;
    let () = scene.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    let redis = redis_pid(&scene.data());
    signal(redis, "STOP");
    let (_, request) = one_more(&scene.aviary, 2_000, "a frozen Redis");
    let failed = scene.admin().submit(request).await;
    signal(redis, "CONT");
    assert_eq!(failed.as_ref().unwrap_err().code(), Code::Unavailable);
    scene.heard.hear(&failed);
    let (_, request) = one_more(&scene.aviary, 2_002, "a Redis that thawed");
    until("Redis is back", BOUND, async || {
        let answer = scene.admin().submit(request.clone()).await;
        scene.heard.hear(&answer);
        answer.ok()
    })
    .await;
    damage(scene).await;
}

async fn call_all(scene: &Scene, place: &str, stored: &[Submitted]) {
    let client = scene.admin();
    let (_, request) = one_more(&scene.aviary, 2_001, place);
    let refused = client.submit(request).await;
    assert!(refused.is_err(), "{place}: it is stored");
    scene.heard.hear(&refused);
    let report = v1::ReportCommentRequest {
        site: "gazette".to_owned(),
        comment_id: stored[3].request.comment_id.clone(),
        reporter: Some(v1::Reporter {
            email: scene.aviary.email(format!("a report to {place}")),
            ip_address: scene.aviary.ip(format!("a report to {place}")),
            ..Default::default()
        }),
        reason: "insult".to_owned(),
        text: String::new(),
    };
    scene.heard.hear(&client.report(report).await);
    let named = with_email(&scene.aviary.email(place));
    let exported = scene.officer().export(named).await;
    scene.heard.hear(&exported);
}

/// Keys of another type than they should be, and a comment that nobody can read: errors name what they met.
async fn damage(scene: &Scene) {
    let (reader, id) = submit_one(scene, 960, "a comment that is damaged").await;
    let client = scene.admin();
    let key = keys::comment(&site(), &id.parse::<CommentId>().unwrap());
    let mut set = redis::cmd("SETRANGE");
    let () = set
        .arg(key)
        .arg(0)
        .arg(&[9_u8][..])
        .query(&mut scene.redis())
        .unwrap();
    scene.heard.hear(&client.context("gazette", &id).await);
    scene
        .heard
        .hear(&client.revise("gazette", &id, 1, "Anew.").await);
    scene.heard.hear(&scene.officer().reveal(&id).await);
    let by_address = with_email(&reader.email);
    scene.heard.hear(&scene.officer().export(by_address).await);
    // What scripts run into.
    for key in ["{gazette}:kx", "{gazette}:q:1", "{gazette}:e"] {
        let aside = format!("{key}:aside");
        let is_there: u32 = scene.ask(&["EXISTS", key]);
        if is_there == 1 {
            let () = scene.ask(&["RENAME", key, &aside]);
        }
        let () = scene.ask(&["SET", key, "no such thing"]);
        let (_, request) = one_more(&scene.aviary, 2_010, "a Redis of wrong types");
        scene.heard.hear(&client.submit(request).await);
        let _: u32 = scene.ask(&["DEL", key]);
        if is_there == 1 {
            let () = scene.ask(&["RENAME", &aside, key]);
        }
    }
}

pub fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    let sent = kill.args([&format!("-{name}"), &process.to_string()]);
    assert!(sent.status().unwrap().success());
}
