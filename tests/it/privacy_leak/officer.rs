//! What the privacy officer does: every RPC of theirs, with addresses that are known, unknown and none.

use std::time::Duration;

use replydesk::{
    comment::ids::CommentId,
    privacy::{keys::OfficerPrivateKey, opening},
    proto::v1::{self, data_subject::NamedBy},
    store::{connection::Store, keys},
};

use super::{
    scene::Scene,
    search::Search,
    submissions::{Submitted, submit_one},
};
use crate::harness::{
    privacy::{author_of, opened, with_account, with_email},
    process::socket,
    until::until,
};

/// The officer's private key, which the embedded default keeps beside the service for a start.
pub fn private_key(scene: &Scene) -> OfficerPrivateKey {
    let text = std::fs::read_to_string(scene.secret("privacy.key"));
    text.unwrap().trim().parse().unwrap()
}

/// Reveals, exports, holds and erases.
pub async fn do_all(scene: &Scene, stored: &[Submitted]) {
    let officer = scene.officer();
    for sent in stored.iter().take(20) {
        let revealed = officer.reveal(&sent.request.comment_id).await;
        scene.heard.hear(&revealed);
    }
    let (known, unknown) = (&stored[1].reader.email, |rpc: &str| {
        scene.aviary.email(format!("{rpc}'s subject"))
    });
    for named in [
        with_email(known),
        with_email(&unknown("ExportSubject")),
        with_email(&unknown("ExportSubject").replace('@', "@@")),
        with_account(&unknown("ExportSubject")),
        author_of(&stored[2].request.comment_id),
        author_of(&unknown("ExportSubject")),
    ] {
        scene.printed.note(format!("{named:?}").as_bytes());
        scene.heard.hear(&officer.export(named).await);
    }
    for (named, held) in [
        (with_email(known), true),
        (with_email(&unknown("SetLegalHold")), true),
        (
            with_email(&unknown("SetLegalHold").replace('@', "@@")),
            true,
        ),
        (with_account(&unknown("SetLegalHold")), true),
    ] {
        scene.heard.hear(&officer.hold(named, held).await);
    }
    // One is held, and so refused.
    for named in [known, &unknown("EraseSubject")] {
        for validate_only in [true, false] {
            let erased = officer.erase(with_email(named), validate_only).await;
            scene.heard.hear(&erased);
        }
    }
    let malformed = with_email(&unknown("EraseSubject").replace('@', "@@"));
    scene.heard.hear(&officer.erase(malformed, false).await);
    let preview = v1::PreviewRetentionRequest {
        site: "gazette".to_owned(),
    };
    let preview = officer.privacy.clone().preview_retention(preview).await;
    scene.heard.hear(&preview);
    scene.heard.hear(&Ok(officer.data_keys(100).await));
}

/// Erases somebody, which rewrites the append-only file.
pub async fn erase_one(scene: &Scene) {
    let officer = scene.officer();
    let (reader, id) = submit_one(scene, 900, "a comment that is erased").await;
    let contact = officer.reveal(&id).await.unwrap().contact.unwrap();
    let seen = opened(&private_key(scene), &contact);
    assert_eq!(**seen.email.as_ref().unwrap(), reader.email);
    let named = NamedBy::Email(format!(" {}", reader.email.to_uppercase()));
    let erased = officer.erase(named, false).await;
    scene.heard.hear(&erased);
    assert_eq!(erased.unwrap().erased, 1);
    until(
        "the append-only file is rewritten",
        Duration::from_secs(20),
        async || {
            let info: String = scene.ask(&["INFO", "persistence"]);
            let is_idle = info.contains("aof_rewrite_in_progress:0");
            (is_idle && info.contains("aof_last_bgrewrite_status:ok")).then_some(())
        },
    )
    .await;
}

/// The officer opens each stored contact, and finds what was typed: the canaries are there, only nobody else sees them.
pub async fn open_stored(scene: &Scene, stored: &[Submitted], search: &Search) {
    let officer = private_key(scene);
    let store = Store::connect(&socket(&scene.data())).await.unwrap();
    let site = "gazette".parse().unwrap();
    for sent in stored {
        let id: CommentId = sent.request.comment_id.parse().unwrap();
        let kept = store.comment(&site, id).await.unwrap().unwrap();
        let sealed = kept.content.sealed_contact;
        let mut get = redis::cmd("GET");
        get.arg(keys::data_key(&site, sealed[1..9].try_into().unwrap()));
        let wrapped: Vec<u8> = store.query(&get).await.unwrap();
        let contact = opening::open(&officer, &site, &id, &wrapped, &sealed).unwrap();
        let email = contact.email.as_ref().unwrap();
        assert_eq!(**email, sent.request.author.as_ref().unwrap().email);
        assert_eq!(contact.ip.unwrap().to_string(), sent.reader.ip);
        assert_eq!(
            **contact.user_agent.as_ref().unwrap(),
            sent.reader.user_agent
        );
        search.assert_finds("an opened contact", &sent.reader.email, email.as_bytes());
    }
}
