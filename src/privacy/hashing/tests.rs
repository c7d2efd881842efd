use std::collections::HashSet;

use super::*;
use crate::comment::draft::Fields;

fn hasher() -> Hasher {
    Hasher::new(
        &"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
            .parse()
            .unwrap(),
    )
}

fn site(name: &str) -> SiteId {
    name.parse().unwrap()
}

fn author(account: Option<&str>) -> Author {
    Author {
        account: account.map(|a| a.parse().unwrap()),
        ..Author::default()
    }
}

fn contact(email: Option<&str>) -> Contact {
    Contact {
        email: email.map(|e| e.parse().unwrap()),
        ..Contact::default()
    }
}

#[test]
fn an_author_is_the_account_then_the_mailbox_then_nobody() {
    let (h, s) = (hasher(), site("daily"));
    let of = |account, email| h.author(&s, &author(account), &contact(email));
    assert_eq!(of(None, None), None);
    assert_eq!(
        of(Some("7"), Some("a@example.org")),
        of(Some("7"), Some("b@example.org"))
    );
    assert_eq!(
        of(None, Some("J.Doe+x@googlemail.com")),
        of(None, Some("jdoe@gmail.com"))
    );
    assert_ne!(
        of(None, Some("a@example.org")),
        of(None, Some("b@example.org"))
    );
    // An account that is spelt like an address is not that address's owner.
    assert_ne!(
        of(Some("a@example.org"), None),
        of(None, Some("a@example.org"))
    );
}

#[test]
fn addresses_of_one_subscriber_are_one() {
    let (h, s) = (hasher(), site("daily"));
    let of = |ip: &str| h.ip(&s, ip.parse().unwrap());
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
    assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
}

#[test]
fn nothing_is_equal_across_purposes_sites_and_peppers() {
    let other = Hasher::new(&Pepper::generate().unwrap());
    let mut seen = HashSet::new();
    for h in [hasher(), other] {
        for name in ["daily", "weekly", "daily-2"] {
            let s = site(name);
            let email: EmailAddress = "a@example.org".parse().unwrap();
            let thread: ThreadId = "a@example.org".parse().unwrap();
            let id = h.account(&s, &"a@example.org".parse().unwrap());
            let hashes = [
                id,
                h.email(&s, &email),
                h.link_host(&s, "a@example.org"),
                h.text(&s, 7),
                h.ip(&s, "0.0.0.7".parse().unwrap()),
                h.ip(&s, "0:0:7::".parse().unwrap()),
                h.duplicate(&s, &id, &thread, None, "x"),
                h.duplicate(&s, &id, &thread, Some(&CommentId::fresh()), "x"),
            ];
            for hash in hashes {
                assert!(seen.insert(hash));
            }
        }
    }
}

fn draft(change: impl FnOnce(&mut Fields)) -> Draft {
    let mut fields = Fields {
        thread_id: "t".into(),
        display_name: "ab".into(),
        email: "c".into(),
        body: "hello".into(),
        ..Fields::default()
    };
    change(&mut fields);
    Draft {
        site: site("daily"),
        fields,
        validate_only: false,
    }
}

#[test]
fn the_digest_covers_what_the_form_said() {
    let h = hasher();
    let base = h.content(&draft(|_| {}));
    let changes: [fn(&mut Fields); 8] = [
        |f| f.parent_id = "p".into(),
        |f| f.thread_id = "u".into(),
        |f| f.account_id = "1".into(),
        |f| f.display_name = "a".into(),
        |f| f.website = "https://example.org".into(),
        |f| f.body.push('!'),
        // The same bytes in a row, cut elsewhere.
        |f| (f.display_name, f.email) = ("a".into(), "bc".into()),
        |f| (f.thread_id, f.account_id) = (String::new(), "t".into()),
    ];
    let mut seen = HashSet::from([base]);
    for change in changes {
        assert!(seen.insert(h.content(&draft(change))));
    }
}

#[test]
fn the_digest_ignores_how_it_arrived() {
    let h = hasher();
    let elsewhere = draft(|f| {
        f.ip_address = "203.0.113.7".into();
        f.user_agent = "curl".into();
        f.referrer = "https://example.org".into();
        f.honeypot = "x".into();
        f.form_opened_at = Some(Ok(crate::comment::state::Timestamp(1)));
        f.comment_id = "9".into();
    });
    assert_eq!(h.content(&elsewhere), h.content(&draft(|_| {})));
}

#[test]
fn hashes_stay_what_they_are() {
    // Computed apart: HMAC-SHA-256(pepper, 02 | 00000005 daily | 0000000d a@example.org), first 16 bytes.
    let hash = hasher().email(&site("daily"), &"A@Example.org".parse().unwrap());
    assert_eq!(
        data_encoding::HEXLOWER.encode(hash.as_bytes()),
        "2a5c692c993e3692815ce9e8b34801ce"
    );
}
