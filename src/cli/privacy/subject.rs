//! Whose data: the flags that export, erase and hold share.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use prost_types::Timestamp;

use crate::{
    cli::{client::reach::Reach, clock, failure::Failure},
    comment::ids::CommentId,
    proto::v1::{DataSubject, data_subject::NamedBy},
};

/// An address is one line; more than this is another file.
const LARGEST: u64 = 4_096;

/// Whose data, where, and why.
#[derive(Debug, clap::Args)]
pub(super) struct Subject {
    #[command(flatten)]
    named: Named,
    /// The site.
    #[arg(long)]
    pub(super) site: String,
    /// Why, for the audit log: 10 to 500 characters. A case number is a good reason. No e-mail address, telephone number or IP
    /// address, spelt out neither: the log keeps it for years.
    #[arg(long)]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// Whoever has the e-mail address in this file; `-` for standard input. Never a flag: the command line of a process is
    /// there for everyone on the machine to read.
    #[arg(long, value_name = "FILE")]
    email_file: Option<PathBuf>,
    /// The blog's logged-in reader.
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Whoever wrote this comment.
    #[arg(long, value_name = "UUID")]
    comment: Option<CommentId>,
}

impl Subject {
    /// As a request names it.
    pub(super) fn named(&self) -> Result<Option<DataSubject>, Failure> {
        let Named {
            email_file,
            account,
            comment,
        } = &self.named;
        let named = match (email_file, account, comment) {
            (Some(file), _, _) => Some(NamedBy::Email(read(file)?)),
            (None, Some(account), _) => Some(NamedBy::AccountId(account.clone())),
            (None, None, Some(comment)) => Some(NamedBy::CommentId(comment.to_string())),
            (None, None, None) => None,
        };
        Ok(named.map(|named_by| DataSubject {
            named_by: Some(named_by),
        }))
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::usage(format!(
            "cannot read the e-mail address in {}: {error}",
            file.display()
        ))
    };
    let mut text = String::new();
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(cannot)?)
    };
    input
        .take(LARGEST)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    Ok(text.trim().to_owned())
}

/// Says whom an address or an account does not find, if the pepper was replaced.
pub(super) fn warn_of_strangers(not_found_before: Option<&Timestamp>) {
    if let Some(at) = not_found_before {
        eprintln!(
            "the pepper was replaced at {}, and the one before it is configured no more: comments from before then, by \
             somebody who has not come since, are not found by address or account; name one of them with --comment",
            clock::readable(Some(at))
        );
    }
}
