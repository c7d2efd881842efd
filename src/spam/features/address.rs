//! How an address is written and what its path looks like, as words to be hashed.

use crate::spam::links::LinkForm;

pub(super) fn form_word(form: LinkForm) -> &'static str {
    match form {
        LinkForm::Plain => "plain",
        LinkForm::Bare => "bare",
        LinkForm::Disguised => "disguised",
        LinkForm::Named => "named",
    }
}

pub(super) fn path_shape(path: &str) -> &'static str {
    let depth = path.bytes().filter(|b| *b == b'/').count();
    match (path.is_empty(), path.contains('?'), depth) {
        (true, ..) => "host",
        (_, true, _) => "query",
        (_, _, 0 | 1) => "page",
        _ => "deep",
    }
}
