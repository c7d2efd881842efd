//! Which comments are held out together, and training without them.

use std::collections::{BTreeMap, BTreeSet};

use crate::spam::{
    content::Content,
    dataset::Labelled,
    lesson::SiteTag,
    model::Model,
    signals::Signals,
    training::{
        Settings,
        example::{self, Example},
        train,
    },
    vector::Vector,
};

/// Each group is held out in one of so many folds.
pub const FOLDS: usize = 4;

/// One fold: what was trained without it, and its comments.
pub struct Fold<'a> {
    /// Trained on the other folds.
    pub model: Model,
    /// For each collection, its held-out comments and their groups.
    pub held_out: Vec<Vec<(&'a Labelled, u32)>>,
}

impl Fold<'_> {
    /// Log-odds of a text.
    #[must_use]
    pub fn log_odds(&self, text: &str, author: &str) -> f64 {
        let content = Content::of_text(text, author);
        let vector = Vector::of(&content, Signals::default());
        self.model.log_odds(&vector, SiteTag::default())
    }
}

/// Trains once for each fold without its groups; `change` may take features away from the examples first.
pub fn each<'a>(
    collections: &'a [Vec<Labelled>],
    settings: &Settings,
    change: impl Fn(&mut Example),
    mut visit: impl FnMut(usize, &Fold<'a>),
) {
    let groups: Vec<Vec<u32>> = collections.iter().map(|rows| numbered(rows)).collect();
    let mut examples: Vec<Vec<Example>> = collections
        .iter()
        .map(|rows| example::of_collection(rows))
        .collect();
    examples.iter_mut().flatten().for_each(change);
    for fold in 0..FOLDS {
        let is_in = |group: &u32| *group as usize % FOLDS == fold;
        let seen: Vec<Example> = std::iter::zip(&examples, &groups)
            .flat_map(|(examples, groups)| std::iter::zip(examples, groups))
            .filter(|(_, group)| !is_in(group))
            .map(|(example, _)| example.clone())
            .collect();
        let of_fold = |(rows, groups): (&'a Vec<Labelled>, &Vec<u32>)| {
            let all = rows.iter().zip(groups.iter().copied());
            all.filter(|(_, group)| is_in(group)).collect()
        };
        let fold_of = Fold {
            model: Model::new(train(&seen, settings, |_, _| {})),
            held_out: collections.iter().zip(&groups).map(of_fold).collect(),
        };
        visit(fold, &fold_of);
    }
}

/// Each comment's group by its number; groups take turns in the folds by name.
fn numbered(rows: &[Labelled]) -> Vec<u32> {
    let groups = groups(rows);
    let names: BTreeSet<&str> = groups.iter().map(String::as_str).collect();
    let numbers: BTreeMap<&str, u32> = names.into_iter().zip(0..).collect();
    let number = |group: &String| numbers.get(group.as_str()).copied().unwrap_or(0);
    groups.iter().map(number).collect()
}

/// A video or article is a group; without one, spam that shares a campaign's word, and else each text by itself.
fn groups(rows: &[Labelled]) -> Vec<String> {
    let texts: Vec<String> = rows
        .iter()
        .map(|row| Content::of_text(&row.text, "").folded().to_owned())
        .collect();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (row, text) in rows.iter().zip(&texts) {
        for word in text.split(' ').collect::<BTreeSet<_>>() {
            let (spam, ham) = counts.entry(word).or_default();
            *(if row.spam { spam } else { ham }) += 1;
        }
    }
    let campaign = |text: &str| {
        let words = text.split(' ').filter(|word| may_name_a_campaign(word));
        let known =
            words.filter_map(|word| counts.get(word).map(|(spam, ham)| (*spam, *ham, word)));
        let own = known.filter(|(spam, ham, _)| *spam >= 3 && *ham == 0);
        own.max().map(|(_, _, word)| word.to_owned())
    };
    let group = |(row, text): (&Labelled, &String)| match (row.thread.as_str(), row.spam) {
        ("", true) => campaign(text).unwrap_or_else(|| text.clone()),
        ("", false) => text.clone(),
        (thread, _) => thread.to_owned(),
    };
    rows.iter().zip(&texts).map(group).collect()
}

/// Brands of comment spam: letters with digits (`win1221`), or the endings that gambling sites like.
fn may_name_a_campaign(word: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        "toto", "win", "jitu", "togel", "ad", "slot", "bet", "jp", "gaming",
    ];
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    word.len() > 2 && (mixed || ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(spam: bool, thread: &str, text: &str) -> Labelled {
        Labelled {
            spam,
            text: text.to_owned(),
            author: String::new(),
            title: String::new(),
            source: String::new(),
            thread: thread.to_owned(),
        }
    }

    #[test]
    fn a_video_or_a_campaign_is_never_on_both_sides() {
        let mut rows = Vec::new();
        for n in 0..8 {
            rows.push(row(
                true,
                "",
                &format!("number {n} says play lucky88 today"),
            ));
            rows.push(row(true, "", &format!("m4xwin pays number {n}")));
            rows.push(row(false, "video", &format!("comment {n}")));
        }
        let folds: Vec<u32> = numbered(&rows).iter().map(|group| group % 4).collect();
        for kind in 0..3 {
            let of_kind: BTreeSet<u32> = folds.iter().skip(kind).step_by(3).copied().collect();
            assert_eq!(of_kind.len(), 1, "{kind}");
        }
        assert_ne!(folds[0], folds[1]);
    }
}
