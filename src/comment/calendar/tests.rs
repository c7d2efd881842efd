use proptest::prelude::*;

use super::*;

#[test]
fn days_are_read_as_they_are_written_and_nothing_else_is_one() {
    for (text, number) in [
        ("1970-01-01", 0),
        ("1970-01-02", 1),
        ("2000-02-29", 11_016),
        ("2026-01-31", 20_484),
    ] {
        assert_eq!(text.parse(), Ok(Day::from_number(number)), "{text}");
        assert_eq!(Day::from_number(number).to_string(), text);
    }
    for text in [
        "",
        "today",
        "1969-12-31",
        "2026-02-29",
        "2026-1-31",
        "20260131",
        "2026-01-31T00:00:00Z",
        "+002026-01-31",
        "2026-01-31 ",
    ] {
        assert_eq!(text.parse::<Day>(), Err(BadDay), "{text}");
    }
}

#[test]
fn a_period_has_both_its_days_and_is_no_longer_than_a_leap_year() {
    let day = |text: &str| text.parse::<Day>().unwrap();
    let one = Period::new(day("2026-01-31"), day("2026-01-31")).unwrap();
    assert_eq!(one.days().count(), 1);
    let year = Period::new(day("2028-01-01"), day("2028-12-31")).unwrap();
    assert_eq!(year.days().count(), 366);
    assert_eq!(
        Period::new(day("2028-01-01"), day("2029-01-01")),
        Err(BadPeriod::TooLong)
    );
    assert_eq!(
        Period::new(day("2026-02-01"), day("2026-01-31")),
        Err(BadPeriod::Backwards)
    );
}

#[test]
fn hours_belong_to_their_day() {
    let at = Timestamp(1_769_851_800_000); // 2026-01-31 09:30 UTC
    assert_eq!(Hour::of(at).start(), Timestamp(1_769_850_000_000));
    assert_eq!(Day::of(at).to_string(), "2026-01-31");
    let last: Vec<_> = Hour::of(at).last(24).collect();
    assert_eq!(last.len(), 24);
    assert_eq!(last.last(), Some(&Hour::of(at)));
    assert_eq!(last[0].day().to_string(), "2026-01-30");
}

proptest! {
    #[test]
    fn days_read_back(number in 0..2_900_000_i64) {
        let day = Day::from_number(number);
        prop_assert_eq!(day.to_string().parse(), Ok(day));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,14}") {
        let _ = text.parse::<Day>();
    }
}
