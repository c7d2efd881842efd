//! `replydesk score`: what the compiled-in model makes of a text, and why.

use clap::ArgAction;
use serde_json::json;

use crate::{
    comment::{
        draft::{Draft, Fields},
        fields::RequiredFields,
        ids::CommentId,
        observed::Observed,
        score::Contribution,
        submission::Submission,
    },
    spam::{
        content::Content,
        lesson::SiteTag,
        scorer::{Explanation, Scorer},
        signals::Signals,
    },
};

use super::{
    failure::Failure,
    output,
    style::{Paint, Tone},
    submit, untrusted,
};

/// Cells of the longest bar on each side.
const BAR: usize = 20;

const HELP: &str = "\
Each line of --explain is a word of the text or a named signal, with its part of the log-odds: above zero speaks for \
spam, below against. A word's part counts its letters' and half of its pairs' weights.

No service is asked: the author's history, velocity and near-duplicates are unknown here, and say nothing.

Examples:
  replydesk score 'Visit LUCKY88 now'
  replydesk score --explain --name 'Lucky Casino' \\
      'Best b0nus at https://lucky.example'
  replydesk score --explain --title 'The new tram' --language en - < text
  replydesk score --json - < text";

/// Score a text by the compiled-in model, and explain it.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The comment; `-`, or nothing, reads it from standard input.
    #[arg(default_value = "-", hide_default_value = true)]
    text: String,
    /// Draw what speaks for and against.
    #[arg(long, action = ArgAction::SetTrue)]
    explain: bool,
    /// At most so many words and signals.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    most: u16,
    /// The author's display name.
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// The author's website.
    #[arg(long, default_value = "", hide_default_value = true)]
    website: String,
    /// The author's e-mail address; only its domain's class counts, and it is kept nowhere.
    #[arg(long, default_value = "", hide_default_value = true)]
    email: String,
    /// The article's title.
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// The article's language, such as de-AT.
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// Print one JSON object, with all that --explain shows.
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
/// The text or a field is none that the service would take.
#[expect(clippy::unused_async, reason = "every command has the same form")]
pub async fn run(args: Args) -> Result<(), Failure> {
    let (explain, as_json, most) = (args.explain, args.json, usize::from(args.most));
    let submission = submission(args)?;
    let content = Content::of(&submission);
    let signals = Signals::of(&submission, &content, &Observed::default());
    let scorer = Scorer::prior().map_err(|error| Failure::new(error.to_string()))?;
    let explanation = scorer.explain(SiteTag::default(), &content, &signals, most);
    if as_json {
        return output::json(&to_json(&explanation));
    }
    let paint = Paint::for_stdout();
    let mut lines = vec![headline(&explanation, paint)];
    if explain {
        lines.extend(bars(&explanation, paint));
    }
    output::say(lines.join("\n"))
}

fn submission(args: Args) -> Result<Submission, Failure> {
    let body = match args.text.as_str() {
        "-" => submit::read_standard_input()?,
        _ => args.text,
    };
    let site = "none".parse().map_err(|_| Failure::new("a site's name"))?;
    let fields = Fields {
        comment_id: CommentId::fresh().to_string(),
        thread_id: "none".to_owned(),
        thread_title: args.title,
        thread_language: args.language,
        display_name: args.name,
        email: args.email,
        website: args.website,
        body,
        ..Fields::default()
    };
    let draft = Draft {
        site,
        fields,
        validate_only: true,
    };
    let required = RequiredFields {
        display_name: false,
        email: false,
        website: false,
    };
    Submission::parse(&draft, &required).map_err(|found| Failure::usage(found.to_string()))
}

fn headline(explanation: &Explanation, paint: Paint) -> String {
    let spam = explanation.score.probability.get();
    let tone = if spam > 0.5 { Tone::Bad } else { Tone::Good };
    format!(
        "spam {}  log-odds {:+.2}, model {:08x}",
        paint.paint(tone, &format!("{:.1} %", spam * 100.0)),
        explanation.log_odds,
        explanation.score.model
    )
}

/// A line for each word and signal, its bar to the right for spam and to the left against.
fn bars(explanation: &Explanation, paint: Paint) -> Vec<String> {
    let parts = &explanation.contributions;
    let longest = parts
        .iter()
        .map(|part| part.weight.abs())
        .fold(0.0, f32::max);
    let title = format!("{:>7}  {:>BAR$}│{:<BAR$}", "", "against ", " for spam");
    let mut lines = vec![paint.paint(Tone::Faint, title.trim_end())];
    lines.extend(parts.iter().map(|part| line(part, longest, paint)));
    lines.push(format!(
        "{:>+7.2}  {:>BAR$}│{:BAR$}  {}",
        explanation.rest(),
        "",
        "",
        paint.paint(
            Tone::Faint,
            "where the model starts, and all that is weaker"
        )
    ));
    lines
}

fn line(part: &Contribution, longest: f32, paint: Paint) -> String {
    let share = if longest > 0.0 {
        part.weight.abs() / longest
    } else {
        0.0
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a number of cells, from 1 to BAR"
    )]
    let cells = ((share * BAR as f32).round() as usize).clamp(1, BAR);
    let bar = "█".repeat(cells);
    let (against, spam) = if part.weight < 0.0 {
        (
            paint.paint(Tone::Good, &format!("{bar:>BAR$}")),
            " ".repeat(BAR),
        )
    } else {
        (
            " ".repeat(BAR),
            paint.paint(Tone::Bad, &format!("{bar:<BAR$}")),
        )
    };
    format!(
        "{:>+7.2}  {against}│{spam}  {}",
        part.weight,
        untrusted::line(&part.feature)
    )
}

fn to_json(explanation: &Explanation) -> serde_json::Value {
    let part = |part: &Contribution| json!({ "feature": part.feature, "weight": part.decimal() });
    json!({
        "spam_probability": explanation.score.probability.get(),
        "log_odds": explanation.log_odds,
        "model": format!("{:08x}", explanation.score.model),
        "contributions": explanation.contributions.iter().map(part).collect::<Vec<_>>(),
        "rest": explanation.rest(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explanation() -> Explanation {
        let part = |feature: &str, weight| Contribution {
            feature: feature.to_owned(),
            weight,
        };
        let scorer = Scorer::prior().unwrap();
        let signals = Signals::default();
        let score = scorer.score_with(SiteTag::default(), &Content::of_text("x", ""), &signals);
        Explanation {
            score: crate::comment::score::Score {
                probability: crate::comment::score::Probability::from_log_odds(1.25),
                model: 0x1F0C_2A77,
                ..score
            },
            log_odds: 1.25,
            contributions: vec![
                part("\"casino\u{1b}[31m\"", 2.5),
                part("\"tram\"", -1.25),
                part("name_in_links", 0.5),
                part("\"see\"", -0.06),
            ],
        }
    }

    #[test]
    fn words_and_signals_are_drawn_for_and_against() {
        let explanation = explanation();
        let mut lines = vec![headline(&explanation, Paint::off())];
        lines.extend(bars(&explanation, Paint::off()));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn what_is_told_and_the_rest_add_up() {
        let args = |text: &str| Args {
            text: text.to_owned(),
            explain: true,
            most: 10_000,
            name: "Lucky Casino".to_owned(),
            website: "https://bit.ly/x".to_owned(),
            email: String::new(),
            title: "The new tram".to_owned(),
            language: "en".to_owned(),
            json: false,
        };
        let submission =
            submission(args("Best b0nus at https://lucky.example, subscribe now")).unwrap();
        let content = Content::of(&submission);
        let signals = Signals::of(&submission, &content, &Observed::default());
        let found =
            Scorer::prior()
                .unwrap()
                .explain(SiteTag::default(), &content, &signals, 10_000);
        let told = |feature: &str| {
            found
                .contributions
                .iter()
                .any(|part| part.feature == feature)
        };
        assert!(
            told("website_shortener") && told("name_in_links"),
            "{found:?}"
        );
        assert!(found.contributions.len() > found.score.contributions.len());
        let probability = 1.0 / (1.0 + (-found.log_odds).exp());
        assert!((probability - found.score.probability.get()).abs() < 1e-9);
        assert!(super::submission(args("\u{0}")).is_err());
    }
}
