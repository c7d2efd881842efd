//! What applying a policy file would change.

use crate::{
    cli::{
        style::{Paint, Tone},
        untrusted,
    },
    policy::changes::Change,
};

/// One line a change, as a person reads it.
#[must_use]
pub fn render(changes: &[Change], paint: Paint) -> String {
    let line = |change: &Change| {
        let key = untrusted::line(&change.key);
        match (&change.from, &change.to) {
            (Some(from), Some(to)) => {
                let (from, to) = (untrusted::line(from), untrusted::line(to));
                paint.paint(Tone::Notice, &format!("  ~ {key}: {from} -> {to}"))
            }
            (None, Some(to)) => paint.paint(
                Tone::Good,
                format!("  + {key} {}", untrusted::line(to)).trim_end(),
            ),
            (Some(_), None) => paint.paint(Tone::Bad, &format!("  - {key}")),
            (None, None) => String::new(),
        }
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, changes::changes};

    #[test]
    fn each_change_is_one_line() {
        let parse = |text: &str| Policy::from_toml(text).expect("a policy");
        let current = parse(
            "mode = \"pre\"\nmax_links = 2\nhold_words = [\"lottery\", \"casino\"]\n[limits.author]\nper_minute = 5\nburst = 3\n[[rejection_reasons]]\ncode = 'insult'\ntext = 'Be kind.'\n[[rejection_reasons]]\ncode = 'advert'\ntext = 'No adverts.'",
        );
        let wanted = parse(
            "mode = \"automatic\"\napprove_at = 0.1\nhold_words = [\"casino\", \"bitcoin\"]\nclose_threads_after_days = 90\n[limits.author]\nper_minute = 5\nburst = 9\n[priority]\nreports = 1\n[[rejection_reasons]]\ncode = 'insult'\ntext = 'Be polite.'\n[[rejection_reasons]]\ncode = 'off-topic'\ntext = 'Stay on topic.'",
        );
        let found = changes(&current, &wanted);
        insta::assert_snapshot!(render(&found, Paint::off()));
        assert_eq!(changes(&current, &current), []);
    }
}
