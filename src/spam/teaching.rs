//! What a decision teaches about spam: a pure function of the verdict and of the one before it.

use crate::{comment::state::Verdict, spam::lesson::Label};

/// A label, and whether it is taught or taken back.
pub type Teaching = (Label, Weight);

/// Whether something is taught, or what was taught is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is taught.
    Teach,
    /// What an earlier decision taught is taken back.
    TakeBack,
}

/// What a verdict says about spam: an editorial rejection says nothing.
#[must_use]
pub fn label_of(verdict: Verdict) -> Option<Label> {
    match verdict {
        Verdict::Approve => Some(Label::Ham),
        Verdict::Spam => Some(Label::Spam),
        Verdict::Reject => None,
    }
}

/// What it teaches that one verdict on a comment is in force instead of another, or of none: first what that one taught
/// is taken back, then what this one says is taught. The same label again teaches nothing, so each comment teaches at most
/// one label at a time.
pub fn lessons_of(
    earlier: Option<Verdict>,
    verdict: Option<Verdict>,
) -> impl Iterator<Item = Teaching> {
    let (before, now) = (earlier.and_then(label_of), verdict.and_then(label_of));
    let changed = before != now;
    let back = before
        .filter(|_| changed)
        .map(|label| (label, Weight::TakeBack));
    let taught = now.filter(|_| changed).map(|label| (label, Weight::Teach));
    back.into_iter().chain(taught)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_of_mind_is_corrected() {
        use Label::{Ham, Spam};
        use Weight::{TakeBack, Teach};
        let table: [(Option<Verdict>, Option<Verdict>, &[Teaching]); 15] = [
            (None, Some(Verdict::Approve), &[(Ham, Teach)]),
            (None, Some(Verdict::Spam), &[(Spam, Teach)]),
            (None, Some(Verdict::Reject), &[]),
            (Some(Verdict::Approve), Some(Verdict::Approve), &[]),
            (Some(Verdict::Spam), Some(Verdict::Spam), &[]),
            (Some(Verdict::Reject), Some(Verdict::Reject), &[]),
            (
                Some(Verdict::Approve),
                Some(Verdict::Spam),
                &[(Ham, TakeBack), (Spam, Teach)],
            ),
            (
                Some(Verdict::Spam),
                Some(Verdict::Approve),
                &[(Spam, TakeBack), (Ham, Teach)],
            ),
            (
                Some(Verdict::Approve),
                Some(Verdict::Reject),
                &[(Ham, TakeBack)],
            ),
            (
                Some(Verdict::Spam),
                Some(Verdict::Reject),
                &[(Spam, TakeBack)],
            ),
            (
                Some(Verdict::Reject),
                Some(Verdict::Approve),
                &[(Ham, Teach)],
            ),
            (Some(Verdict::Reject), Some(Verdict::Spam), &[(Spam, Teach)]),
            (Some(Verdict::Approve), None, &[(Ham, TakeBack)]),
            (Some(Verdict::Spam), None, &[(Spam, TakeBack)]),
            (Some(Verdict::Reject), None, &[]),
        ];
        for (earlier, verdict, expected) in table {
            let found: Vec<Teaching> = lessons_of(earlier, verdict).collect();
            assert_eq!(found, expected, "{earlier:?}, then {verdict:?}");
        }
    }
}
