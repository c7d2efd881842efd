//! `replydesk key list`.

use std::time::SystemTime;

use crate::{
    cli::{
        client::{Connection, explain::explain, once, timely},
        clock,
        failure::Failure,
        json, output, untrusted, words,
    },
    proto::v1::{Key, ListKeysRequest},
};

const HEAD: [&str; 8] = [
    "KEY",
    "ROLE",
    "STATE",
    "LAST USED (UTC)",
    "CREATED (UTC)",
    "SITES",
    "LABEL",
    "REPLACED BY",
];

/// Lists the keys.
///
/// # Errors
/// As the service says.
pub(super) async fn run(connection: &Connection, json: bool) -> Result<(), Failure> {
    let response = once(connection.sites().list_keys(timely(ListKeysRequest {}))).await;
    let keys = response.map_err(|status| explain(&status))?.keys;
    if json {
        return keys
            .iter()
            .try_for_each(|key| output::json(&json::key(key)));
    }
    let now = SystemTime::now();
    let rows: Vec<Vec<String>> = keys.iter().map(|key| row(key, now)).collect();
    output::say(output::table(&HEAD, &rows))
}

fn row(key: &Key, now: SystemTime) -> Vec<String> {
    let seconds = clock::to_proto(now).seconds;
    let state = match (&key.revoked_at, &key.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(end)) if end.seconds <= seconds => "expired".to_owned(),
        (None, Some(end)) => format!("until {}", clock::readable(Some(end))),
        (None, None) => "good".to_owned(),
    };
    let sites = if key.sites.is_empty() {
        "all".to_owned()
    } else {
        key.sites.join(",")
    };
    let by = if key.replaced_by.is_empty() {
        "-".to_owned()
    } else {
        untrusted::line(&key.replaced_by)
    };
    vec![
        untrusted::line(&key.key_id),
        words::role(key.role).to_owned(),
        state,
        last_used(key.last_used_at.as_ref(), seconds),
        clock::readable(key.created_at.as_ref()),
        untrusted::line(&sites),
        untrusted::line(&key.label),
        by,
    ]
}

/// The service knows no more than the hour.
fn last_used(hour: Option<&prost_types::Timestamp>, now: i64) -> String {
    match hour {
        None => "never".to_owned(),
        Some(hour) if now.saturating_sub(hour.seconds) < 3_600 => "within the hour".to_owned(),
        // Without the seconds, which are none.
        Some(hour) => clock::readable(Some(hour)).chars().take(16).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::proto::v1;

    #[test]
    fn a_list_shows_how_each_key_stands_and_when_it_was_used() {
        const NOW: u64 = 1_769_852_000;
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let key = |id: &str, expires_at, revoked_at| Key {
            key_id: id.to_owned(),
            role: v1::Role::Moderator.into(),
            sites: vec!["daily".to_owned()],
            label: "Ada\u{202e}".to_owned(),
            created_at: time(1_769_851_800),
            expires_at,
            revoked_at,
            ..Key::default()
        };
        let keys = [
            Key {
                last_used_at: time(1_769_850_000),
                replaces: "b".to_owned(),
                ..key("a", None, None)
            },
            Key {
                last_used_at: time(1_769_846_400),
                replaced_by: "a".to_owned(),
                ..key("b", time(1_769_851_900), None)
            },
            key("c", time(4_102_444_800), None),
            key("d", None, time(1_769_851_900)),
        ];
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        let rows: Vec<Vec<String>> = keys.iter().map(|key| row(key, now)).collect();
        insta::assert_snapshot!(output::table(&HEAD, &rows));
    }
}
