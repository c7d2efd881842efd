//! What an editor does once: a site with its policy, a key for the blog and one for each moderator.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    cli::client::{Connection, explain::explain, once, reach::Target, timely},
    cli::{failure::Failure, key, site},
    proto::v1::{
        CreateKeyRequest, Limit, Limits, ModerationMode, Policy, RevokeKeyRequest, Role, Site,
    },
};

/// How many moderators work at once.
pub const MODERATORS: usize = 2;

/// What the demo's editor never wants to read.
const REJECTED: [&str; 2] = ["smug cow", "dummes Maul"];

/// The ids of the keys that the demo made, whatever ended it.
#[derive(Debug, Default)]
pub struct Keys(Mutex<Vec<String>>);

impl Keys {
    fn remember(&self, key_id: &str) {
        self.list().push(key_id.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.list())
    }

    fn list(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connections of those who take part, each with a key of its own.
pub struct Parties {
    /// Submits, and follows the feed.
    pub blog: Connection,
    /// Work the queue.
    pub moderators: Vec<Connection>,
}

/// The policy of the demo. With foreign data the score alone decides, and no limit is in its way; with our own examples
/// it is the default policy with two phrases that reject, and only the author's limit is the default one: the demo
/// sends a day's comments in seconds.
#[must_use]
pub fn policy(own_examples: bool) -> Policy {
    let limit = Limit {
        per_minute: 100_000,
        burst: 10_000,
    };
    let limits = Limits {
        author: (!own_examples).then_some(limit),
        ip_address: Some(limit),
        thread: Some(limit),
        site: Some(limit),
    };
    Policy {
        mode: ModerationMode::Automatic.into(),
        hold_first_comment: Some(own_examples),
        limits: Some(limits),
        reject_words: if own_examples {
            REJECTED.map(str::to_owned).to_vec()
        } else {
            Vec::new()
        },
        ..Policy::default()
    }
}

/// How [`policy`] is told on the screen.
#[must_use]
pub fn policy_in_words(own_examples: bool) -> &'static str {
    if own_examples {
        "automatic, first comments held (the default), two phrases rejected; all limits raised but the author's, \
         because a day's comments come in seconds"
    } else {
        "automatic, first comments not held; limits raised, because a day's comments come in seconds"
    }
}

/// Creates the site and the keys, and connects with them.
///
/// # Errors
/// As the service says.
pub async fn set_up(
    admin: &Connection,
    address: &str,
    name: &str,
    policy: Policy,
    keys: &Keys,
) -> Result<Parties, Failure> {
    let new = Site {
        site: name.to_owned(),
        display_name: "The Demo Daily".to_owned(),
        policy: Some(policy),
        ..Site::default()
    };
    site::create(admin, new).await?;
    let blog = connect(
        admin,
        address,
        request(name, Role::Submitter, "demo blog"),
        keys,
    )
    .await?;
    let mut moderators = Vec::new();
    for number in 1..=MODERATORS {
        let label = format!("demo moderator {number}");
        let request = request(name, Role::Moderator, &label);
        moderators.push(connect(admin, address, request, keys).await?);
    }
    Ok(Parties { blog, moderators })
}

fn request(site: &str, role: Role, label: &str) -> CreateKeyRequest {
    CreateKeyRequest {
        role: role.into(),
        sites: vec![site.to_owned()],
        label: label.to_owned(),
        expires_at: None,
    }
}

/// Revokes what the demo made: nobody has these keys after it.
pub async fn revoke(admin: &Target, keys: &Keys) {
    let key_ids = keys.take();
    if key_ids.is_empty() {
        return;
    }
    let Ok(connection) = Connection::open(admin).await else {
        eprintln!(
            "replydesk: left, because the service is away: keys {}",
            key_ids.join(", ")
        );
        return;
    };
    for key_id in key_ids {
        let request = RevokeKeyRequest {
            key_id: key_id.clone(),
        };
        if let Err(status) = once(connection.sites().revoke_key(timely(request))).await {
            eprintln!("replydesk: key {key_id} is left: {}", explain(&status));
        }
    }
}

async fn connect(
    admin: &Connection,
    address: &str,
    request: CreateKeyRequest,
    keys: &Keys,
) -> Result<Connection, Failure> {
    let created = key::create(admin, request).await?;
    if let Some(key) = &created.key {
        keys.remember(&key.key_id);
    }
    Connection::open(&Target::new(address).with_key(&created.access_key)?).await
}
