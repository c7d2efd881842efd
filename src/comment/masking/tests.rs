//! What is masked and what is not, as tables.

use proptest::prelude::*;

use super::*;

mod numbers;

fn masked(text: &str) -> Cow<'_, str> {
    Masking::default().mask(text)
}

#[test]
fn e_mail_addresses_are_masked_and_the_punctuation_around_them_stays() {
    for (text, left) in [
        ("jane@example.org", "[…@…]"),
        (
            "Write to jane.doe+blog@mail.example.co.uk, please.",
            "Write to […@…], please.",
        ),
        ("My address is jane@example.org.", "My address is […@…]."),
        ("(jane@example.org)", "([…@…])"),
        ("<jane@example.org>", "<[…@…]>"),
        (
            "\"jane@example.org\"; 'joe@example.com'",
            "\"[…@…]\"; '[…@…]'",
        ),
        (
            "mailto:jane@example.org?subject=Tram",
            "mailto:[…@…]?subject=Tram",
        ),
        ("E-Mail:jane@example.org!", "E-Mail:[…@…]!"),
        ("*jane@example.org* _joe@example.com_", "*[…@…]* […@…]_"),
        (
            "a@example.org,b@example.org/c@example.org",
            "[…@…],[…@…]/[…@…]",
        ),
        ("jane@example.org\njoe@example.org", "[…@…]\n[…@…]"),
        ("Jürgen.Groß@müller-straße.example", "[…@…]"),
        ("用户@例子.公司 и почта@пример.рф", "[…@…] и […@…]"),
        ("संपर्क@उदाहरण.भारत", "[…@…]"),
        ("e\u{301}mile@example.org", "[…@…]"),
        ("jane@xn--mller-kva.xn--p1ai", "[…@…]"),
        ("JANE@EXAMPLE.ORG", "[…@…]"),
        ("jane@example.org.2026 was fine", "[…@…].2026 was fine"),
        ("ask jane@example.org...", "ask […@…]..."),
        ("0301234567@example.org", "[…@…]"),
    ] {
        assert_eq!(masked(text), left, "{text}");
        assert!(matches!(masked(left), Cow::Borrowed(_)), "{left}");
    }
}

#[test]
fn what_is_no_e_mail_address_stays() {
    for text in [
        "@jane said so",
        "@jane@social.example said so",
        "3 pounds @ 1.50",
        "2@1.50 and 2@1.50each",
        "jane@localhost",
        "root@192.0.2.1",
        "jane@example.x",
        "jane @ example.org",
        "jane at example dot org",
        "@ @@ a@ @a a@b a@.b a@-b.org .@b.org",
        "https://jane@example.org/",
        "https://social.example/@jane.doe",
        "https://blog.example/?to=jane@example.org&x=1",
        "www.blog.example/jane@example.org",
    ] {
        assert!(
            matches!(masked(text), Cow::Borrowed(same) if same == text),
            "{text}: {}",
            masked(text)
        );
    }
}

#[test]
fn each_kind_is_masked_alone() {
    let text = "jane@example.org, 030 1234567, 0301234567@example.org";
    for (email_addresses, phone_numbers, left) in [
        (true, true, "[…@…], [☎…], […@…]"),
        (true, false, "[…@…], 030 1234567, […@…]"),
        (
            false,
            true,
            "jane@example.org, [☎…], 0301234567@example.org",
        ),
        (false, false, text),
    ] {
        let masking = Masking {
            email_addresses,
            phone_numbers,
        };
        assert_eq!(masking.mask(text), left);
    }
}

/// Texts that come close to what is looked for.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        6 => "[0-9]{1,5}",
        6 => "[ .,:;/()+-]{1,2}",
        2 => "[a-zäé]{1,3}",
        2 => prop::sample::select(vec![
            "@", "@", "://", "www.", "https://a.example/", "jane@example.org", "030 1234567", "+49", " / ", " - ", "Tel. ", "call ",
            "…", "☎", "[", "]", "\u{301}", "\u{a0}", "x", "_", "'", "\n", "ISBN ", "€", "a.b", "0171", "2026",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_was_masked_has_nothing_left_to_mask(text in texts(), email_addresses: bool, phone_numbers: bool) {
        let masking = Masking { email_addresses, phone_numbers };
        let once = masking.mask(&text);
        let twice = masking.mask(&once);
        prop_assert_eq!(&twice, &once);
        prop_assert!(matches!(twice, Cow::Borrowed(_)));
        if matches!(once, Cow::Borrowed(_)) {
            prop_assert_eq!(&*once, &text);
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = masked(&text);
    }

    #[test]
    fn an_address_is_masked_wherever_it_stands_apart(
        before in "[^@\\[\\]]{0,20}",
        after in "[^@]{0,20}",
        local in "[a-z0-9]{1,9}([._+-][a-z0-9]{1,9}){0,2}",
        domain in "[a-z0-9]{1,9}([.-][a-z0-9]{1,9}){0,2}\\.[a-z]{2,6}",
    ) {
        prop_assume!(!before.contains("://") && !before.contains("www."));
        let text = format!("{before} {local}@{domain} {after}");
        let masked = masked(&text);
        let address = format!("{local}@{domain}");
        prop_assert!(!masked.contains(&address), "{}", masked);
        prop_assert!(masked.contains(EMAIL_ADDRESS));
    }
}

#[test]
fn long_texts_cost_one_pass() {
    let started = std::time::Instant::now();
    for piece in [
        "1 / ",
        "0171 / ",
        "1",
        "1 ",
        "a@b.co,",
        "@",
        "a@",
        "://",
        "www.",
        "www",
        "a.",
        "(1",
        "+1",
        "https://a.b/c@d.ee ",
        "x@y.zz://",
        "12-",
        "030 1234567 ",
        "call 1234567 ",
        "a@b.1.2.3.4.",
        "é@é.éé ",
    ] {
        let text = piece.repeat(65_525 / piece.len());
        let masked = masked(&text);
        assert!(masked.len() <= text.len() + 65_525, "{piece}");
    }
    // A pass takes milliseconds without optimisation; whatever is quadratic takes minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
