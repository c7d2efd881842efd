use super::*;

const GRANTS: &str =
    "[[grants]]\nclaim = 'groups'\nvalue = 'desk'\nrole = 'moderator'\nall_sites = true\n";

/// What is wrong with these settings of `[tokens]`, by key.
fn wrong(settings: &[(&str, &str)]) -> Vec<String> {
    let (kept, _) = file(GRANTS);
    let grants = kept.path().to_str().unwrap();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| {
            (
                format!("REPLYDESK_TOKENS_{name}"),
                value.replace("GRANTS", grants),
            )
        })
        .collect();
    let settings: Vec<_> = settings
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    match from_env(&settings) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(|p| p.key.clone()).collect(),
    }
}

const WHOLE: [(&str, &str); 4] = [
    ("ISSUER", "https://id.example"),
    ("AUDIENCE", "replydesk"),
    ("JWKS_URL", "https://id.example/keys"),
    ("GRANTS_FILE", "GRANTS"),
];

fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut settings: Vec<_> = WHOLE.into_iter().filter(|(n, _)| *n != name).collect();
    if !value.is_empty() {
        settings.push((name, value));
    }
    settings
}

#[test]
fn without_an_issuer_nobody_signs_in_and_nothing_else_may_be_set() {
    assert!(from_env(&[]).unwrap().tokens.settings.is_none());
    assert_eq!(
        wrong(&WHOLE[1..]),
        ["tokens.audience", "tokens.jwks_url", "tokens.grants_file"]
    );
}

#[test]
fn with_an_issuer_all_that_pins_it_must_be_set() {
    assert_eq!(wrong(&WHOLE), [""; 0]);
    assert_eq!(
        wrong(&WHOLE[..1]),
        ["tokens.audience", "tokens.grants_file", "tokens.jwks_url"]
    );
    for (name, value, key) in [
        ("AUDIENCE", "", "tokens.audience"),
        ("AUDIENCE", "a b", "tokens.audience"),
        ("ISSUER", "an issuer", "tokens.issuer"),
        ("GRANTS_FILE", "", "tokens.grants_file"),
        ("GRANTS_FILE", "/nowhere/grants.toml", "tokens.grants_file"),
        ("JWKS_URL", "", "tokens.jwks_url"),
        ("JWKS_URL", "http://id.example/keys", "tokens.jwks_url"),
        ("JWKS_FILE", "keys.json", "tokens.jwks_file"),
        ("ALGORITHMS", "RS256,HS256", "tokens.algorithms"),
        ("ALGORITHMS", "none", "tokens.algorithms"),
        ("LEEWAY_S", "301", "tokens.leeway_s"),
        ("MAX_AGE_S", "0", "tokens.max_age_s"),
        ("REFRESH_S", "0", "tokens.refresh_s"),
        ("REFRESH_S", "50000", "tokens.max_stale_s"),
        ("LABEL_CLAIM", "a name", "tokens.label_claim"),
    ] {
        assert_eq!(wrong(&with(name, value)), [key], "{name} {value}");
    }
    let by_file = [
        ("ISSUER", "https://id.example"),
        ("AUDIENCE", "replydesk"),
        ("JWKS_FILE", "keys.json"),
        ("GRANTS_FILE", "GRANTS"),
    ];
    assert_eq!(wrong(&by_file), [""; 0]);
    let certified = [&by_file[..], &[("CA_FILE", "ca.pem")]].concat();
    assert_eq!(wrong(&certified), ["tokens.ca_file"]);
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let error = from_env(&[
        ("REPLYDESK_TOKENS_ISSUER", "https://id.example"),
        (
            "REPLYDESK_TOKENS_JWKS_URL",
            "https://ops:hunter2@id.example/keys",
        ),
    ])
    .unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}
