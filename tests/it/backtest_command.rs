//! `replydesk policy backtest` as an editor runs it: the real binary against a real service.

use std::process::Command;

use replydesk::proto::v1::{self, Verdict};
use serde_json::{Value, json};

use crate::{
    backtest::{HAM, decide, submit},
    harness::{
        comments::everything_waits,
        process::{Process, admin_key},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_it_to_people_and_scripts() {
    let directory = tempfile::tempdir().unwrap();
    let service = Process::embedded(&directory.path().join("data"), &[]).await;
    let key = admin_key(&directory.path().join("data"));
    let admin = service.client(&key);
    let site = v1::Site {
        site: "gazette".to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let create = v1::CreateSiteRequest { site: Some(site) };
    admin.sites.clone().create_site(create).await.unwrap();
    let (bad, _) = submit(&admin, "Eve", HAM).await;
    decide(&admin, &bad, Verdict::Spam).await;

    let run = async |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command
            .args(["policy", "backtest", "--site", "gazette"])
            .args(args)
            .current_dir(directory.path())
            .env("REPLYDESK_ADDRESS", format!("http://{}", service.address))
            .env("REPLYDESK_KEY", &key);
        tokio::process::Command::from(command)
            .output()
            .await
            .unwrap()
    };
    let sets = ["--set", "mode=post", "--set", "hold_first_comment=false"];
    let told = run(&sets).await;
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains("Shown, but a moderator marked it as spam"),
        "{told}"
    );
    assert!(told.contains("~ mode: \"pre\" -> \"post\""), "{told}");
    let told = run(&[&sets[..], &["--json"]].concat()).await;
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let cell = json!([{ "outcome": "APPROVED", "verdict": "SPAM", "comments": 1 }]);
    assert_eq!(told["proposed"]["cells"], cell);
    assert_eq!(told["examples"][0]["comment_id"], bad);

    for (args, says) in [
        (["--set", "aprove_at=0.1"], "did you mean approve_at?"),
        (
            ["--set", "approve_below=2"],
            "approve_at must be a number from 0 to 1",
        ),
        (
            ["--set", "approve_below=1"],
            "spam_at must be above approve_at",
        ),
        (["--set", "limits=3"], "does not decide about a comment"),
        (["--last", "0"], "1..=100000"),
        (["--since", "yore"], "12h or 7d"),
    ] {
        let refused = run(&args).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
}
