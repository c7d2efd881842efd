//! The commands, with a token where they take a key.

use replydesk::proto::v1::Verdict;

use crate::{
    commands::place::{Place, text},
    harness::comments::{on, submit},
};

use super::{
    provider::{Signer, claims, document},
    setup::{Files, desk},
};

#[tokio::test(flavor = "multi_thread")]
async fn commands_take_a_token_as_they_take_a_key() {
    let signer = Signer::rs256("a");
    let files = Files::with_keys(&document(&[&signer]));
    let desk = desk(1, &files.settings()).await;
    let key = desk
        .key(&["gazette"], replydesk::proto::v1::Role::Submitter, "blog")
        .await;
    let one = submit(&desk.client(0, &key), 0).await;
    let token = signer.token(&claims("ada", &["gazette-desk"]));
    let ada = desk.client(0, &token);
    ada.decide(on(&one, 1, Verdict::Approve)).await.unwrap();
    let place = Place::new();
    let file = place.path().join("token");
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let address = format!("http://{}", desk.replicas[0].address);
    let audit = ["audit", "--site", "gazette", "--address", &address];
    for (variable, value) in [
        ("REPLYDESK_KEY", token.as_str()),
        ("REPLYDESK_KEY_FILE", file.to_str().unwrap()),
    ] {
        let mut command = place.command(&audit);
        command.env(variable, value);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let printed = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(
            printed.contains("ada") && !printed.contains(&token),
            "{printed}"
        );
    }
    desk.finish().await;
}
