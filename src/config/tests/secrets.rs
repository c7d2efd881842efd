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
    assert!(error.to_string().contains("private key where none belongs"));
    assert!(!error.to_string().contains(private.as_str()));
}

/// That a configuration is refused with these words, or taken; and that no secret is in what is said of it.
fn refused(pairs: &[(&str, &str)], expected: Option<&str>, secrets: &[&str]) {
    match (from_env(pairs), expected) {
        (Ok(_), None) => {}
        (Ok(_), Some(expected)) => panic!("taken, not refused: {expected}"),
        (Err(error), expected) => {
            let text = error.to_string();
            let is_it = expected.is_some_and(|expected| text.contains(expected));
            assert!(is_it, "{text}");
            assert!(
                !secrets.iter().any(|secret| text.contains(secret)),
                "{text}"
            );
        }
    }
}

#[test]
fn what_was_before_needs_another_in_its_place() {
    let key = || {
        let pair = crate::privacy::keys::OfficerPrivateKey::generate().unwrap();
        (pair.public().to_text(), pair.to_text().to_string())
    };
    let ((new, private), (old, _)) = (key(), key());
    let (kept, _) = file(&format!("{old}\n"));
    let path = kept.path().to_str().unwrap();
    let (current, previous) = (
        "REPLYDESK_PRIVACY_PUBLIC_KEY",
        "REPLYDESK_PRIVACY_PREVIOUS_PUBLIC_KEY",
    );
    let previous_file = "REPLYDESK_PRIVACY_PREVIOUS_PUBLIC_KEY_FILE";
    for (pairs, expected) in [
        (&[(current, &*new), (previous, &*old)][..], None),
        (&[(current, &new), (previous_file, path)], None),
        (
            &[(current, &new), (previous, &new)],
            Some("is the same as privacy.public_key"),
        ),
        (
            &[(current, &old), (previous_file, path)],
            Some("is the same as privacy.public_key"),
        ),
        (
            &[(previous, &old)],
            Some("needs privacy.public_key beside it, which is not set: set both"),
        ),
        (
            &[(current, &new), (previous, &old), (previous_file, path)],
            Some("are both set: unset one of them"),
        ),
        (
            &[(current, &new), (previous, &private)],
            Some("private key where none belongs"),
        ),
        (
            &[(current, &new), (previous, "rdpub1_AAAA")],
            Some("some are missing or wrong"),
        ),
    ] {
        refused(pairs, expected, &[&private, PEPPER]);
    }
}

#[test]
fn a_rotation_knows_two_peppers() {
    let other_pepper = PEPPER.to_lowercase();
    for (pairs, expected) in [
        (
            &[("REPLYDESK_PRIVACY_PREVIOUS_PEPPER", PEPPER)][..],
            Some("needs privacy.pepper beside it, which is not set: set both"),
        ),
        (
            &[
                ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
                ("REPLYDESK_PRIVACY_PREVIOUS_PEPPER", PEPPER),
            ],
            Some(
                "privacy.previous_pepper is the same as privacy.pepper: one of the two must be another",
            ),
        ),
        (
            &[
                ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
                ("REPLYDESK_PRIVACY_PREVIOUS_PEPPER", &other_pepper),
            ],
            None,
        ),
        (
            &[
                ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
                ("REPLYDESK_PRIVACY_NEXT_PEPPER", PEPPER),
            ],
            Some(
                "privacy.next_pepper is the same as privacy.pepper: one of the two must be another",
            ),
        ),
        (
            &[
                ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
                ("REPLYDESK_PRIVACY_NEXT_PEPPER", &other_pepper),
            ],
            None,
        ),
        (
            &[
                ("REPLYDESK_PRIVACY_PEPPER", PEPPER),
                ("REPLYDESK_PRIVACY_NEXT_PEPPER", &other_pepper),
                ("REPLYDESK_PRIVACY_PREVIOUS_PEPPER", &other_pepper),
            ],
            Some("a replica knows one pepper besides its own"),
        ),
    ] {
        refused(pairs, expected, &[PEPPER, &other_pepper]);
    }
}

#[test]
fn no_setting_takes_the_officer_s_private_key() {
    let named: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
    let private = named.iter().filter(|key| key.contains("private"));
    assert_eq!(
        private.copied().collect::<Vec<_>>(),
        ["tls.private_key_file"],
        "the one private key of a replica is that of its certificate"
    );
    let pair = crate::privacy::keys::OfficerPrivateKey::generate().unwrap();
    let text = pair.to_text();
    let (kept, _) = file(&format!("  {}\n", text.as_str()));
    let path = kept.path().to_str().unwrap();
    for setting in SETTINGS {
        let error = from_env(&[(&setting.variable(), &text)]).unwrap_err();
        let told = error.to_string();
        assert!(!told.contains(text.as_str()), "{told}");
        let says = |p: &&problem::Problem| {
            p.key == setting.key && p.message.contains("private key where none belongs")
        };
        assert!(error.problems().iter().any(|p| says(&p)), "{told}");
    }
    for key in [
        "privacy.public_key_file",
        "privacy.previous_public_key_file",
        "privacy.pepper_file",
        "privacy.previous_pepper_file",
        "privacy.next_pepper_file",
    ] {
        let variable = settings::find(key).unwrap().variable();
        let told = from_env(&[(&variable, path)]).unwrap_err().to_string();
        assert!(told.contains("private key where none belongs"), "{told}");
        assert!(!told.contains(text.as_str()), "{told}");
    }
}
