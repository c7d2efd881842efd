//! A second replica: TLS in front, its log in JSON, and at last a crash.

use std::time::Duration;

use replydesk::{
    access::{key::AccessKey, root::RootKey},
    privacy::hashing::Pepper,
};

use super::{scene::Scene, submissions::one_more};
use crate::harness::{
    certificates::{Authority, Files, somebody},
    process::{Process, serve, socket},
};

const BOUND: Duration = Duration::from_secs(30);

const IDENTITIES: &str = r#"
[[identity]]
san = "spiffe://news.example/blog"
role = "submitter"
sites = ["gazette"]
label = "blog of the Gazette"
"#;

/// Another process on the same Redis.
pub struct Replica {
    pub process: Process,
    pub authority: Authority,
    _files: Files,
}

impl Replica {
    pub async fn start(scene: &Scene) -> Self {
        let authority = Authority::new("ours");
        let files = Files::of(&authority.server());
        files.trust(&authority, IDENTITIES);
        let mut settings = files.settings();
        let key: AccessKey = scene.admin_key.parse().unwrap();
        settings.extend(
            [
                ("log.level", "trace"),
                ("log.format", "json"),
                ("privacy.retention_s", "1"),
                ("tls.client_certificates", "optional"),
                ("access.admin_key_hash", &RootKey::of(&key).to_config()),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned())),
        );
        let settings = settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let mut command = serve(&settings.collect::<Vec<_>>());
        command
            .env("REDIS_URL", socket(&scene.data()))
            .env("REPLYDESK_PRIVACY_PEPPER_FILE", scene.secret("pepper"))
            // In the middle of a rotation, everybody is looked for under two peppers.
            .env(
                "REPLYDESK_PRIVACY_NEXT_PEPPER",
                Pepper::generate().unwrap().to_text().as_str(),
            )
            .env(
                "REPLYDESK_PRIVACY_PUBLIC_KEY_FILE",
                scene.secret("privacy.pub"),
            );
        Self {
            process: Process::spawn(command).await,
            authority,
            _files: files,
        }
    }

    /// Submissions by a certificate, good and bad.
    pub async fn submit(&self, scene: &Scene) {
        let shown = self.authority.client("spiffe://news.example/blog");
        let blog = somebody(self.process.address, &self.authority, Some(&shown), None);
        for n in 0..40 {
            let (_, mut request) = one_more(&scene.aviary, 1_000 + n, "SubmitComment over TLS");
            let author = request.author.as_mut().unwrap();
            match n % 4 {
                0 => author.email = author.email.replace('@', "@@"),
                1 => request.site = "tight".to_owned(),
                _ => {}
            }
            let answer = blog.submit(request).await;
            assert_eq!(answer.is_ok(), n % 4 > 1, "{answer:?}");
            scene.heard.hear(&answer);
        }
    }

    /// Crashes while it works; what it has said.
    pub async fn crash(mut self, scene: &Scene) -> Vec<u8> {
        let shown = self.authority.client("spiffe://news.example/blog");
        let blog = somebody(self.process.address, &self.authority, Some(&shown), None);
        let (_, request) = one_more(&scene.aviary, 1_100, "a submission before a crash");
        scene.heard.hear(&blog.submit(request).await);
        self.process.signal("ABRT");
        let ended = self.process.ended(BOUND).await;
        assert!(!ended.success());
        self.process.log()
    }
}
