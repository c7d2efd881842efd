//! Retention: contact data goes when it is too old.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use replydesk::comment::ids::CommentId;

use super::{scene::Scene, submissions::submit_one};
use crate::harness::{refusals::told, until::until};

const BOUND: Duration = Duration::from_secs(30);

/// The first comment of all grows old, and its contact data goes by itself.
pub async fn forget_old(scene: &Scene) {
    let (_, id) = submit_one(scene, 950, "a comment that grows old").await;
    let name: CommentId = id.parse().unwrap();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let then = since - Duration::from_secs(31 * 24 * 60 * 60);
    let then = i64::try_from(then.as_millis()).unwrap();
    let mut set = redis::cmd("SETRANGE");
    set.arg([b"{gazette}:c:", &name.as_bytes()[..]].concat());
    let () = set
        .arg(7)
        .arg(&then.to_le_bytes())
        .query(&mut scene.redis())
        .unwrap();
    let officer = scene.officer();
    until("old contact data is gone", BOUND, async || {
        let revealed = officer.reveal(&id).await;
        scene.heard.hear(&revealed);
        revealed
            .is_err_and(|refused| told(&refused).1 == "CONTACT_GONE")
            .then_some(())
    })
    .await;
}
