//! What each field of a submission is seen as, one line a field.

use super::*;
use Signal as S;

/// A change of a plain submission, and the signals that it has then.
type Line = (fn(&mut Fields), &'static [S]);

fn plain(fields: &mut Fields) {
    fields.body = "I saw it happen".to_owned();
}

fn author() -> Vec<Line> {
    vec![
        (
            (|f| f.email = "ada@gmail.com".to_owned()),
            &[S::FirstComment, S::EmailFree],
        ),
        (
            (|f| f.email = "a@mailinator.com".to_owned()),
            &[S::FirstComment, S::EmailDisposable],
        ),
        (
            (|f| f.website = "https://ada.example".to_owned()),
            &[S::FirstComment, S::Website, S::EmailOwn],
        ),
        (
            (|f| f.website = "https://ada.example/".to_owned()),
            &[S::FirstComment, S::Website, S::EmailOwn],
        ),
        (
            (|f| f.website = "https://shop.example/cheap-pills".to_owned()),
            &[S::FirstComment, S::Website, S::EmailOwn, S::WebsiteDeep],
        ),
        (
            (|f| f.website = "http://ada.blogspot.com".to_owned()),
            &[S::FirstComment, S::Website, S::EmailOwn, S::WebsiteFreeHost],
        ),
        (
            (|f| f.website = "http://bit.ly/x1".to_owned()),
            &[
                S::FirstComment,
                S::Website,
                S::EmailOwn,
                S::WebsiteDeep,
                S::WebsiteShortener,
            ],
        ),
        (
            (|f| f.display_name = "Ada 1815".to_owned()),
            &[S::FirstComment, S::EmailOwn, S::NameDigits],
        ),
    ]
}

fn name_text_and_form() -> Vec<Line> {
    vec![
        (
            (|f| f.display_name = "www.pills.example".to_owned()),
            &[S::FirstComment, S::EmailOwn, S::NameIsAddress],
        ),
        (
            (|f| f.display_name = "Best cheap seo services in London".to_owned()),
            &[S::FirstComment, S::EmailOwn, S::NameLong],
        ),
        (
            (|f| {
                f.display_name = "Lucky Casino".to_owned();
                f.body = "See http://luckycasino.example/x and".to_owned();
            }),
            &[
                S::FirstComment,
                S::EmailOwn,
                S::LinkShare,
                S::LinkDomains,
                S::NameInLinks,
            ],
        ),
        (
            (|f| f.body = "See http://bit.ly/x1 and".to_owned()),
            &[
                S::FirstComment,
                S::EmailOwn,
                S::LinkShare,
                S::LinkDomains,
                S::ShortenedLinks,
            ],
        ),
        (
            (|f| f.body = "Write to ada@example.org".to_owned()),
            &[S::FirstComment, S::EmailOwn, S::EmailsInText],
        ),
        (
            (|f| {
                f.thread_title = "Tram to the harbour".to_owned();
                f.body = "The tram is late".to_owned();
            }),
            &[S::FirstComment, S::EmailOwn, S::TitleWords],
        ),
        (
            (|f| {
                f.thread_language = "de".to_owned();
                f.body = "This is not what they have said, and you would know that".to_owned();
            }),
            &[S::FirstComment, S::EmailOwn, S::ForeignLanguage],
        ),
        (
            (|f| {
                f.thread_language = "en-US".to_owned();
                f.body = "Заработок в интернете".to_owned();
            }),
            &[S::FirstComment, S::EmailOwn, S::ForeignScript],
        ),
        (
            (|f| f.form_opened_at = Some(Ok(Timestamp(NOW - 9 * 3_600_000)))),
            &[S::FirstComment, S::EmailOwn, S::StaleForm],
        ),
        (
            (|f| f.form_opened_at = Some(Ok(Timestamp(NOW - 3_600_000)))),
            &[S::FirstComment, S::EmailOwn],
        ),
    ]
}

#[test]
fn each_field_has_its_signals() {
    assert_eq!(
        found(&submission(plain), &observed()),
        [S::FirstComment, S::EmailOwn]
    );
    let table = author().into_iter().chain(name_text_and_form());
    for (number, (change, expected)) in table.enumerate() {
        let submission = submission(|fields| {
            plain(fields);
            change(fields);
        });
        assert_eq!(found(&submission, &observed()), *expected, "line {number}");
    }
}
