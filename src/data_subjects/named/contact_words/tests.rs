//! Reasons that tell whom they are about, and reasons that officers give.

use super::*;

const NONE: [&str; 0] = [];

/// Those in which there is contact data, or none.
fn found<'a>(texts: &[&'a str], there: bool) -> Vec<&'a str> {
    let texts = texts.iter().copied();
    texts.filter(|text| told(text).is_some() == there).collect()
}

#[test]
fn an_address_is_one_however_it_is_written() {
    let texts = [
        "ada@example.org asked for it",
        "ada at home: ada\u{ff20}example.org",
        "ada at home: ada\u{fe6b}example.org",
        "asked by @ada",
        "a d a @ example . org",
        "ada(at)example.org",
        "ada (AT) example (DOT) org",
        "ada [at] example [dot] org",
        "ada[at]example",
        "ada {ät} example.org",
        "ada <at> example.org",
        "ada &lt;at&gt; example.org",
        "ada «at» example.org",
        "ada【at】example.org",
        "ada *at* example.org",
        "ada(a)example.org",
        "ada (klammeraffe) example (punkt) de",
        "ada at example dot org",
        "ada.lovelace at example dot org wants it",
        "Ada Lovelace AT Example DOT Org",
        "ada dot lovelace at mail dot example dot co dot uk",
        "ada-at-example-dot-org",
        "ada_at_example.org",
        "ada (at sign) example.org",
        "ada at sign example dot org",
        "ada \"at\" example.org",
        "ada at example.org",
        "ada at example . org",
        "ada ät example punkt de",
        "ada bei example punkt de",
        "ada arobase exemple point fr",
        "ada at example-site dot org",
        "ada at readers dot example",
        "ada at xn--e1afmkfd dot xn--p1ai",
        "ada%40example.org",
        "ada%2540example.org",
        "ada%40%ffexample.org",
        "ada&#64;example.org",
        "ada&#x40;example.org",
        "ada&#064example.org",
        "ada&commat;example.org",
        "ada=40example.org",
        "ada\\u0040example.org",
        "ada\u{200b}@\u{200b}example.org",
        "ada (a\u{ad}t) example.org",
        "ada a\u{2060}t example d\u{200d}ot org",
        "\u{e0061}\u{e0064}\u{e0061}\u{e0040}\u{e0062}",
        "mailto:ada",
        "see mailto&colon;ada",
    ];
    assert_eq!(found(&texts, false), NONE);
}

#[test]
fn a_telephone_number_is_one_in_the_digits_of_any_script() {
    let texts = [
        "asked by +49 30 1234567 today",
        "asked by phone, 030 1234567",
        "asked by phone, (030) 123 45 67",
        "asked by phone, tel. 1234567",
        "tel:+49301234567",
        "asked by \u{ff0b}\u{ff14}\u{ff19} \u{ff13}\u{ff10} 1234567",
        "هاتف ٠٣٠ ١٢٣٤٥٦٧",
        "تلفن ۰۳۰ ۱۲۳۴۵۶۷",
        "asked by ०३० १२३४५६७",
        "asked by ০৩০ ১২৩৪৫৬৭",
        "asked by ๐๓๐ ๑๒๓๔๕๖๗",
        "asked by 𝟎𝟑𝟎 𝟏𝟐𝟑𝟒𝟓𝟔𝟕",
        "asked by 03\u{200b}0 12\u{ad}345\u{2060}67",
        "asked by \u{202a}030 1234567\u{202c}",
        "asked by +4\u{feff}9 30 12345\u{200e}67",
        "asked by 0\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}0\u{fe0f}\u{20e3} 1234567",
        "asked by 0 3 0 1 2 3 4 5 6 7",
        "asked by +4-9-3-0-1-2-3-4-5-6-7 today",
        "asked by 030_1234567",
        "asked by +49 · 30 · 1234567",
        "asked by +49\u{2212}30\u{2212}1234567",
        "asked by &#43;49 30 1234567",
        "asked by %2B49 30 1234567",
        "https://example.org/?call=+4930123456",
    ];
    assert_eq!(found(&texts, false), NONE);
}

#[test]
fn an_ip_address_is_one_with_brackets_and_port() {
    let texts = [
        "banned from 203.0.113.7",
        "banned from 203.0.113.7:52110.",
        "banned from 203[.]0[.]113[.]7",
        "banned from 203 dot 0 dot 113 dot 7",
        "banned from ２０３．０．１１３．７",
        "banned from ٢٠٣.٠.١١٣.٧",
        "banned from 203.0.\u{200b}113.7",
        "banned from http://203.0.113.7/",
        "banned from 2001:DB8::7",
        "banned from [2001:db8::7]:52110",
        "banned from 2001[:]db8[:][:]7",
        "banned from 2001:db8:0:0:0:0:0:7, at night",
    ];
    assert_eq!(found(&texts, false), NONE);
}

#[test]
fn reasons_that_officers_give_are_taken() {
    let texts = [
        "police request 4711/26",
        "asked by the reader",
        "Reader works at spiegel.de and asked for it",
        "Meeting at booking.com about it",
        "Request received via form at example.org/contact",
        "the reader was at kino.wien when it was written",
        "asked at the desk, at noon",
        "asked at the front desk. It was urgent.",
        "asked at the desk. To be done today",
        "meeting at noon dot the i",
        "the dot at the end is missing",
        "look at example.org for the article",
        "comment at example.org about the tram",
        "the reader of example.org asked",
        "posted at www.example.org, and at https://example.org/tram",
        "at that point it was clear",
        "at this point to no avail, at one point in time",
        "stay-at-home order of the district",
        "threat against staff at 9 a.m. in Berlin",
        "dot-com article, complaint at work",
        "GDPR Art. 17 (1) (a), asked for by letter",
        "Art. 6(1)(a) and (f) GDPR",
        "Art. 15 DSGVO, Auskunft, Schreiben vom 28.11.2026",
        "§ 98 StPO, Beschlagnahme, AG Tiergarten",
        "§§ 94, 98 StPO; (350 Gs) 284 Js 1234/26 (567/26)",
        "Az. 12 O 345/26, 2026-11-28",
        "Landgericht Berlin, Az. 27 O 123/26, Beschluss vom 1.12.2026",
        "court order 1 BvR 16/13 of 6 November",
        "Beschluss des OLG Köln, 15 W 21/26, § 21 TDDDG",
        "United States v. Doe, No. 1:26-cv-01234 (S.D.N.Y.)",
        "High Court, [2026] EWHC 1234 (QB)",
        "CJEU C-131/12, ECLI:EU:C:2014:317",
        "case 2026/1234",
        "case no. 2026-001234",
        "case no. 1.2.3 of the register",
        "police ref. ST/0123456/2026",
        "Vorgangsnummer 261128-1430-012345",
        "ticket 4711",
        "ticket #20261128001",
        "ticket DSR-1042, see REPLY-77",
        "JIRA PRIV-123 version 1.2.3",
        "request of 28.11.2026, 14:30",
        "request of 2026-11-28T14:30:00Z, second of two",
        "request of 2026-11-28T14:30:00+01:00",
        "letter of 28 November 2026, 14:30 to 15:00",
        "letter of 11/28/2026, received at 14:30:59",
        "erasure of comment 0198f3c2-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
        "reader-7 by account, 3 of 12 comments",
        "50% of the thread, AT&T is mentioned",
        "asked for by the reader's lawyer: Müller & Söhne",
        "Löschung auf Wunsch des Lesers",
        "Der Leser bat am Empfang darum, Punkt 3 der Liste",
        "Anfrage bei der Polizei, Punkt 4 des Schreibens",
        "demande du lecteur, au point 2 de la lettre",
        "по запросу читателя, дело 12/2026",
        "読者の依頼による削除です。本人確認済み",
        "طلب القارئ رقم ١٢ بتاريخ ٢٨/١١/٢٠٢٦",
        "amount of 1.234.567 euros was claimed",
        "points 1 2 3 4 5 6 of the letter",
        "'at' and 'dot' as words",
        "std::net in the article's code",
        "the reader \u{1f469}\u{200d}\u{1f4bb} asked twice",
    ];
    assert_eq!(found(&texts, true), NONE);
}
