use super::*;

#[test]
fn the_score_agrees_where_moderators_said_the_same() {
    let of = |approved, of_these_spam, spam, said_spam| {
        let mut counts = Statistics::default();
        counts.decisions.record(1, approved);
        counts.said_spam.record(1, of_these_spam);
        counts.decisions.record(3, spam);
        counts.said_spam.record(3, said_spam);
        // An editor's rejections say nothing of spam.
        counts.decisions.record(2, 100);
        counts.said_spam.record(2, 60);
        counts.agreement()
    };
    for (counts, expected) in [
        ((0, 0, 0, 0), None),
        ((10, 0, 0, 0), Some(1.0)),
        ((10, 10, 0, 0), Some(0.0)),
        ((6, 2, 4, 3), Some(0.7)),
    ] {
        let found = of(counts.0, counts.1, counts.2, counts.3);
        assert_eq!(found, expected, "{counts:?}");
    }
}

#[test]
fn undone_is_a_share_of_decisions_one_by_one_and_in_bulk() {
    let mut counts = Statistics::default();
    assert_eq!(counts.share_undone(), None);
    counts.decisions.record(1, 6);
    counts.bulk.record(3, 2);
    counts.undone.record(3, 2);
    assert_eq!(counts.share_undone(), Some(0.25));
    // Undone today, decided yesterday.
    counts.undone.record(3, 20);
    assert_eq!(counts.share_undone(), Some(1.0));
}
