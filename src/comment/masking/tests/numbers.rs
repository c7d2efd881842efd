//! Telephone numbers of several countries, and digits that are none.

use super::*;

#[test]
fn telephone_numbers_are_masked() {
    let numbers = [
        // Germany, Austria, Switzerland
        "+49 30 1234567",
        "+49 (0)30 123 45-67",
        "+49 (0) 30 1234567",
        "(+49) 30 1234567",
        "+4915112345678",
        "0049 151 12345678",
        "00491511234567",
        "030/1234567",
        "030 / 123 45 67",
        "(030) 1234567",
        "(0711) 12 34 56",
        "0171-1234567",
        "0171 - 123 45 67",
        "01711234567",
        "0664 123 45 67",
        "044 668 18 00",
        "+41 44 668 18 00",
        // United Kingdom, Ireland
        "+44 20 7946 0018",
        "+44 (0)20 7946 0018",
        "020 7946 0018",
        "(020) 7946 0018",
        "07700 900123",
        "07700900123",
        "0800 001 066",
        // United States and Canada
        "+1 212 555 0123",
        "+1 (212) 555-0123",
        "+12125550123",
        "1-800-555-0199",
        "(212) 555-0123",
        "(212)555-0123",
        "212-555-0123",
        "212.555.0123",
        "1 (212) 555-0123",
        // France, Spain, Italy
        "01 23 45 67 89",
        "01.23.45.67.89",
        "06-12-34-56-78",
        "0612345678",
        "+33 6 12 34 56 78",
        "+33\u{a0}6\u{202f}12\u{a0}34\u{a0}56\u{a0}78",
        "+34 612 345 678",
        "+39 06 1234 5678",
        // India
        "+91 98765 43210",
        "+91-9876543210",
        "+919876543210",
        "98765 43210",
        "98765-43210",
        "09876543210",
        "022 2345 6789",
        // Elsewhere
        "+7 (916) 123-45-67",
        "8 (916) 123-45-67",
        "8-800-555-35-35",
        "(11) 98765-4321",
        "+55 11 98765-4321",
        "+86 138 1234 5678",
        "02 9876 5432",
        "+62 812-3456-7890",
    ];
    for number in numbers {
        assert_eq!(masked(number), PHONE_NUMBER, "{number}");
        let text =
            format!("Reach me on {number}, or not. (Or {number}.) So: {number}!\n{number}\nä");
        let left = format!(
            "Reach me on {PHONE_NUMBER}, or not. (Or {PHONE_NUMBER}.) So: {PHONE_NUMBER}!\n{PHONE_NUMBER}\nä"
        );
        assert_eq!(masked(&text), left);
    }
}

#[test]
fn a_word_before_it_makes_more_digits_a_number() {
    for (text, left) in [
        ("Tel. 555-0123", "Tel. [☎…]"),
        ("Tel.: 1234567", "Tel.: [☎…]"),
        ("Telefon 4567890", "Telefon [☎…]"),
        ("tel:2125550123", "tel:[☎…]"),
        ("tél : 612 345 678", "tél : [☎…]"),
        ("Call me at 2125550123.", "Call me at [☎…]."),
        ("WhatsApp 9876543210", "WhatsApp [☎…]"),
        ("my phone number is 5550123", "my phone number is [☎…]"),
        ("Тел.: 123-45-67", "Тел.: [☎…]"),
        ("fax (555) 123 456", "fax [☎…]"),
    ] {
        assert_eq!(masked(text), left, "{text}");
        let other = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '(');
        assert!(matches!(masked(other), Cow::Borrowed(_)), "{other}");
    }
}

#[test]
fn two_numbers_in_a_row_are_both_masked() {
    for (text, left) in [
        ("030 1234567 / 0171 1234567", "[☎…] / [☎…]"),
        ("030/1234567, 0171/1234567", "[☎…], [☎…]"),
        (
            "0171 1234567 - 0172 1234567 - 0173 1234567",
            "[☎…] - [☎…] - [☎…]",
        ),
        ("jane@example.org / 030 1234567", "[…@…] / [☎…]"),
    ] {
        assert_eq!(masked(text), left, "{text}");
        assert!(matches!(masked(left), Cow::Borrowed(_)), "{left}");
    }
}

/// Digits that are no number to call.
const NO_NUMBERS: &[&str] = &[
    // Days, times, years
    "2026-11-28",
    "28.11.2026",
    "28/11/2026",
    "11-28-2026",
    "2026/11/28",
    "28. 11. 2026",
    "1914-1918",
    "1914 - 1918",
    "2012, 2013 2014",
    "03/2019-04/2020",
    "01.02.2003 12:30",
    "2026-11-28T10:00:00Z",
    "20261128",
    "2026-11-28 10:00:00.123456",
    "+0100 8/22/02",
    "0400 8/13/02",
    "22.08.02 0815",
    "01.02.2003-03.04.2005",
    "from 08.30-12.00 and 14.00-16.30",
    "0900-1700",
    "18:30:00",
    "1612345678",
    // Amounts
    "1.000.000 Euro",
    "10 000 000",
    "12 500 000 people",
    "1,234,567",
    "1.234.567,89",
    "€ 1234567",
    "$12345678",
    "€0301234567",
    "0301234567 €",
    "1000000000",
    "0.12345678",
    "0,12345678",
    "3.14159265358979",
    "1'000'000",
    "100000-200000",
    "70000 80000",
    "-0301234567x",
    "80 000 000 – 90 000 000",
    // Versions, addresses of machines, scores, names of things
    "v0.12.345.6789",
    "1.2.3.4567",
    "192.168.100.200",
    "010.020.030.040",
    "2001:db8::1234:5678",
    "3-1 2-0 1-1 0-0",
    "0-1 1-2 2-3 3-4",
    "978-0-306-40615-2",
    "ISBN 0-306-40615-2",
    "ISBN 0306406152",
    "ISSN 0317-8471",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "Konto 0123456789",
    "order 0123456789",
    "ABC-0123456789",
    "#0123456789",
    "0123456789-abc",
    "x0123456789",
    "0123456789ab",
    "01067 - 01099 Dresden",
    "01 05 12 23 34 45",
    "GL 0-4-2",
    "007",
    "110 or 112",
    "0815-",
    "52.520008, 13.404954",
    "10.1000/182",
    "A 123 4567",
    "2+2=4",
    "00000000000",
    "0101010101",
    "01101001 01101110",
    "123456789012345678901234567890",
    "Lottery: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
    // Web addresses
    "https://shop.example/0301234567",
    "https://shop.example/?tel=030-1234567&x",
    "www.shop.example/+49301234567",
    "shop.example/p/0301234567",
    "https://video.example/watch?v=0301234567",
    "http://a.example/2026/11/28/0301234567/",
];

#[test]
fn what_is_no_telephone_number_stays() {
    for &text in NO_NUMBERS {
        assert!(
            matches!(masked(text), Cow::Borrowed(same) if same == text),
            "{text}: {}",
            masked(text)
        );
        let within = format!("It was {text} then.");
        assert!(
            matches!(masked(&within), Cow::Borrowed(_)),
            "{within}: {}",
            masked(&within)
        );
    }
}
