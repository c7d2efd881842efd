use super::*;

const PEPPER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[test]
fn a_shared_redis_needs_configured_secrets() {
    let error = from_env(&[("REDIS_URL", "redis://127.0.0.1:6379")]).unwrap_err();
    let keys: Vec<_> = error.problems().iter().map(|p| p.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "privacy.pepper",
            "privacy.public_key",
            "access.admin_key_hash"
        ]
    );
    let officer = crate::privacy::keys::OfficerPrivateKey::generate().unwrap();
    let hash = format!("0123456789abcdef:{}", "ab".repeat(32));
    let (kept, _) = file(&format!("{PEPPER}\n"));
    let config = from_env(&[
        ("REDIS_URL", "redis://127.0.0.1:6379"),
        (
            "REPLYDESK_PRIVACY_PEPPER_FILE",
            kept.path().to_str().unwrap(),
        ),
        ("REPLYDESK_PRIVACY_PUBLIC_KEY", &officer.public().to_text()),
        ("REPLYDESK_ACCESS_ADMIN_KEY_HASH", &hash),
    ])
    .unwrap();
    assert_eq!(config.privacy.public_key.as_ref(), Some(officer.public()));
    let pepper: crate::privacy::hashing::Pepper = PEPPER.parse().unwrap();
    assert_eq!(
        config.privacy.pepper.map(|p| p.fingerprint()),
        Some(pepper.fingerprint())
    );
}

#[test]
fn secrets_are_no_flags() {
    for (key, value, right) in [
        ("privacy.pepper", PEPPER, false),
        ("store.redis_url", "redis://ops:hunter2@127.0.0.1", false),
        ("store.redis_url", "unix:///run/r.sock?pass=hunter2", false),
        ("moderation.lease_ms", "60000", true),
    ] {
        let sources = Sources {
            flags: flags(&[(key, value)]),
            ..Sources::default()
        };
        match Config::load(&sources) {
            Ok(_) => assert!(right, "{key}"),
            Err(error) => {
                let text = error.to_string();
                assert!(!right && text.contains("is a secret"), "{text}");
                assert!(!text.contains(value) && !text.contains("hunter2"));
            }
        }
    }
}

#[test]
fn nothing_printed_holds_a_secret() {
    let pairs = [
        ("REDIS_URL", "redis://ops:hunter2@127.0.0.1/?pass=hunter2"),
        ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
    ];
    let error = from_env(&[pairs[0], ("REPLYDESK_PRIVACY_PEPPER", "hunter2")]).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let officer = crate::privacy::keys::OfficerPrivateKey::generate().unwrap();
    let public = officer.public().to_text();
    let hash = format!("0123456789abcdef:{}", "ab".repeat(32));
    let config = from_env(&[
        pairs[0],
        pairs[1],
        ("REPLYDESK_PRIVACY_PUBLIC_KEY", &public),
        ("REPLYDESK_ACCESS_ADMIN_KEY_HASH", &hash),
    ])
    .unwrap();
    let text = format!("{config:?} {}", config.to_toml());
    assert!(
        !text.contains("hunter2") && !text.contains(PEPPER),
        "{text}"
    );
    assert!(text.contains("ops:[redacted]@127.0.0.1"), "{text}");
    // The officer's private key in the wrong place is refused, and not repeated.
    let private = officer.to_text();
    let error = from_env(&[("REPLYDESK_PRIVACY_PUBLIC_KEY", &private)]).unwrap_err();
    assert!(error.to_string().contains("private key where a public one"));
    assert!(!error.to_string().contains(private.as_str()));
}
