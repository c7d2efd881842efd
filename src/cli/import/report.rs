//! What became of an import, for people and for scripts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    cli::{failure::Failure, output, untrusted},
    comment::ids::SiteId,
    proto::v1::ImportCommentsResponse,
};

use super::check::Findings;

/// What the service made of what was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Calls that were answered.
    pub calls: u64,
    /// Comments that were sent.
    pub comments: u64,
    imported: u64,
    already_known: u64,
    lessons: u64,
    new_authors: u64,
}

impl Sent {
    /// With one more answer.
    pub fn add(&mut self, answer: &ImportCommentsResponse, comments: usize) {
        self.calls += 1;
        self.comments += comments as u64;
        self.imported += answer.imported;
        self.already_known += answer.already_known;
        self.lessons += answer.lessons;
        self.new_authors += answer.new_authors;
    }
}

/// Names what is wrong, on standard error.
pub fn name_bad(found: &Findings) {
    for bad in &found.named {
        let problems = bad.problems.join("; ");
        eprintln!(
            "{}: {}",
            untrusted::line(&bad.at),
            untrusted::line(&problems)
        );
    }
    let more = found.bad.saturating_sub(found.named.len() as u64);
    if more > 0 {
        eprintln!("… and {more} more");
    }
}

/// Prints the summary.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(
    site: &SiteId,
    files: usize,
    found: &Findings,
    sent: Option<&Sent>,
    as_json: bool,
) -> Result<(), Failure> {
    if as_json {
        output::json(&value(site, found, sent))
    } else {
        output::say(text(site, files, found, sent))
    }
}

fn value(site: &SiteId, found: &Findings, sent: Option<&Sent>) -> Value {
    json!({
        "site": site.as_str(),
        "read": found.read(),
        "approved": found.approved,
        "spam": found.spam,
        "rejected": found.rejected,
        "skipped": found.skipped,
        "bad": found.bad,
        "left_out": found.left_out,
        "imported": sent.map(|sent| sent.imported),
        "already_known": sent.map(|sent| sent.already_known),
        "lessons": sent.map(|sent| sent.lessons),
        "new_authors": sent.map(|sent| sent.new_authors),
    })
}

fn text(site: &SiteId, files: usize, found: &Findings, sent: Option<&Sent>) -> String {
    let mut rows = vec![(
        "read".to_owned(),
        found.read(),
        if files == 1 {
            String::new()
        } else {
            format!("in {files} files")
        },
    )];
    let usable = format!(
        "{} approved, {} spam, {} rejected",
        found.approved, found.spam, found.rejected
    );
    rows.push(("usable".to_owned(), found.usable(), usable));
    rows.extend(counted("passed over", &found.skipped));
    if found.bad > 0 {
        rows.push(("wrong".to_owned(), found.bad, "passed over".to_owned()));
    }
    rows.extend(counted("not usable, left out", &found.left_out));
    if let Some(sent) = sent {
        rows.push(("imported".to_owned(), sent.imported, String::new()));
        if sent.already_known > 0 {
            let why = "nothing was done again".to_owned();
            rows.push(("known before".to_owned(), sent.already_known, why));
        }
        let why =
            "what the model learns from; an editorial rejection teaches it nothing".to_owned();
        rows.push(("lessons".to_owned(), sent.lessons, why));
        rows.push(("new authors".to_owned(), sent.new_authors, String::new()));
    }
    let head = match sent {
        Some(_) => format!("imported into {site}:"),
        None => format!("looked at for {site}, nothing sent:"),
    };
    let width = rows.iter().map(|(what, ..)| what.len()).max().unwrap_or(0);
    let lines = rows.into_iter().map(|(what, count, why)| {
        let line = format!("  {what:<width$}  {count:>9}  {why}");
        line.trim_end().to_owned()
    });
    std::iter::once(head)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn counted(
    what: &str,
    counts: &BTreeMap<&'static str, u64>,
) -> impl Iterator<Item = (String, u64, String)> {
    counts
        .iter()
        .map(move |(name, count)| (what.to_owned(), *count, (*name).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Findings {
        Findings {
            approved: 1_200,
            rejected: 20,
            spam: 380,
            skipped: BTreeMap::from([("not moderated yet", 7), ("pingback or trackback", 40)]),
            bad: 2,
            named: Vec::new(),
            left_out: BTreeMap::from([("author.website", 31)]),
        }
    }

    #[test]
    fn a_summary_says_what_became_of_everything() {
        let site: SiteId = "daily".parse().expect("a site");
        let mut sent = Sent::default();
        let answer = ImportCommentsResponse {
            imported: 1_500,
            already_known: 100,
            lessons: 1_480,
            new_authors: 612,
            ..ImportCommentsResponse::default()
        };
        sent.add(&answer, 1_600);
        insta::assert_snapshot!(format!(
            "{}\n---\n{}\n---\n{}",
            text(&site, 2, &found(), Some(&sent)),
            text(&site, 1, &found(), None),
            value(&site, &found(), Some(&sent))
        ));
    }
}
