//! The command line: one file a command, each with its arguments and `run`.

pub mod audit;
pub mod author;
pub mod backup;
pub mod bars;
pub mod bulk;
pub mod client;
pub mod clock;
pub mod comment;
pub mod comments;
pub mod configuration;
pub mod demo;
pub mod doctor;
pub mod eval;
pub mod events;
pub mod failure;
pub mod import;
pub mod interrupt;
pub mod json;
pub mod key;
pub mod model;
pub mod output;
pub mod policy;
pub mod privacy;
pub mod queue;
pub mod report;
pub mod restore;
pub mod review;
pub mod score;
pub mod serve;
pub mod site;
pub mod stats;
pub mod style;
pub mod submit;
pub mod thread;
pub mod train;
pub mod undo;
pub mod untrusted;
pub mod words;

use clap::{Parser, Subcommand};

use failure::Failure;

/// The service behind "Leave a Reply": takes reader comments, scores them, and queues them for moderators.
#[derive(Debug, Parser)]
#[command(name = "replydesk", version, max_term_width = 100)]
#[command(after_help = "\
Examples:
  replydesk demo                    # see it work
  replydesk serve                   # run it, with a Redis of its own
  replydesk site create daily --display-name 'The Daily'   # in another terminal
  replydesk submit --site daily --thread tram --name Ada \\
      --email ada@example.org 'Hello'
  replydesk review --site daily")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Submit(Box<submit::Args>),
    Comments(comments::Args),
    Comment(comment::Args),
    Events(events::Args),
    Review(review::Args),
    Queue(Box<queue::Args>),
    Undo(undo::Args),
    Audit(audit::Args),
    Bulk(bulk::Args),
    Stats(stats::Args),
    Report(report::Args),
    Score(score::Args),
    Site(site::Args),
    Thread(thread::Args),
    Policy(policy::Args),
    Author(author::Args),
    Import(import::Args),
    Key(key::Args),
    Model(model::Args),
    Privacy(privacy::Args),
    Eval(eval::Args),
    Train(train::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Doctor(doctor::Args),
}

/// Runs one command to its end.
///
/// # Errors
/// What went wrong and what to do, as the user should read it, with the process's exit code.
pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let done = match arguments.command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Submit(args) => submit::run(*args).await,
        Command::Comments(args) => comments::run(args).await,
        Command::Comment(args) => comment::run(args).await,
        Command::Events(args) => events::run(args).await,
        Command::Review(args) => review::run(args).await,
        Command::Queue(args) => queue::run(*args).await,
        Command::Undo(args) => undo::run(args).await,
        Command::Audit(args) => audit::run(args).await,
        Command::Bulk(args) => bulk::run(args).await,
        Command::Stats(args) => stats::run(args).await,
        Command::Report(args) => report::run(args).await,
        Command::Score(args) => score::run(args).await,
        Command::Site(args) => site::run(args).await,
        Command::Thread(args) => thread::run(args).await,
        Command::Policy(args) => policy::run(args).await,
        Command::Author(args) => author::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Key(args) => key::run(args).await,
        Command::Model(args) => model::run(args).await,
        Command::Privacy(args) => privacy::run(args).await,
        Command::Eval(args) => eval::run(args).await,
        Command::Train(args) => train::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Restore(args) => restore::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
    };
    done.or_else(Failure::unless_reader_left)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn all(command: &clap::Command, found: &mut Vec<clap::Command>) {
        found.push(command.clone());
        command.get_subcommands().for_each(|part| all(part, found));
    }

    #[test]
    fn no_example_and_no_table_is_wrapped_on_a_terminal_of_eighty_columns() {
        let mut commands = Vec::new();
        all(&Arguments::command(), &mut commands);
        assert!(commands.len() > 40, "{}", commands.len());
        let mut wide = Vec::new();
        for command in commands {
            let help = command.get_after_help().map(ToString::to_string);
            for line in help.unwrap_or_default().lines() {
                // Prose starts at the margin, and may be wrapped; what is indented may not.
                if line.starts_with(' ') && line.chars().count() > 80 {
                    wide.push(format!("{}: {line}", command.get_name()));
                }
            }
        }
        assert_eq!(wide, Vec::<String>::new());
    }
}
