//! An explanation that tells no more than the text that is shown: it names words of the comment.

use crate::comment::{
    folding,
    reason::{Reason, ReasonCode},
    score::{Contribution, Score},
};

/// Leaves out of reasons and score the words that a text does not say: those of what was blacked out or masked in it. Folds
/// the text.
pub fn leave_out_what_is_hidden(shown: &str, reasons: &mut [Reason], score: &mut Score) {
    let folded = folding::fold(shown).text;
    let says = |part: &Contribution| {
        let word = part.feature.trim_matches('"');
        word.len() == part.feature.len() || shown.contains(word) || folded.contains(word)
    };
    score.contributions.retain(says);
    for reason in reasons {
        let is_word = matches!(reason.code, ReasonCode::HeldWord | ReasonCode::RejectedWord);
        if is_word && !folded.contains(&reason.detail) {
            reason.detail.clear();
        }
    }
}
