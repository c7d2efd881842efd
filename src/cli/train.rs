//! `replydesk train`: rebuilds the compiled-in weights from labelled comments.

mod card;

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use card::{Card, CollectionCard};

use crate::{
    cli::{failure::Failure, output},
    spam::{
        dataset::{self, Labelled},
        training::{self, Settings, example},
        weights::Weights,
    },
};

/// Collections whose licences allow weights made from them to be given away (CC BY 4.0, MIT, CC0, PDDL), as their files
/// name themselves in `source`.
const SHIPPABLE: [&str; 6] = [
    "youtube-spam-collection",
    "sms-spam-collection",
    "judol-comment-classification",
    "civil-comments",
    "tg-spam-samples",
    "spamassassin-public-corpus",
];

const HELP: &str = "\
Reads every *.jsonl file of the directory; each line is a JSON object with \"text\", \"label\" (\"spam\" or \"ham\") and \
\"source\". Only collections whose licence allows it take part, and none drowns the others, however large it is; the rest \
are named and left out. The same files give the same bytes.

Examples:
  replydesk train data --out src/spam/prior/weights.bin
  replydesk train data --held-out --among data/newspaper-*.jsonl";

/// Rebuild the spam scorer's weights from labelled comments.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// A directory with files of JSON lines.
    #[arg(value_name = "DIRECTORY")]
    data: PathBuf,
    /// Where to write the weights.
    #[arg(long, value_name = "FILE", default_value = "weights.bin")]
    out: PathBuf,
    /// Take collections that may only be measured with, too. Such weights must not be given away.
    #[arg(long)]
    experiment: bool,
    /// Measure as well: hold out whole videos and campaigns, in four folds. Takes five times as long.
    #[arg(long)]
    held_out: bool,
    /// With --held-out: files of ham that each fold's spam should be found among.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "held_out")]
    among: Vec<PathBuf>,
    /// Measure as well what disguises change: held-out spam and ham, each trick done by program.
    #[arg(long, requires = "held_out")]
    disguises: bool,
    /// Measure as well what each kind of features is worth: trained and held out without it. Takes an hour.
    #[arg(long, requires = "held_out")]
    ablation: bool,
    /// Measure as well while learning from held-out comments, as those of a new site: after 0, 10, 30, 100, 300 decisions.
    #[arg(long, requires = "held_out")]
    learning: bool,
    /// Print the figures for the model card as JSON.
    #[arg(long)]
    json: bool,
}

/// Reads, trains, writes, and prints the figures.
///
/// # Errors
/// A directory or file that can't be read or written, a bad line, or nothing to train on.
#[expect(clippy::unused_async, reason = "every command has the same form")]
pub async fn run(args: Args) -> Result<(), Failure> {
    let mut card = Card::default();
    let collections = read_all(&args, &mut card)?;
    let weights = train(&collections, &mut card);
    let bytes = weights.to_bytes();
    card.digest = data_encoding::HEXLOWER.encode(&weights.digest());
    card.bytes = bytes.len();
    std::fs::write(&args.out, bytes)
        .map_err(|error| Failure::new(format!("can't write {}: {error}", args.out.display())))?;
    if args.held_out {
        card.measure(&args, &collections)?;
    }
    if args.json {
        let json = serde_json::to_string_pretty(&card);
        output::say(json.map_err(|error| Failure::new(error.to_string()))?)
    } else {
        let mut to = Vec::new();
        card.print(&mut to, &args.out)?;
        output::say(String::from_utf8_lossy(&to).trim_end())
    }
}

fn read_all(args: &Args, card: &mut Card) -> Result<Vec<Vec<Labelled>>, Failure> {
    let mut collections = Vec::new();
    for file in files(&args.data)? {
        let rows = dataset::read(&file).map_err(|error| Failure::usage(error.to_string()))?;
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let shippable = rows
            .iter()
            .all(|row| SHIPPABLE.contains(&row.source.as_str()));
        if !shippable && !args.experiment {
            card.left_out.push(name);
            continue;
        }
        let spam = rows.iter().filter(|row| row.spam).count();
        card.collections.push(CollectionCard {
            file: name,
            source: rows
                .first()
                .map(|row| row.source.clone())
                .unwrap_or_default(),
            spam,
            ham: rows.len() - spam,
            held_out: None,
        });
        collections.push(rows);
    }
    let has = |count: fn(&CollectionCard) -> usize| card.collections.iter().any(|c| count(c) > 0);
    if has(|c| c.spam) && has(|c| c.ham) {
        Ok(collections)
    } else {
        Err(Failure::usage(format!(
            "{} has not both spam and ham from collections that may be trained on ({}); --experiment takes any",
            args.data.display(),
            SHIPPABLE.join(", ")
        )))
    }
}

/// Sorted by name, so that the order of a directory changes nothing.
fn files(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::usage(format!("can't read {}: {error}", directory.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn train(collections: &[Vec<Labelled>], card: &mut Card) -> Weights {
    let settings = Settings::default();
    let live = std::io::stderr().is_terminal();
    eprintln!("replydesk: reading {} collections", collections.len());
    let examples: Vec<_> = collections
        .iter()
        .flat_map(|rows| example::of_collection(rows))
        .collect();
    let weights = training::train(&examples, &settings, |step, loss| {
        (card.steps, card.loss) = (step, loss);
        if live || step % 10 == 0 {
            let end = if live { "\r" } else { "\n" };
            eprint!(
                "replydesk: step {step} of at most {}, loss {loss:.5}{end}",
                settings.most_steps
            );
            // Progress only: a closed terminal must not stop the training.
            let _ = std::io::stderr().flush();
        }
    });
    if live {
        eprintln!();
    }
    weights
}
