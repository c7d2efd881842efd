//! Which addresses there are, and that none is shown.

use super::*;

#[test]
fn addresses_parse_as_readers_write_them() {
    for good in [
        "reader@example.org",
        " a.b+c@example.co.uk ",
        "jürgen@bücher.example",
        "O'Neil@example.ie",
    ] {
        assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "reader",
        "reader@",
        "@example.org",
        "a b@example.org",
        "a@b",
        "a@-b-.example",
        "a@b..c",
    ] {
        assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
    }
}

#[test]
fn addresses_have_nothing_that_nobody_sees() {
    for good in [
        "jürgen@example.org",
        "用户@例子.广告",
        "अजय@डाटा.भारत",
        "δοκιμή@παράδειγμα.δοκιμή",
        "علی@مثال.ایران",
        // Joiners belong into some domains: a ZWNJ behind a Persian letter, a ZWJ behind a virama.
        "reader@نامه\u{200c}ای.example",
        "reader@ශ්\u{200d}රී.example",
        "ada.lovelace+news@example.org",
        "\u{a0}\u{2028}reader@example.org\u{3000}\t",
    ] {
        assert!(good.parse::<EmailAddress>().is_ok(), "{good:?}");
    }
    let unseen = [
        '\0',
        '\t',
        '\n',
        '\r',
        '\u{7f}',
        '\u{85}',
        ' ',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{180e}',
        '\u{2003}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{e0041}',
        '\u{e0100}',
    ];
    let joiners = ['\u{200c}', '\u{200d}'];
    let parse = |text: String| text.parse::<EmailAddress>();
    for c in unseen {
        let found = Err(EmailError::Unseen { code: u32::from(c) });
        assert_eq!(parse(format!("rea{c}der@example.org")), found);
        assert_eq!(parse(format!("用{c}户@例子.广告")), found);
        assert_eq!(parse(format!("\"rea{c}der\"@example.org")), found);
        let in_domain = parse(format!("reader@exam{c}ple.org"));
        if joiners.contains(&c) {
            assert_eq!(in_domain, Err(EmailError::Domain), "where none belongs");
        } else {
            assert_eq!(in_domain, found);
        }
    }
    // At the ends too, where it is no white space.
    for text in [
        "\u{202e}reader@example.org",
        "reader\u{200b}@example.org",
        "reader@example.org\u{feff}",
    ] {
        assert!(
            matches!(parse(text.to_owned()), Err(EmailError::Unseen { .. })),
            "{text:?}"
        );
    }
    let told = parse("rea\u{202e}der@example.org".to_owned()).unwrap_err();
    assert_eq!(
        told.to_string(),
        "must have no white space and no invisible characters in it (found U+202E)"
    );
}

#[test]
fn mailboxes_are_named_by_letters_and_digits_of_any_script() {
    for good in [
        "jürgen@example.org",
        "ju\u{308}rgen@example.org",
        "γιάννης@example.gr",
        "иван@example.ru",
        "用户@example.cn",
        "사용자@example.kr",
        "ผู้ใช้@example.org",
        "مستخدم@example.org",
        "שלום@example.org",
        "ДмитрийЙ@example.ru",
        "उपयोगकर्ता@example.org",
        "ada１７@example.org",
    ] {
        assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
    }
    for c in "\u{1d159}\u{fffc}\u{fffd}\u{ffff}\u{1fffe}\u{e001}\u{378}☎🙂\u{b7}".chars() {
        let found = format!("a{c}da@example.org").parse::<EmailAddress>();
        let code = u32::from(c);
        assert_eq!(found, Err(EmailError::Sign { code }), "U+{code:04X}");
    }
    for c in "\u{13441}\u{13442}\u{16fe4}".chars() {
        let found = format!("a{c}da@example.org").parse::<EmailAddress>();
        let code = u32::from(c);
        assert_eq!(found, Err(EmailError::Unseen { code }), "U+{code:04X}");
    }
}

#[test]
fn debug_tells_nothing() {
    let email: EmailAddress = "reader@example.org".parse().unwrap();
    let ip: ClientIp = "203.0.113.7".parse().unwrap();
    let agent: UserAgent = "Mozilla/5.0".parse().unwrap();
    let contact = Contact {
        email: Some(email.clone()),
        ip: Some(ip),
        user_agent: Some(agent.clone()),
    };
    assert_eq!(
        format!("{email:?} {ip:?} {agent:?} {contact:?}"),
        "[redacted] [redacted] [redacted] [redacted]"
    );
}

#[test]
fn a_mapped_address_is_the_one_it_maps() {
    let mapped: ClientIp = "::ffff:203.0.113.7".parse().unwrap();
    assert_eq!(mapped, "203.0.113.7".parse().unwrap());
}
