use super::*;

#[test]
fn blank_is_what_a_reader_cannot_see() {
    for blank in [
        "",
        " \t\n",
        "\u{200B}\u{200D}\u{FEFF}",
        "\u{3164}",
        "\u{2800}\u{2800}",
        "\u{0301}",
        "\u{E0041}",
    ] {
        assert!(is_blank(blank), "{blank:?}");
    }
    for visible in ["a", "…", "👍", "\u{200B}x", "١"] {
        assert!(!is_blank(visible), "{visible:?}");
    }
}

#[test]
fn lines_may_end_as_browsers_end_them() {
    assert!("one\r\ntwo\tthree\n".parse::<CommentBody>().is_ok());
    let lone = "one\rtwo".parse::<CommentBody>().unwrap_err();
    assert_eq!(
        lone,
        FieldError::Control {
            code: 0x0D,
            position: 4
        }
    );
    assert!("nul\0".parse::<CommentBody>().is_err());
    assert!("two\nlines".parse::<DisplayName>().is_err());
}

#[test]
fn every_control_character_is_found_and_no_other() {
    for c in '\0'..='\u{200}' {
        let text = format!("ab{c}c");
        let refused = c.is_control() && !matches!(c, '\t' | '\n');
        assert_eq!(text.parse::<CommentBody>().is_err(), refused, "{c:?}");
    }
}

#[test]
fn websites_have_a_scheme_and_a_host() {
    let site: Website = "https://Bücher.example/a?b".parse().unwrap();
    assert_eq!(site.host(), "xn--bcher-kva.example");
    for bad in [
        "example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "https://",
        "http:// spaced .org",
        "https://name:word@example.org/",
    ] {
        assert!(bad.parse::<Website>().is_err(), "{bad}");
    }
}

#[test]
fn lengths_count_what_the_docs_say() {
    assert!("ü".repeat(245).parse::<DisplayName>().is_ok());
    assert!("ü".repeat(246).parse::<DisplayName>().is_err());
    assert!(
        "x".repeat(CommentBody::MAX_BYTES)
            .parse::<CommentBody>()
            .is_ok()
    );
    assert!(
        "x".repeat(CommentBody::MAX_BYTES + 1)
            .parse::<CommentBody>()
            .is_err()
    );
}
