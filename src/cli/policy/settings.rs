//! `--set NAME=VALUE`: one part of a policy, as TOML has it but for quotes that a shell takes away.

use crate::{
    cli::{failure::Failure, untrusted},
    comment::score::Probability,
    policy::{Policy, draft::PolicyDraft, field::PolicyField},
};

/// What can be tried, and what each takes.
const TRIED: [(PolicyField, &str); 7] = [
    (PolicyField::Mode, "pre, post or automatic"),
    (PolicyField::ApproveAt, "a number from 0 to 1"),
    (PolicyField::SpamAt, "a number from 0 to 1"),
    (PolicyField::HoldFirstComment, "true or false"),
    (PolicyField::MaxLinks, "a whole number, 0 or more"),
    (
        PolicyField::HoldWords,
        "a list such as ['word', 'a phrase']",
    ),
    (
        PolicyField::RejectWords,
        "a list such as ['word', 'a phrase']",
    ),
];

/// Names that say the same in other words.
const OTHER_NAMES: [(&str, PolicyField); 2] = [
    ("approve_below", PolicyField::ApproveAt),
    ("spam_above", PolicyField::SpamAt),
];

/// Changes to a policy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    draft: PolicyDraft,
    fields: Vec<PolicyField>,
}

impl Settings {
    /// From what was typed.
    ///
    /// # Errors
    /// The first that is no setting, with what would be one.
    pub fn parse(typed: &[String]) -> Result<Self, Failure> {
        let mut settings = Self::default();
        for setting in typed {
            let wrong =
                |why: String| Failure::usage(format!("--set {}: {why}", untrusted::line(setting)));
            let (name, value) = setting
                .split_once('=')
                .ok_or_else(|| wrong("must be NAME=VALUE, such as approve_at=0.1".to_owned()))?;
            let (field, takes) = named(name.trim()).map_err(wrong)?;
            if settings.fields.contains(&field) {
                return Err(wrong(format!("{} is set twice", field.name())));
            }
            let draft = read(field, value.trim())
                .ok_or_else(|| wrong(format!("{} must be {takes}", field.name())))?;
            settings.draft.take(field, &draft);
            settings.fields.push(field);
        }
        Ok(settings)
    }

    /// Another policy with these changes.
    ///
    /// # Errors
    /// The parts do not fit together.
    pub fn applied_to(&self, policy: &Policy) -> Result<Policy, Failure> {
        let mut whole = PolicyDraft::from(policy);
        for field in &self.fields {
            whole.take(*field, &self.draft);
        }
        whole.parse().map_err(|found| {
            let wrong: Vec<String> = found
                .as_slice()
                .iter()
                .map(|v| {
                    let field = v.field.rsplit('.').next().unwrap_or(v.field);
                    format!("{field} {}", v.description)
                })
                .collect();
            Failure::usage(format!("that is no policy: {}", wrong.join("; ")))
        })
    }

    /// The names of what is changed.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.fields
            .iter()
            .map(|field| field.name().to_owned())
            .collect()
    }
}

fn named(name: &str) -> Result<(PolicyField, &'static str), String> {
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    let field = other.map_or_else(|| PolicyField::named(name), |(_, field)| Some(*field));
    let tried = field.and_then(|field| TRIED.into_iter().find(|(tried, _)| *tried == field));
    match (tried, field) {
        (Some(tried), _) => Ok(tried),
        (None, Some(field)) => Err(format!(
            "{} does not decide about a comment that is there already",
            field.name()
        )),
        (None, None) => {
            let names = TRIED.iter().map(|(field, _)| field.name());
            let names: Vec<&str> = names
                .chain(OTHER_NAMES.iter().map(|(name, _)| *name))
                .collect();
            let nearest = names
                .iter()
                .map(|known| (strsim::damerau_levenshtein(name, known), known))
                .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
                .min();
            Err(match nearest {
                Some((_, known)) => format!("there is no such setting; did you mean {known}?"),
                None => format!("there is no such setting; there are {}", names.join(", ")),
            })
        }
    }
}

fn read(field: PolicyField, value: &str) -> Option<PolicyDraft> {
    let name = field.name();
    // A second line would be a second setting.
    if value.contains('\n') {
        return None;
    }
    let draft = PolicyDraft::from_toml(&format!("{name} = {value}")).ok();
    // `mode=pre`: a shell takes the quotes away.
    let draft = draft.or_else(|| {
        let quoted = toml::Value::String(value.to_owned());
        PolicyDraft::from_toml(&format!("{name} = {quoted}")).ok()
    })?;
    let is_probability = |given: Option<f64>| given.is_none_or(|p| Probability::new(p).is_some());
    (is_probability(draft.approve_at) && is_probability(draft.spam_at)).then_some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &[&str]) -> Result<Settings, Failure> {
        let typed: Vec<String> = typed.iter().map(|text| (*text).to_owned()).collect();
        Settings::parse(&typed)
    }

    #[test]
    fn each_setting_changes_its_part() {
        let settings = parse(&[
            "approve_below=0.1",
            "spam_above = 0.9",
            "mode=pre",
            "max_links=0",
            "hold_first_comment=false",
            "hold_words=['casino', \"free money\"]",
        ])
        .expect("settings");
        let policy = settings.applied_to(&Policy::default()).expect("a policy");
        let wanted = Policy::from_toml(
            "approve_at = 0.1\nspam_at = 0.9\nmode = 'pre'\nmax_links = 0\nhold_first_comment = false\nhold_words = ['casino', 'free money']",
        );
        assert_eq!(policy, wanted.expect("a policy"));
        let whole = parse(&["approve_at=0"]).expect("a whole number is a number too");
        assert_eq!(whole.names(), ["approve_at"]);
    }

    #[test]
    fn what_is_no_setting_says_what_would_be_one() {
        let mut told = Vec::new();
        for typed in [
            &["approve_at"][..],
            &["aprove_at=0.1"],
            &["nonsense=1"],
            &["approve_at=often"],
            &["spam_above=1.5"],
            &["max_links=-1"],
            &["mode=sometimes"],
            &["hold_first_comment=1"],
            &["hold_words=casino"],
            &["limits=5"],
            &["approve_at=0.1", "approve_below=0.2"],
            &["approve_at=0.1\nspam_at=0.2"],
            &["\u{1b}[31m=1"],
        ] {
            let failure = parse(typed).expect_err("no setting");
            assert_eq!(failure.exit_code(), 2);
            told.push(failure.to_string());
        }
        let crossed = parse(&["approve_at=0.96"]).expect("a setting");
        let crossed = crossed
            .applied_to(&Policy::default())
            .expect_err("no policy");
        told.push(crossed.to_string());
        insta::assert_snapshot!(told.join("\n"));
    }
}
