//! What an editor does once: a site with its policy, a key for the blog and one for each moderator.

use crate::{
    cli::client::{Connection, reach::Target},
    cli::{failure::Failure, key, site},
    proto::v1::{CreateKeyRequest, Limit, Limits, ModerationMode, Policy, Role, Site},
};

/// How many moderators work at once.
pub const MODERATORS: usize = 2;

/// What the demo's editor never wants to read.
const REJECTED: [&str; 2] = ["smug cow", "dummes Maul"];

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
) -> Result<Parties, Failure> {
    let new = Site {
        site: name.to_owned(),
        display_name: "The Demo Daily".to_owned(),
        policy: Some(policy),
        ..Site::default()
    };
    site::create(admin, new).await?;
    let blog = connect(admin, address, name, Role::Submitter, "demo blog").await?;
    let mut moderators = Vec::new();
    for number in 1..=MODERATORS {
        let label = format!("demo moderator {number}");
        moderators.push(connect(admin, address, name, Role::Moderator, &label).await?);
    }
    Ok(Parties { blog, moderators })
}

async fn connect(
    admin: &Connection,
    address: &str,
    site: &str,
    role: Role,
    label: &str,
) -> Result<Connection, Failure> {
    let request = CreateKeyRequest {
        role: role.into(),
        sites: vec![site.to_owned()],
        label: label.to_owned(),
        expires_at: None,
    };
    let created = key::create(admin, request).await?;
    Connection::open(&Target::new(address).with_key(&created.access_key)?).await
}
